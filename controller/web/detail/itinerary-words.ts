/** How an itinerary and a parcel stand, in words. Pure. */
import type { Values } from '@skein/protocol/telemetry';
import type { ExpectationEntry, ItineraryEntry, ParcelEntry } from '../../live/messages.ts';
import { clockTime, zoneWord } from '../format/face.ts';
import { UNKNOWN } from '../format/numbers.ts';
import { ageExact } from '../format/times.ts';
import { counting, type View } from './view.ts';

const BAD: readonly string[] = ['refused', 'failed', 'void', 'interrupted', 'aborted'];
const OVER: readonly string[] = ['completed', 'aborted', 'cancelled', 'replaced'];
const GOOD: readonly string[] = ['verified', 'completed'];

/** What colour the state has: one that needs somebody, one that is done or ready, or neither. */
export function itineraryTone(state: string): 'attention' | 'good' | 'plain' {
  if (BAD.includes(state)) return 'attention';
  return GOOD.includes(state) ? 'good' : 'plain';
}

export function progressWords({ item, items }: Pick<ItineraryEntry, 'item' | 'items'>): string {
  if (item === null) return items === null ? '' : `${items} items`;
  return items === null ? `item ${item}` : `item ${item} of ${items - 1}`;
}

/**
 * Where the autopilot is in its own list: `2/9`. It counts home, take-off and do-commands, so its numbers are not those of
 * the itinerary and never stand beside them.
 */
export function listWords(mission: Pick<Values<'mission'>, 'seq' | 'total' | 'state'> | null): string {
  if (mission === null || mission.seq === null || mission.state === 'no-mission') return UNKNOWN;
  return mission.total ? `${mission.seq}/${mission.total}` : `${mission.seq}`;
}

const PARCEL_WORDS: Readonly<Record<string, string>> = {
  aboard: 'is aboard',
  'at-gate': 'is aboard, at the gate',
  releasing: 'is being released',
  released: 'was seen to leave',
  'not-released': 'is still aboard',
  unproved: 'may or may not have left: nothing proves either',
  settled: 'settled by an operator',
};

type Settling = Partial<Pick<ParcelEntry, 'settling'>>;

export function parcelWords({ state, words, settling }: Pick<ParcelEntry, 'state' | 'words'> & Settling): string {
  if (settling) {
    const word = settling === 'released' ? 'it was delivered' : 'it is still aboard';
    return `is being settled: an operator says ${word}; the drone has not agreed yet`;
  }
  return [PARCEL_WORDS[state] ?? state, words === null || words === '' ? '' : `(${words})`].filter(Boolean).join(' ');
}

/** Somebody is to look: nothing proves what became of it, or it came home and its drone takes no other meanwhile. */
export function isToSettle(
  { state, itinerary, settling }: Pick<ParcelEntry, 'state' | 'itinerary'> & Settling,
  current: Pick<ItineraryEntry, 'id' | 'state'> | null,
): boolean {
  if (settling) return false;
  if (state === 'unproved') return true;
  if (state === 'released' || state === 'settled') return false;
  return current === null || current.id !== itinerary || OVER.includes(current.state);
}

/** `for 12 s`: how long it has stood as it does; on a page that is not live as of when that was. */
export function sinceWords(atUtc: string, view: Pick<View, 'nowMs' | 'asOfMs' | 'pageLive'>): string {
  const { atMs, when } = counting(view);
  return atMs === null ? '' : `for ${ageExact(atMs - Date.parse(atUtc))}${when}`;
}

/** Of a drone that nobody hears: what it must be doing, for how long still, and until when its energy lasts. */
export function expectationWords(
  expected: ExpectationEntry | null,
  view: Pick<View, 'nowMs' | 'asOfMs' | 'pageLive'>,
): { readonly must: string; readonly rest: string } | null {
  if (expected === null) return null;
  const { atMs, when } = counting(view);
  const parts: string[] = [];
  if (expected.endsUtcUs !== null && atMs !== null) {
    const leftMs = expected.endsUtcUs / 1000 - atMs;
    if (leftMs > 0) parts.push(`for ${ageExact(leftMs)} more`);
  }
  if (expected.untilEnergyUtcUs !== null) {
    const untilMs = expected.untilEnergyUtcUs / 1000;
    parts.push(`its energy lasts until ${clockTime(untilMs)} ${zoneWord(untilMs)}`);
  }
  return { must: `Not heard${when}. ${expected.must}`, rest: parts.length === 0 ? '' : `— ${parts.join('; ')}` };
}
