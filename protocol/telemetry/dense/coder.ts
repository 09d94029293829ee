/**
 * What a dense pack is written with, and read with by the same walk (walk.ts): bits that are foreseen go through a range
 * coder, bits that cannot be (what predictions miss) stand as they are, bytes (texts, lists) are left to the compressor.
 * Each of its methods is given what it writes and returns it; one that reads is given nothing.
 */
import { BitReader, BitWriter } from '../bits.ts';
import { ByteReader, ByteWriter, Malformed, unzigzag, zigzag } from '../bytes.ts';
import { Contexts, RangeReader, RangeWriter } from './range.ts';

/** Contexts of a family: one for each way in which the last three of a kind went. */
const HISTORIES = 8;
/** One for each node of a tree of six levels. */
const LENGTHS = 64;
const WIDTHS = 16;
const PAIRS = 1024;
const FAMILIES = ['whole', 'identity', 'form', 'before', 'number', 'text', 'list', 'order', 'upper'] as const;
export type Family = (typeof FAMILIES)[number];
const FAMILY = Object.fromEntries(FAMILIES.map((name, i) => [name, i * HISTORIES])) as Record<Family, number>;
const TREES = FAMILIES.length * HISTORIES;
const SECTIONS = TREES + WIDTHS * LENGTHS;
const NEXT = SECTIONS + LENGTHS;
const SAME = NEXT + PAIRS;
const TIMES = SAME + PAIRS;
const TIME_WIDTHS = 32;
/** Is only the shape of a form another? */
export const SHAPE_ONLY = TIMES + TIME_WIDTHS * LENGTHS;
const CONTEXTS = SHAPE_ONLY + 1;
/** Plain bits at a time. */
const PIECE = 24;
/** Set of lengths of those numbers that have no history. */
const PLAIN_WIDTH = WIDTHS - 1;

const pairOf = (a: number, b: number, size: number): number => (Math.imul(a, 37) + b) & (size - 1);
/** Is row `b` of the same instant as row `a` before it? Rows named by their section. */
export const sameContext = (a: number, b: number): number => SAME + pairOf(a, b, PAIRS);
/** Does `b` follow `a`, as the first or the second guess says? */
export const nextContext = (guess: 0 | 1, a: number, b: number): number =>
  NEXT + (guess * PAIRS) / 2 + pairOf(a, b, PAIRS / 2);

/** Zig-zagged, what is farther would leave what a double holds exactly. */
function inReach(value: number): number {
  if (Math.abs(value) >= 2 ** 52) throw new Malformed('impossible number');
  return value;
}

/** A number that comes again and again: what it was, how wide its changes were, whether the last three were none. */
export class Track {
  value = 0;
  #width = 0;
  #history = 0;

  copy(): Track {
    const made = new Track();
    made.value = this.value;
    made.#width = this.#width;
    made.#history = this.#history;
    return made;
  }

