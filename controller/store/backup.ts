/**
 * A copy of the databases while they are in use: all of one instant, as if the power had been cut then.
 *
 *   hold every file's write lock ──► begin to read each ──► let go of the locks ──► copy, core.db and the newest day first
 *
 * Copied one after another the files would be of different moments, and a position in one could speak of rows that another
 * does not have: a clock that is set lets the writer go back to a day that is copied already.
 */
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { corePath } from './core-db.ts';
import { dayPath, listDays, telemetryDir } from './day-files.ts';
import { toStoreError } from './errors.ts';
import { makeFolder } from './folders.ts';

export interface BackedUp {
  readonly files: number;
  readonly bytes: number;
}

/** The writer holds a lock for one commit; it waits 2 s for ours itself, which takes milliseconds. */
const LOCK_WITHIN_MS = 10_000;
/** Copied at a time, 16 MB: each turn costs more than its pages. */
const PAGES = 4096;

interface Held {
  readonly name: string;
  readonly db: Database.Database;
}

/** Writes to `to`, which must not exist yet; it is there only when it is whole. Rejects with a StoreError. */
export async function backUp(dataDir: string, to: string): Promise<BackedUp> {
  // Resolved: of a name that ends in a slash the unfinished copy would lie inside.
  const whole = path.resolve(to);
  const part = `${whole}.part`;
  try {
    fs.rmSync(part, { recursive: true, force: true });
    makeFolder(telemetryDir(part));
    const held = holdStill(dataDir);
    try {
      // What is written on, first: its log can be used again only when nobody reads from it.
      for (const { name, db } of held) {
        const file = path.join(part, name);
        await db.backup(file, { progress: () => PAGES });
        db.close();
        sync(file);
      }
    } finally {
      for (const { db } of held) db.close();
    }
    sync(telemetryDir(part));
    sync(part);
    fs.renameSync(part, whole);
    sync(path.dirname(whole));
    const bytes = held.reduce((sum, { name }) => sum + fs.statSync(path.join(whole, name)).size, 0);
    return { files: held.length, bytes };
  } catch (error) {
    fs.rmSync(part, { recursive: true, force: true });
    throw toStoreError(error, `backup of ${dataDir} to ${to}`);
  }
}

/** Every database, reading from one and the same moment between two commits; the newest day first. */
function holdStill(dataDir: string): readonly Held[] {
  const locks: Database.Database[] = [];
  const held: Held[] = [];
  const take = (file: string): void => {
    const lock = new Database(file, { fileMustExist: true, timeout: LOCK_WITHIN_MS });
    locks.push(lock);
    lock.exec('BEGIN IMMEDIATE');
    const db = new Database(file, { readonly: true, fileMustExist: true });
    held.push({ name: path.relative(dataDir, file), db });
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  };
  try {
    // While core.db is held no day goes: what it knew is carried over there before.
    take(corePath(dataDir));
    for (const day of listDays(dataDir).reverse()) take(dayPath(dataDir, day));
    return held;
  } catch (error) {
    for (const { db } of held) db.close();
    throw error;
  } finally {
    for (const lock of locks) lock.close();
  }
}

function sync(fileOrDir: string): void {
  const fd = fs.openSync(fileOrDir, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
