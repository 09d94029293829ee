/**
 * Batch body, codec 2: the same samples as codec 1 in about half the bytes.
 *
 *   body   = sections:varint  schema × sections
 *            headLength:varint × sections  bootFrom:varint  head × sections
 *            rows:varint  rowsLength:varint  owners times
 *            dataLength:varint × sections  data × sections
 *   schema = kind:varint  columns:varint  form:u8 × columns      column 0 is time_boot_ms, then the kind's, in order
 *   head   = of each column: its value if it has one only, else what its series begins with
 *   owners = the section of each row (owners.ts)
 *   times  = k:5  row × rows                                     row = 1 (as before) | 0 difference:rice
 *   data   = column × columns                                    what is left of the columns, in order, bit by bit
 *
 * What stays the same from second to second stands together in front, so that a compressor over several batches finds it
 * as one piece; the rest is as dense as it gets. Order and times are those of all rows together, since messages come in
 * bursts. A kind with several instances has a section for each, so that a row is like the one before it. Every section
 * says its lengths: a reader steps over the kinds it does not want or know.
 * docs/wire.md §5 says the same; compact-reader.ts reads it.
 *
 * A second of a flight is a hundred columns of a few rows each, so what counts is what a column costs, not a row: columns
 * stand one after the other in one array that is kept, and nothing is made for a single one.
 */
import { BitWriter } from './bits.ts';
import { ByteWriter, zigzag } from './bytes.ts';
import type { List } from './cell-numbers.ts';
import { ABSENT, type Cell, MAX_BOOT_MS, MAX_REGULAR_ITEMS, SHAPE, TYPE } from './forms.ts';
import { KIND_FORMS, type KindForm } from './kind-forms.ts';
import type { Sample } from './kinds.ts';
import { writeOwners } from './owners.ts';
import { Sections } from './sections.ts';
import { riceOf, writeSeries } from './series.ts';

const MAX_ROWS = 65_535;
/** Of working memory that stays after a batch. */
const KEPT_CELLS = 65_536;

/** Working memory; nothing of one batch is looked at by the next. */
const sections = new Sections();
const kept = new Float64Array(KEPT_CELLS);
/** Columns of the section that is written, one after the other. */
let numbers = kept;
/** Its texts and lists, row by row. */
const others: Cell[] = [];
/** One column's texts and lists that are not null. */
const cells: NonNullable<Cell>[] = [];
let times = new Float64Array(1024);
let boots = new Float64Array(1024);
/** What the lists of this body may still have place by place. */
let itemsLeft = 0;
const order = new BitWriter();
const bits = new BitWriter();
const out = new ByteWriter();
const heads = new ByteWriter();
const headEnds: number[] = [];
const dataEnds: number[] = [];
/** Forms of the section that is written. */
const schema = new Uint8Array(Math.max(...KIND_FORMS.map(({ columns }) => columns.length)));

/** Stamps of all rows; returns the earliest time_boot_ms, 0 if there is none. */
function takeStamps(samples: readonly Sample[], monoFromUs: number): number {
  const rows = samples.length;
  if (times.length < rows) {
    times = new Float64Array(rows);
    boots = new Float64Array(rows);
  }
  let bootFrom = Number.POSITIVE_INFINITY;
  for (let row = 0; row < rows; row++) {
    const sample = samples[row] as Sample;
    times[row] = Math.round(sample.monoUs - monoFromUs);
    const bootMs = typeof sample.bootMs === 'number' ? Math.round(sample.bootMs) : Number.NaN;
    const isCarried = bootMs >= 0 && bootMs <= MAX_BOOT_MS;
    boots[row] = isCarried ? bootMs : Number.NaN;
    if (isCarried && bootMs < bootFrom) bootFrom = bootMs;
  }
  return bootFrom === Number.POSITIVE_INFINITY ? 0 : bootFrom;
}

function writeTimes(rows: number): void {
  // Differences stand in `numbers` until they are written.
  const differences = rows <= kept.length ? kept : new Float64Array(rows);
  let before = 0;
  let count = 0;
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    const mono = times[row] ?? 0;
    if (mono !== before) sum += differences[count++] = zigzag(mono - before);
    before = mono;
  }
  const k = count === 0 ? 0 : riceOf(differences, 0, count, sum);
  order.bits(k, 5);
  before = 0;
  for (let row = 0, next = 0; row < rows; row++) {
    const mono = times[row] ?? 0;
    order.bits(mono === before ? 1 : 0, 1);
    if (mono !== before) order.rice(differences[next++] ?? 0, k);
    before = mono;
  }
}

/** A bit for each row of a column in `numbers`; moves what is not null together. */
function writePresence(at: number, rows: number): void {
  let count = 0;
  for (let i = at; i < at + rows; i++) {
    const value = numbers[i] ?? Number.NaN;
    if (Number.isNaN(value)) bits.bits(0, 1);
    else {
      bits.bits(1, 1);
      numbers[at + count++] = value;
    }
  }
}

/** The column of numbers, choices or flags that stands at `at` in `numbers`. Returns its form. */
function writeNumbers(form: number, at: number, rows: number): number {
  let count = 0;
  let same = true;
  let first = Number.NaN;
  for (let i = at; i < at + rows; i++) {
    const value = numbers[i] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    if (count++ === 0) first = value;
    else if (value !== first) same = false;
  }
  if (count === 0) return ABSENT;
  if (count < rows) writePresence(at, rows);
  const isFlag = (form & 7) === TYPE.flag;
  if (same) {
    if (isFlag) heads.byte(first);
    else heads.signed(first);
  } else if (isFlag) for (let i = at; i < at + count; i++) bits.bits(numbers[i] ?? 0, 1);
  else writeSeries(heads, bits, numbers, at, count);
  return form | (((same ? SHAPE.same : SHAPE.every) | (count < rows ? SHAPE.some : 0)) << 3);
}

