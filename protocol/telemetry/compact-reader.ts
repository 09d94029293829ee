/** Reads what compact-body.ts writes: all of it, or the sections of the kinds that are wanted. */
import { BitReader, MAX_RICE } from './bits.ts';
import { ByteReader, Malformed, unzigzag } from './bytes.ts';
import { beginColumns, readColumns } from './compact-columns.ts';
import { MAX_COLUMNS } from './forms.ts';
import { formOfId, type KindForm } from './kind-forms.ts';
import type { KindName, Sample } from './kinds.ts';
import { readOwners } from './owners.ts';

const MAX_ROWS = 65_535;

/** Working memory; nothing of one batch is looked at by the next. */
let times = new Float64Array(1024);
let owners = new Uint16Array(1024);
/** Of the rows that are wanted, section by section: the row, and its place among the samples that are given. */
let order = new Uint16Array(1024);
let places = new Uint16Array(1024);
/** Of each section its rows, later the bytes of its data. */
let counts = new Float64Array(64);

function room(rows: number, sections: number): void {
  if (counts.length < sections) counts = new Float64Array(sections);
  if (owners.length >= rows) return;
  times = new Float64Array(rows);
  owners = new Uint16Array(rows);
  order = new Uint16Array(rows);
  places = new Uint16Array(rows);
}

function readTimes(bits: BitReader, rows: number): void {
  const k = bits.bits(5);
  if (k > MAX_RICE) throw new Malformed('times of an unknown form');
  let mono = 0;
  for (let i = 0; i < rows; i++) {
    if (bits.bits(1) === 0) mono += unzigzag(bits.rice(k));
    times[i] = mono;
  }
  bits.checked();
}

interface Section {
  /** Null: not known, or not wanted. */
  readonly kind: KindForm | null;
  readonly formsAt: number;
  readonly formCount: number;
  readonly head: ByteReader;
  /** Where its rows begin in `order`, then where they end. */
  start: number;
  end: number;
}

/** What stands in front of the rows: schemas, bootFrom and heads. Those that are not wanted are stepped over. */
function readFront(from: ByteReader, count: number, only: readonly KindName[] | undefined) {
  const schemas: { readonly kind: KindForm | null; readonly formsAt: number; readonly formCount: number }[] = [];
  for (let i = 0; i < count; i++) {
    const kind = formOfId.get(from.varint()) ?? null;
    const formCount = from.varint();
    const formsAt = from.skip(formCount);
    if (formCount > MAX_COLUMNS) throw new Malformed(`section of ${formCount} columns`);
    const isWanted = kind !== null && (only === undefined || only.includes(kind.kind));
    schemas.push({ kind: isWanted ? kind : null, formsAt, formCount });
  }
  const lengths: number[] = [];
  for (let i = 0; i < count; i++) lengths.push(from.varint());
  const bootFrom = from.varint();
  const sections: Section[] = [];
  for (let i = 0; i < count; i++) {
    const { kind, formsAt, formCount } = schemas[i] as (typeof schemas)[number];
    sections.push({ kind, formsAt, formCount, head: from.slice(lengths[i] ?? 0), start: 0, end: 0 });
  }
  return { sections, bootFrom };
}

/** Puts the rows that are wanted in the order of their sections; returns how many they are. */
function sortRows(sections: readonly Section[], rows: number): number {
  let start = 0;
  for (let i = 0; i < sections.length; i++) {
    const section = sections[i] as Section;
    section.start = start;
    section.end = start;
    if (section.kind !== null) start += counts[i] ?? 0;
  }
  let wanted = 0;
  for (let row = 0; row < rows; row++) {
    const section = sections[owners[row] ?? 0] as Section;
    if (section.kind === null) continue;
    order[section.end] = row;
    places[section.end++] = wanted++;
  }
  return wanted;
}

/** What the rows of a body have in common. */
interface Frame {
  readonly body: Uint8Array;
  readonly bootFrom: number;
  readonly monoFromUs: number;
  readonly samples: Sample[];
}

/** Rows of a section into their places. */
function makeRows({ kind, formsAt, formCount, head, start, end }: Section, bits: BitReader, o: Frame): void {
  if (kind === null) return;
  const { body, bootFrom, monoFromUs, samples } = o;
  const rows = end - start;
  const { numbers, others } = readColumns({ kind, body, formsAt, formCount, head }, bits, rows);
  for (let i = 0; i < rows; i++) {
    const boot = numbers[i] ?? Number.NaN;
    const bootMs = Number.isNaN(boot) ? null : bootFrom + boot;
    const monoUs = monoFromUs + (times[order[start + i] ?? 0] ?? 0);
    const values = kind.rows.make(numbers, others, i, rows);
    samples[places[start + i] ?? 0] = { kind: kind.kind, monoUs, bootMs, values } as unknown as Sample;
  }
}

/** The next `length` bytes bit by bit, without a view of their own: there is one for each section. */
function bitsOf(from: ByteReader, body: Uint8Array, length: number): BitReader {
  const start = from.skip(length);
  return new BitReader(body, start, start + length);
}

/**
 * Body → samples in the order they were taken; with `only`, just those kinds, the others are stepped over unread.
 * Throws Malformed on bytes that break the layout (readers outside use expandBatch, which gives a reason instead).
 */
export function readCompactBody(
  body: Uint8Array,
  monoFromUs: number,
  only?: readonly KindName[],
  most = MAX_ROWS,
): Sample[] {
  const from = new ByteReader(body);
  const count = from.varint();
  if (count > from.left || count > MAX_ROWS) throw new Malformed('more sections than bytes');
  const { sections, bootFrom } = readFront(from, count, only);
  const rows = from.varint();
  const orderBits = bitsOf(from, body, from.varint());
  if (rows > most) throw new Malformed(`${rows} rows, at most ${most} are taken`);
  // Every row has two bits at least.
  if (rows > MAX_ROWS || rows * 2 > orderBits.left) throw new Malformed('more rows than bytes');
  room(rows, count);
  readOwners(orderBits, owners, rows, counts, count);
  readTimes(orderBits, rows);
  const samples = new Array<Sample>(sortRows(sections, rows));
  const frame = { body, bootFrom, monoFromUs, samples };
  for (let i = 0; i < count; i++) counts[i] = from.varint();
  beginColumns();
  for (let i = 0; i < count; i++) {
    const data = bitsOf(from, body, counts[i] ?? 0);
    makeRows(sections[i] as Section, data, frame);
  }
  return samples;
}
