/** What ingest needs of the rest: a store that commits, a way to send acks, a clock, counters. */
import type { Expand } from '@skein/protocol/telemetry';

export type Lane = 'urgent' | 'history';

export interface StoreItem {
  readonly drone: string;
  readonly receivedUtcUs: number;
  readonly bytes: Uint8Array;
  readonly verify: boolean;
}

export interface StreamPosition {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: Lane;
  readonly upTo: number;
}

export interface CommitOutcome {
  readonly inserted: number;
  readonly gaps: number;
  readonly duplicates: number;
  readonly conflicts: readonly {
    readonly drone: string;
    readonly epoch: string;
    readonly lane: Lane;
    readonly seq: number;
  }[];
  readonly filled: number;
  readonly expired: number;
  readonly unread: number;
  readonly refused: readonly StreamPosition[];
}

export interface BatchStore {
  commit(items: readonly StoreItem[], nowUtcUs: number): Promise<CommitOutcome>;
  positions(drone: string, epochs: readonly string[]): Promise<readonly StreamPosition[]>;
}

export interface AckOut {
  readonly drone: string;
  readonly session: string;
  readonly epoch: string;
  readonly lane: Lane;
  readonly upTo: number;
  readonly window: number;
  /** In answer to a presence: what this controller opens and reads. */
  readonly packs?: readonly string[];
  readonly codecs?: readonly number[];
}

export interface Clock {
  /** UTC, µs since 1970. */
  utcUs(): number;
  /** Monotonic, µs. */
  monoUs(): number;
}

/** What they return calls them off. */
export interface Timers {
  after(ms: number, run: () => void): () => void;
  every(ms: number, run: () => void): () => void;
}

/** Every way an envelope, a presence or a group can end, counted. */
export const INGEST_COUNTERS = {
  messages: 'messages on the urgent and history channels',
  accepted: 'envelopes taken for commit',
  committed: 'batches committed',
  gaps: 'gap records committed',
  duplicate: 'batches that came again, same content',
  conflict: 'batches whose number came with other content, put into quarantine',
  filled: 'late batches that took the place of a gap',
  expired: 'repeats of batches that retention has removed',
  unread:
    'urgent batches whose texts and clocks were not taken: more rows than any agent seals, or damaged; they are stored',
  unverified: 'repeats dropped unread because too many were waiting to be compared',
  ahead: 'envelopes dropped because those before them are missing; the drone sends them again',
  unannounced: 'envelopes of an epoch no presence has listed',
  wrongLane: 'envelopes whose lane is not that of their channel',
  malformed: 'messages with a part that is no sealed batch',
  packs: 'messages that were packs',
  packTooLarge: 'packs refused unread because they say that they hold too much; the drone sends them again',
  packUnknown: 'packs of a form that this version does not open; the drone sends them again',
  packWasted: 'packs that were opened and came to nothing: damaged, or dense and none of it taken',
  packShut: 'times that no packs of a drone were opened for a minute because too many had come to nothing',
  packUnopened: 'packs dropped unopened meanwhile, live ones too; the drone sends what they held unpacked',
  noRoom: 'envelopes and gaps not taken because the queue is full; the drone says them again',
  evicted: 'gaps recorded for what a drone no longer holds',
  refused: 'streams in which a commit did not follow on; they start again from the store',
  dropped: 'envelopes given up because the store cannot take them (a bug); the drone sends them again',
  groups: 'groups committed',
  commitFailed: 'commits that failed and were tried again',
  acks: 'acks sent',
} as const;
export type IngestCounter = keyof typeof INGEST_COUNTERS;

export type Count = (name: IngestCounter, by?: number) => void;

/** How the store is, in plain words where it is not well. */
export interface StoreHealth {
  readonly state: 'ok' | 'slow' | 'failed';
  readonly message: string | null;
}

export interface AnnouncedEpoch {
  readonly epoch: string;
  readonly lanes: Readonly<Record<Lane, { readonly first: number; readonly next: number }>>;
}

export interface Announcement {
  readonly drone: string;
  readonly session: string;
  readonly online: boolean;
  readonly epochs: readonly AnnouncedEpoch[];
}

export interface IngestOptions {
  readonly store: BatchStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly count: Count;
  readonly sendAck: (ack: AckOut) => void;
  /** Opens packs; left out: none are taken, and drones are told of none. */
  readonly expand?: Expand;
  readonly budgetBytes: number;
  readonly lingerMs: number;
  readonly slowMs: number;
  /** A lane moved: for the backlog shown. `monoToUs` of the newest batch committed. */
  readonly onProgress: (drone: string, epoch: string, lane: Lane, upTo: number, monoToUs: number | null) => void;
  readonly onConflict: (drone: string, epoch: string, lane: Lane, seq: number) => void;
  readonly onHealth: (health: StoreHealth) => void;
  readonly onCommitTime?: (seconds: number, items: number) => void;
  /** Its packs are not opened for a while, or are again. */
  readonly onPacksShut?: (drone: string, isShut: boolean) => void;
  /** An urgent batch is committed (again, perhaps): for those who wait for what drones say at once. */
  readonly onUrgent?: (drone: string, bytes: Uint8Array) => void;
  /** A bug in what follows a commit; left out: it ends the process. */
  readonly onBug?: (error: unknown) => void;
}
