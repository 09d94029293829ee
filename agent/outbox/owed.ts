/**
 * How far the epochs of a damaged file went that had to make place for another one before it was looked through: kept in
 * `outbox.db.owed` until the open file knows it. The oldest first; each write replaces all of it.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { type Aside, asideBytes, removeAside, setAside } from './aside.ts';
import { MAX_PAST, type PastEpoch } from './past.ts';

const owedOf = (path: string): string => `${path}.owed`;

/** What cannot be read is not there. */
export function readOwed(path: string): readonly PastEpoch[] {
  try {
    const read: unknown = JSON.parse(readFileSync(owedOf(path), 'utf8'));
    return Array.isArray(read) ? read.filter(isPast) : [];
  } catch {
    return [];
  }
}

export const removeOwed = (path: string): void => rmSync(owedOf(path), { force: true });

/** Sets the file aside. What lies there already has to go: how far it went is written down first. Throws what the system says. */
export function setAsideAfter(path: string, older: Pick<Aside, 'reach'>): string {
  if (asideBytes(path) !== null) {
    const owed = [...readOwed(path), ...older.reach()].slice(-MAX_PAST);
    try {
      writeOwed(path, owed);
    } catch {
      // The disk is full: only the bytes of that file make room for it.
      removeAside(path);
      writeOwed(path, owed);
    }
  }
  return setAside(path);
}

function writeOwed(path: string, owed: readonly PastEpoch[]): void {
  const fd = openSync(`${owedOf(path)}.new`, 'w', 0o600);
  try {
    writeSync(fd, JSON.stringify(owed));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${owedOf(path)}.new`, owedOf(path));
}

function isPast(value: unknown): value is PastEpoch {
  const { epoch, boot, next } = fieldsOf(value);
  const { urgent, history } = fieldsOf(next);
  return typeof epoch === 'string' && typeof boot === 'string' && Number.isInteger(urgent) && Number.isInteger(history);
}

const fieldsOf = (value: unknown): { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null ? { ...value } : {};