/** Items as in codec 1: 0 is null, else 1 + the zig-zagged difference to the item before. */
function writeItems(items: List): void {
  heads.varint(items.length);
  let before = 0;
  for (const item of items) {
    if (item === null) heads.varint(0);
    else {
      heads.varint(zigzag(item - before) + 1);
      before = item;
    }
  }
}

function isRegular(length: number): boolean {
  if (length * cells.length > itemsLeft) return false;
  return (cells as List[]).every((list) => list.length === length && !list.includes(null));
}

/** Lists of one length without a null: each place a series. Others: each list by itself, in the head. */
function writeLists(at: number): void {
  const lists = cells as List[];
  const length = lists[0]?.length ?? 0;
  const regular = isRegular(length);
  if (regular) itemsLeft -= length * lists.length;
  heads.varint(regular ? length + 1 : 0);
  if (!regular) {
    for (const list of lists) writeItems(list);
    return;
  }
  for (let item = 0; item < length; item++) {
    for (let i = 0; i < lists.length; i++) numbers[at + i] = lists[i]?.[item] ?? 0;
    writeSeries(heads, bits, numbers, at, lists.length);
  }
}

function writeTexts(at: number): void {
  const dictionary = [...new Set(cells as string[])];
  heads.varint(dictionary.length);
  for (const entry of dictionary) heads.text(entry);
  cells.forEach((text, i) => {
    numbers[at + i] = dictionary.indexOf(text as string);
  });
  writeSeries(heads, bits, numbers, at, cells.length);
}

function isSame(a: Cell, b: Cell): boolean {
  if (a === b) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A column of texts or lists, the one at `place` among those of a row; its place in `numbers` is free. Returns its form. */
function writeOthers(form: number, at: number, rows: number, place: number): number {
  cells.length = 0;
  const step = others.length / rows;
  let same = true;
  for (let i = place; i < others.length; i += step) {
    const cell = others[i] ?? null;
    if (cell === null) continue;
    same &&= cells.length === 0 || isSame(cell, cells[0] as Cell);
    cells.push(cell);
  }
  const [first] = cells;
  if (first === undefined) return ABSENT;
  if (cells.length < rows) for (let i = place; i < others.length; i += step) bits.bits(others[i] === null ? 0 : 1, 1);
  if (!same) {
    if ((form & 7) === TYPE.text) writeTexts(at);
    else writeLists(at);
  } else if (typeof first === 'string') heads.text(first);
  else writeItems(first as List);
  return form | (((same ? SHAPE.same : SHAPE.every) | (cells.length < rows ? SHAPE.some : 0)) << 3);
}

/** One section, all rows of one kind and instance: its schema goes to `out`, the rest where it belongs. */
function writeSection(samples: readonly Sample[], form: KindForm, start: number, end: number, bootFrom: number): void {
  const rows = end - start;
  const { columns, forms } = form;
  const size = rows * columns.length;
  numbers = size <= kept.length ? kept : new Float64Array(size);
  others.length = 0;
  for (let i = 0; i < rows; i++) {
    const row = sections.order[start + i] ?? 0;
    numbers[i] = (boots[row] ?? Number.NaN) - bootFrom;
    form.rows.take((samples[row] as Sample).values, numbers, others, i, rows);
  }
  let present = 0;
  for (let column = 0; column < columns.length; column++) {
    const own = forms[column] ?? 0;
    const place = form.others[column] ?? -1;
    const at = column * rows;
    const written = place < 0 ? writeNumbers(own, at, rows) : writeOthers(own, at, rows, place);
    schema[column] = written;
    if (written !== ABSENT) present = column + 1;
  }
  out.varint(form.id);
  out.varint(present);
  for (let column = 0; column < present; column++) out.byte(schema[column] ?? 0);
}

/** Samples → body. `monoFromUs` is the batch's origin of time; at most 65 535 samples. The bytes hold until the next call. */
export function writeCompactBody(samples: readonly Sample[], monoFromUs: number): Uint8Array {
  const rows = samples.length;
  if (rows > MAX_ROWS) throw new RangeError(`a batch holds at most ${MAX_ROWS} samples`);
  // A batch that could not be written may have left something.
  for (const writer of [bits, order, out, heads]) writer.reset();
  headEnds.length = 0;
  dataEnds.length = 0;
  itemsLeft = MAX_REGULAR_ITEMS;
  sections.sort(samples);
  const bootFrom = takeStamps(samples, monoFromUs);
  writeOwners(order, sections.owners, rows, sections.count);
  writeTimes(rows);
  out.varint(sections.count);
  for (let section = 0, start = 0; section < sections.count; section++) {
    const end = sections.ends[section] ?? 0;
    writeSection(samples, sections.forms[section] as KindForm, start, end, bootFrom);
    headEnds.push(heads.length);
    dataEnds.push(bits.align());
    start = end;
  }
  writeLengths(headEnds);
  out.varint(bootFrom);
  out.raw(heads.written());
  const rowBytes = order.written();
  out.varint(rows);
  out.varint(rowBytes.length);
  out.raw(rowBytes);
  writeLengths(dataEnds);
  out.raw(bits.written());
  return out.written();
}

function writeLengths(ends: readonly number[]): void {
  let before = 0;
  for (const end of ends) {
    out.varint(end - before);
    before = end;
  }
}
