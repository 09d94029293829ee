/**
 * One integer orders all rows of the file: `epoch number · 2^33 + lane · 2^32 + seq`. It is the rowid, so a batch costs
 * no second index; history is the upper lane, so that the common insert is an append at the end of the tree.
 */
import type { Lane } from '@skein/protocol/fleet';

export const LANE_NAMES = ['urgent', 'history'] as const satisfies readonly Lane[];

const LANE_SPAN = 2 ** 32;
const EPOCH_SPAN = 2 ** 33;

/** Seqs are 32 bits: at ten batches a second a lane lasts 13 years. */
export const MAX_SEQ = LANE_SPAN - 1;

export function rowKey(epochNumber: number, lane: Lane, seq: number): number {
  return epochNumber * EPOCH_SPAN + (lane === 'history' ? LANE_SPAN : 0) + seq;
}

export function laneStart(epochNumber: number, lane: Lane): number {
  return rowKey(epochNumber, lane, 0);
}

export function laneEnd(epochNumber: number, lane: Lane): number {
  return rowKey(epochNumber, lane, MAX_SEQ);
}

export function epochNumberOf(key: number): number {
  return Math.floor(key / EPOCH_SPAN);
}

export function laneOf(key: number): Lane {
  return key % EPOCH_SPAN >= LANE_SPAN ? 'history' : 'urgent';
}

export function seqOf(key: number): number {
  return key % LANE_SPAN;
}
