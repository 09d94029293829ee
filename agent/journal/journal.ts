/**
 * The journal seen from the main thread: what was done about which command, written before it is done.
 *
 *   append ─▶ worker (write, fdatasync) ─▶ durable
 *        └── 300 ms ─▶ late        └── error ─▶ failed
 *
 * It never waits longer than the deadline, and what it says in memory is always the newest. A file that cannot be
 * opened is tried again; until then every append is `failed`.
 */
import { Worker } from 'node:worker_threads';
import { type CommandEntry, type JournalLine, lineOf } from './entry.ts';
import type { FromJournal, ToJournal } from './messages.ts';

export const JOURNAL_DEADLINE_MS = 300;
const REOPEN_MS = 5_000;
const MAX_WAITING = 256;
const CLOSE_WAIT_MS = 2_000;
const OPEN_WAIT_MS = 2_000;
/** What a busy board needs at most to read it; beyond this it counts as one that cannot be written. */
const OPENING_MS = 10_000;

export type Written = 'durable' | 'late' | 'failed';

export interface JournalOptions {
  readonly path: string;
  readonly newId: () => string;
  /** The program of its thread, instead of worker.ts. */
  readonly thread?: URL;
  /** The file was read: at the start, or when a failing disk came back. */
  readonly onOpened?: (opened: JournalOpened) => void;
  readonly onProblem?: (message: string | null) => void;
}

export interface JournalOpened {
  /** What was there was no journal; it was put aside. */
  readonly setAside: boolean;
  readonly damagedLines: number;
  /** What an earlier start wrote, also where this one knows newer. */
  readonly lasting: ReadonlyMap<string, unknown>;
}

export interface JournalStatus {
  readonly id: string | null;
  readonly state: 'opening' | 'ok' | 'failing' | 'closed';
  readonly problem: string | null;
  readonly longestWriteMs: number;
  readonly counters: Readonly<Record<'appended' | 'late' | 'failed' | 'damagedLines', number>>;
}

const ADVICE: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full: free space where the data directory lies.',
  EROFS: 'The file system is read-only: remount it read-write.',
  EACCES: 'This user may not write there: check who owns the data directory.',
  EIO: 'The storage answers with errors: replace the card or disk.',
};

export class Journal {
  readonly #o: JournalOptions;
  readonly #counters = { appended: 0, late: 0, failed: 0, damagedLines: 0 };
  readonly #waiting = new Map<number, { readonly sinceMs: number; settle(how: Written): void }>();
  #worker: Worker | null = null;
  #number = 0;
  #id: string | null = null;
  #state: JournalStatus['state'] = 'opening';
  #problem: string | null = null;
  #reopen: NodeJS.Timeout | null = null;
  #longestWriteMs = 0;
  #settleStart: () => void = () => {};
  #startedMs = Number.NEGATIVE_INFINITY;
  #closed: () => void = () => {};
  readonly commands = new Map<string, CommandEntry>();
  readonly lasting = new Map<string, unknown>();
  /** Lasting things that the file does not have; they are written when it can be. */
  readonly #unsaved = new Set<string>();

  constructor(o: JournalOptions) {
    this.#o = o;
  }

  /** 16 hex digits; null while there is no file. */
  get id(): string | null {
    return this.#id;
  }

  /** It is still being read: what an earlier start did is not known yet. */
  get opening(): boolean {
    return this.#state === 'opening' && performance.now() - this.#startedMs < OPENING_MS;
  }

