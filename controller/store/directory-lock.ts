/**
 * `lock.db`: who writes a data directory holds it alone, as long as that thread lives; who wants nobody to write there shares
 * it with others who want the same. The system lets go of it when a process is killed.
 */
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { openWriter } from './day-files.ts';
import { StoreError, toStoreError } from './errors.ts';

const lockPath = (dataDir: string): string => path.join(dataDir, 'lock.db');

/** Two controllers on one directory would both hand out acks. Throws a StoreError: `locked`. */
export function holdAlone(dataDir: string): Database.Database {
  const file = lockPath(dataDir);
  let db: Database.Database | undefined;
  try {
    db = openWriter(file, []);
    db.pragma('journal_mode = DELETE');
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db?.close();
    throw toStoreError(error, file);
  }
}

/** No controller starts on it until the answer is called. Throws a StoreError when one runs there: `running`. Writes nothing. */
function keepOut(dataDir: string): () => void {
  const file = lockPath(dataDir);
  if (!fs.existsSync(file)) return () => {};
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 });
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
  } catch (error) {
    db?.close();
    // Damaged itself it is no lock: whoever held it would have been seen before anything of it was read.
    if (toStoreError(error, file).code === 'locked') throw new StoreError('running', dataDir);
    return () => {};
  }
  const held = db;
  return () => held.close();
}

/** What is read must not be written meanwhile: files are copied one after the other. */
export function keepAllOut(dirs: readonly (string | undefined)[]): () => void {
  const held: (() => void)[] = [];
  const letGo = () => {
    for (const one of held) one();
  };
  try {
    for (const dir of dirs) if (dir !== undefined) held.push(keepOut(dir));
    return letGo;
  } catch (error) {
    letGo();
    throw error;
  }
}
