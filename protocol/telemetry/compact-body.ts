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
 */
import { BitWriter } from './bits.ts';
import { ByteWriter, zigzag } from './bytes.ts';
import type { Column, NumberColumn } from './columns.ts';
import {
  ABSENT,
  BOOT_MS,
  type Cell,
  choiceOf,
  formOf,
  MAX_BOOT_MS,
  MAX_INTEGER,
  MAX_REGULAR_ITEMS,
  POWERS,
  SHAPE,
  scaled,
} from './forms.ts';
import { columnsOf, KINDS, type KindName, type Sample } from './kinds.ts';
import { writeOwners } from './owners.ts';
import { riceOf, writeSeries } from './series.ts';

const MAX_ROWS = 65_535;

interface Section {
  readonly number: number;
  readonly kind: KindName;
  readonly rows: Sample[];
}

/** The column that tells the instances of a kind apart. */
const INSTANCE_OF: { readonly [K in KindName]?: string } = { battery: 'instance', gps: 'instance', esc: 'first' };

function sectionsOf(samples: readonly Sample[]): Section[] {
  const sections = new Map<string, Section>();
  for (let place = 0; place < samples.length; place++) {
    const sample = samples[place];
    if (sample === undefined) continue;
    const { kind } = sample;
    const column = INSTANCE_OF[kind];
    const instance = column === undefined ? null : (sample.values as Readonly<Record<string, Cell>>)[column];
    const key = instance === null || instance === 0 ? kind : `${kind}/${String(instance)}`;
    let section = sections.get(key);
    if (section === undefined) {
      section = { number: sections.size, kind, rows: [] };
      sections.set(key, section);
    }
    owners[place] = section.number;
    section.rows.push(sample);
  }
  return [...sections.values()];
}

/** Working memory; nothing of one batch is looked at by the next. */
let numbers = new Float64Array(1024);
let present = new Uint8Array(1024);
let owners = new Uint16Array(1024);
/** What the lists of this body may still have place by place. */
let itemsLeft = 0;
const bits = new BitWriter();
const out = new ByteWriter();
const heads = new ByteWriter();

function room(rows: number): void {
  if (numbers.length >= rows) return;
  numbers = new Float64Array(rows);
  present = new Uint8Array(rows);
  owners = new Uint16Array(rows);
}

function writeTimes(samples: readonly Sample[], monoFromUs: number): void {
  let before = 0;
  let count = 0;
  let sum = 0;
  for (const sample of samples) {
    const mono = Math.round(sample.monoUs - monoFromUs);
    if (mono !== before) sum += numbers[count++] = zigzag(mono - before);
    before = mono;
  }
  const k = count === 0 ? 0 : riceOf(numbers, 0, count, sum);
  bits.bits(k, 5);
  before = 0;
  for (const sample of samples) {
    const mono = Math.round(sample.monoUs - monoFromUs);
    bits.bits(mono === before ? 1 : 0, 1);
    if (mono !== before) bits.rice(zigzag(mono - before), k);
    before = mono;
  }
}

function writePresence(rows: number): void {
  for (let i = 0; i < rows; i++) bits.bits(present[i] ?? 0, 1);
}

/** Numbers of which `count` are in `numbers`, their rows marked in `present`. */
function writeNumbers(head: ByteWriter, column: Column, rows: number, count: number): number {
  if (count === 0) return ABSENT;
  const first = numbers[0] ?? 0;
  let same = true;
  for (let i = 1; i < count && same; i++) same = numbers[i] === first;
  if (count < rows) writePresence(rows);
  if (same) head.signed(first);
  else writeSeries(head, bits, numbers, count);
  return formOf(column, (same ? SHAPE.same : SHAPE.every) | (count < rows ? SHAPE.some : 0));
}

function writeBootMs(head: ByteWriter, rows: readonly Sample[], bootFrom: number): number {
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    const bootMs = bootMsOf(rows[i]);
    present[i] = bootMs === null ? 0 : 1;
    if (bootMs !== null) numbers[count++] = bootMs - bootFrom;
  }
  return writeNumbers(head, BOOT_MS, rows.length, count);
}

function bootMsOf(sample: Sample | undefined): number | null {
  const bootMs = scaled(sample?.bootMs, 1);
  return bootMs === null || bootMs < 0 || bootMs > MAX_BOOT_MS ? null : bootMs;
}

/** Items as in codec 1: 0 is null, else 1 + the zig-zagged difference to the item before. */
function writeItems(head: ByteWriter, items: readonly (number | null)[]): void {
  head.varint(items.length);
  let before = 0;
  for (const item of items) {
    if (item === null) head.varint(0);
    else {
      head.varint(zigzag(item - before) + 1);
      before = item;
    }
  }
}

/** Lists of one length without a null: each place a series. Others: each list by itself, in the head. */
function writeLists(head: ByteWriter, lists: readonly (readonly (number | null)[])[]): void {
  const length = lists[0]?.length ?? 0;
  const few = length * lists.length <= itemsLeft;
  const regular = few && lists.every((list) => list.length === length && !list.includes(null));
  if (regular) itemsLeft -= length * lists.length;
  head.varint(regular ? length + 1 : 0);
  if (!regular) {
    for (const list of lists) writeItems(head, list);
    return;
  }
  for (let item = 0; item < length; item++) {
    for (let i = 0; i < lists.length; i++) numbers[i] = lists[i]?.[item] ?? 0;
    writeSeries(head, bits, numbers, lists.length);
  }
}

