/**
 * What lies on disk at the two ends, read past the programs: the oracle of "exactly once". Read-only, and of the agent
 * only after it has ended (it keeps its file locked while it lives).
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expandBatch, readEnvelope, type Sample } from '@skein/protocol/telemetry';
import Database from 'better-sqlite3';
import { batchesInDay } from '../../controller/testing/day-file.ts';

export type StoredLane = 'urgent' | 'history';

/** A batch or a gap record as it lies in a database. */
export interface StoredBatch {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: StoredLane;
  readonly seq: number;
  /** Last number covered: `seq` for a batch. */
  readonly to: number;
  /** Reason of a gap record, null for a batch. */
  readonly gap: string | null;
  readonly crc: number;
  readonly bytes: Uint8Array;
}

export const keyOf = (batch: StoredBatch): string => `${batch.drone}/${batch.epoch}/${batch.lane}/${batch.seq}`;

/**
 * By the same library as the programs use. A second one in the process of a controller would undo its locks whenever it
 * closes a file (they belong to the process), and cut the shared memory of the log under its feet: SIGBUS.
 * https://sqlite.org/howtocorrupt.html#multiple_copies_of_sqlite_linked_into_the_same_application
 */
export function readOnly<T>(file: string, read: (db: Database.Database) => T): T {
  const db = new Database(file, { readonly: true, timeout: 2_000 });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

/** Every row of the outbox of an agent that has ended. */
export function readOutbox(drone: string, file: string): StoredBatch[] {
  return readOnly(file, (db) => {
    const rows = db.prepare('SELECT bytes FROM rows ORDER BY id').all() as { bytes: Uint8Array }[];
    return rows.map(({ bytes }) => {
      const read = readEnvelope(bytes);
      if (!read.ok) throw new Error(`${file}: ${read.reason}`);
      const { header, gap } = read;
      if (header.lane === 'live') throw new Error(`${file}: a live batch on disk`);
      const { epoch, lane, seq, crc } = header;
      return { drone, epoch, lane, seq, to: gap?.to ?? seq, gap: gap?.reason ?? null, crc, bytes };
    });
  });
}

interface GapRow {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: StoredLane;
  readonly from_seq: number;
  readonly to_seq: number;
  readonly reason: string;
}

/** SQLite follows `/proc/…/root` itself, out of the name space again: what lies behind it is copied to be read. */
function nearby<T>(dir: string, read: (dir: string) => T): T {
  if (!dir.startsWith('/proc/') || !fs.existsSync(dir)) return read(dir);
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-copy-'));
  try {
    for (const name of fs.readdirSync(dir)) fs.copyFileSync(path.join(dir, name), path.join(copy, name));
    return read(copy);
  } finally {
    fs.rmSync(copy, { recursive: true, force: true });
  }
}

/** Every batch and gap of the controller's store, or of one drone in it, all day files together; works while it runs. */
export function readStore(dataDir: string, drone: string | null = null): StoredBatch[] {
  return nearby(path.join(dataDir, 'telemetry'), (dir) => readDays(dir, drone));
}

function readDays(dir: string, drone: string | null): StoredBatch[] {
  const files = fs.existsSync(dir) ? fs.readdirSync(dir).filter((name) => name.endsWith('.db')) : [];
  return files.sort().flatMap((name) =>
    readOnly(path.join(dir, name), (db) => {
      const batches = [...batchesInDay(db, drone)];
      const gaps = db
        .prepare('SELECT drone, epoch, lane, from_seq, to_seq, reason FROM gap WHERE drone = ifnull(?, drone)')
        .all(drone) as GapRow[];
      return [
        ...batches.map(({ drone, epoch, lane, seq, crc, bytes }) => {
          return { drone, epoch, lane, seq, to: seq, gap: null, crc, bytes };
        }),
        ...gaps.map(({ drone, epoch, lane, from_seq, to_seq, reason }) => {
          return { drone, epoch, lane, seq: from_seq, to: to_seq, gap: reason, crc: 0, bytes: new Uint8Array() };
        }),
      ];
    }),
  );
}

export interface Comparison {
  /** In the outbox, not in the store. */
  readonly lost: readonly string[];
  /** More than once in the store. */
  readonly doubled: readonly string[];
  /** In both, with other bytes. */
  readonly different: readonly string[];
  /** In the store, of an epoch of the outbox, but never in the outbox. */
  readonly invented: readonly string[];
  readonly batches: number;
}

/** Holds the store against the outboxes. Gap records count by the numbers they cover. */
export function compare(outbox: readonly StoredBatch[], store: readonly StoredBatch[]): Comparison {
  const batches = outbox.filter((row) => row.gap === null);
  const held = Map.groupBy(
    store.filter((row) => row.gap === null),
    keyOf,
  );
  const known = new Set(batches.map(keyOf));
  const epochs = new Set(outbox.map((row) => row.epoch));
  return {
    lost: batches.map(keyOf).filter((key) => !held.has(key)),
    doubled: [...held].filter(([, rows]) => rows.length > 1).map(([key]) => key),
    different: batches.filter((row) => held.get(keyOf(row))?.some((other) => other.crc !== row.crc)).map(keyOf),
    invented: [...held]
      .filter(([key, rows]) => rows.some((row) => epochs.has(row.epoch)) && !known.has(key))
      .map(([key]) => key),
    batches: batches.length,
  };
}

/** The samples of one kind in these batches, in the order of the rows. */
export function samplesOf<K extends Sample['kind']>(batches: readonly StoredBatch[], kind: K): Sample<K>[] {
  return batches
    .filter((batch) => batch.gap === null)
    .flatMap((batch) => {
      const expanded = expandBatch(batch.bytes, [kind]);
      if (!expanded.ok) throw new Error(`${keyOf(batch)}: ${expanded.reason}`);
      return expanded.samples as readonly Sample<K>[];
    });
}
