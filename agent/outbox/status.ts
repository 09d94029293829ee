import type { EpochState, OutboxLosses } from './entry.ts';
import type { OutboxProblem } from './problems.ts';

export type OutboxCounter =
  | 'batches'
  | 'commits'
  | 'queueFullBatches'
  | 'queueFullSamples'
  | 'notDurableBatches'
  | 'notDurableSamples'
  | 'failures'
  | 'setAside'
  | 'readTimeouts'
  | 'workerRestarts';

export interface OutboxStatus {
  readonly state: 'opening' | 'ok' | 'failing' | 'closed';
  readonly problem: OutboxProblem | null;
  readonly epoch: string;
  readonly usedBytes: number;
  /** Left of a damaged file that is being salvaged. */
  readonly asideBytes: number;
  readonly budgetBytes: number;
  readonly epochs: readonly EpochState[];
  /** Seqs of earlier starts that the controller has and this file has not: it lost its last writes, or is an old copy. */
  readonly aheadOfCard: number;
  /** Urgent seqs of earlier starts that were sent and are not in this file: such a start was cut off within a commit. */
  readonly sentUnwritten: number;
  /** Rows neither acked nor removed, over all epochs. */
  readonly backlogRows: number;
  readonly pendingBytes: number;
  /** Bytes that exist in memory only because the disk fails. */
  readonly volatileBytes: number;
  readonly oldestNotDurableMs: number;
  readonly worstNotDurableMs: number;
  readonly longestCommitMs: number;
  /** The card is slow: its longest commit of late; null: it is not. */
  readonly slowCommitMs: number | null;
  readonly counters: Readonly<Record<OutboxCounter, number>> & OutboxLosses;
}

export const noOutboxCounts = (): Record<OutboxCounter, number> => ({
  batches: 0,
  commits: 0,
  queueFullBatches: 0,
  queueFullSamples: 0,
  notDurableBatches: 0,
  notDurableSamples: 0,
  failures: 0,
  setAside: 0,
  readTimeouts: 0,
  workerRestarts: 0,
});
