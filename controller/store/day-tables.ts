/** The statements of one day file, prepared once. All SQL that writes telemetry stands here. */
import type { Database, Statement } from 'better-sqlite3';
import type { BatchRow, BootRow, ClockRow, DayRows, GapRow, StreamKey } from './day-rows.ts';

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

export class DayTables implements DayRows {
  readonly #db: Database;
  readonly #insertBatch: Statement;
  readonly #insertGap: Statement;
  readonly #deleteGap: Statement;
  readonly #coveringGap: Statement;
  readonly #crc: Statement;
  readonly #setPosition: Statement;
  readonly #position: Statement;
  readonly #upsertBoot: Statement;
  readonly #insertClock: Statement;
  readonly #quarantine: Statement;

  constructor(db: Database) {
    this.#db = db;
    this.#insertBatch = db.prepare(
      `INSERT INTO batch (drone, epoch, lane, seq, crc, boot, mono_from, mono_to, rows, received_us, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#insertGap = db.prepare(
      `INSERT INTO gap (drone, epoch, lane, from_seq, to_seq, reason, samples, boot, mono_from, mono_to, received_us)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#deleteGap = db.prepare('DELETE FROM gap WHERE drone = ? AND epoch = ? AND lane = ? AND from_seq = ?');
    this.#coveringGap = db.prepare(
      `SELECT * FROM gap WHERE drone = ? AND epoch = ? AND lane = ? AND from_seq <= ? AND to_seq >= ?
       ORDER BY from_seq DESC LIMIT 1`,
    );
    this.#crc = db.prepare('SELECT crc FROM batch WHERE drone = ? AND epoch = ? AND lane = ? AND seq = ?').pluck();
    this.#setPosition = db.prepare(
      `INSERT INTO position (drone, epoch, lane, up_to) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET up_to = excluded.up_to`,
    );
    this.#position = db.prepare('SELECT up_to FROM position WHERE drone = ? AND epoch = ? AND lane = ?').pluck();
    this.#upsertBoot = db.prepare(
      `INSERT INTO boot (drone, boot, mono_from, mono_to, span, offset) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET mono_from = min(mono_from, excluded.mono_from), mono_to = max(mono_to, excluded.mono_to),
         span = max(span, excluded.span), offset = min(offset, excluded.offset)`,
    );
    this.#insertClock = db.prepare(
      'INSERT INTO clock (drone, boot, mono, utc, err, source) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#quarantine = db.prepare(
      `INSERT INTO quarantine (drone, epoch, lane, seq, crc, received_us, bytes) SELECT ?, ?, ?, ?, ?, ?, ?
       WHERE (SELECT count(*) FROM quarantine WHERE drone = ?) < ${MAX_QUARANTINED}
       ON CONFLICT DO NOTHING`,
    );
  }

  transaction(run: () => void): void {
    this.#db.transaction(run).immediate();
  }

  insertBatch(b: BatchRow): void {
    this.#insertBatch.run(
      b.drone,
      b.epoch,
      b.lane,
      b.seq,
      b.crc,
      b.boot,
      b.monoFromUs,
      b.monoToUs,
      b.rows,
      b.receivedUtcUs,
      b.bytes,
    );
  }

  insertGap(g: GapRow): void {
    const at = [g.monoFromUs, g.monoToUs, g.receivedUtcUs];
    this.#insertGap.run(g.drone, g.epoch, g.lane, g.from, g.to, g.reason, g.samples, g.boot, ...at);
  }

  /** Checksum of a stored batch, undefined when this file does not hold it. */
  crcOf(key: StreamKey, seq: number): number | undefined {
    return this.#crc.get(key.drone, key.epoch, key.lane, seq) as number | undefined;
  }

  position(key: StreamKey): number {
    return (this.#position.get(key.drone, key.epoch, key.lane) as number | undefined) ?? 0;
  }

  setPosition(key: StreamKey, upTo: number): void {
    this.#setPosition.run(key.drone, key.epoch, key.lane, upTo);
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
    this.#deleteGap.run(key.drone, key.epoch, key.lane, gap.from);
    if (gap.from < seq) this.insertGap({ ...gap, to: seq - 1 });
    if (gap.to > seq) this.insertGap({ ...gap, from: seq + 1, samples: gap.from < seq ? 0 : gap.samples });
  }

  #gapOver(key: StreamKey, seq: number): GapColumns | undefined {
    return this.#coveringGap.get(key.drone, key.epoch, key.lane, seq, seq) as GapColumns | undefined;
  }

  setBoot(b: BootRow): void {
    this.#upsertBoot.run(b.drone, b.boot, b.monoFromUs, b.monoToUs, b.spanUs, b.offsetUs);
  }

  insertClock(c: ClockRow): void {
    this.#insertClock.run(c.drone, c.boot, c.monoUs, c.utcUs, c.errUs, c.source);
  }

  /** False when this very content is in quarantine already, or so much of this drone today. */
  quarantine(b: BatchRow): boolean {
    return this.#quarantine.run(b.drone, b.epoch, b.lane, b.seq, b.crc, b.receivedUtcUs, b.bytes, b.drone).changes > 0;
  }
}
