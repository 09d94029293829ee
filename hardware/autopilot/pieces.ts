/**
 * A stretch of a file that arrives in pieces of one size, in any order, twice, or not at all.
 */
export interface Run {
  readonly offset: number;
  readonly length: number;
}

/**
 * `differs`: the same piece arrived before with other bytes: one of the two was damaged on the way (a 16-bit checksum
 * lets one in 65 536 damaged frames pass), so both are forgotten.
 */
export type Put = 'new' | 'known' | 'differs' | 'misfit';

export class Pieces {
  readonly start: number;
  #bytes: Uint8Array;
  readonly #size: number;
  readonly #have: boolean[];
  #missing: number;

  constructor(o: { readonly start: number; readonly length: number; readonly size: number }) {
    this.start = o.start;
    this.#bytes = new Uint8Array(o.length);
    this.#size = o.size;
    this.#missing = Math.ceil(o.length / o.size);
    this.#have = new Array<boolean>(this.#missing).fill(false);
  }

  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** The file ends there, inside of what was expected. A piece cut by the end is asked for as long as it is. */
  endAt(offset: number): void {
    const length = Math.max(0, offset - this.start);
    if (length >= this.#bytes.length) return;
    this.#bytes = this.#bytes.subarray(0, length);
    this.#have.length = Math.ceil(length / this.#size);
    this.#missing = this.#have.reduce((sum, have) => (have ? sum : sum + 1), 0);
  }

  /** Bytes a piece at this offset of the file must have; 0 when none begins there. */
  expected(offset: number): number {
    const at = offset - this.start;
    if (at < 0 || at >= this.#bytes.length || at % this.#size !== 0) return 0;
    return Math.min(this.#size, this.#bytes.length - at);
  }

  put(offset: number, data: ArrayLike<number>): Put {
    const expected = this.expected(offset);
    if (expected === 0 || data.length < expected) return 'misfit';
    const at = offset - this.start;
    const index = at / this.#size;
    if (this.#have[index] === true) {
      for (let i = 0; i < expected; i++) {
        if (this.#bytes[at + i] === data[i]) continue;
        this.#have[index] = false;
        this.#missing++;
        return 'differs';
      }
      return 'known';
    }
    for (let i = 0; i < expected; i++) this.#bytes[at + i] = data[i] ?? 0;
    this.#have[index] = true;
    this.#missing--;
    return 'new';
  }

  /** The first stretch to ask for; gaps with at most `join` pieces between them are one. Null when complete. */
  firstMissing(join: number): Run | null {
    const first = this.#have.indexOf(false);
    if (first < 0) return null;
    let last = first;
    for (let index = first + 1; index < this.#have.length && index - last <= join + 1; index++) {
      if (this.#have[index] === false) last = index;
    }
    const end = Math.min((last + 1) * this.#size, this.#bytes.length);
    return { offset: this.start + first * this.#size, length: end - first * this.#size };
  }

  /** Up to `limit` single missing pieces that `not` does not hold. */
  missing(limit: number, not: ReadonlySet<number>): Run[] {
    const runs: Run[] = [];
    for (let index = 0; index < this.#have.length && runs.length < limit; index++) {
      const offset = this.start + index * this.#size;
      if (this.#have[index] === false && !not.has(offset)) runs.push({ offset, length: this.expected(offset) });
    }
    return runs;
  }

  /** What has arrived without a hole, from the start. */
  prefix(): Uint8Array {
    const first = this.#have.indexOf(false);
    return first < 0 ? this.#bytes : this.#bytes.subarray(0, first * this.#size);
  }
}
