/**
 * Room on the disk for what must go on when it is full: a file of ours that is cut shorter, a slice at a time, as often as
 * a write of events, commands or the urgent lane finds no room. History never gets any of it, and waits until the file
 * has its whole length again.
 *
 *   <dataDir>/reserve     whole ──disk full──► give(), a slice a time ──► nothing left: urgent is told to wait as well
 *                           ▲                        │
 *                           └── restore() ◄── room for what is missing and half as much again
 */
import { randomFillSync } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const SLICES = 32;
const MIN_SLICE_BYTES = 64 << 10;
const CHUNK_BYTES = 1 << 20;
/** Less than this is a full disk to a database, whatever the error is called (it makes files of its own: -wal, -shm). */
const FULL_BELOW_BYTES = 1 << 20;

export class Reserve {
  readonly #file: string;
  readonly #wholeBytes: number;

  constructor(dataDir: string, wholeBytes: number) {
    this.#file = path.join(dataDir, 'reserve');
    this.#wholeBytes = wholeBytes;
  }

  get bytes(): number {
    return fs.statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
  }

  get isWhole(): boolean {
    return this.bytes >= this.#wholeBytes;
  }

  /** Is the disk so full that nothing can be written? */
  get isDiskFull(): boolean {
    return this.#freeBytes() < FULL_BELOW_BYTES;
  }

  /** Frees a slice; false: there is none left. */
  give(): boolean {
    const { bytes } = this;
    if (bytes === 0) return false;
    const slice = Math.max(MIN_SLICE_BYTES, Math.ceil(this.#wholeBytes / SLICES));
    fs.truncateSync(this.#file, Math.max(0, bytes - slice));
    return true;
  }

  /** Takes back what was given, or makes the file at the first start. False: the disk has no room for that yet. */
  restore(): boolean {
    let { bytes } = this;
    if (bytes > this.#wholeBytes) fs.truncateSync(this.#file, this.#wholeBytes);
    if (bytes >= this.#wholeBytes) return true;
    const missing = this.#wholeBytes - bytes;
    if (this.#freeBytes() < missing + this.#wholeBytes / 2) return false;
    // Not zeros, not a hole: a file system that compresses or leaves holes would hold no room for us.
    const chunk = randomFillSync(new Uint8Array(Math.min(CHUNK_BYTES, missing)));
    const file = fs.openSync(this.#file, 'a');
    try {
      while (bytes < this.#wholeBytes)
        bytes += fs.writeSync(file, chunk, 0, Math.min(chunk.length, this.#wholeBytes - bytes));
      return true;
    } catch {
      return false;
    } finally {
      fs.closeSync(file);
    }
  }

  #freeBytes(): number {
    const { bavail, bsize } = fs.statfsSync(path.dirname(this.#file));
    return bavail * bsize;
  }
}
