/** What a body of codec 2 may say it holds is bounded, whatever its size: it is opened on the controller's main thread. */
import t from 'tap';
import { BitWriter } from './bits.ts';
import { ByteWriter } from './bytes.ts';
import { writeCompactBody } from './compact-body.ts';
import { readCompactBody } from './compact-reader.ts';
import { MAX_COLUMNS, MAX_REGULAR_ITEMS } from './forms.ts';
import { KINDS, type Sample } from './kinds.ts';
import { writeOwners } from './owners.ts';

const ROWS = 65_535;
const LIST = 4;
const ABSENT = 7;

interface Section {
  readonly kind: number;
  readonly rows: number;
  readonly forms: readonly number[];
  readonly head: Uint8Array;
  readonly data: Uint8Array;
}

function bodyOf(sections: readonly Section[]): Uint8Array {
  const [out, bits] = [new ByteWriter(), new BitWriter()];
  const owners = Uint16Array.from(sections.flatMap(({ rows }, number) => new Array<number>(rows).fill(number)));
  writeOwners(bits, owners, owners.length, sections.length);
  bits.bits(0, 5);
  for (let row = 0; row < owners.length; row++) bits.bits(1, 1);
  const order = bits.take();
  out.varint(sections.length);
  for (const { kind, forms } of sections) {
    out.varint(kind);
    out.varint(forms.length);
    out.raw(Uint8Array.from(forms));
  }
  for (const { head } of sections) out.varint(head.length);
  out.varint(0);
  for (const { head } of sections) out.raw(head);
  out.varint(owners.length);
  out.varint(order.length);
  out.raw(order);
  for (const { data } of sections) out.varint(data.length);
  for (const { data } of sections) out.raw(data);
  return out.finish();
}

const opened = (body: Uint8Array): string => {
  try {
    return `${readCompactBody(body, 0).length} rows`;
  } catch (error) {
    return String(error);
  }
};

t.test('columns that nobody knows, by the thousand, over all rows', async (t) => {
  const section = (columns: number, data: number): Section => {
    const head = new Uint8Array(columns);
    return { kind: KINDS.position.id, rows: ROWS, forms: new Array(columns).fill(0), head, data: new Uint8Array(data) };
  };
  t.match(opened(bodyOf([section(400_000, 0)])), /section of 400000 columns/);
  t.match(opened(bodyOf([section(MAX_COLUMNS, 0)])), /ends too early/);
});

t.test('lists of which nothing is missed, over many sections', async (t) => {
  const [rows, length] = [512, MAX_REGULAR_ITEMS / 512];
  const head = new ByteWriter();
  head.varint(length + 1);
  const bits = new BitWriter();
  for (let item = 0; item < length; item++) {
    head.varint(0);
    bits.bits(3 * 19, 6);
    bits.bits(0, 8);
  }
  const [headBytes, data] = [head.finish(), bits.take()];
  const section: Section = { kind: KINDS.esc.id, rows, forms: [ABSENT, ABSENT, LIST], head: headBytes, data };
  t.equal(opened(bodyOf([section])), '512 rows');
  t.match(opened(bodyOf(new Array(100).fill(section))), /list longer than its column/);
});

t.test('what is written stays inside it: many lists, and a section for each row', async (t) => {
  const motors = new Array<number>(9).fill(1000);
  const lists = Array.from({ length: ROWS }, (_, i) => ({
    ...{ kind: 'esc', monoUs: i, bootMs: null },
    values: { first: 0, rpm: motors, voltageV: motors, currentA: null, temperatureC: null },
  })) as unknown as Sample[];
  const read = readCompactBody(writeCompactBody(lists, 0), 0);
  t.equal(read.length, ROWS);
  t.same(read.at(-1), lists.at(-1));
  const many = Array.from({ length: ROWS }, (_, i) => ({
    ...{ kind: 'battery', monoUs: i, bootMs: null },
    values: { instance: i },
  })) as unknown as Sample[];
  t.match(readCompactBody(writeCompactBody(many, 0), 0).at(-1), { monoUs: ROWS - 1, values: { instance: ROWS - 1 } });
});
