/** Opens the outbox file: pragmas, schema, and its hard cap. */
import { accessSync, constants, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Budget } from './budget.ts';
import { epochSum } from './epoch-sum.ts';

/**
 * Of new files. Each commit writes whole pages to the log, and the page that is being filled again and again: with 4096
 * a commit of one 700 B batch writes half as much again (docs/decisions/0010-outbox-on-a-card.md has the measurements).
 */
export const PAGE_BYTES = 512;
const SCHEMA_VERSION = 1;
/** Where the epochs of a new file begin to count: below it is room for those salvaged from the file before it. */
export const FIRST_EPOCH_NUMBER = 4096;

/**
 * `id` is keys.ts' integer; `upto` is null for a batch and the last seq for a gap; `at_s` is the agent's accumulated
 * running time at sealing, the only clock that neither jumps nor needs a battery; `droppable` marks texts; `gone_…` is
 * the highest seq removed after its ack, which fixes `next` of an emptied lane; `sum` is epoch-sum.ts over both. Agents
 * that do not know `sum` work on with the file: what they write no longer fits it, and counts as not known.
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
    stopped_mono_us INTEGER,
    sum      INTEGER
  ) STRICT;
  CREATE TABLE rows (
    id        INTEGER PRIMARY KEY,
    upto      INTEGER,
    at_s      INTEGER NOT NULL,
    droppable INTEGER NOT NULL,
    bytes     BLOB NOT NULL
  ) STRICT;
  INSERT INTO sqlite_sequence (name, seq) VALUES ('epochs', ${FIRST_EPOCH_NUMBER - 1});
`;

/**
 * One exclusive connection. `locking_mode=EXCLUSIVE` before the first access keeps every other program out of the file
 * while the agent lives (two writers can damage it, a reader that never ends lets the log grow without bound) and needs
 * no shared-memory file.
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
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    const pageBytes = pageBytesOf(db);
    db.pragma(`wal_autocheckpoint = ${Math.max(16, Math.floor(budget.checkpointBytes / pageBytes))}`);
    db.pragma(`journal_size_limit = ${budget.checkpointBytes}`);
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
      db.transaction(() => addSums(db)).exclusive();
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** To a file of an agent that knew none. */
function addSums(db: Database.Database): void {
  const columns = db.pragma('table_info(epochs)') as readonly { readonly name: string }[];
  if (columns.some(({ name }) => name === 'sum')) return;
  db.exec('ALTER TABLE epochs ADD COLUMN sum INTEGER');
  const rows = db.prepare<[], Record<string, number> & { readonly epoch: string }>('SELECT * FROM epochs').all();
  const set = db.prepare('UPDATE epochs SET sum = ? WHERE number = ?');
  for (const row of rows) {
    const acked = { urgent: Number(row.acked_urgent), history: Number(row.acked_history) };
    const gone = { urgent: Number(row.gone_urgent), history: Number(row.gone_history) };
    set.run(epochSum({ epoch: row.epoch, acked, gone }), row.number);
  }
}

/** A file keeps the page size it was made with. */
export const pageBytesOf = (db: Database.Database): number => Number(db.pragma('page_size', { simple: true }));
