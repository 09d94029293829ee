/**
 * Adaptive binary range coder (as in LZMA): a bit costs what it was unlikely to be, as its context has learnt so far. A pack
 * is small, so that a context learns from each bit, and from the first ones most.
 */
import { ByteWriter, Malformed } from '../bytes.ts';

const ONE = 1 << 15;
const TOP = 2 ** 24;
const LEAST = 64;
/** How far the estimate goes towards what was seen, in 65 536ths: at first nearly as if by counting. */
const RATES = Uint16Array.from([26_000, 18_000, 13_500, 10_500, 8_500, 7_000, 6_000, 5_000, 4_200, 3_600, 3_200]);

/** So many contexts, of which each learns how likely its next bit is a 0. */
export class Contexts {
  readonly zeros: Uint16Array;
  readonly #seen: Uint8Array;

  constructor(count: number) {
    this.zeros = new Uint16Array(count).fill(ONE / 2);
    this.#seen = new Uint8Array(count);
  }

  copy(): Contexts {
    const made = new Contexts(this.zeros.length);
    made.zeros.set(this.zeros);
    made.#seen.set(this.#seen);
    return made;
  }

  learn(context: number, bit: number): void {
    const seen = this.#seen[context] ?? 0;
    const zeros = this.zeros[context] ?? 0;
    const rate = RATES[seen] ?? 0;
    const aim = bit === 0 ? ONE - LEAST : LEAST;
    this.zeros[context] = zeros + (((aim - zeros) * rate) >> 16);
    if (seen < RATES.length - 1) this.#seen[context] = seen + 1;
  }
}

export class RangeWriter {
  readonly #contexts: Contexts;
  readonly #out = new ByteWriter();
  #low = 0;
  #range = 0xffff_ffff;
  #cache = 0;
  #held = 1;
  #isBegun = false;

  constructor(contexts: Contexts) {
    this.#contexts = contexts;
  }

  bit(context: number, bit: number): number {
    const bound = (this.#range >>> 15) * (this.#contexts.zeros[context] ?? 0);
    if (bit === 0) this.#range = bound;
    else {
      this.#low += bound;
      this.#range -= bound;
    }
    this.#contexts.learn(context, bit);
    while (this.#range < TOP) {
      this.#range = (this.#range << 8) >>> 0;
      this.#shift();
    }
    return bit;
  }

  /** The top byte goes out once nothing can carry into it any more. The very first is 0 and left out. */
  #shift(): void {
    if (this.#low < 0xff00_0000 || this.#low >= 2 ** 32) {
      const carry = this.#low >= 2 ** 32 ? 1 : 0;
      for (let byte = this.#cache; this.#held > 0; this.#held--, byte = 0xff) {
        if (this.#isBegun) this.#out.byte((byte + carry) & 0xff);
        this.#isBegun = true;
      }
      this.#cache = Math.floor(this.#low / TOP) & 0xff;
    }
    this.#held++;
    this.#low = (this.#low % TOP) * 256;
  }

  finish(): Uint8Array {
    for (let i = 0; i < 5; i++) this.#shift();
    const bytes = this.#out.finish();
    // What is read past the end is 0.
    let length = bytes.length;
    while (length > 0 && bytes[length - 1] === 0) length--;
    return bytes.subarray(0, length);
  }
}

export class RangeReader {
  readonly #contexts: Contexts;
  readonly #bytes: Uint8Array;
  #at = 0;
  #code = 0;
  #range = 0xffff_ffff;

  constructor(contexts: Contexts, bytes: Uint8Array) {
    this.#contexts = contexts;
    this.#bytes = bytes;
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#byte()) >>> 0;
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  bit(context: number): number {
    const bound = (this.#range >>> 15) * (this.#contexts.zeros[context] ?? 0);
    const bit = this.#code < bound ? 0 : 1;
    if (bit === 0) this.#range = bound;
    else {
      this.#code = (this.#code - bound) >>> 0;
      this.#range -= bound;
    }
    this.#contexts.learn(context, bit);
    while (this.#range < TOP) {
      this.#range = (this.#range << 8) >>> 0;
      this.#code = ((this.#code << 8) | this.#byte()) >>> 0;
    }
    return bit;
  }

  /** Throws if more was read than a writer could have left out. */
  checked(): void {
    if (this.#at > this.#bytes.length + 8) throw new Malformed('ends too early');
  }
}
