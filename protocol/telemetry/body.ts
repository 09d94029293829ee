/**
 * Batch body, codec 1: the samples of a batch by kind, each kind column by column.
 *
 *   body    = section*
 *   section = kindId:varint  length:varint  rows:varint  order:delta*  mono:delta*  columnCount:varint  column*
 *   column  = number:varint  form:byte  length:varint  [presence bitmap]  data
 *   form    = type (bits 0–2)  | some values are null: bitmap precedes (bit 3)  | decimal digits (bits 4–7)
 *
 * `order` gives each row its place in the batch, so the samples come back in the order they were taken; `mono` counts
 * µs from the header's monoFrom; both are signed differences to the row before. Column 0 is the autopilot's own
 * time_boot_ms; column n is the n-th of the kind's catalogue entry. A column whose values are all null is left out. Every section and column says its length,
 * so a reader steps over what it does not know. docs/wire.md §5 describes the same, byte by byte.
 */
import { ByteReader, ByteWriter, Malformed, unzigzag, zigzag } from './bytes.ts';
import type { Column } from './columns.ts';
import { columnsOf, KINDS, type KindName, kindOfId, type Sample } from './kinds.ts';

const TYPE = { number: 0, text: 1, flag: 2, choice: 3, list: 4 } as const;
const HAS_NULLS = 0x08;
const BOOT_MS: Column = { type: 'number', unit: 'ms', digits: 0, doc: 'time_boot_ms of the source message' };
/** From 2^51 on, the zig-zagged difference of two integers would leave what a double holds exactly. */
const MAX_INTEGER = 2 ** 51 - 1;
const MAX_ROWS = 65_535;

export const MAX_BODY_BYTES = 1 << 20;

type Cell = number | string | boolean | readonly (number | null)[] | null;

function scaled(value: number | null, digits: number): number | null {
  if (value === null || !Number.isFinite(value)) return null;
  const integer = Math.round(value * 10 ** digits);
  return Math.abs(integer) <= MAX_INTEGER ? integer : null;
}

/** A value as its column can carry it, or null: what cannot be carried is not a measurement (NaN, 1e38 …). */
function carried(column: Column, value: Cell | undefined): Cell {
  if (value === undefined || value === null) return null;
  if (column.type === 'number') return typeof value === 'number' ? scaled(value, column.digits) : null;
  if (column.type === 'list') {
    return Array.isArray(value) ? value.map((item: number | null) => scaled(item, column.digits)) : null;
  }
  return value;
}

function writeDeltas(out: ByteWriter, values: readonly number[]): void {
  let before = 0;
  for (const value of values) {
    out.signed(value - before);
    before = value;
  }
}

function writeBits(out: ByteWriter, flags: readonly boolean[]): void {
  const bits = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((set, i) => {
    if (set) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
  });
  out.raw(bits);
}

function writeList(out: ByteWriter, items: readonly (number | null)[]): void {
  out.varint(items.length);
  let before = 0;
  for (const item of items) {
    // 0 is null, so that a missing cell costs a byte and no bitmap.
    if (item === null) out.varint(0);
    else {
      out.varint(zigzag(item - before) + 1);
      before = item;
    }
  }
}

function writeTexts(out: ByteWriter, texts: readonly string[]): void {
  const dictionary = [...new Set(texts)];
  out.varint(dictionary.length);
  for (const entry of dictionary) out.text(entry);
  for (const text of texts) out.varint(dictionary.indexOf(text));
}

