/**
 * A copy of the databases while they are in use. Each file is one instant of its own. Telemetry first, events last: events out
 * of batches that the copy does not hold are found by their keys when the drones send those batches again; the other way
 * round they would be missing for ever.
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

/** Writes to `to`, which must not exist yet; it is there only when it is whole. Throws a StoreError. */
export function backUp(dataDir: string, to: string): BackedUp {
  // Resolved: of a name that ends in a slash the unfinished copy would lie inside.
  const whole = path.resolve(to);
  const part = `${whole}.part`;
  try {
    fs.rmSync(part, { recursive: true, force: true });
    makeFolder(telemetryDir(part));
    const pairs = listDays(dataDir).map((day) => [dayPath(dataDir, day), dayPath(part, day)] as const);
    pairs.push([corePath(dataDir), corePath(part)]);
    const bytes = pairs.reduce((sum, [from, file]) => sum + copy(from, file), 0);
    sync(telemetryDir(part));
    sync(part);
    fs.renameSync(part, whole);
    sync(path.dirname(whole));
    return { files: pairs.length, bytes };
  } catch (error) {
    fs.rmSync(part, { recursive: true, force: true });
    throw toStoreError(error, `backup of ${dataDir} to ${to}`);
  }
}

/** A day that retention removes meanwhile is left out. */
function copy(from: string, to: string): number {
  if (!fs.existsSync(from)) return 0;
  const db = new Database(from, { readonly: true, fileMustExist: true, timeout: 10_000 });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
  sync(to);
  return fs.statSync(to).size;
}

function sync(fileOrDir: string): void {
  const fd = fs.openSync(fileOrDir, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
