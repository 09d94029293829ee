/**
 * The journal's file, as its worker sees it: appended and synced line by line, compacted when it has grown. A power cut
 * leaves at most one torn line, at the end, and a failed append is taken back, so that no line is ever glued to another.
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { compacted, contentOf, JOURNAL_VERSION, type JournalContent, lineOf, parseLine } from './entry.ts';

const COMPACT_BYTES = 1 << 20;
/** A repeat of an older command than these is unlikely, and its own expiry refuses it. */
const KEEP_COMMANDS = 1_000;

export interface JournalFileOptions {
  readonly path: string;
  /** 16 hex digits, for a file that must be begun. */
  readonly newId: () => string;
  readonly compactBytes?: number;
}

function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function readIfThere(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

export class JournalFile {
  readonly #o: JournalFileOptions;
  readonly content: JournalContent;
  /** A damaged file was put aside under another name, and a new journal begun. */
  readonly setAside: boolean;
  #fd: number;
  #bytes = 0;

  /** Throws the system's error when the file can be neither read nor made. */
  constructor(o: JournalFileOptions) {
    this.#o = o;
    const bytes = readIfThere(o.path);
    const text = bytes === null ? null : bytes.toString('utf8');
    const content = text === null ? null : contentOf(text);
    this.setAside = text !== null && text !== '' && content === null;
    if (this.setAside) renameSync(o.path, `${o.path}.aside`);
    this.content = content ?? { id: o.newId(), commands: new Map(), lasting: new Map(), damagedLines: 0 };
    if (text === null || content === null)
      this.#replace(lineOf({ journal: this.content.id, version: JOURNAL_VERSION }));
    this.#fd = openSync(o.path, 'r+');
    if (bytes !== null && content !== null) this.#mendEnd(bytes);
  }

  /** What follows the last complete line was torn by a power cut: it was never durable. Counted in bytes: torn text is longer. */
  #mendEnd(bytes: Buffer): void {
    this.#bytes = bytes.lastIndexOf('\n') + 1;
    ftruncateSync(this.#fd, this.#bytes);
  }

  get #limit(): number {
    return this.#o.compactBytes ?? COMPACT_BYTES;
  }

  /** Appends a line and waits until the storage has it. Throws the system's error; then nothing of it remains. */
  append(text: string): void {
    const bytes = Buffer.from(text);
    try {
      let written = 0;
      while (written < bytes.length) {
        written += writeSync(this.#fd, bytes, written, bytes.length - written, this.#bytes + written);
      }
      fdatasyncSync(this.#fd);
    } catch (error) {
      try {
        ftruncateSync(this.#fd, this.#bytes);
      } catch {
        // The next append writes over it, or fails with the same words.
      }
      throw error;
    }
    this.#bytes += bytes.length;
    this.#remember(text);
  }

  /** Makes it short when it has grown. It waits for the storage: call when nobody waits for what was read or appended. */
  tidy(): void {
    if (this.#bytes <= this.#limit) return;
    try {
      this.#compact();
    } catch {
      // A full disk: the long journal is as good as the short one, and the next append tries again.
    }
  }

  #remember(text: string): void {
    const line = parseLine(text);
    if (line === null) return;
    if ('c' in line) {
      this.content.commands.delete(line.c.id);
      this.content.commands.set(line.c.id, line.c);
    } else if ('k' in line) this.content.lasting.set(line.k, line.v);
  }

  #compact(): void {
    this.#replace(compacted(this.content, KEEP_COMMANDS));
    const old = this.#fd;
    this.#fd = openSync(this.#o.path, 'r+');
    closeSync(old);
  }

  #replace(text: string): void {
    const temporary = `${this.#o.path}.new`;
    const fd = openSync(temporary, 'w');
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, this.#o.path);
    syncFolder(this.#o.path);
    this.#bytes = Buffer.byteLength(text);
  }

  close(): void {
    closeSync(this.#fd);
  }
}
