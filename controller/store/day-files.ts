/**
 * The telemetry day files: which there are, opened once each, by the one writer connection of each file.
 *
 *   <dataDir>/telemetry/2026-11-21.db (+ -wal, -shm)
 */
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { DayTables } from './day-tables.ts';
import { toStoreError } from './errors.ts';
import { makeFolder } from './folders.ts';
import { DAY_STEPS, migrate } from './migrations.ts';

/** For who holds a lock: a backup does, for a moment. */
const WAIT_MS = 2000;
/** SQLite takes a log over by itself when a commit leaves it at 4 MB. */
const MAX_LOG_BYTES = 8 << 20;
const DAY_FILE = /^(\d{4}-\d{2}-\d{2})\.db$/;

/** UTC day of an instant, `YYYY-MM-DD`. */
export function dayOf(utcUs: number): string {
  return new Date(Math.floor(utcUs / 1e3)).toISOString().slice(0, 10);
}

export function telemetryDir(dataDir: string): string {
  return path.join(dataDir, 'telemetry');
}

/** Days that have a file, oldest first. */
export function listDays(dataDir: string): string[] {
  return fs
    .readdirSync(telemetryDir(dataDir))
    .flatMap((name) => DAY_FILE.exec(name)?.[1] ?? [])
    .sort();
}

export function dayPath(dataDir: string, day: string): string {
  return path.join(telemetryDir(dataDir), `${day}.db`);
}

/** Bytes on disk of a day, its write-ahead log included. */
export function dayBytes(dataDir: string, day: string): number {
  return ['', '-wal', '-shm'].reduce((sum, suffix) => {
    const stat = fs.statSync(dayPath(dataDir, day) + suffix, { throwIfNoEntry: false });
    return sum + (stat?.size ?? 0);
  }, 0);
}

/** A connection that writes: WAL, and (`sync`) an fsync before each commit returns. */
export function openWriter(file: string, steps: readonly string[], sync = true): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: WAIT_MS });
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${sync ? 'FULL' : 'OFF'}`);
    db.pragma('journal_size_limit = 67108864');
    migrate(db, steps, file);
    return db;
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

/** Takes over what stands in the log, as far as there is room and nobody reads; nobody is waited for. */
export function emptyLog(db: Database.Database, how: 'PASSIVE' | 'TRUNCATE' = 'PASSIVE'): void {
  try {
    db.pragma('busy_timeout = 0');
    db.pragma(`wal_checkpoint(${how})`);
  } catch {
    // No room for that either, or it is read from: the next time.
  } finally {
    db.pragma(`busy_timeout = ${WAIT_MS}`);
  }
}

/** Gives back the room of a log that grew while it was read from: a file that is written no more keeps it for ever. */
export function boundLog(db: Database.Database): void {
  const bytes = fs.statSync(`${db.name}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > MAX_LOG_BYTES) emptyLog(db, 'TRUNCATE');
}

/** Settling a day failed (day-tables.ts). */
export type OnUnsettled = (day: string, error: unknown) => void;

function raise(_day: string, error: unknown): never {
  throw error;
}

/** All day files of a directory, open for writing. */
export class DayFiles {
  readonly #dataDir: string;
  readonly #sync: boolean;
  readonly #open = new Map<string, Database.Database>();
  readonly #tables = new Map<string, DayTables>();

  readonly #onUnsettled: OnUnsettled;

  /** `onUnsettled` left out: who asked for what ended in settling gets the error. */
  constructor(dataDir: string, sync = true, onUnsettled: OnUnsettled = raise) {
    this.#dataDir = dataDir;
    this.#sync = sync;
    this.#onUnsettled = onUnsettled;
  }

  start(): void {
    try {
      makeFolder(telemetryDir(this.#dataDir));
      for (const day of listDays(this.#dataDir)) this.#openTables(day).settle();
    } catch (error) {
      throw toStoreError(error, this.#dataDir);
    }
  }

  /** The file of a day, made when missing. */
  get(day: string): Database.Database {
    const known = this.#open.get(day);
    if (known) return known;
    const db = openWriter(dayPath(this.#dataDir, day), DAY_STEPS, this.#sync);
    this.#open.set(day, db);
    return db;
  }

  /** The statements of a day, made when missing. */
  tables(day: string): DayTables {
    const known = this.#tables.get(day);
    if (known) return known;
    // Those are not written any more.
    for (const other of this.#tables.values()) other.settle();
    return this.#openTables(day);
  }

  #openTables(day: string): DayTables {
    const tables = new DayTables(this.get(day), (error) => this.#onUnsettled(day, error));
    this.#tables.set(day, tables);
    return tables;
  }

  /** Newest day first. */
  allTables(): readonly DayTables[] {
    return this.all().map(([day]) => this.tables(day));
  }

  /** Newest day first. */
  all(): readonly (readonly [string, Database.Database])[] {
    return [...this.#open.entries()].sort(([a], [b]) => (a < b ? 1 : -1));
  }

  /** The newest day's log is used again; the others give their room back. */
  checkpoint(): void {
    for (const [i, [, db]] of this.all().entries()) emptyLog(db, i === 0 ? 'PASSIVE' : 'TRUNCATE');
  }

  boundLogs(): void {
    for (const [, db] of this.all()) boundLog(db);
  }

  bytes(day: string): number {
    return dayBytes(this.#dataDir, day);
  }

  remove(day: string): void {
    this.#open.get(day)?.close();
    this.#open.delete(day);
    this.#tables.delete(day);
    for (const suffix of ['-wal', '-shm', '']) fs.rmSync(dayPath(this.#dataDir, day) + suffix, { force: true });
  }

  close(): void {
    for (const tables of this.#tables.values()) tables.settle();
    for (const db of this.#open.values()) db.close();
    this.#open.clear();
    this.#tables.clear();
  }
}
