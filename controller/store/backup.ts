/**
 * A copy of the databases while they are in use: all of one instant, as if the power had been cut then.
 *
 *   hold every file's write lock ──► begin to read each ──► let go of the locks ──► copy, core.db and the newest day first
 *
 * Copied one after another the files would be of different moments, and a position in one could speak of rows that another
 * does not have: a clock that is set lets the writer go back to a day that is copied already. Checkpoints go before the events
 * they speak of, and a last one is signed for the copy: all of it is vouched for.
 */
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { checkpointDir, listCheckpoints, newest, signingKey, writeCheckpoint } from './checkpoint-files.ts';
import { corePath } from './core-db.ts';
import { dayPath, listDays, telemetryDir } from './day-files.ts';
import { toStoreError } from './errors.ts';
import { blocksAfter } from './event-blocks.ts';
import { makeFolder } from './folders.ts';

export interface BackedUp {
  readonly files: number;
  readonly bytes: number;
  /** The last event that a checkpoint in the copy vouches for; 0: none does. */
  readonly vouchedId: number;
}

export interface BackUpOptions {
  /** With the key that signs; null: the copy has the checkpoints that were there, and none of its own. */
  readonly keyFile: string | null;
  /** RFC 3339, UTC. */
  readonly at: string;
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
export async function backUp(dataDir: string, to: string, o: BackUpOptions): Promise<BackedUp> {
  // Resolved: of a name that ends in a slash the unfinished copy would lie inside.
  const whole = path.resolve(to);
  const part = `${whole}.part`;
  try {
    fs.rmSync(part, { recursive: true, force: true });
    makeFolder(telemetryDir(part));
    copyCheckpoints(dataDir, part);
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
    const vouchedId = signCopy(part, o);
    sync(telemetryDir(part));
    sync(part);
    fs.renameSync(part, whole);
    sync(path.dirname(whole));
    const bytes = held.reduce((sum, { name }) => sum + fs.statSync(path.join(whole, name)).size, 0);
    return { files: held.length, bytes, vouchedId };
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

/** Checkpoints and public keys: whoever has the copy can check it. */
function copyCheckpoints(dataDir: string, to: string): void {
  const from = checkpointDir(dataDir);
  if (!fs.existsSync(from)) return;
  makeFolder(checkpointDir(to));
  for (const name of fs.readdirSync(from)) {
    if (name.endsWith('.part')) continue;
    const copied = path.join(checkpointDir(to), name);
    fs.copyFileSync(path.join(from, name), copied);
    sync(copied);
  }
  sync(checkpointDir(to));
}

function signCopy(part: string, { keyFile, at }: BackUpOptions): number {
  const last = newest(listCheckpoints(part));
  if (keyFile === null || !fs.existsSync(keyFile)) return last?.to ?? 0;
  const db = new Database(corePath(part), { readonly: true });
  try {
    const { key } = signingKey(part, keyFile);
    return writeCheckpoint(part, { key, at, last, blocks: blocksAfter(db, last?.to ?? 0) })?.to ?? last?.to ?? 0;
  } finally {
    db.close();
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
