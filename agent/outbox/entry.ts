import type { Lane } from '@skein/protocol/fleet';
import type { GapReason } from '@skein/protocol/telemetry';

/** One row of the outbox: a sealed batch, or a gap record over `seq`…`to`. Immutable once it has its number. */
export interface Entry {
  readonly epoch: string;
  readonly boot: string;
  readonly lane: Lane;
  readonly seq: number;
  /** Last seq covered: equal to `seq` for a batch. */
  readonly to: number;
  /** Set for a gap record. */
  readonly gap: GapReason | null;
  readonly samples: number;
  readonly monoFromUs: number;
  readonly monoToUs: number;
  /** Only autopilot texts: the first of the urgent lane to go when its reserve is full. */
  readonly droppable: boolean;
  readonly bytes: Uint8Array;
}

/** What a lane of an epoch holds and how far the controller has it. */
export interface LaneState {
  /** Lowest seq not yet removed; equal to `next` when nothing is held. */
  readonly first: number;
  /** The seq the next batch will get. */
  readonly next: number;
  /** Every seq up to here is committed at the controller. */
  readonly acked: number;
  /** Set while a damaged file is salvaged: from here on nothing is sent yet. */
  readonly heldFrom?: number;
}

export interface EpochState {
  readonly epoch: string;
  readonly boot: string;
  readonly lanes: Readonly<Record<Lane, LaneState>>;
}

/** Counters of what was given up, since the agent started. Names are those of /metrics. */
export interface OutboxLosses {
  /** Rows removed after the controller had committed them. */
  evictedAcked: number;
  /** Batches replaced by gaps to keep every Nth only. */
  thinned: number;
  /** Oldest batches replaced by gaps because the budget was full. */
  droppedBudget: number;
  /** Rows whose bytes no longer match their checksum. */
  corruptRows: number;
  /** Damaged files given up before they were salvaged, because their bytes were needed. */
  asideGivenUp: number;
  /** Seqs found again in damaged files, and those that were not. */
  salvaged: number;
  unsalvaged: number;
  /** Seqs found neither as batch nor in a gap; always 0 unless there is a bug. */
  holes: number;
}

export const noLosses = (): OutboxLosses => ({
  evictedAcked: 0,
  thinned: 0,
  droppedBudget: 0,
  corruptRows: 0,
  asideGivenUp: 0,
  salvaged: 0,
  unsalvaged: 0,
  holes: 0,
});