function writeCells(out: ByteWriter, column: Column, cells: readonly NonNullable<Cell>[]): void {
  switch (column.type) {
    case 'number':
      writeDeltas(out, cells as number[]);
      break;
    case 'flag':
      writeBits(
        out,
        cells.map((cell) => cell === true),
      );
      break;
    case 'choice':
      for (const cell of cells) {
        const known = column.names.indexOf(String(cell));
        out.varint(known >= 0 ? known : Number(/^#(\d{1,9})$/.exec(String(cell))?.[1] ?? 0));
      }
      break;
    case 'list':
      for (const cell of cells) writeList(out, cell as (number | null)[]);
      break;
    case 'text':
      writeTexts(out, cells as string[]);
      break;
  }
}

function writeColumn(out: ByteWriter, number: number, column: Column, values: readonly (Cell | undefined)[]): boolean {
  const cells = values.map((value) => carried(column, value));
  const present = cells.filter((cell) => cell !== null);
  if (present.length === 0) return false;
  const partial = present.length < cells.length;
  const digits = column.type === 'number' || column.type === 'list' ? column.digits : 0;
  out.varint(number);
  out.byte(TYPE[column.type] | (partial ? HAS_NULLS : 0) | (digits << 4));
  out.sized((inner) => {
    if (partial)
      writeBits(
        inner,
        cells.map((cell) => cell !== null),
      );
    writeCells(inner, column, present);
  });
  return true;
}

/** Samples → body. `monoFromUs` is the batch's origin of time; at most 65 535 samples. */
export function writeBody(samples: readonly Sample[], monoFromUs: number): Uint8Array {
  if (samples.length > MAX_ROWS) throw new RangeError(`a batch holds at most ${MAX_ROWS} samples`);
  const byKind = new Map<KindName, { order: number; sample: Sample }[]>();
  samples.forEach((sample, order) => {
    const rows = byKind.get(sample.kind);
    if (rows) rows.push({ order, sample });
    else byKind.set(sample.kind, [{ order, sample }]);
  });
  const out = new ByteWriter();
  for (const [kind, rows] of byKind) {
    out.varint(KINDS[kind].id);
    out.sized((section) => {
      section.varint(rows.length);
      writeDeltas(
        section,
        rows.map((row) => row.order),
      );
      writeDeltas(
        section,
        rows.map((row) => Math.round(row.sample.monoUs - monoFromUs)),
      );
      const columns = new ByteWriter();
      let count = 0;
      if (
        writeColumn(
          columns,
          0,
          BOOT_MS,
          rows.map((row) => row.sample.bootMs),
        )
      )
        count++;
      columnsOf(kind).forEach(([name, column], i) => {
        const values = rows.map((row) => (row.sample.values as Record<string, Cell>)[name]);
        if (writeColumn(columns, i + 1, column, values)) count++;
      });
      section.varint(count);
      section.raw(columns.finish());
    });
  }
  return out.finish();
}

function readDeltas(from: ByteReader, count: number): number[] {
  const values: number[] = [];
  let before = 0;
  for (let i = 0; i < count; i++) {
    before += from.signed();
    values.push(before);
  }
  return values;
}

function readBits(from: ByteReader, count: number): boolean[] {
  const bits = from.raw(Math.ceil(count / 8));
  return Array.from({ length: count }, (_, i) => ((bits[i >> 3] ?? 0) & (1 << (i & 7))) !== 0);
}

function readList(from: ByteReader, digits: number): (number | null)[] {
  const length = from.varint();
  if (length > from.left) throw new Malformed('list longer than its column');
  let before = 0;
  return Array.from({ length }, () => {
    const code = from.varint();
    if (code === 0) return null;
    before += unzigzag(code - 1);
    return before / 10 ** digits;
  });
}

function readCells(from: ByteReader, column: Column, digits: number, count: number): NonNullable<Cell>[] {
  switch (column.type) {
    case 'number':
      return readDeltas(from, count).map((integer) => integer / 10 ** digits);
    case 'flag':
      return readBits(from, count);
    case 'choice':
      return Array.from({ length: count }, () => {
        const index = from.varint();
        return column.names[index] ?? `#${index}`;
      });
    case 'list':
      return Array.from({ length: count }, () => readList(from, digits));
    case 'text': {
      const size = from.varint();
      if (size > from.left) throw new Malformed('dictionary longer than its column');
      const dictionary = Array.from({ length: size }, () => from.text());
      return Array.from({ length: count }, () => {
        const entry = dictionary[from.varint()];
        if (entry === undefined) throw new Malformed('text outside its dictionary');
        return entry;
      });
    }
  }
}

function readColumn(from: ByteReader, column: Column, form: number, rows: number): Cell[] {
  if ((form & 0x07) !== TYPE[column.type]) throw new Malformed('column of another type than its kind says');
  const present = form & HAS_NULLS ? readBits(from, rows) : null;
  const count = present ? present.filter(Boolean).length : rows;
  const cells = readCells(from, column, form >> 4, count);
  if (!present) return cells;
  let next = 0;
  return present.map((here) => (here ? (cells[next++] ?? null) : null));
}

function readSection(
  from: ByteReader,
  kind: KindName,
  o: { readonly monoFromUs: number; readonly out: Map<number, Sample>; rowsLeft: number },
): void {
  const rows = from.varint();
  o.rowsLeft -= rows;
  if (o.rowsLeft < 0) throw new Malformed('more rows than are taken');
  if (rows > MAX_ROWS || rows > from.left) throw new Malformed('more rows than bytes');
  const order = readDeltas(from, rows);
  const mono = readDeltas(from, rows);
  const columns = columnsOf(kind);
  const values = Array.from({ length: rows }, () => {
    const row: Record<string, Cell> = {};
    for (const [name] of columns) row[name] = null;
    return row;
  });
  let bootMs: Cell[] = [];
  for (let count = from.varint(); count > 0; count--) {
    const number = from.varint();
    const form = from.byte();
    const data = from.slice(from.varint());
    if (number === 0) bootMs = readColumn(data, BOOT_MS, form, rows);
    const entry = columns[number - 1];
    if (entry === undefined) continue;
    const [name, column] = entry;
    readColumn(data, column, form, rows).forEach((cell, i) => {
      const row = values[i];
      if (row) row[name] = cell;
    });
  }
  order.forEach((place, i) => {
    o.out.set(place, {
      kind,
      monoUs: o.monoFromUs + (mono[i] ?? 0),
      bootMs: (bootMs[i] ?? null) as number | null,
      values: values[i],
    } as Sample);
  });
}

/**
 * Body → samples in the order they were taken; with `only`, just those kinds, the others are stepped over unread.
 * Throws Malformed on bytes that break the layout (readers outside use expandBatch, which gives a reason instead).
 */
export function readBody(
  body: Uint8Array,
  monoFromUs: number,
  only?: readonly KindName[],
  most = Number.POSITIVE_INFINITY,
): Sample[] {
  const from = new ByteReader(body);
  const found = new Map<number, Sample>();
  const o = { monoFromUs, out: found, rowsLeft: most };
  while (from.left > 0) {
    const kind = kindOfId(from.varint());
    const section = from.slice(from.varint());
    if (kind !== null && (only === undefined || only.includes(kind))) readSection(section, kind, o);
  }
  return [...found.entries()].sort(([a], [b]) => a - b).map(([, sample]) => sample);
}
