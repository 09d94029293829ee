/**
 * The batches of a day file, found by drone and time or by number; on the connection of a reader or of the writer. A batch
 * lies in a chunk that a `place` names, in one of the newest chunks, which no place names yet (`settled`), or, if it came late
 * or an older version stored it, under its key in `batch`.
 */
import type { Database, Statement } from 'better-sqlite3';
import { batchesIn, unpackIds } from './chunk.ts';
import { type BatchRow, type Boot, type BootRow, newBoot, type StreamKey, widen } from './day-rows.ts';

export interface Wanted {
  readonly drone: string;
  readonly boot: string;
  /** Batches that end then or later, and begin then or earlier, in the boot's µs. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly arrivedFromUtcUs: number;
  /** Longest batch of the boot. */
  readonly spanUs: number;
  readonly onDamaged: () => void;
}

const KEYED = `drone || '/' || epoch || '/' || lane AS stream, drone, epoch, lane, seq, crc, boot, mono_from AS monoFromUs, mono_to AS monoToUs, rows,
  received_us AS receivedUtcUs, bytes FROM batch`;
const OF_LANE = 'drone = ? AND epoch = ? AND lane = ?';
const SQL = {
  chunk: 'SELECT bytes FROM chunk WHERE id = ?',
  next: 'SELECT id, bytes FROM chunk WHERE id > ? ORDER BY id LIMIT 1',
  settled: 'SELECT up_to FROM settled',
  newest: `SELECT id FROM chunk
    WHERE id > (SELECT up_to FROM settled) AND first_drone <= @drone AND last_drone >= @drone`,
  places: `SELECT chunks FROM place
    WHERE drone = @drone AND boot = @boot AND mono_from <= @toUs AND mono_to >= @fromUs AND received_to >= @arrivedFromUtcUs`,
  placeOf: `SELECT chunks FROM place WHERE ${OF_LANE} AND seq_to >= ? AND seq_from <= ? ORDER BY seq_to LIMIT 1`,
  keyed: `SELECT ${KEYED} WHERE ${OF_LANE} AND seq = ?`,
  keyedAt: `SELECT ${KEYED}
    WHERE drone = @drone AND boot = @boot AND mono_from >= @fromUs - @spanUs AND mono_from <= @toUs
      AND mono_to >= @fromUs AND received_us >= @arrivedFromUtcUs`,
  boots: `SELECT drone, boot, mono_from AS monoFromUs, mono_to AS monoToUs, span AS spanUs, offset AS offsetUs FROM boot
    WHERE drone = ?`,
} as const;
type Name = keyof typeof SQL;

export class DayContents {
  readonly #db: Database;
  readonly #statements = new Map<Name, Statement>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** In no order. */
  *batches(q: Wanted): Iterable<BatchRow> {
    const { onDamaged, ...args } = q;
    // Of one instant: what is settled in between would be in neither.
    const ids = this.#db.transaction(() => [
      ...(this.#sql('places').pluck().all(args) as Buffer[]).flatMap(unpackIds),
      ...this.#newest(q.drone),
    ])();
    for (const id of new Set(ids)) {
      for (const row of this.#chunk(id, q.drone, onDamaged)) {
        const isNear = row.boot === q.boot && row.monoFromUs <= q.toUs && row.monoToUs >= q.fromUs;
        if (isNear && row.receivedUtcUs >= q.arrivedFromUtcUs) yield row;
      }
    }
    yield* this.#sql('keyedAt').iterate(args) as IterableIterator<BatchRow>;
  }

  /** A boot may be in several pieces. */
  boots(drone: string): BootRow[] {
    // In this order: what is settled in between is in both, which does no harm.
    const newest = this.#newest(drone);
    const boots = new Map<string, Boot>();
    for (const id of newest) {
      for (const row of this.#chunk(id, drone)) {
        const boot = boots.get(row.boot);
        if (boot === undefined) boots.set(row.boot, newBoot(row));
        else widen(boot, row);
      }
    }
    return [...boots.values(), ...(this.#sql('boots').all(drone) as BootRow[])];
  }

  /** `newest`: those of the newest chunks in which it may be; left out, they are looked for. */
  find(key: StreamKey, seq: number, newest?: readonly number[]): BatchRow | undefined {
    const of = [key.drone, key.epoch, key.lane, seq];
    const keyed = this.#sql('keyed').get(...of) as BatchRow | undefined;
    if (keyed !== undefined) return keyed;
    const ids = newest ?? this.#newest(key.drone);
    const placed = this.#sql('placeOf')
      .pluck()
      .get(...of, seq) as Buffer | undefined;
    for (const id of [...ids, ...(placed === undefined ? [] : unpackIds(placed))]) {
      for (const row of this.#chunk(id, key.drone)) {
        if (row.seq === seq && row.epoch === key.epoch && row.lane === key.lane) return row;
      }
    }
    return undefined;
  }

  /** Those that no place names yet, as they were committed, with the chunk they lie in. */
  *newest(): Iterable<{ readonly id: number; readonly row: BatchRow }> {
    for (let at = this.#sql('settled').pluck().get() as number; ; ) {
      const chunk = this.#sql('next').get(at) as { id: number; bytes: Buffer } | undefined;
      if (chunk === undefined) return;
      at = chunk.id;
      for (const row of batchesIn(chunk.bytes, null)) yield { id: at, row };
    }
  }

  #newest(drone: string): number[] {
    return this.#sql('newest').pluck().all({ drone }) as number[];
  }

  #chunk(id: number, drone: string, onDamaged?: () => void): Iterable<BatchRow> {
    const bytes = this.#sql('chunk').pluck().get(id) as Buffer | undefined;
    return bytes === undefined ? [] : batchesIn(bytes, drone, onDamaged);
  }

  #sql(name: Name): Statement {
    let statement = this.#statements.get(name);
    if (statement === undefined) {
      statement = this.#db.prepare(SQL[name]);
      this.#statements.set(name, statement);
    }
    return statement;
  }
}
