/**
 * The outbox file as its logic sees it: rows in the order of their keys (keys.ts), epochs, transactions, pages. What is
 * evicted, thinned, merged and read is decided above it; `sql-rows.ts` is SQLite.
 */
import type { Lane } from '@skein/protocol/fleet';

export interface Row {
  readonly id: number;
  /** Null for a batch, the last seq covered for a gap. */
  readonly upto: number | null;
  /** Accumulated running time of the agent when it was sealed, s. */
  readonly atS: number;
  readonly bytes: Uint8Array;
}

/** A row but for its bytes. */
export interface Edge extends Omit<Row, 'bytes'> {
  readonly size: number;
}

export interface EpochRow {
  readonly number: number;
  readonly epoch: string;
  readonly boot: string;
  readonly acked: Readonly<Record<Lane, number>>;
  /** Highest seq removed after its ack, which fixes `next` of an emptied lane. */
  readonly gone: Readonly<Record<Lane, number>>;
  readonly stoppedMonoUs: number | null;
}

/** Ranges are of keys and inclusive; rows come by key, the lowest first. Errors of the storage carry a `code`. */
export interface OutboxRows {
  first(from: number, to: number, limit: number): readonly Row[];
  /** As `first` without a limit of its own; the caller stops when it has enough. */
  each(from: number, to: number): Iterable<Row>;
  /** As `each`, without reading what the rows hold. */
  edges(from: number, to: number, limit: number): Iterable<Edge>;
  last(from: number, to: number): Row | undefined;
  get(id: number): Row | undefined;
  /** Gap records, by key; the caller changes nothing meanwhile. */
  gaps(from: number, to: number): Iterable<Row>;
  batches(from: number, to: number, limit: number): readonly Row[];
  /** History batches above `after` whose seq is no multiple of `every`. */
  notEvery(every: number, after: number, limit: number): readonly Row[];
  droppable(limit: number): readonly Row[];
  /** Bytes of the rows of a range, with a fixed cost for each. */
  bytes(from: number, to: number): number;
  /** A batch whose key is there is left as it is. */
  addBatch(id: number, atS: number, droppable: boolean, bytes: Uint8Array): void;
  addGap(id: number, upto: number, atS: number, bytes: Uint8Array): void;
  remove(from: number, to: number): void;

  epochs(): readonly EpochRow[];
  /** Its number: higher than that of any before it, or the one that is wanted. */
  addEpoch(epoch: string, boot: string, number?: number): number;
  saveAcks(number: number, acked: Record<Lane, number>, gone: Record<Lane, number>): void;
  markStopped(epoch: string, monoUs: number): void;
  removeEpoch(number: number): void;

  /** All or nothing, and durable when it returns. Throws what `run` throws, or what the storage says. */
  transaction(run: () => void): void;
  /** What the main file is made of; a file keeps what it was made with. */
  readonly pageBytes: number;
  /** Bytes of the main file that hold something. */
  usedBytes(): number;
  /** From now on the main file grows no further than this: SQLITE_FULL. */
  cap(bytes: number): void;
  close(): void;
}

/** What a row costs besides its bytes. */
export const ROW_OVERHEAD = 24;