function writeTexts(head: ByteWriter, texts: readonly string[]): void {
  const dictionary = [...new Set(texts)];
  head.varint(dictionary.length);
  for (const entry of dictionary) head.text(entry);
  for (let i = 0; i < texts.length; i++) numbers[i] = dictionary.indexOf(texts[i] ?? '');
  writeSeries(head, bits, numbers, texts.length);
}

const isSame = (a: Cell, b: Cell): boolean =>
  a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => item === b[i]));

/** Flags, texts and lists; `cells` are those that are not null. */
function writeOthers(head: ByteWriter, column: Column, rows: number, cells: readonly NonNullable<Cell>[]): number {
  const first = cells[0];
  if (first === undefined) return ABSENT;
  const same = cells.every((cell) => isSame(cell, first));
  if (cells.length < rows) writePresence(rows);
  if (!same) {
    if (column.type === 'text') writeTexts(head, cells as string[]);
    else if (column.type === 'list') writeLists(head, cells as (number | null)[][]);
    else for (const cell of cells) bits.bits(cell === true ? 1 : 0, 1);
  } else if (typeof first === 'string') head.text(first);
  else if (typeof first === 'object') writeItems(head, first);
  else head.byte(first === true ? 1 : 0);
  return formOf(column, (same ? SHAPE.same : SHAPE.every) | (cells.length < rows ? SHAPE.some : 0));
}

function otherOf(column: Column, value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (column.type === 'flag') return value === true;
  if (column.type !== 'list') return String(value);
  const power = POWERS[column.digits] ?? 1;
  return Array.isArray(value) ? value.map((item: unknown) => scaled(item, power)) : null;
}

/** A number column; the loop every value of a flight goes through. */
function writeNumberColumn(head: ByteWriter, name: string, column: NumberColumn, rows: readonly Sample[]): number {
  const power = POWERS[column.digits] ?? 1;
  let count = 0;
  let i = 0;
  for (const row of rows) {
    const value = (row.values as Record<string, unknown>)[name];
    present[i] = 0;
    if (typeof value === 'number') {
      const integer = Math.round(value * power);
      if (integer <= MAX_INTEGER && integer >= -MAX_INTEGER) {
        numbers[count++] = integer;
        present[i] = 1;
      }
    }
    i++;
  }
  return writeNumbers(head, column, rows.length, count);
}

function writeColumn(head: ByteWriter, name: string, column: Column, rows: readonly Sample[]): number {
  if (column.type === 'number') return writeNumberColumn(head, name, column, rows);
  let i = 0;
  if (column.type === 'choice') {
    let count = 0;
    for (const row of rows) {
      const place = choiceOf(column.names, (row.values as Record<string, unknown>)[name]);
      present[i++] = place === null ? 0 : 1;
      if (place !== null) numbers[count++] = place;
    }
    return writeNumbers(head, column, rows.length, count);
  }
  const cells: NonNullable<Cell>[] = [];
  for (const row of rows) {
    const cell = otherOf(column, (row.values as Record<string, unknown>)[name]);
    present[i++] = cell === null ? 0 : 1;
    if (cell !== null) cells.push(cell);
  }
  return writeOthers(head, column, rows.length, cells);
}

/** Samples → body. `monoFromUs` is the batch's origin of time; at most 65 535 samples. */
export function writeCompactBody(samples: readonly Sample[], monoFromUs: number): Uint8Array {
  if (samples.length > MAX_ROWS) throw new RangeError(`a batch holds at most ${MAX_ROWS} samples`);
  room(samples.length);
  // A batch that could not be written may have left something.
  for (const writer of [bits, out, heads]) writer.reset();
  itemsLeft = MAX_REGULAR_ITEMS;
  const sections = sectionsOf(samples);
  let bootFrom = Number.POSITIVE_INFINITY;
  for (const sample of samples) bootFrom = Math.min(bootFrom, bootMsOf(sample) ?? bootFrom);
  if (bootFrom === Number.POSITIVE_INFINITY) bootFrom = 0;
  writeOwners(bits, owners, samples.length, sections.length);
  writeTimes(samples, monoFromUs);
  const order = bits.take();
  const headLengths: number[] = [];
  const dataEnds: number[] = [];
  out.varint(sections.length);
  for (const { kind, rows } of sections) {
    const before = heads.length;
    const forms = [writeBootMs(heads, rows, bootFrom)];
    for (const [name, column] of columnsOf(kind)) forms.push(writeColumn(heads, name, column, rows));
    while (forms.at(-1) === ABSENT) forms.pop();
    out.varint(KINDS[kind].id);
    out.varint(forms.length);
    for (const form of forms) out.byte(form);
    headLengths.push(heads.length - before);
    dataEnds.push(bits.align());
  }
  for (const length of headLengths) out.varint(length);
  out.varint(bootFrom);
  out.append(heads);
  out.varint(samples.length);
  out.varint(order.length);
  out.raw(order);
  dataEnds.forEach((end, i) => {
    out.varint(end - (dataEnds[i - 1] ?? 0));
  });
  out.raw(bits.take());
  return out.finish();
}
