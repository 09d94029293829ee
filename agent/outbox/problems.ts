/**
 * What can be wrong with the outbox file, as stable codes, and what a person can do about each.
 * SQLite's result codes: https://sqlite.org/rescode.html
 */
export type OutboxProblemCode =
  | 'full'
  | 'budget'
  | 'read-only'
  | 'locked'
  | 'io'
  | 'corrupt'
  | 'cannot-open'
  | 'worker';

export interface OutboxProblem {
  readonly code: OutboxProblemCode;
  /** One plain sentence: what happens now and what to do. */
  readonly message: string;
  /** The words of SQLite or the system, for the log. */
  readonly detail: string;
}

const ADVICE: Record<OutboxProblemCode, string> = {
  full: 'The disk is full: new data waits in memory. Free space where the data directory lies, or lower disk.budgetMB.',
  budget:
    'The outbox is full of what must not be dropped: new data waits in memory. Bring the controller back in reach, or raise disk.budgetMB.',
  'read-only':
    'The outbox cannot be written (read-only file or file system): new data waits in memory. Remount it read-write, or check who owns the data directory.',
  locked:
    'Another program holds the outbox file: new data waits in memory. Close the other program (a second skein-agent, sqlite3, a backup).',
  io: 'The storage answers with errors: new data waits in memory. Replace the card or disk; save what it holds first.',
  corrupt:
    'The outbox file was damaged: it was set aside, a new one begun, and what is readable of it is copied back. Check the card: it may be worn out.',
  'cannot-open':
    'The outbox file cannot be opened: new data waits in memory. Check that dataDir exists and that this user may write there.',
  worker: 'The outbox worker ended by itself: it is started again, new data waits in memory. Please report this.',
};

const CONTRADICTION = 'CONTRADICTION';

/**
 * What SQLite gives without complaint and no outbox can hold: pages of two ages in one tree, as a card leaves them that dropped
 * writes it had confirmed.
 */
export function contradiction(words: string): Error & { readonly code: string } {
  return Object.assign(new Error(words), { code: CONTRADICTION });
}

function codeOf(sqliteCode: string): OutboxProblemCode {
  if (sqliteCode === 'SQLITE_FULL' || sqliteCode === 'ENOSPC') return 'full';
  if (sqliteCode.startsWith('SQLITE_READONLY') || sqliteCode === 'EROFS' || sqliteCode === 'SQLITE_PERM')
    return 'read-only';
  if (sqliteCode.startsWith('SQLITE_BUSY') || sqliteCode.startsWith('SQLITE_LOCKED')) return 'locked';
  if (sqliteCode.startsWith('SQLITE_CORRUPT') || ['SQLITE_NOTADB', CONTRADICTION].includes(sqliteCode))
    return 'corrupt';
  if (sqliteCode.startsWith('SQLITE_CANTOPEN') || ['ENOENT', 'EACCES', 'ENOTDIR', 'EPERM'].includes(sqliteCode)) {
    return 'cannot-open';
  }
  return 'io';
}

/** True for an error that SQLite or the file system raised, as opposed to a bug of ours. */
export function isStorageError(error: unknown): error is Error & { readonly code: string } {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return false;
  // SQLITE_ERROR, CONSTRAINT, MISMATCH, MISUSE, RANGE mean that we asked for something wrong.
  return !/^(SQLITE_(ERROR|CONSTRAINT|MISMATCH|MISUSE|RANGE)|ERR_)/.test(error.code);
}

export function problemOf(code: OutboxProblemCode, detail: string): OutboxProblem {
  return { code, message: ADVICE[code], detail };
}

/** The problem behind a storage error. `withinBudget` tells a full disk from a file at its own limit. */
export function problemFrom(error: Error & { readonly code: string }, withinBudget = true): OutboxProblem {
  const code = codeOf(error.code);
  return problemOf(code === 'full' && !withinBudget ? 'budget' : code, `${error.code}: ${error.message}`);
}