  /** Resolves when the file was read, could not be, or took too long; the last two are tried again behind. */
  async start(): Promise<void> {
    this.#startedMs = performance.now();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, OPEN_WAIT_MS);
      this.#settleStart = () => {
        clearTimeout(timer);
        resolve();
      };
      this.#spawn();
    });
  }

  #spawn(): void {
    const worker = new Worker(this.#o.thread ?? new URL('./worker.ts', import.meta.url), { name: 'journal' });
    this.#worker = worker;
    const died = (detail: string) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#closed();
      for (const { settle } of [...this.#waiting.values()]) settle('failed');
      this.#fail('WORKER', detail);
    };
    worker.on('message', (message: FromJournal) => this.#heard(message));
    worker.on('error', (error) => died(String(error)));
    worker.on('exit', () => died('the thread ended'));
    this.#tell({ type: 'open', path: this.#o.path, newId: this.#o.newId() });
  }

  #tell(message: ToJournal): void {
    this.#worker?.postMessage(message);
  }

  #heard(message: FromJournal): void {
    switch (message.type) {
      case 'opened':
        this.#opened(message);
        break;
      case 'open-failed':
        this.#fail(message.code, message.detail);
        this.#settleStart();
        break;
      case 'appended':
        this.#counters.appended++;
        if (this.#state === 'failing') for (const key of [...this.#unsaved]) this.remember(key, this.lasting.get(key));
        this.#waiting.get(message.number)?.settle('durable');
        this.#well();
        break;
      case 'append-failed':
        this.#fail(message.code, message.detail, this.#id === null);
        this.#waiting.get(message.number)?.settle('failed');
        break;
      case 'closed':
        this.#closed();
        break;
    }
  }

  #opened(message: FromJournal & { type: 'opened' }): void {
    this.#id = message.id;
    this.#counters.damagedLines += message.damagedLines;
    // What happened since the start, while the file could not be read, is newer than what it says.
    for (const entry of message.commands) if (!this.commands.has(entry.id)) this.commands.set(entry.id, entry);
    for (const [key, value] of message.lasting) if (!this.lasting.has(key)) this.lasting.set(key, value);
    this.#well();
    this.#settleStart();
    const { setAside, damagedLines } = message;
    this.#o.onOpened?.({ setAside, damagedLines, lasting: new Map(message.lasting) });
    for (const key of [...this.#unsaved]) this.remember(key, this.lasting.get(key));
  }

  #well(): void {
    if (this.#state === 'closed') return;
    this.#state = 'ok';
    if (this.#problem === null) return;
    this.#problem = null;
    this.#o.onProblem?.(null);
  }

  #fail(code: string, detail: string, reopen = true): void {
    if (this.#state === 'closed') return;
    this.#state = 'failing';
    const message = `The command journal cannot be written: only hold, return and land are obeyed. ${ADVICE[code] ?? ''} (${detail})`;
    if (this.#problem === null) this.#o.onProblem?.(message);
    this.#problem = message;
    if (!reopen || this.#reopen !== null) return;
    this.#reopen = setTimeout(() => {
      this.#reopen = null;
      if (this.#worker === null) this.#spawn();
      else this.#tell({ type: 'open', path: this.#o.path, newId: this.#o.newId() });
    }, REOPEN_MS);
  }

  /** Where a command stands; known here at once, durable when it says so. */
  command(entry: CommandEntry): Promise<Written> {
    this.commands.delete(entry.id);
    this.commands.set(entry.id, entry);
    return this.#append({ c: entry });
  }

  /** Something to be found again after a restart. */
  remember(key: string, value: unknown): void {
    this.lasting.set(key, value);
    this.#unsaved.delete(key);
    void this.#append({ k: key, v: value }).then((written) => {
      if (written === 'failed') this.#unsaved.add(key);
    });
  }

  #append(line: JournalLine): Promise<Written> {
    if (this.#worker === null || this.#id === null || this.#waiting.size >= MAX_WAITING) {
      this.#counters.failed++;
      return Promise.resolve('failed');
    }
    const number = this.#number++;
    const sinceMs = performance.now();
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        this.#counters.late++;
        resolve('late');
      }, JOURNAL_DEADLINE_MS);
      const settle = (how: Written): void => {
        clearTimeout(late);
        this.#waiting.delete(number);
        this.#longestWriteMs = Math.max(this.#longestWriteMs, performance.now() - sinceMs);
        if (how === 'failed') this.#counters.failed++;
        resolve(how);
      };
      this.#waiting.set(number, { sinceMs, settle });
      this.#tell({ type: 'append', number, text: lineOf(line) });
    });
  }

  status(): JournalStatus {
    return {
      id: this.#id,
      state: this.#state,
      problem: this.#problem,
      longestWriteMs: Math.round(this.#longestWriteMs),
      counters: { ...this.#counters },
    };
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    if (this.#reopen !== null) clearTimeout(this.#reopen);
    const worker = this.#worker;
    if (worker === null) return;
    const closed = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_WAIT_MS);
      this.#closed = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#tell({ type: 'close' });
    await closed;
    this.#worker = null;
    for (const { settle } of [...this.#waiting.values()]) settle('failed');
    await worker.terminate();
  }
}
