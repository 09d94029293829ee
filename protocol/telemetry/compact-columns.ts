/** Columns of codec 2, read into working memory as cell-numbers.ts keeps them; compact-reader.ts makes rows of them. */
import type { BitReader } from './bits.ts';
import { type ByteReader, Malformed, unzigzag } from './bytes.ts';
import { ABSENT, type Cell, MAX_REGULAR_ITEMS, POWERS, SHAPE, TYPE } from './forms.ts';
import type { KindForm } from './kind-forms.ts';
import { readSeries } from './series.ts';

/** Of working memory that stays after a batch. */
const KEPT_CELLS = 65_536;
const SOME = SHAPE.some << 3;
const SAME = SHAPE.same << 3;

/** Working memory; nothing of one batch is looked at by the next. */
const kept = new Float64Array(KEPT_CELLS);
let numbers = kept;
const others: Cell[] = [];
let present = new Uint8Array(1024);
let series = new Float64Array(1024);
/** What the lists of this body may still have place by place. */
let itemsLeft = 0;

/** A body begins. */
export function beginColumns(): void {
  itemsLeft = MAX_REGULAR_ITEMS;
}

/** Where a section stands in its body, but for its bits. */
export interface SectionBytes {
  readonly kind: KindForm;
  readonly body: Uint8Array;
  readonly formsAt: number;
  readonly formCount: number;
  readonly head: ByteReader;
}

/** The columns of a section as a RowForm takes them (rows.generated.ts). They hold until the next section is read. */
export interface SectionColumns {
  readonly numbers: Float64Array;
  readonly others: readonly Cell[];
}

/** Marks in `present` the rows that have a value; returns how many. */
function readPresence(form: number, bits: BitReader, rows: number): number {
  if ((form & SOME) === 0) return rows;
  let count = 0;
  for (let i = 0; i < rows; i++) count += present[i] = bits.bits(1);
  if (count === 0) throw new Malformed('column without a value');
  return count;
}

/** Numbers, choices or flags as integers, into `into` from place `at` on: those of the rows that have one, together. */
function readIntegers(
  form: number,
  head: ByteReader,
  bits: BitReader,
  into: Float64Array,
  at: number,
  count: number,
): void {
  const isFlag = (form & 7) === TYPE.flag;
  if ((form & SAME) !== 0) {
    const value = isFlag ? head.byte() : head.signed();
    for (let i = at; i < at + count; i++) into[i] = value;
  } else if (isFlag) for (let i = at; i < at + count; i++) into[i] = bits.bits(1);
  else readSeries(head, bits, into, at, count);
}

/** `count` values from place `at` on to the rows that have one. */
function spread(into: Float64Array, at: number, rows: number, count: number): void {
  for (let i = rows - 1, next = at + count - 1; i >= 0; i--) {
    into[at + i] = present[i] === 1 ? (into[next--] ?? Number.NaN) : Number.NaN;
  }
}

function readItems(head: ByteReader, power: number): (number | null)[] {
  const length = head.varint();
  if (length > head.left) throw new Malformed('list longer than its column');
  const items: (number | null)[] = [];
  let before = 0;
  for (let i = 0; i < length; i++) {
    const code = head.varint();
    if (code === 0) items.push(null);
    else {
      before += unzigzag(code - 1);
      items.push(before / power);
    }
  }
  return items;
}

function readLists(head: ByteReader, bits: BitReader, count: number, power: number): Cell[] {
  const regular = head.varint();
  if (regular === 0) return Array.from({ length: count }, () => readItems(head, power));
  itemsLeft -= (regular - 1) * count;
  if (regular - 1 > head.left || itemsLeft < 0) throw new Malformed('list longer than its column');
  const lists = Array.from({ length: count }, () => new Array<number>(regular - 1));
  for (let item = 0; item < regular - 1; item++) {
    readSeries(head, bits, series, 0, count);
    for (let i = 0; i < count; i++) (lists[i] as number[])[item] = (series[i] ?? 0) / power;
  }
  return lists;
}

function readTexts(head: ByteReader, bits: BitReader, count: number): Cell[] {
  const size = head.varint();
  if (size > head.left) throw new Malformed('dictionary longer than its column');
  const dictionary = Array.from({ length: size }, () => head.text());
  readSeries(head, bits, series, 0, count);
  return Array.from({ length: count }, (_, i) => {
    const entry = dictionary[series[i] ?? 0];
    if (entry === undefined) throw new Malformed('text outside its dictionary');
    return entry;
  });
}

/** Texts or lists, those of the rows that have one. */
function readOthers(form: number, head: ByteReader, bits: BitReader, count: number): Cell[] {
  const isText = (form & 7) === TYPE.text;
  const power = POWERS[form >> 5] ?? 1;
  if ((form & SAME) !== 0) return new Array<Cell>(count).fill(isText ? head.text() : readItems(head, power));
  return isText ? readTexts(head, bits, count) : readLists(head, bits, count, power);
}

/** A column that `kind` has at `number`. */
function readKnown(
  kind: KindForm,
  number: number,
  form: number,
  head: ByteReader,
  bits: BitReader,
  rows: number,
): void {
  const at = number * rows;
  const place = kind.others[number] ?? -1;
  if (form === ABSENT) {
    if (place < 0) for (let i = at; i < at + rows; i++) numbers[i] = Number.NaN;
    return;
  }
  if ((form & 7) !== ((kind.forms[number] ?? 0) & 7)) {
    throw new Malformed('column of another type than its kind says');
  }
  const count = readPresence(form, bits, rows);
  if (place < 0) {
    readIntegers(form, head, bits, numbers, at, count);
    // Choices, flags and the stamps of the autopilot are whole, whatever digits their form says.
    const power = number > 0 && (form & 7) === TYPE.number ? (POWERS[form >> 5] ?? 1) : 1;
    if (power !== 1) for (let i = at; i < at + count; i++) numbers[i] = (numbers[i] ?? 0) / power;
    if ((form & SOME) !== 0) spread(numbers, at, rows, count);
    return;
  }
  const cells = readOthers(form, head, bits, count);
  const step = kind.rows.others;
  for (let row = 0, next = 0; row < rows; row++) {
    if ((form & SOME) === 0 || present[row] === 1) others[row * step + place] = cells[next++] ?? null;
  }
}

/** A column of a later version: read, since the next begins where it ends. */
function readUnknown(form: number, head: ByteReader, bits: BitReader, rows: number): void {
  if (form === ABSENT) return;
  const type = form & 7;
  if (type > TYPE.list) throw new Malformed('column of an unknown type');
  const count = readPresence(form, bits, rows);
  if (type === TYPE.text || type === TYPE.list) readOthers(form, head, bits, count);
  else readIntegers(form, head, bits, series, 0, count);
}

/** All columns of a section. They hold until the next is read. */
export function readColumns(section: SectionBytes, bits: BitReader, rows: number): SectionColumns {
  const { kind, body, formsAt, formCount, head } = section;
  const known = kind.columns.length;
  if (present.length < rows) {
    present = new Uint8Array(rows);
    series = new Float64Array(rows);
  }
  numbers = known * rows <= kept.length ? kept : new Float64Array(known * rows);
  others.length = 0;
  for (let i = rows * kind.rows.others; i > 0; i--) others.push(null);
  for (let number = 0; number < Math.max(known, formCount); number++) {
    const form = number < formCount ? (body[formsAt + number] ?? ABSENT) : ABSENT;
    if (number < known) readKnown(kind, number, form, head, bits, rows);
    else readUnknown(form, head, bits, rows);
    bits.checked();
  }
  return { numbers, others };
}
