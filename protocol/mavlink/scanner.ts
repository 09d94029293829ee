import { crc16, crc16Byte, solveExtra } from './crc.ts';
import {
  CHECKSUM_LENGTH,
  HEADER_V1,
  HEADER_V2,
  INCOMPAT_SIGNED,
  MAGIC_V1,
  MAGIC_V2,
  MAX_FRAME,
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

const extraOf = (id: number): number => (id < extras.length ? (extras[id] ?? -1) : -1);

/** After a damaged frame that looked like an unknown message: so many frames without believing a first sight. */
const DOUBT_FRAMES = 5_000;
const MAX_LEARNED = 256;

/** A frame whose checksum holds, in the bytes it was found in. */
export interface Found {
  readonly bytes: Uint8Array;
  /** Offset of the magic byte. */
  readonly start: number;
  readonly length: number;
  readonly known: boolean;
  /** True if `bytes` is the scanner's own memory and must be copied to be kept. */
  readonly borrowed: boolean;
}

export interface ScannerCounters {
  bytes: number;
  badHeader: number;
  badChecksum: number;
  /** Frames of unknown ids that might have been good, but had too little to prove it. */
  unproved: number;
  skippedBytes: number;
}

const REJECT = 0;

/**
 * Finds frames in a stream of bytes. A claimed length is never believed before the checksum confirms it: what fails
 * is given up one byte on.
 *
 * ```
 * chunk ──▶ [ pending: the candidate that the last chunk cut ] ──▶ candidate ──▶ checksum ──▶ found
 *                                                     ▲              │ fails
 *                                                     └── one byte ──┘
 * ```
 * Holds at most one candidate and what must follow it to judge it (under three frames); each byte starts at most one
 * candidate of at most 280 bytes, so the work is linear whatever comes in.
 *
 * A record format may put `prefix` bytes before each frame (a .tlog has 8).
 */
export class Scanner {
  readonly counters: ScannerCounters = { bytes: 0, badHeader: 0, badChecksum: 0, unproved: 0, skippedBytes: 0 };
  readonly #prefix: number;
  readonly #onFound: (found: Found) => void;
  readonly #isSource: (sysid: number, compid: number) => boolean;
  readonly #pending: Uint8Array;
  #pendingLength = 0;
  /** Bytes from the candidate's start without which it cannot be judged further. */
  #needed = 0;
  #final = false;
  /** Whether the dialect knows the message judged last. */
  #known = false;
  readonly #learned = new Map<number, number>();
  #frames = 0;
  #doubtUntil = 0;

  constructor(options: {
    readonly prefix: number;
    readonly onFound: (found: Found) => void;
    /** Whether a frame of a known message was already found from this sender. */
    readonly isSource: (sysid: number, compid: number) => boolean;
  }) {
    this.#prefix = options.prefix;
    this.#onFound = options.onFound;
    this.#isSource = options.isSource;
    this.#pending = new Uint8Array(3 * (MAX_FRAME + options.prefix));
  }

  push(chunk: Uint8Array): void {
    this.counters.bytes += chunk.length;
    let position = 0;
    while (this.#pendingLength > 0 && position < chunk.length) {
      const held = this.#pendingLength;
      const taken = Math.min(this.#needed - held, chunk.length - position);
      for (let index = 0; index < taken; index++) this.#pending[held + index] = chunk[position + index] ?? 0;
      position += taken;
      if (held + taken < this.#needed) {
        this.#pendingLength = held + taken;
        return;
      }
      const consumed = this.#scan(this.#pending, 0, held + taken, true);
      if (consumed >= held) {
        // What is left of the candidate lies wholly in the chunk: go on there.
        position -= held + taken - consumed;
        this.#pendingLength = 0;
      } else {
        this.#pending.copyWithin(0, consumed, held + taken);
        this.#pendingLength = held + taken - consumed;
      }
    }
    if (position >= chunk.length) return;
    const consumed = this.#scan(chunk, position, chunk.length, false);
    this.#pending.set(chunk.subarray(consumed));
    this.#pendingLength = chunk.length - consumed;
  }

  /** Nothing will come to complete what is pending: gives it up, byte by byte, and finds what it hid. */
  flush(): void {
    this.#final = true;
    this.#scan(this.#pending, 0, this.#pendingLength, true);
    this.#final = false;
    this.#pendingLength = 0;
  }

  /** Scans `bytes[position, end)`; returns where it stopped for want of bytes and leaves in `#needed` how many. */
  #scan(bytes: Uint8Array, position: number, end: number, borrowed: boolean): number {
    const prefix = this.#prefix;
    while (position < end) {
      const start = position + prefix;
      if (start >= end) {
        if (this.#wants(prefix + 1)) return position;
        this.counters.skippedBytes += end - position;
        return end;
      }
      if (isMagic(bytes[start])) {
        const length = this.#judge(bytes, start, end);
        if (length < 0) {
          if (this.#wants(prefix - length)) return position;
        } else if (length > 0) {
          position = start + length;
          this.#frames++;
          this.#onFound({ bytes, start, length, known: this.#known, borrowed });
          continue;
        }
      }
      this.counters.skippedBytes++;
      position++;
    }
    return position;
  }

  /** Notes how much is needed; false if no more will come. */
  #wants(needed: number): boolean {
    this.#needed = needed;
    return !this.#final;
  }

  /** Length of the good frame at `start`, REJECT, or minus the number of bytes without which it cannot be said. */
  #judge(bytes: Uint8Array, start: number, end: number): number {
    const length = claimedLength(bytes, start, end);
    if (length === REJECT) this.counters.badHeader++;
    if (length <= 0) return length;
    if (end - start < length) return -length;
    const id = idAt(bytes, start);
    const extra = extraOf(id);
    const checked = start + headerOf(bytes, start) + (bytes[start + 1] ?? 0);
    const crc = crc16(bytes, start + 1, checked);
    const wanted = (bytes[checked] ?? 0) | ((bytes[checked + 1] ?? 0) << 8);
    this.#known = extra >= 0;
    if (!this.#known) return this.#judgeUnknown(bytes, start, end, length, id, solveExtra(crc, wanted));
    if (crc16Byte(crc, extra) === wanted) return length;
    this.counters.badChecksum++;
    return REJECT;
  }

  /**
   * A frame of an id without known CRC_EXTRA proves only eight bits, so something else must speak for it: the same
   * CRC_EXTRA was seen with this id before, or a frame follows directly, or the sender is known and nothing good
   * overlaps. While the line damages frames in place, only the first counts: a damaged id looks just like this.
   */
  #judgeUnknown(bytes: Uint8Array, start: number, end: number, length: number, id: number, extra: number): number {
    const sender = start + (bytes[start] === MAGIC_V2 ? 5 : 3);
    const isSource = this.#isSource(bytes[sender] ?? 0, bytes[sender + 1] ?? 0);
    if (extra < 0) {
      this.counters.badChecksum++;
      if (isSource) this.#doubtUntil = this.#frames + DOUBT_FRAMES;
      return REJECT;
    }
    if (this.#learned.get(id) === extra) return length;
    const next = this.#follows(bytes, start + length, end);
    if (next < 0 && !this.#final) return next - length;
    if (this.#frames < this.#doubtUntil) {
      if (isSource) this.#learn(id, extra);
      return this.#unproved();
    }
    if (next === REJECT) {
      if (!isSource) return this.#unproved();
      const overlap = overlaps(bytes, start, start + length, end);
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
  #follows(bytes: Uint8Array, position: number, end: number): number {
    const start = position + this.#prefix;
    if (start >= end) return -(this.#prefix + 1);
    if (!isMagic(bytes[start])) return REJECT;
    const length = claimedLength(bytes, start, end);
    return length < 0 ? length - this.#prefix : Math.min(length, 1);
  }
}

const isMagic = (byte: number | undefined): boolean => byte === MAGIC_V2 || byte === MAGIC_V1;

const headerOf = (bytes: Uint8Array, start: number): number => (bytes[start] === MAGIC_V2 ? HEADER_V2 : HEADER_V1);

const idAt = (bytes: Uint8Array, start: number): number =>
  bytes[start] === MAGIC_V2
    ? (bytes[start + 7] ?? 0) | ((bytes[start + 8] ?? 0) << 8) | ((bytes[start + 9] ?? 0) << 16)
    : (bytes[start + 5] ?? 0);

/** Length by the header at `start`, REJECT if no such frame can exist, minus the header's length if it is cut. */
function claimedLength(bytes: Uint8Array, start: number, end: number): number {
  const available = end - start;
  const payload = bytes[start + 1] ?? 0;
  if (bytes[start] === MAGIC_V2) {
    const flags = available < 3 ? 0 : (bytes[start + 2] ?? 0);
    if ((flags & ~INCOMPAT_SIGNED) !== 0) return REJECT;
    if (available < HEADER_V2) return -HEADER_V2;
    return HEADER_V2 + payload + CHECKSUM_LENGTH + (flags === 0 ? 0 : SIGNATURE_LENGTH);
  }
  if (available < HEADER_V1) return -HEADER_V1;
  const id = bytes[start + 5] ?? 0;
  // MAVLink 1 neither cuts nor extends a payload.
  if (extraOf(id) >= 0 && lengthsV1[id] !== payload) return REJECT;
  return HEADER_V1 + payload + CHECKSUM_LENGTH;
}

/** 1 if a good frame of a known message begins inside `(from, to)`, minus the bytes from `from` wanting to tell. */
function overlaps(bytes: Uint8Array, from: number, to: number, end: number): number {
  for (let start = from + 1; start < to; start++) {
    if (!isMagic(bytes[start])) continue;
    const length = claimedLength(bytes, start, end);
    if (length === REJECT) continue;
    if (end - start < Math.abs(length)) return from - start - Math.abs(length);
    const extra = extraOf(idAt(bytes, start));
    const checked = start + headerOf(bytes, start) + (bytes[start + 1] ?? 0);
    const wanted = (bytes[checked] ?? 0) | ((bytes[checked + 1] ?? 0) << 8);
    if (extra >= 0 && crc16Byte(crc16(bytes, start + 1, checked), extra) === wanted) return 1;
  }
  return REJECT;
}
