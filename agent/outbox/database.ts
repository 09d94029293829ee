/** Opens the outbox file: pragmas, schema, and setting a damaged file aside. */
import { accessSync, constants, existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';

export const PAGE_BYTES = 4096;
const SCHEMA_VERSION = 1;

/**
 * `id` is keys.ts' integer; `upto` is null for a batch and the last seq for a gap; `at_s` is the agent's accumulated
 * running time at sealing, the only clock that neither jumps nor needs a battery; `droppable` marks texts; `gone_…` is
 * the highest seq removed after its ack, which fixes `next` of an emptied lane.
 */
const SCHEMA = `
  CREATE TABLE epochs (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    epoch    TEXT NOT NULL UNIQUE,
    boot     TEXT NOT NULL,
    acked_urgent  INTEGER NOT NULL DEFAULT 0,
    acked_history INTEGER NOT NULL DEFAULT 0,
    gone_urgent   INTEGER NOT NULL DEFAULT 0,
    gone_history  INTEGER NOT NULL DEFAULT 0,
    stopped_mono_us INTEGER
  ) STRICT;
  CREATE TABLE rows (
    id        INTEGER PRIMARY KEY,
    upto      INTEGER,
    at_s      INTEGER NOT NULL,
    droppable INTEGER NOT NULL,
    bytes     BLOB NOT NULL
  ) STRICT;
`;

export interface Budget {
  /** Hard cap of the main file, in pages. */
  readonly maxPages: number;
  /** Pages history may not take from the urgent lane. */
  readonly reservePages: number;
  /** Pages after which the write-ahead log is folded back. */
  readonly checkpointPages: number;
}

/** Splits the byte budget of the outbox: main file, write-ahead log (4 MB, a quarter when small), urgent reserve. */
export function budgetOf(budgetBytes: number): Budget {
  const walBytes = Math.min(4 << 20, Math.floor(budgetBytes / 4));
  const maxPages = Math.max(64, Math.floor((budgetBytes - walBytes) / PAGE_BYTES));
  const reserve = Math.max(Math.ceil(maxPages / 10), Math.ceil((2 << 20) / PAGE_BYTES));
  return {
    maxPages,
    reservePages: Math.min(reserve, Math.floor(maxPages / 2)),
    checkpointPages: Math.max(16, Math.floor(walBytes / 2 / PAGE_BYTES)),
  };
}

/**
 * One exclusive connection. `locking_mode=EXCLUSIVE` before the first access keeps every other program out of the file
 * while the agent lives (two writers can damage it) and needs no shared-memory file.
 */
export function openDatabase(path: string, budget: Budget): Database.Database {
  // SQLite opens what it may only read without a word, and then fails to lock it with "disk I/O error".
  if (existsSync(path)) accessSync(path, constants.W_OK);
  const db = new Database(path, { timeout: 200 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    // Rows are written once and seldom read: more would only be memory a small board lacks.
    db.pragma('cache_size = -1024');
    db.pragma(`page_size = ${PAGE_BYTES}`);
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`wal_autocheckpoint = ${budget.checkpointPages}`);
    db.pragma(`journal_size_limit = ${budget.checkpointPages * PAGE_BYTES}`);
    db.pragma(`max_page_count = ${budget.maxPages}`);
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version > SCHEMA_VERSION) {
      throw Object.assign(new Error(`outbox has schema ${version}, this agent knows ${SCHEMA_VERSION}`), {
        code: 'SQLITE_CANTOPEN',
      });
    }
    if (version === 0) {
      db.transaction(() => {
        db.exec(SCHEMA);
        db.pragma(`user_version = ${SCHEMA_VERSION}`);
      }).exclusive();
    } else {
      // Takes the lock now, so that a second program is refused at opening and not at its first write.
      db.exec('BEGIN EXCLUSIVE; COMMIT');
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Renames a damaged file and its write-ahead log; only the newest is kept. Returns the new name. */
export function setAside(path: string): string {
  const aside = `${path}.aside`;
  for (const suffix of ['', '-wal', '-shm']) {
    rmSync(`${aside}${suffix}`, { force: true });
    if (existsSync(`${path}${suffix}`)) renameSync(`${path}${suffix}`, `${aside}${suffix}`);
  }
  return aside;
}

/** Removes what was set aside: its bytes are needed. */
export function removeAside(path: string): boolean {
  const aside = `${path}.aside`;
  if (!existsSync(aside)) return false;
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${aside}${suffix}`, { force: true });
  return true;
}
