/**
 * A day file as its one writer sees it. All SQL that writes telemetry stands here.
 *
 *   insertBatch ──► chunks, behind each other ──► now and then: place, position, boot, settled (tail.ts)
 *   insertLate  ──► batch, under its key
 *
 * A lane's position and a boot's span are what these tables say, or the chunks behind `settled` if they say more.
 */
import type { Database, Statement } from 'better-sqlite3';
import { type Chunk, chunksOf, packIds } from './chunk.ts';
import { DayContents } from './day-contents.ts';
import {
  type BatchRow,
  type BootRow,
  type ClockRow,
  type DayRows,
  type GapRow,
  newBoot,
  type StreamKey,
  streamId,
} from './day-rows.ts';
import { StoreError, toStoreError } from './errors.ts';
import { type Run, Tail } from './tail.ts';

interface GapColumns {
  readonly from_seq: number;
  readonly to_seq: number;
  readonly reason: string;
  readonly samples: number;
  readonly boot: string;
  readonly mono_from: number;
  readonly mono_to: number;
  readonly received_us: number;
}

/** Of each drone in a day: evidence enough, and no way to fill the disk. All are counted. */
const MAX_QUARANTINED = 100;
const OF_LANE = 'drone = ? AND epoch = ? AND lane = ?';
const SQL = {
  late: `INSERT INTO batch (drone, epoch, lane, seq, crc, boot, mono_from, mono_to, rows, received_us, bytes)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  chunk: 'INSERT INTO chunk (first_drone, last_drone, bytes) VALUES (?, ?, ?)',
  place: `INSERT INTO place (drone, epoch, lane, seq_to, seq_from, boot, mono_from, mono_to, received_to, chunks)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  settled: 'UPDATE settled SET up_to = ?',
  gap: `INSERT INTO gap (drone, epoch, lane, from_seq, to_seq, reason, samples, boot, mono_from, mono_to, received_us)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  deleteGap: `DELETE FROM gap WHERE ${OF_LANE} AND from_seq = ?`,
  coveringGap: `SELECT * FROM gap WHERE ${OF_LANE} AND from_seq <= ? AND to_seq >= ? ORDER BY from_seq DESC LIMIT 1`,
  setPosition: `INSERT INTO position (drone, epoch, lane, up_to) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET up_to = excluded.up_to`,
  position: `SELECT up_to FROM position WHERE ${OF_LANE}`,
  boot: `INSERT INTO boot (drone, boot, mono_from, mono_to, span, offset) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET mono_from = min(mono_from, excluded.mono_from), mono_to = max(mono_to, excluded.mono_to),
      span = max(span, excluded.span), offset = min(offset, excluded.offset)`,
  clock: 'INSERT INTO clock (drone, boot, mono, utc, err, source) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  quarantine: `INSERT INTO quarantine (drone, epoch, lane, seq, crc, received_us, bytes) SELECT ?, ?, ?, ?, ?, ?, ?
    WHERE (SELECT count(*) FROM quarantine WHERE drone = ?) < ${MAX_QUARANTINED}
    ON CONFLICT DO NOTHING`,
} as const;
type Name = keyof typeof SQL;

const idOf = (key: StreamKey & { readonly stream?: string }): string => key.stream ?? streamId(key);

export class DayTables implements DayRows {
  readonly #db: Database;
  readonly #contents: DayContents;
  readonly #sql: Readonly<Record<Name, Statement>>;
  readonly #tail = new Tail();
  /** Of the transaction that runs: not in a chunk yet, and the last of each lane. */
  #pending: BatchRow[] = [];
  readonly #pendingTo = new Map<string, number>();
  /** Lanes that gaps took further. */
  readonly #moved = new Map<string, number>();
  readonly #onUnsettled: (error: unknown) => void;

  /** Reads again what was not settled. `onUnsettled`: settling failed, for whatever reason; nothing is lost by that. */
  constructor(db: Database, onUnsettled: (error: unknown) => void) {
    this.#db = db;
    this.#onUnsettled = onUnsettled;
    this.#contents = new DayContents(db);
    const statements = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)]);
    this.#sql = Object.fromEntries(statements) as Record<Name, Statement>;
    for (const { id, row } of this.#contents.newest()) this.#tail.add(row, id);
    // A gap may have taken a lane further than its last batch.
    for (const [stream, { key, upTo }] of this.#tail.lanes()) {
      this.#tail.moved(stream, Math.max(upTo, this.#writtenPosition(key)));
    }
  }

  transaction(run: () => void, isUrgent = false): void {
    if (this.#tail.isOverfull(isUrgent)) this.#settleFirst();
    const added: { readonly chunk: Chunk; readonly id: number }[] = [];
    try {
      const write = (): void => {
        run();
        for (const chunk of chunksOf(this.#pending)) {
          const { lastInsertRowid } = this.#sql.chunk.run(chunk.firstDrone, chunk.lastDrone, chunk.bytes);
          added.push({ chunk, id: Number(lastInsertRowid) });
        }
      };
      this.#db.transaction(write).immediate();
      // Only now: the tail must not hear of what is taken back.
      for (const { chunk, id } of added) for (const row of chunk.rows) this.#tail.add(row, id);
      for (const [stream, upTo] of this.#moved) this.#tail.moved(stream, upTo);
    } finally {
      this.#pending = [];
      this.#pendingTo.clear();
      this.#moved.clear();
    }
    // What was to be stored is: whatever comes of this, it changes nothing of that.
    if (this.#tail.isFull) this.settle();
  }

  /**
   * Writes down where the batches of the tail lie: spares every query and the next start a look through them. Where that
   * fails it is told of and done with a later commit; until then they are read from the chunks.
   */
  settle(): void {
    if (this.#tail.isEmpty) return;
    try {
      this.#settle();
    } catch (error) {
      this.#tail.postpone();
      this.#onUnsettled(error);
    }
  }

  /** The tail is in memory and read by each start: it does not grow for ever. */
  #settleFirst(): void {
    try {
      this.#settle();
    } catch (error) {
      this.#onUnsettled(error);
      // On a full disk whoever may use the reserve gets room, and this is tried again.
      const known = toStoreError(error, 'settling');
      throw known.code === 'disk-full' ? known : new StoreError('unsettled', known.detail);
    }
  }

  #settle(): void {
    this.#db.transaction(() => this.#writeTail()).immediate();
    this.#tail.clear();
  }

  #writeTail(): void {
    const lanes = [...this.#tail.lanes()].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [, { key, upTo, runs }] of lanes) {
      for (const run of runs) this.#insertPlace(key, run);
      this.#sql.setPosition.run(key.drone, key.epoch, key.lane, upTo);
      for (const { boot } of runs) this.#widenBoot(boot);
    }
    this.#sql.settled.run(this.#tail.lastChunk);
  }

  #insertPlace(key: StreamKey, run: Run): void {
    const { boot, monoFromUs, monoToUs } = run.boot;
    const of = [key.drone, key.epoch, key.lane, run.seqTo, run.seqFrom, boot];
    this.#sql.place.run(...of, monoFromUs, monoToUs, run.receivedToUs, packIds(run.chunks));
  }

  /** Of all lanes. */
  positions(): (StreamKey & { readonly upTo: number })[] {
    const written = this.#db.prepare('SELECT drone, epoch, lane, up_to AS upTo FROM position').all();
    const positions = new Map((written as (StreamKey & { upTo: number })[]).map((one) => [streamId(one), one]));
    for (const [id, { key }] of this.#tail.lanes()) positions.set(id, { ...key, upTo: this.position(key) });
    return [...positions.values()];
  }

  /** Of which there is a batch. */
  boots(): Set<string> {
    const boots = new Set(this.#db.prepare('SELECT DISTINCT boot FROM boot').pluck().all() as string[]);
    for (const [, { runs }] of this.#tail.lanes()) for (const { boot } of runs) boots.add(boot.boot);
    return boots;
  }

  insertBatch(b: BatchRow): void {
    const { stream, seq } = b;
    if (seq <= (this.#pendingTo.get(stream) ?? this.position(b)))
      throw new Error(`${stream}/${seq} does not follow on`);
    this.#pendingTo.set(stream, seq);
    this.#pending.push(b);
  }

  insertLate(b: BatchRow): void {
    const at = [b.monoFromUs, b.monoToUs, b.rows, b.receivedUtcUs];
    this.#sql.late.run(b.drone, b.epoch, b.lane, b.seq, b.crc, b.boot, ...at, b.bytes);
    this.#widenBoot(newBoot(b));
  }

  insertGap(g: GapRow): void {
    const at = [g.monoFromUs, g.monoToUs, g.receivedUtcUs];
    this.#sql.gap.run(g.drone, g.epoch, g.lane, g.from, g.to, g.reason, g.samples, g.boot, ...at);
  }

  /** Checksum of a stored batch, undefined when this file does not hold it. */
  crcOf(key: StreamKey, seq: number): number | undefined {
    const id = streamId(key);
    const pending = this.#pendingTo.has(id) && this.#pending.find((row) => row.seq === seq && row.stream === id);
    if (pending) return pending.crc;
    return this.#contents.find(key, seq, this.#tail.find(key, seq))?.crc;
  }

  position(key: StreamKey): number {
    const upTo = this.#tail.upTo(idOf(key));
    return upTo ?? this.#writtenPosition(key);
  }

  #writtenPosition({ drone, epoch, lane }: StreamKey): number {
    return (this.#sql.position.get(drone, epoch, lane) as { up_to: number } | undefined)?.up_to ?? 0;
  }

  setPosition(key: StreamKey, upTo: number): void {
    const id = idOf(key);
    // A batch says itself how far its lane is, until it is settled.
    if (this.#pendingTo.get(id) === upTo) return;
    this.#moved.set(id, upTo);
    this.#sql.setPosition.run(key.drone, key.epoch, key.lane, upTo);
  }

  hasGap(key: StreamKey, seq: number): boolean {
    return this.#gapOver(key, seq) !== undefined;
  }

  /** Takes one seq out of the gap over it, leaving what remains on either side; nothing when there is no such gap. */
  punchGap(key: StreamKey, seq: number): void {
    const row = this.#gapOver(key, seq);
    if (row === undefined) return;
    const gap: GapRow = {
      ...key,
      from: row.from_seq,
      to: row.to_seq,
      reason: row.reason,
      samples: row.samples,
      boot: row.boot,
      monoFromUs: row.mono_from,
      monoToUs: row.mono_to,
      receivedUtcUs: row.received_us,
    };
    this.#sql.deleteGap.run(key.drone, key.epoch, key.lane, gap.from);
    if (gap.from < seq) this.insertGap({ ...gap, to: seq - 1 });
    if (gap.to > seq) this.insertGap({ ...gap, from: seq + 1, samples: gap.from < seq ? 0 : gap.samples });
  }

  #gapOver(key: StreamKey, seq: number): GapColumns | undefined {
    return this.#sql.coveringGap.get(key.drone, key.epoch, key.lane, seq, seq) as GapColumns | undefined;
  }

  #widenBoot(b: BootRow): void {
    this.#sql.boot.run(b.drone, b.boot, b.monoFromUs, b.monoToUs, b.spanUs, b.offsetUs);
  }

  insertClock(c: ClockRow): void {
    this.#sql.clock.run(c.drone, c.boot, c.monoUs, c.utcUs, c.errUs, c.source);
  }

  /** False when this very content is in quarantine already, or so much of this drone today. */
  quarantine(b: BatchRow): boolean {
    const of = [b.drone, b.epoch, b.lane, b.seq, b.crc, b.receivedUtcUs, b.bytes, b.drone];
    return this.#sql.quarantine.run(...of).changes > 0;
  }
}
