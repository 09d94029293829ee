/** A column of codec 2 in a dense pack (walk.ts): what is foreseen of it is what it was in the batch before. */
import type { BitReader } from '../bits.ts';
import { type ByteReader, Malformed, unzigzag, zigzag } from '../bytes.ts';
import { ABSENT, MAX_REGULAR_ITEMS, SHAPE, TYPE } from '../forms.ts';
import { NOTHING_MISSED, ORDERS, SEED_SIZE, stepRice } from '../series.ts';
import type { Together } from './body.ts';
import { type DenseCoder, Habit, SHAPE_ONLY, Track } from './coder.ts';

/** The section that is walked through: it is taken apart (`head`, `data`) or put together (`out`). */
export interface ColumnSide {
  readonly coder: DenseCoder;
  readonly head: ByteReader | null;
  readonly data: BitReader | null;
  readonly out: Together | null;
  readonly rows: number;
  /** Throws when a pack says more than any could hold. */
  readonly spend: (cells: number) => void;
}

const NO_TEXT = new Uint8Array(0);
/** Of a form. */
const SHAPE_BITS = 3 << 3;

class Series {
  #order = new Habit();
  #upper = new Habit();
  #k = new Track();
  #seed = new Track();
  #step = new Track();
  #was = 1;
  #last = 0;
  #mean = 0;

  copy(): Series {
    const made = new Series();
    made.#order = this.#order.copy();
    made.#upper = this.#upper.copy();
    made.#k = this.#k.copy();
    made.#seed = this.#seed.copy();
    made.#step = this.#step.copy();
    made.#was = this.#was;
    made.#last = this.#last;
    made.#mean = this.#mean;
    return made;
  }

  code(side: ColumnSide, count: number): void {
    const { coder, head, data, out } = side;
    side.spend(count);
    out?.room(0);
    const form = data?.bits(6);
    const order = this.#codeOrder(coder, form === undefined ? undefined : form % ORDERS);
    const k = this.#k.code(coder, form === undefined ? undefined : (form - order) / ORDERS);
    if (k < 0 || k > NOTHING_MISSED) throw new Malformed('series of an unknown form');
    const low = data?.bits(8);
    const actual = low === undefined || head === null ? undefined : head.signed() * SEED_SIZE + low;
    const foreseen = order === 0 && this.#was === 0 ? this.#mean : this.#last + (order === 2 ? this.#step.value : 0);
    const seed = this.#seed.code(coder, actual, foreseen);
    const high = Math.floor(seed / SEED_SIZE);
    out?.heads.signed(high);
    out?.data.bits((k * ORDERS + order) | ((seed - high * SEED_SIZE) << 6), 14);
    this.#was = order;
    if (order === 0) this.#mean = seed;
    this.#codeValues(side, order, k, seed, count);
  }

  #codeOrder(coder: DenseCoder, actual: number | undefined): number {
    if (this.#order.code(coder, 'order', actual === undefined ? undefined : actual === this.#was)) return this.#was;
    const others = [0, 1, 2].filter((order) => order !== this.#was);
    const isUpper = this.#upper.code(coder, 'upper', actual === undefined ? undefined : actual === others[1]);
    return others[isUpper ? 1 : 0] ?? 0;
  }

  #codeValues({ coder, data, out }: ColumnSide, order: number, k: number, seed: number, count: number): void {
    let value = seed;
    let step = 0;
    if (order === 2) {
      step = this.#step.code(coder, data ? unzigzag(data.rice(stepRice(k))) : undefined);
      out?.data.rice(zigzag(step), stepRice(k));
      if (count > 1) value += step;
    }
    for (let i = order; i < count; i++) {
      let miss = 0;
      if (k !== NOTHING_MISSED) {
        const code = coder.rice(k, data?.rice(k));
        out?.data.rice(code, k);
        miss = unzigzag(code);
      }
      if (order === 0) value = seed + miss;
      else if (order === 1) value += miss;
      else {
        step += miss;
        value += step;
      }
    }
    if (order === 2) this.#step.value = step;
    this.#last = value;
  }
}

/** A number that may be a series: most are only ever one of them. */
class Item {
  track = new Track();
  #series: Series | null = null;

  copy(): Item {
    const made = new Item();
    made.track = this.track.copy();
    made.#series = this.#series?.copy() ?? null;
    return made;
  }

  get series(): Series {
    this.#series ??= new Series();
    return this.#series;
  }
}

export class DenseColumn {
  #form = ABSENT;
  #before = ABSENT;
  /** Its form but for the shape, when it was not absent last. */
  #type = 0;
  #formHabit = new Habit();
  #beforeHabit = new Habit();
  #contentHabit = new Habit();
  #own = new Item();
  #text: Uint8Array = NO_TEXT;
  #items: readonly number[] = [];
  /** Of a list, by place. */
  #places: Item[] = [];

  copy(): DenseColumn {
    const made = new DenseColumn();
    made.#form = this.#form;
    made.#before = this.#before;
    made.#type = this.#type;
    made.#formHabit = this.#formHabit.copy();
    made.#beforeHabit = this.#beforeHabit.copy();
    made.#contentHabit = this.#contentHabit.copy();
    made.#own = this.#own.copy();
    made.#text = this.#text;
    made.#items = this.#items;
    made.#places = this.#places.map((item) => item.copy());
    return made;
  }

