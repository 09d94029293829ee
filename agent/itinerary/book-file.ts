/**
 * The book as a file: written whole beside itself, brought to the disk, renamed, the folder brought to the disk too. One
 * write at a time, always the newest; whoever must not act before the disk has it asks `kept`.
 *
 *   change ─▶ in force at once ─▶ written (fsync, rename) ─▶ kept
 *                                  └ the disk refuses: said, tried again every 5 s
 */
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Book, bookText, EMPTY_BOOK, parseBook, takenOver } from './book.ts';

/** In the data directory. */
export const BOOK_NAME = 'itinerary.json';
const AGAIN_MS = 5_000;
/** Nobody waits longer for a slow card. */
const KEPT_WITHIN_MS = 2_000;

export interface BookFileOptions {
  readonly path: string;
  /** This agent never ran here before: no book is no loss. */
  readonly firstStart: boolean;
  readonly onProblem: (message: string | null) => void;
  /** In place of a write that the disk has confirmed. */
  readonly write?: typeof writeBook;
  /** In place of the file's text. Throws what the disk says. */
  readonly read?: (path: string) => Promise<string>;
  /** In place of the event loop's timers; what it returns calls it off. */
  readonly after?: After;
}

export type After = (ms: number, run: () => void) => () => void;

const byTimer: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

/** Resolves when the disk has it; throws what the disk says. */
export async function writeBook(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o640);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  await syncFolder(path);
}

/** What an earlier start left. A file that is torn or gone is a book without custody known. */
export async function readBook(
  path: string,
  firstStart: boolean,
  read: (path: string) => Promise<string> = (from) => readFile(from, 'utf8'),
): Promise<Book> {
  let text: string;
  try {
    text = await read(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return firstStart ? EMPTY_BOOK : { ...EMPTY_BOOK, custodyLost: 'its record was gone' };
    return { ...EMPTY_BOOK, custodyLost: `its record could not be read: ${message}` };
  }
  const book = parseBook(text);
  return book === null ? { ...EMPTY_BOOK, custodyLost: 'its record was damaged' } : takenOver(book);
}

export class BookFile {
  readonly #o: BookFileOptions;
  #book: Book = EMPTY_BOOK;
  #written: Book | null = null;
  #writing: Promise<void> | null = null;
  #again: (() => void) | null = null;
  #problem: string | null = null;
  #closed = false;
  /** Rises with each change: a write has all that came before it. */
  #revision = 0;
  #waiting: { readonly revision: number; settle(kept: boolean): void }[] = [];

  constructor(o: BookFileOptions) {
    this.#o = o;
  }

  async start(): Promise<void> {
    this.#book = await readBook(this.#o.path, this.#o.firstStart, this.#o.read);
    this.#write();
  }

  get book(): Book {
    return this.#book;
  }

  get #after(): After {
    return this.#o.after ?? byTimer;
  }

  get problem(): string | null {
    return this.#problem;
  }

  change(book: Book): void {
    if (book === this.#book) return;
    this.#revision++;
    this.#book = book;
    this.#write();
  }

  /** True once the disk has the book as it is now, or a later one; false after 2 s, or when it refuses. */
  kept(): Promise<boolean> {
    const revision = this.#revision;
    if (this.#written === this.#book) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (kept: boolean): void => {
        callOff();
        this.#waiting = this.#waiting.filter((one) => one !== entry);
        resolve(kept);
      };
      const entry = { revision, settle };
      const callOff = this.#after(KEPT_WITHIN_MS, () => settle(false));
      this.#waiting.push(entry);
      this.#write();
    });
  }

  #write(): void {
    if (this.#writing !== null || this.#written === this.#book) return;
    const book = this.#book;
    const revision = this.#revision;
    this.#writing = (this.#o.write ?? writeBook)(this.#o.path, bookText(book))
      .then(() => {
        this.#written = book;
        this.#say(null);
        for (const one of [...this.#waiting]) if (one.revision <= revision) one.settle(true);
      })
      .catch((error: unknown) => {
        this.#say(error instanceof Error ? error.message : String(error));
        for (const one of [...this.#waiting]) if (one.revision <= revision) one.settle(false);
      })
      .finally(() => {
        this.#writing = null;
        if (this.#written === this.#book || this.#closed) return;
        // Only what changed meanwhile goes at once; a disk that refused gets time.
        if (this.#written === book || this.#book !== book) this.#write();
        else this.#again ??= this.#after(AGAIN_MS, () => this.#tryAgain());
      });
  }

  #tryAgain(): void {
    this.#again = null;
    this.#write();
  }

  #say(problem: string | null): void {
    const message =
      problem === null ? null : `What is known of itineraries and parcels is not kept: look at the disk. (${problem})`;
    if (message !== this.#problem) this.#o.onProblem(message);
    this.#problem = message;
  }

  /** What is in force is written once more, if it is not. */
  async close(): Promise<void> {
    this.#again?.();
    await this.#writing;
    this.#closed = true;
    this.#write();
    await this.#writing;
    for (const one of [...this.#waiting]) one.settle(false);
  }
}
