/**
 * A body of codec 2, piece by piece: taken apart for a dense pack, or put together again from one. The walk (walk.ts) asks
 * for each piece in the same order either way; what it is told, when putting together, is what the piece is.
 */
import { BitReader, BitWriter } from '../bits.ts';
import { ByteReader, ByteWriter, Malformed } from '../bytes.ts';
import { MAX_COLUMNS } from '../forms.ts';
import { readOwners, writeOwners } from '../owners.ts';

const MAX_ROWS = 65_535;
/** All that comes out of a dense pack: what a reader works for a message is bounded by it. */
export const MAX_DENSE_BYTES = 64 << 10;

export interface DenseSection {
  readonly kind: number;
  /** Forms of its columns. */
  forms: number[];
  rows: number;
  /** Null when it is put together. */
  readonly head: ByteReader | null;
  data: BitReader | null;
}

/** All that stands before the data of the sections. */
export interface TakenApart {
  readonly sections: readonly DenseSection[];
  readonly bootFrom: number;
  readonly owners: Uint16Array;
  /** k of the times, then those of the rows. */
  readonly times: BitReader;
}

/** Throws Malformed. */
export function takeApart(body: Uint8Array): TakenApart {
  const from = new ByteReader(body);
  const count = from.varint();
  if (count === 0 || count > from.left) throw new Malformed('more sections than bytes');
  const schemas = Array.from({ length: count }, () => {
    const kind = from.varint();
    const length = from.varint();
    if (length > MAX_COLUMNS) throw new Malformed(`section of ${length} columns`);
    return { kind, forms: [...from.raw(length)] };
  });
  const lengths = schemas.map(() => from.varint());
  const bootFrom = from.varint();
  const heads = lengths.map((length) => from.slice(length));
  const rows = from.varint();
  const times = bitsOf(from, body, from.varint());
  if (rows > MAX_ROWS || rows * 2 > times.left) throw new Malformed('more rows than bytes');
  const owners = new Uint16Array(rows);
  const counts = new Float64Array(count);
  readOwners(times, owners, rows, counts, count);
  const dataLengths = schemas.map(() => from.varint());
  const sections = schemas.map(({ kind, forms }, i) => ({
    ...{ kind, forms, rows: counts[i] ?? 0, head: heads[i] ?? null },
    data: bitsOf(from, body, dataLengths[i] ?? 0),
  }));
  return { sections, bootFrom, owners, times };
}

function bitsOf(from: ByteReader, body: Uint8Array, length: number): BitReader {
  const start = from.skip(length);
  return new BitReader(body, start, start + length);
}

/** Working memory; nothing of one body is looked at by the next. */
const heads = new ByteWriter();
const data = new BitWriter();
const order = new BitWriter();
const out = new ByteWriter();

/** What is put together: section by section, in order, one body at a time. */
export class Together {
  readonly heads = heads;
  readonly data = data;
  readonly #headEnds: number[] = [];
  readonly #dataEnds: number[] = [];

  constructor() {
    // A body that could not be put together may have left something.
    for (const writer of [heads, data, order, out]) writer.reset();
  }

  /** Throws when there is none for so many bytes more: a few bits say a long text a thousand times. */
  room(bytes: number): void {
    if (heads.length + data.length + bytes > MAX_DENSE_BYTES) throw new Malformed('more than a pack holds');
  }

  endSection(): void {
    this.#headEnds.push(this.heads.length);
    this.#dataEnds.push(this.data.align());
  }

  finish(
    sections: readonly DenseSection[],
    o: { readonly bootFrom: number; readonly owners: Uint16Array; readonly writeTimes: (bits: BitWriter) => void },
  ): Uint8Array {
    out.varint(sections.length);
    for (const { kind, forms } of sections) {
      out.varint(kind);
      out.varint(forms.length);
      for (const form of forms) out.byte(form);
    }
    writeLengths(this.#headEnds);
    out.varint(o.bootFrom);
    out.raw(this.heads.written());
    writeOwners(order, o.owners, o.owners.length, sections.length);
    o.writeTimes(order);
    const orderBytes = order.written();
    out.varint(o.owners.length);
    out.varint(orderBytes.length);
    out.raw(orderBytes);
    writeLengths(this.#dataEnds);
    out.raw(this.data.written());
    return out.finish();
  }
}

function writeLengths(ends: readonly number[]): void {
  let before = 0;
  for (const end of ends) {
    out.varint(end - before);
    before = end;
  }
}
