/** Everything the store can fail with, as stable codes and plain words that say what to do next. */
export const STORE_ERRORS = {
  'disk-full': 'the disk is full: free space or lower store.budgetMB; writing goes on by itself once there is room',
  locked: 'another program holds the database: is a second skein-controller running with the same dataDir?',
  running: 'a skein-controller runs on this directory: stop it first, what it still stores would be missing',
  'read-only': 'the database or its directory cannot be written: check owner, rights and mount of dataDir',
  corrupt:
    'SQLite calls the file damaged: `skein-controller verify` says what is wrong, `skein-controller restore` makes a new dataDir out of a ' +
    'backup and what is left of this one (docs/events.md); drones send again what they still hold',
  'too-new': 'the database was written by a newer skein-controller: start that version, or restore a backup',
  io: 'reading or writing the disk failed: look at the system log for disk errors',
  exists: 'a controller has kept data there already: nothing is overwritten; move it away, or name another directory',
  'bad-key': 'the key of the checkpoints cannot be used: put back the file, or move it away and a new key is made',
  unsettled:
    'where batches of this day lie could not be written down for so long that history waits on the drones; the log says why',
  'version-conflict': 'somebody else changed it first: read it again',
  closed: 'the store is closed',
  busy: 'too many queries are waiting: ask again in a few seconds',
  'too-long': 'the query reads more than one query may: ask for a shorter time, fewer columns, or one instance',
  'worker-died': 'the database worker ended; it is being started again',
  internal: 'a bug in the store; the log has the details',
} as const;

export type StoreErrorCode = keyof typeof STORE_ERRORS;

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  /** What was being done or which file, and what the system said. */
  readonly detail: string;

  constructor(code: StoreErrorCode, detail: string) {
    super(`${detail}: ${STORE_ERRORS[code]}`);
    this.name = 'StoreError';
    this.code = code;
    this.detail = detail;
  }
}

const BY_PREFIX: readonly (readonly [string, StoreErrorCode])[] = [
  ['SQLITE_FULL', 'disk-full'],
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['SQLITE_BUSY', 'locked'],
  ['SQLITE_LOCKED', 'locked'],
  ['SQLITE_READONLY', 'read-only'],
  ['SQLITE_CANTOPEN', 'read-only'],
  ['SQLITE_PERM', 'read-only'],
  ['EACCES', 'read-only'],
  ['EPERM', 'read-only'],
  ['EROFS', 'read-only'],
  ['ENOTDIR', 'read-only'],
  ['SQLITE_CORRUPT', 'corrupt'],
  ['SQLITE_NOTADB', 'corrupt'],
  ['SQLITE_IOERR', 'io'],
  ['EIO', 'io'],
];

/** What SQLite or the file system threw → a StoreError; anything unknown is a bug and says so. */
export function toStoreError(error: unknown, doing: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : String(error);
  const known = BY_PREFIX.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 'internal';
  return new StoreError(known, `${doing}: ${message}${code ? ` (${code})` : ''}`);
}
