/**
 * The ground lock as a file. It must survive whatever happens next, so it is written whole beside itself, brought to the
 * disk, renamed, and the folder is brought to the disk too. The agent and, when none runs, the command line use it alike.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** In the data directory. */
export const LOCK_NAME = 'lock.json';

export interface Lock {
  readonly reason: string;
  /** `drone` when set at the drone, else the operator. */
  readonly by: string;
  /** RFC 3339; null when nobody knew the time. */
  readonly at: string | null;
}

/** Who set it also removes it, so each side has its own: the drone's is not replaced by an operator's. */
export interface Locks {
  readonly here: Lock | null;
  readonly remote: Lock | null;
}

export const UNLOCKED: Locks = { here: null, remote: null };

/** Nobody knows what a damaged file said, so it counts as a lock set at the drone: whoever stands there can remove it. */
const DAMAGED: Locks = {
  here: { reason: 'lock.json cannot be read, so the drone counts as locked', by: 'drone', at: null },
  remote: null,
};

function lockOf(value: unknown): Lock | null | undefined {
  if (value === null) return null;
  if (typeof value !== 'object') return undefined;
  const { reason, by, at } = value as Record<string, unknown>;
  if (typeof reason !== 'string' || typeof by !== 'string') return undefined;
  return { reason, by, at: typeof at === 'string' ? at : null };
}

export function parseLocks(text: string): Locks {
  try {
    const { here, remote } = JSON.parse(text) as Record<string, unknown>;
    const read = { here: lockOf(here), remote: lockOf(remote) };
    if (read.here === undefined || read.remote === undefined) return DAMAGED;
    return { here: read.here, remote: read.remote };
  } catch {
    return DAMAGED;
  }
}

/** No file is no lock; a file that cannot be read is one. */
export async function readLocks(path: string): Promise<Locks> {
  try {
    return parseLocks(await readFile(path, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? UNLOCKED : DAMAGED;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

/** Resolves when the disk has it; throws what the disk says. Removing needs no free byte: the file goes. */
export async function writeLocks(path: string, locks: Locks): Promise<void> {
  if (locks.here === null && locks.remote === null) {
    await rm(path, { force: true });
  } else {
    const temporary = `${path}.new`;
    const file = await open(temporary, 'w', 0o640);
    try {
      await file.writeFile(`${JSON.stringify(locks)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  }
  await syncFolder(path);
}
