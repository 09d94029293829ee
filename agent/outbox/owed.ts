/**
 * How far the epochs of a damaged file went that had to make place for another one before it was looked through: kept in
 * `outbox.db.owed` until the open file knows it. The oldest first; each write replaces all of it. MAX_PAST of them are some
 * 35 kB, twice while they are replaced, beside the byte budget.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32c } from '@skein/protocol/telemetry';
import { type Aside, asideBytes, removeAside, setAside } from './aside.ts';
import { furthest, MAX_PAST, type PastEpoch } from './past.ts';

const owedOf = (path: string): string => `${path}.owed`;

/** Before the words, for they lie on a card that damages. */
const sumOf = (words: string): string => crc32c(Buffer.from(words)).toString(16).padStart(8, '0');

/** What cannot be read is not there. */
export function readOwed(path: string): readonly PastEpoch[] {
  try {
    const text = readFileSync(owedOf(path), 'utf8');
    const words = text.slice(9);
    return text.slice(0, 9) === `${sumOf(words)} ` ? (JSON.parse(words) as readonly PastEpoch[]) : [];
  } catch {
    return [];
  }
}

export const removeOwed = (path: string): void => rmSync(owedOf(path), { force: true });

/**
 * Sets the file aside. What lies there already has to go: how far it went is written down first. Throws what the system says;
 * then what lay there is gone only where that was a full disk.
 */
export function setAsideAfter(path: string, older: Pick<Aside, 'reach'>): string {
  if (existsSync(path) && asideBytes(path) !== null) {
    const newestFirst = furthest([...older.reach().toReversed(), ...readOwed(path).toReversed()]);
    const owed = newestFirst.slice(0, MAX_PAST).reverse();
    try {
      writeOwed(path, owed);
    } catch (error) {
      if (!isFull(error)) throw error;
      // Only the bytes of that file make room for it.
      removeAside(path);
      writeOwed(path, owed);
    }
  }
  return setAside(path);
}

const isFull = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');

function writeOwed(path: string, owed: readonly PastEpoch[]): void {
  const words = JSON.stringify(owed);
  const fd = openSync(`${owedOf(path)}.new`, 'w', 0o600);
  try {
    writeFileSync(fd, `${sumOf(words)} ${words}`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${owedOf(path)}.new`, owedOf(path));
  // The other file must not go before this one has its name.
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
