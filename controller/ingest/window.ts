/**
 * How many bytes beyond `upTo` a lane may send. It shrinks with what is queued and, for history, with how long a commit
 * takes, so that the queue stays short; history gives way first: it may fill half of the queue, urgent all of it. While
 * the store takes no history, its window is 0, and so is urgent's when the store takes nothing at all: the drones keep
 * theirs, our memory stays bounded.
 */
import type { Lane } from './ports.ts';

export interface Load {
  readonly depthBytes: number;
  readonly budgetBytes: number;
  /** Drones that may send at the same time; the room is shared. */
  readonly drones: number;
  readonly historyClosed: boolean;
  readonly urgentClosed: boolean;
  /** Age of the oldest envelope not yet committed. */
  readonly ageS: number;
  /** At this age the store counts as slow. */
  readonly slowS: number;
}

/** Nobody needs more in flight than this: at 10 Mbit/s and one second of acks it does not limit. */
export const MAX_WINDOW_BYTES = 1 << 20;
/**
 * What a lane is granted at first, and again after it found no room. Twice as much each time it has used up a good part
 * of that: of a fleet that returns at once nobody is told of room that the next hundred are told of as well.
 */
export const FIRST_WINDOW_BYTES = 64 << 10;
/** Less than this is no use to a sender of 64 kB messages; it is 0 then. */
const MIN_WINDOW_BYTES = 16 << 10;
/** Windows begin to shrink at this part of the age that counts as slow: 1 s of 5. */
const CALM = 5;

export function roomBytes(lane: Lane, load: Load): number {
  const share = lane === 'urgent' ? load.budgetBytes : load.budgetBytes / 2;
  return Math.max(0, share - load.depthBytes);
}

/** Full while commits are quick, none when they are slow: what waits longer than that would be sent again for nothing. */
function haste({ ageS, slowS }: Load): number {
  const calmS = slowS / CALM;
  return Math.min(1, Math.max(0, (slowS - ageS) / (slowS - calmS)));
}

export function windowBytes(lane: Lane, load: Load): number {
  if (lane === 'history' ? load.historyClosed : load.urgentClosed) return 0;
  const room = roomBytes(lane, load) * (lane === 'history' ? haste(load) : 1);
  // Every drone's share, but never so little that a few busy ones starve behind many idle ones.
  const share = Math.max(room / Math.max(1, load.drones), Math.min(room / 8, 4 * MIN_WINDOW_BYTES));
  return share < MIN_WINDOW_BYTES ? 0 : Math.floor(Math.min(share, MAX_WINDOW_BYTES));
}
