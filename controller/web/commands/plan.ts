/** A command to several drones, before it is sent: what becomes of it at each, and how it is spread out. */
import { ageExact } from '../format/times.ts';
import { forecast, type SafeType } from './forecast.ts';
import { interlocksOf, mayGo } from './interlocks.ts';
import { RULES } from './rules.ts';
import { reachOf, type Situation } from './situation.ts';

export const BROADCAST_TYPES = ['hold', 'return', 'ping', 'reboot'] as const;
export type BroadcastType = (typeof BROADCAST_TYPES)[number];

export interface PlanGroup {
  readonly outcome: 'now' | 'waits' | 'pilot' | 'refused';
  readonly words: string;
  readonly drones: readonly string[];
}

const ACTS: Readonly<Record<BroadcastType, string>> = {
  hold: 'stop and hover where they are',
  return: 'fly back, the nearest first, each at a height of its own; whose pad or height is taken is told to hold',
  ping: 'answer',
  reboot: 'restart, one after another',
};

/** Groups that are not empty, those that act first. */
export function planOf(type: BroadcastType, all: readonly Situation[]): readonly PlanGroup[] {
  const groups = new Map<string, { outcome: PlanGroup['outcome']; words: string; drones: string[] }>();
  for (const s of all) {
    const one = outcomeOf(type, s);
    const key = `${one.outcome} ${one.words}`;
    const group = groups.get(key) ?? { ...one, drones: [] };
    group.drones.push(s.id);
    groups.set(key, group);
  }
  return [...groups.values()].sort(
    (a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) || b.drones.length - a.drones.length,
  );
}

const ORDER: readonly PlanGroup['outcome'][] = ['now', 'pilot', 'waits', 'refused'];

const UNHEARD = { outcome: 'waits', words: 'this page is not live: whether they are there is not known' } as const;

function outcomeOf(type: BroadcastType, s: Situation): { outcome: PlanGroup['outcome']; words: string } {
  if (type === 'hold' || type === 'return') return safeOutcome(type, s);
  if (type === 'reboot' && !mayGo(interlocksOf('reboot', { ...s, freshness: 'fresh' }))) {
    const stop = interlocksOf('reboot', { ...s, freshness: 'fresh' }).find((one) => one.state !== 'ok');
    return { outcome: 'refused', words: `refuse: ${stop?.words.replace(/ \(last seen.*\)$/, '') ?? 'not now'}` };
  }
  if (reachOf(s) === 'unknown') return UNHEARD;
  if (reachOf(s) === 'offline')
    return { outcome: 'waits', words: `offline: queued ${ageExact(RULES[type].lifetimeS * 1000)}` };
  return { outcome: 'now', words: ACTS[type] };
}

function safeOutcome(type: SafeType & BroadcastType, s: Situation): { outcome: PlanGroup['outcome']; words: string } {
  const { outcome, short } = forecast(type, s);
  if (outcome !== 'pilot' && reachOf(s) === 'unknown') return UNHEARD;
  switch (outcome) {
    case 'now':
      return { outcome, words: ACTS[type] };
    case 'pilot':
      return { outcome, words: 'are flown by a pilot, and are taken from them' };
    case 'waits':
      return { outcome, words: `${s.online ? 'stale' : 'offline'}: ${short}` };
    case 'refused':
      return { outcome, words: `refuse: ${short}` };
  }
}