  /** Places are asked for in order. */
  #place(i: number): Item {
    const known = this.#places[i];
    if (known !== undefined) return known;
    const made = new Item();
    this.#places.push(made);
    return made;
  }

  codeForm(coder: DenseCoder, actual: number | undefined): number {
    const is = (form: number) => (actual === undefined ? undefined : actual === form);
    if (this.#formHabit.code(coder, 'form', is(this.#form))) return this.#form;
    const before = this.#before;
    this.#before = this.#form;
    if (this.#beforeHabit.code(coder, 'before', is(before))) this.#form = before;
    else {
      // Mostly the same type in another shape.
      const type = this.#type;
      const isShape = coder.flag(SHAPE_ONLY, actual === undefined ? undefined : (actual & ~SHAPE_BITS) === type);
      const shape = isShape ? coder.plain(2, actual === undefined ? undefined : (actual & SHAPE_BITS) >> 3) << 3 : 0;
      this.#form = isShape ? type | shape : coder.plain(8, actual);
    }
    if (this.#form !== ABSENT) this.#type = this.#form & ~SHAPE_BITS;
    return this.#form;
  }

  /** What is in the head and the data of a column of this form. */
  codeContent(side: ColumnSide, form: number): void {
    if (form === ABSENT) return;
    const shape = (form >> 3) & 3;
    side.spend(1);
    side.out?.room(0);
    const count = (shape & SHAPE.some) !== 0 ? this.#codePresence(side) : side.rows;
    const same = (shape & SHAPE.same) !== 0;
    switch (form & 7) {
      case TYPE.number:
      case TYPE.choice:
        if (same) signed(side, this.#own.track);
        else this.#own.series.code(side, count);
        return;
      case TYPE.flag:
        if (same) this.#codeByte(side);
        else this.#codeFlags(side, count);
        return;
      case TYPE.text:
        this.#codeTexts(side, same, count);
        return;
      case TYPE.list:
        if (same) this.#codeItems(side);
        else this.#codeLists(side, count);
        return;
      default:
        throw new Malformed('column of an unknown type');
    }
  }

  #codePresence(side: ColumnSide): number {
    side.spend(side.rows);
    let count = 0;
    for (let i = 0; i < side.rows; i++) count += bit(side);
    if (count === 0) throw new Malformed('column without a value');
    return count;
  }

  #codeFlags(side: ColumnSide, count: number): void {
    side.spend(count);
    for (let i = 0; i < count; i++) bit(side);
  }

  #codeByte({ coder, head, out }: ColumnSide): void {
    const byte = this.#own.track.code(coder, head?.byte());
    out?.heads.byte(byte);
  }

  #codeText({ coder, head, out }: ColumnSide): void {
    const actual = head?.raw(head.varint());
    const same = this.#contentHabit.code(coder, 'text', actual && areEqual(actual, this.#text));
    if (!same) this.#text = coder.bytes(actual);
    out?.room(this.#text.length);
    out?.heads.varint(this.#text.length);
    out?.heads.raw(this.#text);
  }

  #codeTexts(side: ColumnSide, same: boolean, count: number): void {
    if (same) {
      this.#codeText(side);
      return;
    }
    const entries = varint(side, this.#own.track);
    side.spend(entries);
    for (let i = 0; i < entries; i++) this.#codeText(side);
    this.#own.series.code(side, count);
  }

  /** A list as it stands in a head; its codes are what it is compared and foreseen by. */
  #codeItems({ coder, head, out, spend }: ColumnSide): void {
    const actual = head ? Array.from({ length: lengthOf(head) }, () => head.varint()) : undefined;
    const before = this.#items;
    const isSame = actual && actual.length === before.length && actual.every((code, i) => code === before[i]);
    if (!this.#contentHabit.code(coder, 'list', isSame)) {
      const length = coder.count(actual?.length);
      spend(length);
      out?.room(length);
      this.#items = Array.from({ length }, (_, i) => this.#place(i).track.code(coder, actual?.[i]));
    }
    out?.room(this.#items.length);
    out?.heads.varint(this.#items.length);
    for (const code of this.#items) {
      if (code < 0) throw new Malformed('impossible number');
      out?.heads.varint(code);
    }
  }

  #codeLists(side: ColumnSide, count: number): void {
    const regular = varint(side, this.#own.track);
    if (regular === 0) {
      for (let i = 0; i < count; i++) this.#codeItems(side);
      return;
    }
    if ((regular - 1) * count > MAX_REGULAR_ITEMS) throw new Malformed('list longer than its column');
    side.out?.room(regular - 1);
    for (let item = 0; item < regular - 1; item++) this.#place(item).series.code(side, count);
  }
}

function signed({ coder, head, out }: ColumnSide, track: Track): void {
  const value = track.code(coder, head?.signed());
  out?.heads.signed(value);
}

function varint({ coder, head, out }: ColumnSide, track: Track): number {
  const value = track.code(coder, head?.varint());
  if (value < 0) throw new Malformed('impossible number');
  out?.heads.varint(value);
  return value;
}

function bit({ coder, data, out }: ColumnSide): number {
  const value = coder.plain(1, data?.bits(1));
  out?.data.bits(value, 1);
  return value;
}

function lengthOf(head: ByteReader): number {
  const length = head.varint();
  if (length > head.left) throw new Malformed('list longer than its column');
  return length;
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
