import { crc16Byte, crc16Of, solveExtra } from './crc.ts';
import { idAt, ParsedFrame } from './frame.ts';
import { checkedLength, claimedLength, extraOf, isMagic, REJECT } from './header.ts';
import { UnknownMessages } from './unknown.ts';

/** Room for the candidate that a chunk cuts, many times over, so that it rarely has to be made anew. */
const CARRY_LENGTH = 8_192;

export interface ScannerCounters {
  bytes: number;
  badHeader: number;
  badChecksum: number;
  /** Frames of unknown ids that might have been good, but had too little to prove it. */
  unproved: number;
  skippedBytes: number;
  /** Bytes that went through a checksum: the work done, for tests of its bound. */
  checkedBytes: number;
}

export interface ScannerOptions {
  /** Bytes of a record before each frame. */
  readonly prefix: number;
  /** Called with each frame, and where it was found: `source` is valid only during the call. */
  readonly onFrame: (frame: ParsedFrame, source: DataView, start: number) => void;
  /** Whether a frame of a known message was already found from this sender. */
  readonly isSource: (sysid: number, compid: number) => boolean;
}

/**
 * Finds frames in a stream of bytes. A claimed length is never believed before the checksum confirms it: what fails
 * is given up one byte on.
 *
 * ```
 * chunk ──▶ [ carry: the candidate that the last chunk cut ] ──▶ header ──▶ checksum ──▶ frame
 *                                                       ▲          │ fails     │ fails
 *                                                       └──────────┴─ one byte ┘
 * ```
 * Holds at most one candidate and what must follow it to judge it, under three frames. Each byte starts at most one
 * candidate of at most 280 bytes, so the work is linear whatever comes in.
 */
export class Scanner {
  readonly counters: ScannerCounters = {
    bytes: 0,
    badHeader: 0,
    badChecksum: 0,
    unproved: 0,
    skippedBytes: 0,
    checkedBytes: 0,
  };
  readonly #prefix: number;
  readonly #onFrame: ScannerOptions['onFrame'];
  /** What is pending lies in `#carry[#from, #to)`. Frames found there are views of it, so it is not overwritten. */
  #carry = new Uint8Array(CARRY_LENGTH);
  #carryView = new DataView(this.#carry.buffer);
  #carryHasFrames = false;
  #from = 0;
  #to = 0;
  /** Bytes from `#from` without which the candidate there cannot be judged further. */
  #needed = 0;
  /** No more bytes will come: everything is judged by what there is. */
  #final = false;
  /** Whether the dialect knows the message judged last. */
  #known = false;
  #frames = 0;
  readonly #unknown: UnknownMessages;

  constructor(options: ScannerOptions) {
    this.#prefix = options.prefix;
    this.#onFrame = options.onFrame;
    this.#unknown = new UnknownMessages({ ...options, counters: this.counters });
  }

  push(chunk: Uint8Array): void {
    this.counters.bytes += chunk.length;
    let position = 0;
    while (this.#from < this.#to && position < chunk.length) {
      const wanting = Math.min(this.#needed - (this.#to - this.#from), chunk.length - position);
      this.#append(chunk, position, position + wanting);
      position += wanting;
      if (this.#to - this.#from < this.#needed) return;
      const cut = this.#to - wanting;
      this.#scanCarry();
      if (this.#from < cut) continue;
      // What is left lies wholly in the chunk: go on there.
      position -= this.#to - this.#from;
      this.#to = this.#from;
    }
    if (position >= chunk.length) return;
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#append(chunk, this.#scan(view, position, chunk.length), chunk.length);
  }

  /** Nothing will come to complete what is pending: gives it up, byte by byte, and finds what it hid. */
  flush(): void {
    this.#final = true;
    this.#scanCarry();
    this.#final = false;
  }

  #scanCarry(): void {
    const before = this.#frames;
    this.#from = this.#scan(this.#carryView, this.#from, this.#to);
    if (this.#frames !== before) this.#carryHasFrames = true;
  }

  #append(chunk: Uint8Array, start: number, end: number): void {
    if (this.#to + end - start > CARRY_LENGTH) {
      const held = this.#carry.subarray(this.#from, this.#to);
      if (this.#carryHasFrames) {
        this.#carry = new Uint8Array(CARRY_LENGTH);
        this.#carryView = new DataView(this.#carry.buffer);
        this.#carryHasFrames = false;
      }
      this.#carry.set(held);
      this.#from = 0;
      this.#to = held.length;
    }
    for (let index = start; index < end; index++) this.#carry[this.#to++] = chunk[index] ?? 0;
  }

  /** Scans `[position, end)`; returns where it stopped for want of bytes and leaves in `#needed` how many. */
  #scan(source: DataView, position: number, end: number): number {
    const prefix = this.#prefix;
    while (position < end) {
      const start = position + prefix;
      const length = start < end ? this.#judge(source, start, end) : -1;
      if (length > 0) {
        position = start + length;
        this.#frames++;
        this.#onFrame(new ParsedFrame(source, start, length, this.#known), source, start);
      } else if (length < 0 && !this.#final) {
        this.#needed = prefix - length;
        return position;
      } else {
        this.counters.skippedBytes++;
        position++;
      }
    }
    return position;
  }

  /** Length of the good frame at `start`, REJECT, or minus the number of bytes without which it cannot be said. */
  #judge(source: DataView, start: number, end: number): number {
    if (!isMagic(source.getUint8(start))) return REJECT;
    const length = claimedLength(source, start, end);
    if (length === REJECT) this.counters.badHeader++;
    if (length <= 0) return length;
    if (end - start < length) return -length;
    const checked = checkedLength(source, start);
    this.counters.checkedBytes += checked;
    const crc = crc16Of(source, start + 1, start + checked);
    const wanted = source.getUint16(start + checked, true);
    const extra = extraOf(idAt(source, start));
    this.#known = extra >= 0;
    if (!this.#known) {
      const candidate = { source, start, end, length, extra: solveExtra(crc, wanted) };
      return this.#unknown.judge({ ...candidate, frames: this.#frames, final: this.#final });
    }
    if (crc16Byte(crc, extra) === wanted) return length;
    this.counters.badChecksum++;
    return REJECT;
  }
}
