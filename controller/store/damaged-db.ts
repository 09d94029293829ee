/** A database as far as it can be read, also one that is shorter than it says: others are refused by SQLite as a whole. */
import Database from 'better-sqlite3';

/** Throws when nothing of it can be read. */
export function openDamaged(file: string): Database.Database {
  const db = new Database(file, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    // The one setting under which SQLite opens a file with fewer pages than its header counts (lockBtree in its btree.c).
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}