  /** `foreseen` in place of what it was. */
  code(coder: DenseCoder, actual: number | undefined, foreseen = this.value): number {
    const same = coder.flag(FAMILY.number + this.#history, actual === undefined ? undefined : actual === foreseen);
    this.#history = ((this.#history << 1) | (same ? 0 : 1)) & (HISTORIES - 1);
    if (!same) {
      const miss = actual === undefined ? undefined : zigzag(inReach(actual - foreseen));
      const code = coder.wide(Math.min(PLAIN_WIDTH - 1, this.#width), miss);
      this.#width = 32 - Math.clz32(Math.min(code, 0x7fff_ffff));
      this.value = inReach(foreseen + unzigzag(code));
    } else this.value = inReach(foreseen);
    return this.value;
  }
}

/** A thing that mostly is what it was. */
export class Habit {
  #history = 0;

  copy(): Habit {
    const made = new Habit();
    made.#history = this.#history;
    return made;
  }

  /** Whether it is what it was. */
  code(coder: DenseCoder, family: Family, same: boolean | undefined): boolean {
    const is = coder.flag(FAMILY[family] + this.#history, same);
    this.#history = ((this.#history << 1) | (is ? 0 : 1)) & (HISTORIES - 1);
    return is;
  }
}

interface Written {
  readonly range: RangeWriter;
  readonly bits: BitWriter;
  readonly bytes: ByteWriter;
}

export interface DenseParts {
  readonly range: Uint8Array;
  readonly bits: Uint8Array;
  readonly bytes: Uint8Array;
}

export class DenseCoder {
  readonly #contexts: Contexts;
  readonly #write: Written | null;
  readonly #read: { readonly range: RangeReader; readonly bits: BitReader; readonly bytes: ByteReader } | null;

  /** `from`: what was written, which is read. */
  constructor(from?: DenseParts, contexts = new Contexts(CONTEXTS)) {
    this.#contexts = contexts;
    this.#write = from ? null : { range: new RangeWriter(contexts), bits: new BitWriter(), bytes: new ByteWriter() };
    this.#read = from
      ? {
          ...{ range: new RangeReader(contexts, from.range), bits: new BitReader(from.bits) },
          bytes: new ByteReader(from.bytes),
        }
      : null;
  }

  /** Another that has learnt as much; it writes, or reads `from`. */
  next(from?: DenseParts): DenseCoder {
    return new DenseCoder(from, this.#contexts.copy());
  }

  flag(context: number, value?: boolean): boolean {
    if (this.#read) return this.#read.range.bit(context) === 1;
    return this.#write?.range.bit(context, value ? 1 : 0) === 1;
  }

  /** Below 64, in as many bits as it is rare. */
  #tree(from: number, value: number | undefined): number {
    let node = 1;
    for (let i = 5; i >= 0; i--) {
      const bit = this.flag(from + node, value === undefined ? undefined : ((value >> i) & 1) === 1);
      node = (node << 1) | (bit ? 1 : 0);
    }
    return node - LENGTHS;
  }

  /** One of 64 sections, where none is foreseen. */
  section(place?: number): number {
    return this.#tree(SECTIONS, place);
  }

  /** An integer ≥ 0 without a history. */
  count(value?: number): number {
    return this.wide(PLAIN_WIDTH, value === undefined ? undefined : value + 1) - 1;
  }

  /** An integer ≥ 1: how many bits it has, foreseen by how many the last had (`width`), then these without the first. */
  wide(width: number, value?: number): number {
    return this.#wide(TREES + width * LENGTHS, value);
  }

  /** Time from row `a` to row `b`, zig-zagged, µs ≥ 1. */
  time(a: number, b: number, value?: number): number {
    return this.#wide(TIMES + pairOf(a, b, TIME_WIDTHS) * LENGTHS, value);
  }

  #wide(tree: number, value: number | undefined): number {
    const length = this.#tree(tree, value === undefined ? undefined : bitLength(value));
    if (length === 0 || length > 53) throw new Malformed('integer over 2^53');
    if (length <= PIECE + 1) {
      const first = 1 << (length - 1);
      return first | this.plain(length - 1, value === undefined ? undefined : value ^ first);
    }
    let rest = value;
    let known = 1;
    for (let left = length - 1; left > 0; ) {
      const count = Math.min(left, PIECE);
      left -= count;
      const power = 2 ** left;
      const piece = this.plain(count, rest === undefined ? undefined : Math.floor(rest / power) % 2 ** count);
      if (rest !== undefined) rest %= power;
      known = known * 2 ** count + piece;
    }
    return known;
  }

  /** At most 24 bits that nobody can foresee. */
  plain(count: number, value?: number): number {
    if (this.#read) return this.#read.bits.bits(count);
    this.#write?.bits.bits(value ?? 0, count);
    return value ?? 0;
  }

  rice(k: number, value?: number): number {
    if (this.#read) return this.#read.bits.rice(k);
    this.#write?.bits.rice(value ?? 0, k);
    return value ?? 0;
  }

  /** Bytes with their length in front. */
  bytes(value?: Uint8Array): Uint8Array {
    if (this.#read) return this.#read.bytes.raw(this.#read.bytes.varint());
    this.#write?.bytes.varint(value?.length ?? 0);
    if (value) this.#write?.bytes.raw(value);
    return value ?? new Uint8Array(0);
  }

  /** Throws if more was read than was written. */
  checked(): void {
    this.#read?.bits.checked();
    this.#read?.range.checked();
  }

  finish(): DenseParts {
    if (!this.#write) throw new Error('nothing was written');
    const { range, bits, bytes } = this.#write;
    return { range: range.finish(), bits: bits.take(), bytes: bytes.finish() };
  }
}

const bitLength = (value: number): number =>
  value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32));
