import type { SampleCodec } from '@skein/protocol/telemetry';
import type { EarlierEnd } from './epochs.ts';
import type { OutboxProblem } from './problems.ts';
import type { SpawnStore } from './thread.ts';
import type { Timers } from './timers.ts';

export interface OutboxOptions {
  readonly path: string;
  readonly budgetBytes: number;
  readonly keepAckedHours: number;
  readonly boot: string;
  /** 16 random hex digits: for this start, and again for every new file. */
  readonly drawEpoch: () => string;
  readonly nowUs: () => number;
  /** What to seal with: asked for each batch, since it depends on what the controller reads; left out: 1. */
  readonly codec?: () => SampleCodec;
  /** What waits for the disk; left out: a thread. */
  readonly spawn?: SpawnStore;
  readonly timers: Timers;
  /** The file could be opened for the first time; how the epoch before this start ended, null when there is none. */
  readonly onOpened?: (earlier: EarlierEnd | null) => void;
  /** Something more can be read. */
  readonly onReadable?: () => void;
  /** The set of epochs changed: presence should be published anew. */
  readonly onEpochs?: () => void;
  /** The disk is full: whoever can free bytes should. If that does not do, or there is nobody, acked rows go. */
  readonly onDiskFull?: () => void;
  readonly onProblem?: (problem: OutboxProblem | null) => void;
}
