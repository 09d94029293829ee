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
  #at = 0;
  #pending = 0;
  #fill = 0;

  /** The lowest `count` ≤ 24 bits of `value`, which has no others. */
  bits(value: number, count: number): void {
    this.#pending |= value << this.#fill;
    this.#fill += count;
    if (this.#fill < 8) return;
    if (this.#at + 4 > this.#bytes.length) this.#grow();
    do {
      this.#bytes[this.#at++] = this.#pending;
      this.#pending >>>= 8;
      this.#fill -= 8;
    } while (this.#fill >= 8);
  }

  #grow(): void {
    const grown = new Uint8Array(this.#bytes.length * 2);
    grown.set(this.#bytes);
    this.#bytes = grown;
  }

  wide(value: number): void {
    const length = bitLength(value);
    this.bits(length, 6);
    if (length > HALF) {
      this.#upTo26(value % HALF_SIZE, HALF);
      this.#upTo26(Math.floor(value / HALF_SIZE), length - HALF);
    } else this.#upTo26(value, length);
  }

  #upTo26(value: number, count: number): void {
    this.bits(value & 0x1fff, Math.min(count, 13));
    if (count > 13) this.bits(value >>> 13, count - 13);
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
      this.#upTo26(value % HALF_SIZE, HALF);
      this.bits(Math.floor(value / HALF_SIZE) & ((1 << (length - 1 - HALF)) - 1), length - 1 - HALF);
    } else if (length > 1) this.#upTo26(value & ((1 << (length - 1)) - 1), length - 1);
  }

  rice(value: number, k: number): void {
    const ones = value < TOO_WIDE ? value >> k : ESCAPE;
    if (ones >= ESCAPE) {
      this.bits((1 << ESCAPE) - 1, ESCAPE);
      this.wide(value);
      return;
    }
    this.bits((1 << ones) - 1, ones + 1);
    if (k > 0) this.bits(value & ((1 << k) - 1), k);
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
    if (this.#fill > 0) this.bits(0, 8 - this.#fill);
    return this.#at;
  }

  /** The bytes written so far, aligned; a copy. The writer begins anew. */
  take(): Uint8Array {
    this.align();
    const taken = this.#bytes.slice(0, this.#at);
    this.#at = 0;
    return taken;
  }
}

/** Reads what BitWriter wrote. Past the end it reads zeros; whoever reads asks `checked` before believing anything. */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;
  #pending = 0;
  #fill = 0;
  /** Bits made up beyond the end. */
  #missing = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Throws if more was read than there is. */
  checked(): void {
    if (this.#missing > this.#fill) throw new Malformed('ends too early');
  }

  /** Bits not read yet, those of the last byte's filling among them. */
  get left(): number {
    return (this.#end - this.#at) * 8 + this.#fill - this.#missing;
  }

  #refill(): void {
    while (this.#fill <= 23) {
      if (this.#at < this.#end) this.#pending |= (this.#bytes[this.#at++] ?? 0) << this.#fill;
      else this.#missing += 8;
      this.#fill += 8;
    }
  }

  /** At most 24. */
  bits(count: number): number {
    if (this.#fill < count) this.#refill();
    const value = this.#pending & ((1 << count) - 1);
    this.#pending >>>= count;
    this.#fill -= count;
    return value;
  }

  wide(): number {
    const length = this.bits(6);
    if (length > 53) throw new Malformed('integer over 2^53');
    if (length <= HALF) return this.#upTo26(length);
    const low = this.#upTo26(HALF);
    return low + this.#upTo26(length - HALF) * HALF_SIZE;
  }

  #upTo26(count: number): number {
    if (count <= 13) return this.bits(count);
    const low = this.bits(13);
    return low | (this.bits(count - 13) << 13);
  }

  sized(width: number): number {
    const length = this.bits(width);
    if (length === (1 << width) - 1) return this.wide();
    if (length <= 1) return length;
    const low =
      length > HALF ? this.#upTo26(HALF) + this.bits(length - 1 - HALF) * HALF_SIZE : this.#upTo26(length - 1);
    return 2 ** (length - 1) + low;
  }

  rice(k: number): number {
    if (this.#fill < ESCAPE + 1) this.#refill();
    const ones = 31 - Math.clz32(~this.#pending & -~this.#pending);
    if (ones >= ESCAPE) {
      this.bits(ESCAPE);
      return this.wide();
    }
    this.#pending >>>= ones + 1;
    this.#fill -= ones + 1;
    return k === 0 ? ones : (ones << k) | this.bits(k);
  }

  byte(): number {
    return this.bits(8);
  }
}
