/**
 * Reads what is left of a damaged outbox file, past SQLite: every page that looks like a leaf of a table, wherever it
 * lies, with its overflow pages, as the log has them or else the file. Nothing of it is believed but what carries its own
 * checksum: the envelopes, and what the table of epochs says of acks.
 * File format: https://sqlite.org/fileformat2.html
 */
import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import type { Lane } from '@skein/protocol/fleet';
import { type Envelope, readEnvelope } from '@skein/protocol/telemetry';
import { asideOf } from './aside.ts';
import { PAGE_BYTES } from './database.ts';
import { epochSum } from './epoch-sum.ts';
import type { DamagedPages } from './salvage.ts';

const LEAF = 0x0d;
const FILE_HEADER_BYTES = 100;
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** Larger than any row: what claims more is damage. */
const MAX_ROW_BYTES = 2 << 20;
const ROW_COLUMNS = 5;
const EPOCH_COLUMNS = 9;

export interface FoundRow {
  readonly envelope: Envelope;
  readonly droppable: boolean;
  /** Highest page of the file it lies in; 0: all of it is in the log. */
  readonly lastPage: number;
}

/** Where a row was found, to read it again. */
export interface Place {
  readonly page: number;
  readonly cell: number;
}

export interface FoundEpoch {
  readonly epoch: string;
  readonly boot: string;
  readonly acked: Readonly<Record<Lane, number>>;
  readonly gone: Readonly<Record<Lane, number>>;
}

interface Payload {
  readonly bytes: Buffer;
  readonly lastPage: number;
}

export class DamagedFile implements DamagedPages {
  readonly #fd: number;
  readonly #logFd: number | null;
  readonly #pageBytes: number;
  readonly #usable: number;
  readonly #frames = new Map<number, number>();
  /** Pages that only the log has, behind the end of the file; a damaged number makes one more page and no endless file. */
  readonly #beyond: readonly number[];
  readonly #pages: number;
  #pagesInFile: number;
  /** It is empty, or begins as a database does. */
  readonly beginsWell: boolean;

