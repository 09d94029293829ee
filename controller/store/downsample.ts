/**
 * Fewer rows, same shape: time is cut into equal buckets and of each bucket the rows stay in which a wanted column has
 * its least and greatest value, and the last row (for what is not a number). Rows are never made up, so values of one
 * row belong together and every extreme stays, at its true time.
 *
 *   buckets = maxPoints / (2 × numeric columns + 1); where that is less than one, only the first columns count
 */
import type { CellValue } from './port.ts';

export interface Row {
  readonly utcUs: number;
  readonly values: Readonly<Record<string, CellValue>>;
}

interface Bucket {
  readonly lowest: Map<string, Row>;
  readonly highest: Map<string, Row>;
  last: Row;
}

export class Downsampler {
  readonly #o: { fromUtcUs: number; toUtcUs: number; maxPoints: number; columns: readonly string[] };
  #raw: Row[] | null = [];
  readonly #buckets = new Map<number, Bucket>();
  #bucketUs = 1;
  #total = 0;

  /** `columns`: those whose extremes are kept. Rows may come in any order. */
  constructor(o: {
    readonly fromUtcUs: number;
    readonly toUtcUs: number;
    readonly maxPoints: number;
    readonly columns: readonly string[];
  }) {
    this.#o = { ...o, columns: o.columns.slice(0, Math.floor((o.maxPoints - 1) / 2)) };
  }

  /** Rows taken so far. */
  get total(): number {
    return this.#total;
  }

  add(row: Row): void {
    this.#total++;
    if (this.#raw) {
      this.#raw.push(row);
      if (this.#raw.length > this.#o.maxPoints) this.#cut(this.#raw);
    } else this.#put(row);
  }

  /** At most `maxPoints` rows by time. */
  finish(): Row[] {
    const kept = new Set<Row>(this.#raw ?? []);
    for (const bucket of this.#buckets.values()) {
      for (const row of bucket.lowest.values()) kept.add(row);
      for (const row of bucket.highest.values()) kept.add(row);
      kept.add(bucket.last);
    }
    return [...kept].sort((a, b) => a.utcUs - b.utcUs);
  }

  #cut(rows: readonly Row[]): void {
    const numeric = this.#o.columns.length;
    const buckets = Math.max(1, Math.floor(this.#o.maxPoints / (2 * numeric + 1)));
    this.#bucketUs = Math.max(1, (this.#o.toUtcUs - this.#o.fromUtcUs) / buckets);
    this.#raw = null;
    for (const row of rows) this.#put(row);
  }

  #put(row: Row): void {
    const index = Math.floor((row.utcUs - this.#o.fromUtcUs) / this.#bucketUs);
    let bucket = this.#buckets.get(index);
    if (bucket === undefined) {
      bucket = { lowest: new Map(), highest: new Map(), last: row };
      this.#buckets.set(index, bucket);
    }
    if (row.utcUs >= bucket.last.utcUs) bucket.last = row;
    for (const column of this.#o.columns) {
      const value = row.values[column];
      if (typeof value !== 'number') continue;
      const low = bucket.lowest.get(column)?.values[column];
      if (typeof low !== 'number' || value < low) bucket.lowest.set(column, row);
      const high = bucket.highest.get(column)?.values[column];
      if (typeof high !== 'number' || value > high) bucket.highest.set(column, row);
    }
  }
}
