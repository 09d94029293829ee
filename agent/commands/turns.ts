/**
 * Which commands may be under way together. Pure.
 *
 *   free      ping, new-pack, lock, unlock, cancel  at once
 *   safe      hold, return, land                at once; what flies ends `superseded (newer)`
 *   flight    everything else that flies        one at a time, after what is on the ground
 *   ground    set-parameter, reboot             one at a time, after what flies
 *   transfer  fetch-log                         one at a time, beside everything
 */
import { COMMANDS, type CommandType } from '@skein/protocol/fleet';

export type Lane = 'free' | 'safe' | 'flight' | 'ground' | 'transfer';

export function laneOf(type: CommandType): Lane {
  if (COMMANDS[type].safe) return 'safe';
  if (COMMANDS[type].flight) return 'flight';
  if (type === 'fetch-log') return 'transfer';
  return type === 'set-parameter' || type === 'reboot' ? 'ground' : 'free';
}

export type Turn<T> = { readonly do: 'wait' } | { readonly do: 'start'; readonly supersede: readonly T[] };

/** May it start beside those that run, and which of them end for it? */
export function turnOf<T extends { readonly type: CommandType }>(type: CommandType, running: readonly T[]): Turn<T> {
  const lane = laneOf(type);
  const inLanes = (...lanes: readonly Lane[]) => running.filter((task) => lanes.includes(laneOf(task.type)));
  if (lane === 'safe') return { do: 'start', supersede: inLanes('safe', 'flight') };
  const blocked =
    (lane === 'transfer' && inLanes('transfer').length > 0) ||
    ((lane === 'flight' || lane === 'ground') && inLanes('safe', 'flight', 'ground').length > 0);
  return blocked ? { do: 'wait' } : { do: 'start', supersede: [] };
}
