/**
 * How many bytes beyond `upTo` a lane may send. History gives way first: it may fill half of the queue, urgent all of
 * it. While the store fails, both are 0: the drones keep theirs, our memory stays bounded.
 */
import type { Lane } from './ports.ts';

export interface Load {
  readonly depthBytes: number;
  readonly budgetBytes: number;
  /** Drones that may send at the same time; the room is shared. */
  readonly drones: number;
  readonly storeFailed: boolean;
}

/** Nobody needs more in flight than this: at 10 Mbit/s and one second of acks it does not limit. */
export const MAX_WINDOW_BYTES = 1 << 20;
/** Less than this is no use to a sender of 64 kB messages; it is 0 then. */
const MIN_WINDOW_BYTES = 16 << 10;

export function roomBytes(lane: Lane, load: Load): number {
  const share = lane === 'urgent' ? load.budgetBytes : load.budgetBytes / 2;
  return Math.max(0, share - load.depthBytes);
}

export function windowBytes(lane: Lane, load: Load): number {
  if (load.storeFailed) return 0;
  const room = roomBytes(lane, load);
  // Every drone's share, but never so little that a few busy ones starve behind many idle ones.
  const share = Math.max(room / Math.max(1, load.drones), Math.min(room / 8, 4 * MIN_WINDOW_BYTES));
  return share < MIN_WINDOW_BYTES ? 0 : Math.floor(Math.min(share, MAX_WINDOW_BYTES));
}
