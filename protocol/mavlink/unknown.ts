import { crc16Byte, crc16Of } from './crc.ts';
import { idAt, MAGIC_V2, MAX_FRAME } from './frame.ts';
import { checkedLength, claimedLength, extraOf, isMagic, REJECT } from './header.ts';
import { messages } from './table.ts';

/** After a damaged frame that looked like an unknown message: so many frames without believing a first sight. */
const DOUBT_FRAMES = 5_000;
const MAX_LEARNED = 256;

/** A whole frame of an unknown id, in the bytes `[start, end)` that there are. */
export interface UnknownCandidate {
  readonly source: DataView;
  readonly start: number;
  readonly end: number;
  readonly length: number;
  /** The CRC_EXTRA that makes its checksum right, −1 if none does. */
  readonly extra: number;
  /** Good frames before it on this link. */
  readonly frames: number;
  /** Nothing will come after `end`. */
  readonly final: boolean;
}

export interface UnknownCounters {
  badChecksum: number;
  unproved: number;
  checkedBytes: number;
}

/**
 * Decides whether bytes are a frame of a message that the dialect does not know. Its checksum proves only eight bits
 * (some CRC_EXTRA fits one candidate in 256), so something else must speak for it:
 *
 * - the same CRC_EXTRA fitted this id before; or
 * - a plausible frame follows directly; or
 * - the end does, or its sender is known, and no good frame overlaps it (as one does where a lost byte made two frames one).
 *
 * Against it speaks that it would be a good frame of a known message if one byte of its id were another; and while a
 * line damages frames in place a first sight is not believed at all.
 */
export class UnknownMessages {
  readonly #prefix: number;
  readonly #isSource: (sysid: number, compid: number) => boolean;
  readonly #counters: UnknownCounters;
  readonly #extras = new Map<number, number>();
  #doubtUntil = 0;

  constructor(options: {
    readonly prefix: number;
    readonly isSource: (sysid: number, compid: number) => boolean;
    readonly counters: UnknownCounters;
  }) {
    this.#prefix = options.prefix;
    this.#isSource = options.isSource;
    this.#counters = options.counters;
  }

  /** The candidate's length, REJECT, or minus the number of bytes from its start without which it cannot be said. */
  judge(candidate: UnknownCandidate): number {
    const { source, start, length, extra } = candidate;
    const sender = start + (source.getUint8(start) === MAGIC_V2 ? 5 : 3);
    const isSource = this.#isSource(source.getUint8(sender), source.getUint8(sender + 1));
    if (extra < 0) return this.#damaged(candidate, isSource);
    const id = idAt(source, start);
    if (this.#extras.get(id) === extra) return length;
    const next = this.#follows(candidate);
    if (next < 0 && !candidate.final) return next - length;
    if (this.#hasDamagedId(candidate, id)) return this.#damaged(candidate, isSource);
    if (candidate.frames < this.#doubtUntil) {
      if (isSource) this.#learn(id, extra);
      return this.#unproved();
    }
    if (next <= 0) {
      if (next === REJECT && !isSource) return this.#unproved();
      const overlap = this.#overlaps(candidate);
      if (overlap < 0) return overlap;
      if (overlap > 0) return this.#unproved();
    }
    this.#learn(id, extra);
    return length;
  }

  #damaged(candidate: UnknownCandidate, isSource: boolean): number {
    this.#counters.badChecksum++;
    if (isSource) this.#doubtUntil = candidate.frames + DOUBT_FRAMES;
    return REJECT;
  }

  #unproved(): number {
    this.#counters.unproved++;
    return REJECT;
  }

  #learn(id: number, extra: number): void {
    if (this.#extras.size >= MAX_LEARNED && !this.#extras.has(id)) {
      for (const oldest of this.#extras.keys()) {
        this.#extras.delete(oldest);
        break;
      }
    }
    this.#extras.set(id, extra);
  }

  /** 1 if a plausible frame stands where the next would begin, REJECT if not, minus the bytes wanting to tell. */
  #follows({ source, start, length, end }: UnknownCandidate): number {
    const next = start + length + this.#prefix;
    if (next >= end) return -(this.#prefix + 1);
    if (!isMagic(source.getUint8(next))) return REJECT;
    const claimed = claimedLength(source, next, end);
    return claimed < 0 ? claimed - this.#prefix : Math.min(claimed, 1);
  }

  /** 1 if a good frame of a known message begins inside, REJECT if not, minus the bytes wanting to tell. */
  #overlaps({ source, start, length, end, final }: UnknownCandidate): number {
    for (let inner = start + 1; inner < start + length; inner++) {
      if (!isMagic(source.getUint8(inner))) continue;
      const claimed = claimedLength(source, inner, end);
      if (claimed === REJECT) continue;
      if (end - inner < Math.abs(claimed)) {
        // Asks at once for all that any frame in there can need, so that this is done twice at most.
        if (!final) return -length - MAX_FRAME;
        continue;
      }
      const id = idAt(source, inner);
      if (extraOf(id) >= 0 && this.#fits(source, inner, this.#checksum(source, inner), id)) return 1;
    }
    return REJECT;
  }

  /**
   * Whether another byte in the place of one byte of its id makes it a good frame of a known message. An error in one
   * place always asks for the same wrong CRC_EXTRA, so the same damage twice would pass for a message learned.
   */
  #hasDamagedId({ source, start, length }: UnknownCandidate, id: number): boolean {
    const isV2 = source.getUint8(start) === MAGIC_V2;
    const idStart = isV2 ? 7 : 5;
    const copy = new DataView(source.buffer.slice(source.byteOffset + start, source.byteOffset + start + length));
    for (const known of messages) {
      const difference = known.id ^ id;
      const isOneByte = difference < 0x100 || (difference & 0xff00ff) === 0 || (difference & 0xffff) === 0;
      if (!isOneByte || copy.getUint8(1) > known.maxLength) continue;
      copy.setUint8(idStart, known.id);
      if (isV2) copy.setUint16(idStart + 1, known.id >> 8, true);
      if (this.#fits(copy, 0, this.#checksum(copy, 0), known.id)) return true;
    }
    return false;
  }

  #checksum(source: DataView, start: number): number {
    const checked = checkedLength(source, start);
    this.#counters.checkedBytes += checked;
    return crc16Of(source, start + 1, start + checked);
  }

  #fits(source: DataView, start: number, crc: number, id: number): boolean {
    return crc16Byte(crc, extraOf(id)) === source.getUint16(start + checkedLength(source, start), true);
  }
}
