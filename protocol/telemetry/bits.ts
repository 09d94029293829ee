/**
 * Numbers as runs of bits, least significant first within each byte: what the columns of codec 2 are written in.
 *
 *   wide   length:6  bits      any integer of at most 53 bits: how many bits it has, then these
 *   rice   q ones, a zero, k bits  with q = value >> k; twelve ones instead: the value follows as `wide`
 *   sized  n:w  bits           how many bits it has (w bits say so) and these without the first, which is a one; n = all
 *                              ones: the value follows as `wide`
 */
import { Malformed } from './bytes.ts';

/** So many ones in a row say that the value is too far from the others to be worth counting. */
const ESCAPE = 12;
/** From here on a value is escaped whatever k: shifts work on 32 bits. */
const TOO_WIDE = 2 ** 30;
const HALF = 26;
const HALF_SIZE = 2 ** HALF;
export const MAX_RICE = 18;
/** Of a word read at any bit of a byte so many bits are there for sure. */
const SURE = 25;
/** Ends a run of ones that fills a word. */
const NEVER_ONE = 0x8000_0000;

/** Bits of `value` as written by `rice` with this k. */
export function riceBits(value: number, k: number): number {
  if (value < TOO_WIDE && value >> k < ESCAPE) return (value >> k) + 1 + k;
  return ESCAPE + 6 + bitLength(value);
}

function bitLength(value: number): number {
  return value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(value / 2 ** 32);
}

export class BitWriter {
  #bytes = new Uint8Array(4096);
  #words = new DataView(this.#bytes.buffer);
  #at = 0;
  /** The first `#fill` < 32 bits of the next word. */
  #pending = 0;
  #fill = 0;

  /** The lowest `count` ≤ 31 bits of `value`, which has no others. */
  bits(value: number, count: number): void {
    this.#pending |= value << this.#fill;
    this.#fill += count;
    if (this.#fill < 32) return;
    if (this.#at + 8 > this.#bytes.length) this.#grow();
    this.#words.setInt32(this.#at, this.#pending, true);
    this.#at += 4;
    this.#fill -= 32;
    this.#pending = value >>> (count - this.#fill);
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#words = new DataView(grown.buffer);
  }

  /** Whole words written so far, in bytes. */
  get length(): number {
    return this.#at;
  }

  wide(value: number): void {
    const length = bitLength(value);
    this.bits(length, 6);
    if (length > HALF) {
      this.bits(value % HALF_SIZE, HALF);
      this.bits(Math.floor(value / HALF_SIZE), length - HALF);
    } else this.bits(value, length);
  }

  /** `width`: 4 or 5. */
  sized(value: number, width: number): void {
    const most = (1 << width) - 1;
    const length = bitLength(value);
    if (length >= most) {
      this.bits(most, width);
      this.wide(value);
      return;
    }
    this.bits(length, width);
    if (length > HALF) {
      this.bits(value % HALF_SIZE, HALF);
      this.bits(Math.floor(value / HALF_SIZE) & ((1 << (length - 1 - HALF)) - 1), length - 1 - HALF);
    } else if (length > 1) this.bits(value & ((1 << (length - 1)) - 1), length - 1);
  }

  rice(value: number, k: number): void {
    const ones = value < TOO_WIDE ? value >> k : ESCAPE;
    if (ones >= ESCAPE) {
      this.bits((1 << ESCAPE) - 1, ESCAPE);
      this.wide(value);
    } else this.bits((1 << ones) - 1 + ((value & ((1 << k) - 1)) << (ones + 1)), ones + 1 + k);
  }

  byte(value: number): void {
    this.bits(value, 8);
  }

  /** Begins anew, whatever was written. */
  reset(): void {
    this.#at = 0;
    this.#pending = 0;
    this.#fill = 0;
  }

  /** Fills the last byte up with zeros; returns how many bytes there are. */
  align(): number {
    if (this.#at + 8 > this.#bytes.length) this.#grow();
    for (; this.#fill > 0; this.#fill -= 8) {
      this.#bytes[this.#at++] = this.#pending;
      this.#pending >>>= 8;
    }
    this.#fill = 0;
    return this.#at;
  }

  /** The bytes written so far, aligned; a view that holds until more is written. */
  written(): Uint8Array {
    const length = this.align();
    return this.#bytes.subarray(0, length);
  }

  /** The same as a copy. The writer begins anew. */
  take(): Uint8Array {
    const taken = this.written().slice();
    this.#at = 0;
    return taken;
  }
}

/** The bits of `bytes` from bit `at` on: 25 at least, zeros past the end. */
export function wordAt(bytes: Uint8Array, at: number): number {
  const i = at >>> 3;
  const low = (bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8) | ((bytes[i + 2] ?? 0) << 16);
  return (low | ((bytes[i + 3] ?? 0) << 24)) >>> (at & 7);
}

/** Reads what BitWriter wrote. Past the end it reads whatever; whoever reads asks `checked` before believing anything. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** Counted in bits. */
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start * 8;
    this.#end = end * 8;
  }

  /** Throws if more was read than there is. */
  checked(): void {
    if (this.#at > this.#end) throw new Malformed('ends too early');
  }

  /** Bits not read yet, those of the last byte's filling among them. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** At most 25. */
  bits(count: number): number {
    const value = wordAt(this.#bytes, this.#at) & ((1 << count) - 1);
    this.#at += count;
    return value;
  }

  wide(): number {
    const length = this.bits(6);
    if (length > 53) throw new Malformed('integer over 2^53');
    if (length <= HALF) return this.#upTo27(length);
    const low = this.#upTo27(HALF);
    return low + this.#upTo27(length - HALF) * HALF_SIZE;
  }

  #upTo27(count: number): number {
    if (count <= 13) return this.bits(count);
    const low = this.bits(13);
    return low | (this.bits(count - 13) << 13);
  }

  sized(width: number): number {
    const length = this.bits(width);
    if (length === (1 << width) - 1) return this.wide();
    if (length <= 1) return length;
    const low =
      length > HALF ? this.#upTo27(HALF) + this.bits(length - 1 - HALF) * HALF_SIZE : this.#upTo27(length - 1);
    return 2 ** (length - 1) + low;
  }

  rice(k: number): number {
    const word = wordAt(this.#bytes, this.#at);
    const zeros = ~word | NEVER_ONE;
    const ones = 31 - Math.clz32(zeros & -zeros);
    if (ones >= ESCAPE) {
      this.#at += ESCAPE;
      return this.wide();
    }
    this.#at += ones + 1;
    if (ones + 1 + k > SURE) return (ones << k) | this.bits(k);
    this.#at += k;
    return (ones << k) | ((word >>> (ones + 1)) & ((1 << k) - 1));
  }

  byte(): number {
    return this.bits(8);
  }
}
