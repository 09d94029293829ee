import { crc16Byte, crc16Of, solveExtra } from './crc.ts';
import {
  CHECKSUM_LENGTH,
  HEADER_V1,
  HEADER_V2,
  INCOMPAT_SIGNED,
  idAt,
  MAGIC_V1,
  MAGIC_V2,
  MAX_FRAME,
  ParsedFrame,
  SIGNATURE_LENGTH,
} from './frame.ts';
import { messages } from './table.ts';

/** CRC_EXTRA by message id, −1 for ids the dialect does not know. */
const extras = new Int16Array((messages.at(-1)?.id ?? 0) + 1).fill(-1);
/** MAVLink 1 payload length by message id. */
const lengthsV1 = new Uint8Array(256);
for (const { id, crcExtra, minLength } of messages) {
  extras[id] = crcExtra;
  if (id < 256) lengthsV1[id] = minLength;
}

const extraOf = (id: number): number => extras[id] ?? -1;

/** After a damaged frame that looked like an unknown message: so many frames without believing a first sight. */
const DOUBT_FRAMES = 5_000;
const MAX_LEARNED = 256;
/** Room for the candidate that a chunk cuts, many times over, so that it rarely has to be made anew. */
const CARRY_LENGTH = 8_192;
const REJECT = 0;

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
  readonly #isSource: ScannerOptions['isSource'];
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
  #doubtUntil = 0;
  /** CRC_EXTRA by id of messages that the dialect does not know. */
  readonly #learned = new Map<number, number>();

  constructor(options: ScannerOptions) {
    this.#prefix = options.prefix;
    this.#onFrame = options.onFrame;
    this.#isSource = options.isSource;
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
    const id = idAt(source, start);
    const extra = extraOf(id);
    this.#known = extra >= 0;
    if (!this.#known) return this.#judgeUnknown(source, start, end, length, id, solveExtra(crc, wanted));
    if (crc16Byte(crc, extra) === wanted) return length;
    this.counters.badChecksum++;
    return REJECT;
  }

  /**
   * A frame of an id without known CRC_EXTRA proves only eight bits, so something else must speak for it: the same
   * CRC_EXTRA was seen with this id before, or a frame follows directly, or the sender is known and nothing good
   * overlaps. While the line damages frames in place, only the first counts: a damaged id looks just like this.
   */
  #judgeUnknown(source: DataView, start: number, end: number, length: number, id: number, extra: number): number {
    const sender = start + (source.getUint8(start) === MAGIC_V2 ? 5 : 3);
    const isSource = this.#isSource(source.getUint8(sender), source.getUint8(sender + 1));
    if (extra < 0) {
      this.counters.badChecksum++;
      if (isSource) this.#doubtUntil = this.#frames + DOUBT_FRAMES;
      return REJECT;
    }
    if (this.#learned.get(id) === extra) return length;
    const next = this.#follows(source, start + length, end);
    if (next < 0 && !this.#final) return next - length;
    if (this.#frames < this.#doubtUntil) {
      if (isSource) this.#learn(id, extra);
      return this.#unproved();
    }
    if (next === REJECT) {
      if (!isSource) return this.#unproved();
      const overlap = this.#overlaps(source, start, start + length, end);
      if (overlap < 0 && !this.#final) return overlap;
      if (overlap > 0) return this.#unproved();
    }
    this.#learn(id, extra);
    return length;
  }

  #unproved(): number {
    this.counters.unproved++;
    return REJECT;
  }

  #learn(id: number, extra: number): void {
    if (this.#learned.size >= MAX_LEARNED && !this.#learned.has(id)) {
      for (const oldest of this.#learned.keys()) {
        this.#learned.delete(oldest);
        break;
      }
    }
    this.#learned.set(id, extra);
  }

  /** 1 if a plausible frame stands where the next would begin, REJECT if not, minus the bytes wanting to tell. */
  #follows(source: DataView, position: number, end: number): number {
    const start = position + this.#prefix;
    if (start >= end) return -(this.#prefix + 1);
    if (!isMagic(source.getUint8(start))) return REJECT;
    const length = claimedLength(source, start, end);
    return length < 0 ? length - this.#prefix : Math.min(length, 1);
  }

  /** 1 if a good frame of a known message begins inside `(from, to)`, minus the bytes from `from` wanting to tell. */
  #overlaps(source: DataView, from: number, to: number, end: number): number {
    for (let start = from + 1; start < to; start++) {
      if (!isMagic(source.getUint8(start))) continue;
      const length = claimedLength(source, start, end);
      if (length === REJECT) continue;
      if (end - start < Math.abs(length)) {
        if (this.#final) continue;
        // At once all that any frame in there can need, so that this is done twice at most.
        return from - to - MAX_FRAME;
      }
      const extra = extraOf(idAt(source, start));
      if (extra < 0) continue;
      const checked = checkedLength(source, start);
      this.counters.checkedBytes += checked;
      const crc = crc16Byte(crc16Of(source, start + 1, start + checked), extra);
      if (crc === source.getUint16(start + checked, true)) return 1;
    }
    return REJECT;
  }
}

const isMagic = (byte: number): boolean => byte === MAGIC_V2 || byte === MAGIC_V1;

/** Bytes of the frame at `start` before its checksum. */
function checkedLength(source: DataView, start: number): number {
  return (source.getUint8(start) === MAGIC_V2 ? HEADER_V2 : HEADER_V1) + source.getUint8(start + 1);
}

/** Length by the header at `start`, REJECT if no such frame can exist, minus the header's length if it is cut. */
function claimedLength(source: DataView, start: number, end: number): number {
  const available = end - start;
  if (source.getUint8(start) === MAGIC_V2) {
    const flags = available < 3 ? 0 : source.getUint8(start + 2);
    if ((flags & ~INCOMPAT_SIGNED) !== 0) return REJECT;
    if (available < HEADER_V2) return -HEADER_V2;
    return HEADER_V2 + source.getUint8(start + 1) + CHECKSUM_LENGTH + (flags === 0 ? 0 : SIGNATURE_LENGTH);
  }
  if (available < HEADER_V1) return -HEADER_V1;
  const id = source.getUint8(start + 5);
  const payload = source.getUint8(start + 1);
  // MAVLink 1 neither cuts nor extends a payload.
  if (extraOf(id) >= 0 && lengthsV1[id] !== payload) return REJECT;
  return HEADER_V1 + payload + CHECKSUM_LENGTH;
}