  /** `lies`: set aside beside the outbox, to be salvaged; or it is that of the outbox, sound or not, only to be looked at. Throws what the system says. */
  constructor(path: string, lies: 'aside' | 'in-place' = 'aside') {
    const aside = lies === 'aside' ? asideOf(path) : path;
    this.#fd = openSync(aside, lies === 'aside' ? 'r+' : 'r');
    const header = Buffer.alloc(FILE_HEADER_BYTES);
    try {
      readSync(this.#fd, header, 0, header.length, 0);
    } catch {
      // A header that cannot be read is as a damaged one.
    }
    const said = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
    const sound = header.toString('latin1', 0, 15) === 'SQLite format 3' && said >= 512 && (said & (said - 1)) === 0;
    this.beginsWell = sound || fstatSync(this.#fd).size === 0;
    this.#pageBytes = sound ? said : PAGE_BYTES;
    this.#usable = this.#pageBytes - (sound ? (header[20] ?? 0) : 0);
    this.#logFd = openIfThere(`${aside}-wal`);
    this.#readLog();
    const inFile = Math.ceil(fstatSync(this.#fd).size / this.#pageBytes);
    this.#beyond = [...this.#frames.keys()].filter((page) => page > inFile);
    this.#pages = inFile + this.#beyond.length;
    this.#pagesInFile = inFile;
  }

  /** How many there are to look at. */
  get pages(): number {
    return this.#pages;
  }

  /** The last committed frame of each page; damage in them shows in the rows. */
  #readLog(): void {
    if (this.#logFd === null) return;
    const header = Buffer.alloc(LOG_HEADER_BYTES);
    const frame = Buffer.alloc(FRAME_HEADER_BYTES);
    const uncommitted = new Map<number, number>();
    try {
      if (readSync(this.#logFd, header, 0, header.length, 0) < header.length) return;
      for (let at = LOG_HEADER_BYTES; ; at += FRAME_HEADER_BYTES + this.#pageBytes) {
        if (readSync(this.#logFd, frame, 0, frame.length, at) < frame.length) return;
        // Frames of an earlier round of the log carry other salts.
        if (frame.compare(header, 16, 24, 8, 16) !== 0) return;
        uncommitted.set(frame.readUInt32BE(0), at + FRAME_HEADER_BYTES);
        if (frame.readUInt32BE(4) === 0) continue;
        for (const [page, offset] of uncommitted) this.#frames.set(page, offset);
        uncommitted.clear();
      }
    } catch {
      // What the storage cannot read any more is lost; the file itself may have the page.
    }
  }

  #page(number: number): Buffer | null {
    const inLog = this.#frames.get(number);
    const page = Buffer.alloc(this.#pageBytes);
    try {
      const read =
        inLog !== undefined && this.#logFd !== null
          ? readSync(this.#logFd, page, 0, page.length, inLog)
          : readSync(this.#fd, page, 0, page.length, (number - 1) * this.#pageBytes);
      return read === page.length ? page : null;
    } catch {
      return null;
    }
  }

  /** Rows and epochs whose leaf is the nth page, from 1; those of the file come first. To be asked before anything is cut. */
  look(
    nth: number,
    on: { readonly row: (row: FoundRow, place: Place) => void; readonly epoch: (e: FoundEpoch) => void },
  ): void {
    const number = this.#beyond[nth - 1 - (this.#pages - this.#beyond.length)] ?? nth;
    const page = this.#page(number);
    const cells = page === null ? 0 : this.#cells(page, number);
    for (let cell = 0; cell < cells; cell++) {
      const payload = this.#payload(page, number, cell);
      if (payload === null) continue;
      const columns = columnsOf(payload.bytes);
      if (columns === null) continue;
      const row = rowOf(columns, payload.lastPage);
      if (row !== null) on.row(row, { page: number, cell });
      else {
        const epoch = epochOf(columns);
        if (epoch !== null) on.epoch(epoch);
      }
    }
  }

  /** A row found before; null when it cannot be read any more. */
  again({ page: number, cell }: Place): FoundRow | null {
    const page = this.#page(number);
    const payload = page === null || cell >= this.#cells(page, number) ? null : this.#payload(page, number, cell);
    const columns = payload === null ? null : columnsOf(payload.bytes);
    return payload === null || columns === null ? null : rowOf(columns, payload.lastPage);
  }

  #cells(page: Buffer, number: number): number {
    const start = number === 1 ? FILE_HEADER_BYTES : 0;
    if (page[start] !== LEAF) return 0;
    return Math.min(page.readUInt16BE(start + 3), (this.#usable - start - 8) >> 1);
  }

  #payload(page: Buffer | null, number: number, cell: number): Payload | null {
    if (page === null) return null;
    const start = number === 1 ? FILE_HEADER_BYTES : 0;
    const usable = this.#usable;
    const length = varint(page, page.readUInt16BE(start + 8 + 2 * cell));
    const key = length === null ? null : varint(page, length.next);
    if (length === null || key === null || length.value > MAX_ROW_BYTES) return null;
    const inPage = localBytes(length.value, usable);
    const local = page.subarray(key.next, Math.min(key.next + inPage, usable));
    if (local.length < inPage) return null;
    const own = this.#frames.has(number) ? 0 : number;
    if (inPage === length.value) return { bytes: local, lastPage: own };
    if (key.next + inPage + 4 > usable) return null;
    return this.#overflow(local, length.value, page.readUInt32BE(key.next + inPage), own);
  }

  #overflow(local: Buffer, total: number, first: number, own: number): Payload | null {
    const parts = [local];
    let lastPage = own;
    let next = first;
    for (let missing = total - local.length; missing > 0; ) {
      const page = next === 0 ? null : this.#page(next);
      if (page === null) return null;
      if (!this.#frames.has(next)) lastPage = Math.max(lastPage, next);
      const part = page.subarray(4, 4 + Math.min(missing, this.#usable - 4));
      parts.push(part);
      missing -= part.length;
      next = page.readUInt32BE(0);
    }
    return { bytes: Buffer.concat(parts, total), lastPage };
  }

  /** Nothing behind this page is wanted any more: its bytes go back to the file system. */
  cutAfter(page: number): void {
    if (page >= this.#pagesInFile) return;
    ftruncateSync(this.#fd, page * this.#pageBytes);
    this.#pagesInFile = page;
  }

  close(): void {
    closeSync(this.#fd);
    if (this.#logFd !== null) closeSync(this.#logFd);
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch {
    return null;
  }
}

/** How much of a payload lies in the leaf itself. */
function localBytes(total: number, usable: number): number {
  if (total <= usable - 35) return total;
  const least = (((usable - 12) * 32) / 255 - 23) | 0;
  const fits = least + ((total - least) % (usable - 4));
  return fits <= usable - 35 ? fits : least;
}

function varint(bytes: Buffer, at: number): { readonly value: number; readonly next: number } | null {
  let value = 0;
  for (let i = 0; i < 9; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    if (i === 8) return { value: value * 256 + byte, next: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + i + 1 };
  }
  return null;
}

type Column = number | Buffer | null;
const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];
/** Serial types of fractions, of integers that take no bytes, and (even) of bytes or (odd) of text. */
const [FRACTION, ZERO, BYTES] = [7, 8, 12];

function columnsOf(record: Buffer): Column[] | null {
  const head = varint(record, 0);
  if (head === null || head.value > record.length) return null;
  const columns: Column[] = [];
  let body = head.value;
  for (let at = head.next; at < head.value; ) {
    const type = varint(record, at);
    if (type === null || type.value === FRACTION || columns.length === EPOCH_COLUMNS) return null;
    at = type.next;
    const { value } = type;
    const size = value >= BYTES ? Math.floor((value - BYTES) / 2) : (INTEGER_BYTES[value] ?? 0);
    if (body + size > record.length) return null;
    if (value >= BYTES) columns.push(record.subarray(body, body + size));
    else if (value === 0) columns.push(null);
    else if (value >= ZERO) columns.push(value - ZERO);
    else columns.push(size === 8 ? Number(record.readBigInt64BE(body)) : record.readIntBE(body, size));
    body += size;
  }
  return columns;
}

function rowOf(columns: readonly Column[], lastPage: number): FoundRow | null {
  const [, , , droppable, bytes] = columns;
  if (columns.length !== ROW_COLUMNS || !Buffer.isBuffer(bytes)) return null;
  const read = readEnvelope(bytes);
  if (!read.ok || read.header.lane === 'live' || read.header.byteLength !== bytes.length) return null;
  return { envelope: read, droppable: droppable === 1, lastPage };
}

function epochOf(columns: readonly Column[]): FoundEpoch | null {
  const [, epoch, boot, urgent, history, goneUrgent, goneHistory, , sum] = columns;
  if (columns.length !== EPOCH_COLUMNS || !Buffer.isBuffer(epoch) || !Buffer.isBuffer(boot)) return null;
  if (typeof urgent !== 'number' || typeof history !== 'number') return null;
  if (typeof goneUrgent !== 'number' || typeof goneHistory !== 'number') return null;
  const said = {
    epoch: epoch.toString(),
    acked: { urgent, history },
    gone: { urgent: goneUrgent, history: goneHistory },
  };
  return sum === epochSum(said) ? { ...said, boot: boot.toString() } : null;
}
