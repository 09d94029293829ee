/**
 * What must hold before a deliberate command is sent, as far as the page can see it; shown before the button. The agent
 * checks again and its word counts.
 */
import { shortIds } from '@skein/protocol/fleet';
import { ageExact } from '../format/times.ts';
import { isDown, reachOf, type Situation } from './situation.ts';

export interface Interlock {
  readonly words: string;
  readonly state: 'ok' | 'stop' | 'unknown';
  /** `force` may pass this one. */
  readonly waivable?: boolean;
}

export type Deliberate =
  | 'reboot'
  | 'arm'
  | 'disarm'
  | 'start'
  | 'skip'
  | 'abort'
  | 'goto'
  | 'resume'
  | 'set-parameter'
  | 'fetch-log'
  | 'lock'
  | 'unlock'
  | 'ping';

/** Force may pass an unknown state only after this long a silence. */
const SILENT_MS = 30_000;

export function interlocksOf(type: Deliberate, s: Situation): readonly Interlock[] {
  switch (type) {
    case 'reboot':
      return [state(s), leg(s), ground(s), pilot(s), log(s)];
    case 'arm':
      return [
        connected(s),
        known(s.armed === null ? null : !s.armed, 'disarmed', 'armed already', 'whether it is armed is not known'),
        preflight(s),
        ground(s),
        pilot(s),
        commander(s),
        log(s),
      ];
    case 'start':
      return [
        connected(s),
        itinerary(s, ['verified'], 'verified by the drone', 'it is not verified'),
        known(s.armed === null ? null : !s.armed, 'disarmed', 'armed already', 'whether it is armed is not known'),
        preflight(s),
        ground(s),
        pilot(s),
        commander(s),
        log(s),
      ];
    case 'skip':
      return [itinerary(s, ['flying'], 'on its way', 'it is not on its way'), pilot(s), commander(s)];
    case 'abort':
      return [itinerary(s, null, '', ''), pilot(s), commander(s)];
    case 'disarm':
      return [
        connected(s),
        known(
          s.inAir === null ? null : !s.inAir,
          'on the ground',
          'in the air: it is never disarmed there',
          'whether it is on the ground is not known',
        ),
        pilot(s),
        commander(s),
      ];
    case 'goto':
      return [
        connected(s),
        known(s.inAir, 'in the air', 'on the ground', 'whether it flies is not known'),
        pilot(s),
        commander(s),
        holding(s),
      ];
    case 'resume':
      return [
        connected(s),
        known(s.inAir, 'in the air', 'on the ground', 'whether it flies is not known'),
        commander(s),
      ];
    case 'set-parameter':
      return [
        connected(s),
        known(
          s.armed === null ? null : !s.armed,
          'disarmed',
          'armed: parameters stay as they are',
          'whether it is armed is not known',
        ),
        pilot(s),
      ];
    case 'fetch-log':
      return [
        known(
          s.armed === null ? null : !s.armed,
          'disarmed',
          'armed: logs are fetched on the ground',
          'whether it is armed is not known',
        ),
        log(s),
      ];
    case 'unlock':
      return [
        known(s.locked, s.locked ? lockWords(s) : '', 'not locked', 'whether it is locked is not known'),
        ...(s.lockedHere
          ? [{ state: 'unknown' as const, words: 'the lock was set at the drone: it is removed there, or by an admin' }]
          : []),
      ];
    case 'lock':
      return s.locked ? [{ state: 'ok', words: `${lockWords(s)}: the reason is replaced` }] : [];
    case 'ping':
      return [];
  }
}

/** May it be sent? `force` passes what is waivable. */
export function mayGo(list: readonly Interlock[], force = false): boolean {
  return list.every(
    (one) =>
      one.state === 'ok' || (force && one.waivable === true) || (one.state === 'unknown' && one.waivable === undefined),
  );
}

export function forceHelps(list: readonly Interlock[]): boolean {
  return !mayGo(list) && mayGo(list, true);
}

function known(value: boolean | null, yes: string, no: string, unknown: string): Interlock {
  if (value === null) return { state: 'unknown', words: unknown };
  return value ? { state: 'ok', words: yes } : { state: 'stop', words: no };
}

