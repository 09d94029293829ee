/** Reads what compact-body.ts writes: all of it, or the sections of the kinds that are wanted. */
import { BitReader, MAX_RICE } from './bits.ts';
import { ByteReader, Malformed, unzigzag } from './bytes.ts';
import type { Column } from './columns.ts';
import { ABSENT, type Cell, MAX_COLUMNS, MAX_REGULAR_ITEMS, POWERS, SHAPE, TYPE } from './forms.ts';
import { columnsOf, type KindName, kindOfId, type Sample } from './kinds.ts';
import { readOwners } from './owners.ts';
import { readSeries } from './series.ts';

const MAX_ROWS = 65_535;

interface Schema {
  readonly kind: KindName | null;
  readonly forms: Uint8Array;
}

/** Working memory; nothing of one batch is looked at by the next. */
let numbers = new Float64Array(1024);
let present = new Uint8Array(1024);
let owners = new Uint16Array(1024);
/** What the lists of this body may still have place by place. */
let itemsLeft = 0;

function readTimes(bits: BitReader, rows: number): Float64Array {
  const times = new Float64Array(rows);
  const k = bits.bits(5);
  if (k > MAX_RICE) throw new Malformed('times of an unknown form');
  let mono = 0;
  for (let i = 0; i < rows; i++) {
    if (bits.bits(1) === 0) mono += unzigzag(bits.rice(k));
    times[i] = mono;
  }
  bits.checked();
  return times;
}

function readItems(head: ByteReader, power: number): (number | null)[] {
  const length = head.varint();
  if (length > head.left) throw new Malformed('list longer than its column');
  let before = 0;
  return Array.from({ length }, () => {
    const code = head.varint();
    if (code === 0) return null;
    before += unzigzag(code - 1);
    return before / power;
  });
}

/** A column as its form says, ready to be put into rows; null where `present` says so. */
class ColumnReader {
  readonly #head: ByteReader;
  readonly #bits: BitReader;
  readonly #rows: number;

  constructor(head: ByteReader, bits: BitReader, rows: number) {
    this.#head = head;
    this.#bits = bits;
    this.#rows = rows;
  }

  /** Throws if more was read than there is. */
  checked(): void {
    this.#bits.checked();
  }

  /** Marks in `present` the rows that have a value; returns how many. */
  presence(form: number): number {
    const rows = this.#rows;
    if ((form & (SHAPE.some << 3)) === 0) {
      present.fill(1, 0, rows);
      return rows;
    }
    let count = 0;
    for (let i = 0; i < rows; i++) count += present[i] = this.#bits.bits(1);
    if (count === 0) throw new Malformed('column without a value');
    return count;
  }

