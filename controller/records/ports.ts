/** What records need of the rest. */
import type { Actor } from '@skein/protocol/fleet';

export interface Clock {
  utcUs(): number;
}

/** What it returns calls it off. */
export interface Timers {
  after(ms: number, run: () => void): () => void;
}

/** One event of `<kind>:<id>`; the store keeps the document that it makes. */
export interface RecordEvent {
  readonly entity: string;
  readonly type: string;
  readonly atUtcUs: number;
  readonly by: Actor;
  readonly cause?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Events on their way to the store, in order; tried again until they are durable. */
export interface Writing {
  /** Events not yet durable. */
  readonly depth: number;
  /** Resolves once they are durable: true, or given up because of a bug in the store: false. */
  write(events: readonly RecordEvent[]): Promise<boolean>;
}

export interface StoredDocument {
  readonly entity: string;
  readonly version: number;
  readonly open: boolean;
  readonly createdUtcUs: number;
  readonly atUtcUs: number;
  readonly doc: Readonly<Record<string, unknown>>;
}

export interface StoredUse {
  readonly key: string;
  readonly hash: string;
  readonly entity: string;
  readonly atUtcUs: number;
}

export interface RecordStore {
  document(entity: string): Promise<StoredDocument | null>;
  /** Newest first, by their first event; `before`: only those older than that of this id. */
  documents(query: {
    kind: string;
    open?: boolean;
    before?: string;
    limit: number;
  }): Promise<readonly StoredDocument[]>;
  /** Idempotency keys used since then, newest first. */
  documentKeys(query: { kind: string; sinceUtcUs: number; limit: number }): Promise<readonly StoredUse[]>;
}

/** Idempotency keys (commands/keys.ts). `command` is the id they were used on. */
export interface Keys {
  load(keys: readonly { key: string; hash: string; command: string; atUtcUs: number }[]): void;
  look(
    key: string,
    hash: string,
    nowUtcUs: number,
  ):
    | { readonly kind: 'new' }
    | { readonly kind: 'other' }
    | { readonly kind: 'pending'; readonly until: Promise<unknown> }
    | { readonly kind: 'same'; readonly command: string };
  hold(key: string, hash: string, until: Promise<unknown>): void;
  forget(key: string): void;
  use(key: string, use: { readonly hash: string; readonly command: string; readonly atUtcUs: number }): void;
}

export const RECORD_COUNTERS = {
  changes: 'changes of documents',
  conflicts: 'writings refused: they expected another version',
  repeated: 'requests answered by their Idempotency-Key',
  late: 'writings that were not durable within five seconds; they are still tried',
  writeFailed: 'writings of events that failed and were tried again',
  writeLost: 'writings of events given up because of a bug in the store',
} as const;
export type RecordCounter = keyof typeof RECORD_COUNTERS;
export type Count = (name: RecordCounter, by?: number) => void;