/** Fresh, disarmed and on the ground, for a reboot. */
function state(s: Situation): Interlock {
  if (s.armed === true) return { state: 'stop', words: 'it is armed: never restarted' };
  if (s.inAir === true) return { state: 'stop', words: 'it is in the air: never restarted' };
  const seen = s.ageMs === null ? 'never seen' : `last seen ${ageExact(s.ageMs)} ago`;
  if (!isDown(s))
    return { state: 'unknown', words: `not known to be disarmed and on the ground (${seen})`, waivable: false };
  if (s.freshness === 'fresh') return { state: 'ok', words: 'disarmed and on the ground' };
  const silent = (s.ageMs ?? 0) > SILENT_MS;
  return { state: 'unknown', words: `disarmed and on the ground when ${seen}`, waivable: silent };
}

function leg(s: Situation): Interlock {
  return s.onLeg
    ? { state: 'stop', words: 'under way with a mission', waivable: true }
    : { state: 'ok', words: 'no mission under way' };
}

function ground(s: Situation): Interlock {
  return known(
    s.locked === null ? null : !s.locked,
    'not locked on the ground',
    lockWords(s),
    'whether it is locked is not known',
  );
}

function lockWords(s: Situation): string {
  const by = s.lockedBy === null ? '' : s.lockedBy === 'drone' ? ' at the drone' : ` by ${s.lockedBy}`;
  return `locked on the ground${by}${s.lockReason ? ` (${s.lockReason})` : ''}`;
}

function pilot(s: Situation): Interlock {
  switch (s.control) {
    case 'pilot':
      return { state: 'stop', words: 'a pilot is in control' };
    case 'other':
      return { state: 'stop', words: 'another ground station is in control' };
    case 'failsafe':
      return { state: 'stop', words: 'the autopilot flies a failsafe' };
    case 'skein':
      return { state: 'ok', words: 'no pilot in control' };
    case 'unknown':
      return { state: 'unknown', words: 'who is in control is not known' };
  }
}

function commander(s: Situation): Interlock {
  return s.commander === null
    ? { state: 'ok', words: 'nobody is in command' }
    : { state: 'ok', words: `in command: ${s.commander}` };
}

function log(s: Situation): Interlock {
  return s.fetchingLog
    ? { state: 'stop', words: 'a log transfer is under way' }
    : { state: 'ok', words: 'no log transfer' };
}

function preflight(s: Situation): Interlock {
  if (s.preflight === null) return { state: 'unknown', words: 'the pre-flight list has not been reported' };
  const { verdict, stops } = s.preflight;
  if (verdict !== 'stop')
    return { state: 'ok', words: verdict === 'ok' ? 'pre-flight list ok' : 'pre-flight list: warnings' };
  return { state: 'stop', words: `pre-flight: ${stops.length > 0 ? stops.join('; ') : 'a stop'}` };
}

/** `states`: those in which it may go; null: any. */
function itinerary(s: Situation, states: readonly string[] | null, yes: string, no: string): Interlock {
  const { itinerary: one } = s;
  if (one === null) return { state: 'stop', words: 'it has no itinerary' };
  if (states === null) return { state: 'ok', words: `itinerary ${shortIds(one.id)}: ${one.state}` };
  if (states.includes(one.state)) return { state: 'ok', words: `itinerary ${shortIds(one.id)} is ${yes}` };
  return { state: 'stop', words: `itinerary ${shortIds(one.id)}: ${no} (${one.state})` };
}

function holding(s: Situation): Interlock {
  return s.onLeg
    ? { state: 'stop', words: 'under way with a mission: hold it first' }
    : { state: 'ok', words: 'not under way with a mission' };
}

function connected(s: Situation): Interlock {
  const reach = reachOf(s);
  const seen = s.ageMs === null ? '' : ` (last seen ${ageExact(s.ageMs)} ago)`;
  if (reach === 'unknown')
    return {
      state: s.online ? 'unknown' : 'stop',
      words: `this page is not live: ${s.online ? 'connected' : 'offline'} when it last was${seen}`,
    };
  if (reach === 'offline') return { state: 'stop', words: `offline${seen}: this command never waits` };
  if (reach === 'stale') return { state: 'unknown', words: `connected, but ${s.freshness}${seen}` };
  return { state: 'ok', words: 'connected and fresh' };
}
