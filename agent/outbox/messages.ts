/** What the main thread and the outbox worker say to each other. One write and one open at a time; reads overlap. */
import type { Lane } from '@skein/protocol/fleet';
import type { Entry, EpochState, OutboxLosses } from './entry.ts';
import type { EarlierEnd } from './epochs.ts';
import type { PastEpoch } from './past.ts';
import type { OutboxProblem } from './problems.ts';
import type { PageRow } from './reader.ts';
import type { StoreOptions } from './store.ts';

export interface LaneAck {
  readonly epoch: string;
  readonly lane: Lane;
  readonly upTo: number;
}

export interface KnownFile {
  readonly epochs: readonly EpochState[];
  readonly past: readonly PastEpoch[];
}

export type ToWorker =
  | {
      readonly type: 'open';
      readonly options: StoreOptions;
      /** As it was reported last: what a file that is set aside now is known to hold. */
      readonly known: KnownFile;
    }
  | {
      readonly type: 'write';
      readonly entries: readonly Entry[];
      readonly acks: readonly LaneAck[];
      readonly runningS: number;
      /** On a full disk what the controller has and what lies aside may go: others were asked first. */
      readonly pressing: boolean;
    }
  | {
      readonly type: 'read';
      readonly id: number;
      readonly epoch: string;
      readonly lane: Lane;
      readonly from: number;
      readonly maxBytes: number;
    }
  | { readonly type: 'close'; readonly epoch: string; readonly monoUs: number | null; readonly runningS: number };

export interface StoreReport {
  readonly epochs: readonly EpochState[];
  /** When they have changed. */
  readonly past?: readonly PastEpoch[];
  readonly losses: OutboxLosses;
  readonly usedBytes: number;
  /** Of a damaged file that lies aside; 0: none does. */
  readonly asideBytes: number;
}

export type FromWorker =
  | ({
      readonly type: 'opened';
      readonly earlier: EarlierEnd | null;
      readonly aside: string | null;
    } & StoreReport)
  | { readonly type: 'open-failed'; readonly problem: OutboxProblem }
  /** What is salvaged of a damaged file went on, or is over. */
  | ({ readonly type: 'salvaged' } & StoreReport)
  | ({ readonly type: 'written'; readonly commitMs: number } & StoreReport)
  /** The first `entries` of the group are in it all the same. Null: the file is closed now and wants a new `open`. */
  | {
      readonly type: 'write-failed';
      readonly problem: OutboxProblem;
      readonly held: (StoreReport & { readonly entries: number }) | null;
    }
  /** Reading met an error; the file is closed now and wants a new `open`. */
  | { readonly type: 'read-failed'; readonly problem: OutboxProblem }
  | { readonly type: 'page'; readonly id: number; readonly rows: readonly PageRow[] | null }
  | { readonly type: 'closed' };