  /** Fills `numbers` with the integers of a number or choice column. */
  integers(form: number, count: number): void {
    if ((form & (SHAPE.same << 3)) !== 0) numbers.fill(this.#head.signed(), 0, count);
    else readSeries(this.#head, this.#bits, numbers, count);
  }

  others(form: number, count: number): Cell[] {
    const type = form & 7;
    const power = POWERS[form >> 5] ?? 1;
    if ((form & (SHAPE.same << 3)) !== 0) return new Array<Cell>(count).fill(this.#constant(type, power));
    if (type === TYPE.text) return this.#texts(count);
    if (type === TYPE.list) return this.#lists(count, power);
    return Array.from({ length: count }, () => this.#bits.bits(1) === 1);
  }

  #constant(type: number, power: number): Cell {
    if (type === TYPE.text) return this.#head.text();
    return type === TYPE.list ? readItems(this.#head, power) : this.#head.byte() === 1;
  }

  #texts(count: number): Cell[] {
    const size = this.#head.varint();
    if (size > this.#head.left) throw new Malformed('dictionary longer than its column');
    const dictionary = Array.from({ length: size }, () => this.#head.text());
    readSeries(this.#head, this.#bits, numbers, count);
    return Array.from({ length: count }, (_, i) => {
      const entry = dictionary[numbers[i] ?? 0];
      if (entry === undefined) throw new Malformed('text outside its dictionary');
      return entry;
    });
  }

  #lists(count: number, power: number): Cell[] {
    const regular = this.#head.varint();
    if (regular === 0) return Array.from({ length: count }, () => readItems(this.#head, power));
    itemsLeft -= (regular - 1) * count;
    if (regular - 1 > this.#head.left || itemsLeft < 0) throw new Malformed('list longer than its column');
    const lists = Array.from({ length: count }, () => new Array<number>(regular - 1));
    for (let item = 0; item < regular - 1; item++) {
      readSeries(this.#head, this.#bits, numbers, count);
      lists.forEach((list, i) => {
        list[item] = (numbers[i] ?? 0) / power;
      });
    }
    return lists;
  }
}

type Row = Record<string, Cell>;

/** Puts a column into the rows of a section; `column` is null for one this version does not know. */
function readColumn(
  from: ColumnReader,
  form: number,
  named: readonly [string, Column] | null,
  rows: readonly Row[],
): void {
  const type = form & 7;
  const [name, column] = named ?? ['', null];
  if (form === ABSENT) {
    if (column !== null) for (const row of rows) row[name] = null;
    return;
  }
  if (type > TYPE.list) throw new Malformed('column of an unknown type');
  if (column !== null && type !== TYPE[column.type]) throw new Malformed('column of another type than its kind says');
  const count = from.presence(form);
  if (type === TYPE.number || type === TYPE.choice) {
    from.integers(form, count);
    if (column === null) return;
    const power = POWERS[form >> 5] ?? 1;
    const names = column.type === 'choice' ? column.names : null;
    for (let i = 0, next = 0; i < rows.length; i++) {
      const row = rows[i];
      if (row === undefined) continue;
      if (present[i] !== 1) {
        row[name] = null;
        continue;
      }
      const integer = numbers[next++] ?? 0;
      row[name] = names === null ? integer / power : (names[integer] ?? `#${integer}`);
    }
    return;
  }
  // `present` is overwritten by nobody in between: a column's cells need no other column.
  const cells = from.others(form, count);
  if (column === null) return;
  for (let i = 0, next = 0; i < rows.length; i++) {
    const row = rows[i];
    if (row !== undefined) row[name] = present[i] === 1 ? (cells[next++] ?? null) : null;
  }
}

function readBootMs(from: ColumnReader, form: number, boots: (number | null)[], bootFrom: number): void {
  if ((form & 7) !== TYPE.number) throw new Malformed('column of another type than its kind says');
  from.integers(form, from.presence(form));
  for (let i = 0, next = 0; i < boots.length; i++) if (present[i] === 1) boots[i] = bootFrom + (numbers[next++] ?? 0);
}

interface Section {
  readonly kind: KindName;
  readonly rows: readonly Row[];
  readonly boots: readonly (number | null)[];
  /** Rows given out. */
  given: number;
}

function readSection(kind: KindName, forms: Uint8Array, from: ColumnReader, count: number, bootFrom: number): Section {
  const columns = columnsOf(kind);
  const rows = new Array<Row>(count);
  for (let i = 0; i < count; i++) rows[i] = {};
  const boots = new Array<number | null>(count).fill(null);
  const [bootForm = ABSENT] = forms;
  if (bootForm !== ABSENT) readBootMs(from, bootForm, boots, bootFrom);
  for (let number = 1; number <= Math.max(columns.length, forms.length - 1); number++) {
    readColumn(from, forms[number] ?? ABSENT, columns[number - 1] ?? null, rows);
    from.checked();
  }
  return { kind, rows, boots, given: 0 };
}

/** The next `length` bytes bit by bit, without a view of their own: there is one for each section. */
function bitsOf(from: ByteReader, body: Uint8Array, length: number): BitReader {
  const start = from.skip(length);
  return new BitReader(body, start, start + length);
}

function room(rows: number): void {
  if (numbers.length >= rows) return;
  numbers = new Float64Array(rows);
  present = new Uint8Array(rows);
  owners = new Uint16Array(rows);
}

/**
 * Body → samples in the order they were taken; with `only`, just those kinds, the others are stepped over unread.
 * Throws Malformed on bytes that break the layout (readers outside use expandBatch, which gives a reason instead).
 */
export function readCompactBody(body: Uint8Array, monoFromUs: number, only?: readonly KindName[]): Sample[] {
  const from = new ByteReader(body);
  const count = from.varint();
  if (count > from.left || count > MAX_ROWS) throw new Malformed('more sections than bytes');
  const schemas = Array.from({ length: count }, (): Schema => {
    const kind = kindOfId(from.varint());
    const forms = from.raw(from.varint());
    if (forms.length > MAX_COLUMNS) throw new Malformed(`section of ${forms.length} columns`);
    return { kind, forms };
  });
  const headLengths = schemas.map(() => from.varint());
  const bootFrom = from.varint();
  const heads = headLengths.map((length) => from.slice(length));
  const rows = from.varint();
  const order = bitsOf(from, body, from.varint());
  // Every row has two bits at least.
  if (rows > MAX_ROWS || rows * 2 > order.left) throw new Malformed('more rows than bytes');
  room(rows);
  itemsLeft = MAX_REGULAR_ITEMS;
  const counts = new Uint32Array(count);
  readOwners(order, owners, rows, counts);
  const times = readTimes(order, rows);
  const lengths = schemas.map(() => from.varint());
  const sections = schemas.map(({ kind, forms }, i) => {
    const data = bitsOf(from, body, lengths[i] ?? 0);
    const head = heads[i];
    const isWanted = kind !== null && (only === undefined || only.includes(kind));
    if (!isWanted || head === undefined) return null;
    const own = counts[i] ?? 0;
    return readSection(kind, forms, new ColumnReader(head, data, own), own, bootFrom);
  });
  const samples: Sample[] = [];
  for (let i = 0; i < rows; i++) {
    const section = sections[owners[i] ?? 0];
    if (section === null || section === undefined) continue;
    const { kind, boots } = section;
    const bootMs = boots[section.given] ?? null;
    const values = section.rows[section.given++];
    samples.push({ kind, monoUs: monoFromUs + (times[i] ?? 0), bootMs, values } as Sample);
  }
  return samples;
}
