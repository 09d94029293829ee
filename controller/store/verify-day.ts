/** One day file looked through (verify-telemetry.ts); what cannot be read is told of, and the rest is read. */
import fs from 'node:fs';
import { peekEnvelope, readEnvelope } from '@skein/protocol/telemetry/envelope';
import Database from 'better-sqlite3';
import { type ChunkRecord, recordsIn, unpackIds } from './chunk.ts';
import { openDamaged } from './damaged-db.ts';
import { dayPath } from './day-files.ts';
import { streamId } from './day-rows.ts';
import type { Findings } from './findings.ts';
import { LaneRanges } from './lane-ranges.ts';
import { DAY_STEPS } from './migrations.ts';
import type { Lane } from './port.ts';
import { type OnProgress, sayOwnCheck } from './progress.ts';

export interface TelemetryLook {
  readonly findings: Findings;
  readonly onProgress: OnProgress;
}

const PAGE = 64;
/** Rows that cannot be read, one after another, before the rest of a file is given up. */
const MOST_UNREADABLE = 20_000;

export interface PositionRow {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: Lane;
  readonly up_to: number;
}

interface PlaceRow {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: Lane;
  readonly seq_from: number;
  readonly seq_to: number;
  readonly chunks: Buffer;
}

export class DayLook {
  readonly promised = new LaneRanges();
  isDamaged = false;
  readonly #file: string;
  readonly #day: string;
  readonly #present: LaneRanges;
  readonly #o: TelemetryLook;
  /** The place that covered a lane's last batch: it covers the next as well, most of the time. */
  readonly #places = new Map<
    string,
    { readonly to: number; readonly from: number; readonly chunks: ReadonlySet<number> }
  >();
  readonly #highest = new Map<string, number>();
  #batches = 0;

  constructor(dataDir: string, day: string, present: LaneRanges, o: TelemetryLook) {
    this.#file = dayPath(dataDir, day);
    this.#day = day;
    this.#present = present;
    this.#o = o;
  }

  run(): number {
    this.#o.onProgress(`telemetry of ${this.#day}`, 0);
    let db: Database.Database | null = null;
    try {
      this.#check();
      db = openDamaged(this.#file);
      this.#look(db);
    } catch (error) {
      // Retention takes the oldest away, also now.
      if (fs.existsSync(this.#file)) this.#corrupt(error instanceof Error ? error.message : String(error));
    } finally {
      db?.close();
    }
    this.#o.onProgress(`telemetry of ${this.#day}`, 1);
    return this.#batches;
  }

  /** By SQLite as it is for all others. */
  #check(): void {
    this.#tried(() => {
      sayOwnCheck(this.#o.onProgress, `telemetry of ${this.#day}`, fs.statSync(this.#file).size);
      const db = new Database(this.#file, { readonly: true, fileMustExist: true, timeout: 10_000 });
      try {
        const said = db.prepare<[], string>('PRAGMA integrity_check(20)').pluck().all();
        for (const words of said) if (words !== 'ok') this.#corrupt(words);
      } finally {
        db.close();
      }
    });
  }

  #look(db: Database.Database): void {
    const version = Number(db.pragma('user_version', { simple: true }));
    if (version !== DAY_STEPS.length) {
      // Made whole by the next start; nothing is known to be wrong with it.
      if (version > DAY_STEPS.length) this.#corrupt(`version ${version} is none that this program knows`);
      return;
    }
    // Before what they speak of: both only ever grow.
    const settled = this.#tried(() => db.prepare<[], number>('SELECT up_to FROM settled').pluck().get()) ?? 0;
    const positions = this.#positions(db);
    const last = this.#promises(db, settled);
    this.#chunks(db, settled, last);
    this.#gapsAndLate(db);
    for (const [stream, upTo] of positions) {
      const highest = this.#highest.get(stream) ?? 0;
      if (highest > upTo) this.#index(stream, `its position is ${upTo}, and there are batches to ${highest}`);
    }
  }

  #positions(db: Database.Database): ReadonlyMap<string, number> {
    const positions = new Map<string, number>();
    this.#tried(() => {
      const rows = db.prepare<[], PositionRow>('SELECT drone, epoch, lane, up_to FROM position');
      for (const row of rows.iterate()) {
        const stream = streamId(row);
        positions.set(stream, row.up_to);
        // Whatever else is lost, the last number of a lane was there.
        if (row.up_to > 0) this.promised.add(stream, row.up_to, row.up_to);
      }
    });
    return positions;
  }

  /** What the index says; the greatest chunk that it or the table names. */
  #promises(db: Database.Database, settled: number): number {
    let last = settled;
    this.#tried(() => {
      for (const { seq_from, seq_to, chunks, ...of } of db.prepare<[], PlaceRow>('SELECT * FROM place').iterate()) {
        this.promised.add(streamId(of), seq_from, seq_to);
        last = Math.max(last, ...unpackIds(chunks));
      }
    });
    const known = this.#tried(() => db.prepare<[], number | null>('SELECT max(id) FROM chunk').pluck().get());
    return Math.max(last, known ?? 0);
  }

  /** A page at a time, so that no log grows behind a reader; where a page cannot be read, row by row. */
  #chunks(db: Database.Database, settled: number, last: number): void {
    const page = db.prepare<[number, number], ChunkRow>(
      `SELECT id, first_drone AS first, last_drone AS last, bytes FROM chunk WHERE id > ? AND id <= ? ORDER BY id`,
    );
    const covering = db.prepare<[string, string, string, number, number], PlaceRow>(
      `SELECT * FROM place WHERE drone = ? AND epoch = ? AND lane = ? AND seq_to >= ? AND seq_from <= ? ORDER BY seq_to LIMIT 1`,
    );
    let unreadable = 0;
    for (let after = 0; after < last && unreadable < MOST_UNREADABLE; after += PAGE) {
      const to = Math.min(after + PAGE, last);
      let rows: readonly ChunkRow[] = [];
      try {
        rows = page.all(after, to);
      } catch {
        const each = Array.from({ length: to - after }, (_, i) => after + 1 + i);
        rows = each.flatMap((id) => {
          try {
            return page.all(id - 1, id);
          } catch {
            unreadable++;
            this.isDamaged = true;
            return [];
          }
        });
      }
      for (const row of rows) this.#chunk(row, row.id <= settled ? covering : null);
      this.#o.onProgress(`telemetry of ${this.#day}`, to / last);
    }
    if (unreadable > 0) this.#corrupt(`${unreadable} chunks cannot be read`);
  }

  #chunk(
    { id, first, last, bytes }: ChunkRow,
    covering: Database.Statement<[string, string, string, number, number], PlaceRow> | null,
  ): void {
    let [damaged, isElsewhere] = [0, false];
    const records = recordsIn(bytes);
    for (const record of records) {
      const read = record === null ? null : readEnvelope(record.envelope);
      if (record === null || read === null || !read.ok || read.gap !== null || read.header.lane === 'live') {
        damaged++;
        if (record !== null) this.#promiseOf(record);
        continue;
      }
      const { epoch, lane, seq } = read.header;
      const stream = streamId({ drone: record.drone, epoch, lane });
      this.#batches++;
      this.#present.add(stream, seq, seq);
      this.promised.add(stream, seq, seq);
      isElsewhere ||= record.drone < first || record.drone > last;
      if (covering === null) continue;
      if (seq > (this.#highest.get(stream) ?? 0)) this.#highest.set(stream, seq);
      if (!this.#isPlaced(stream, [record.drone, epoch, lane], seq, id, covering)) {
        this.#index(stream, `batch ${seq} is in chunk ${id}, where no place says it is: queries do not find it`);
      }
    }
    if (isElsewhere) this.#say({ chunk: id }, 'it names other drones than it holds: queries do not find them');
    if (damaged > 0) this.#say({ chunk: id }, `${damaged} of its batches are damaged`);
  }

  /** What a damaged batch says it is: its header may still be whole. */
  #promiseOf({ drone, envelope }: ChunkRecord): void {
    const read = peekEnvelope(envelope);
    if (!read.ok || read.header.lane === 'live') return;
    const stream = streamId({ drone, epoch: read.header.epoch, lane: read.header.lane });
    // Only next to what is there: a header that is damaged itself must not promise what never was.
    const near = this.promised
      .of(stream)
      .some(({ from, to }) => read.header.seq >= from - 1 && read.header.seq <= to + 1);
    if (near) this.promised.add(stream, read.header.seq, read.header.seq);
  }

  #isPlaced(
    stream: string,
    of: readonly [string, string, string],
    seq: number,
    chunk: number,
    covering: Database.Statement<[string, string, string, number, number], PlaceRow>,
  ): boolean {
    const known = this.#places.get(stream);
    if (known !== undefined && known.from <= seq && seq <= known.to) return known.chunks.has(chunk);
    const row = this.#tried(() => covering.get(...of, seq, seq));
    if (row === undefined) return false;
    const chunks = new Set(unpackIds(row.chunks));
    this.#places.set(stream, { from: row.seq_from, to: row.seq_to, chunks });
    return chunks.has(chunk);
  }

  /** Of one instant: a batch that comes late takes the place of its gap. */
  #gapsAndLate(db: Database.Database): void {
    this.#tried(() =>
      db.transaction(() => {
        const gaps = db.prepare<[], { drone: string; epoch: string; lane: Lane; from_seq: number; to_seq: number }>(
          'SELECT drone, epoch, lane, from_seq, to_seq FROM gap',
        );
        for (const gap of gaps.iterate()) {
          this.#present.add(streamId(gap), gap.from_seq, gap.to_seq);
          this.promised.add(streamId(gap), gap.from_seq, gap.to_seq);
        }
        const late = db.prepare<
          [],
          { drone: string; epoch: string; lane: string; seq: number; crc: number; bytes: Buffer }
        >('SELECT drone, epoch, lane, seq, crc, bytes FROM batch');
        for (const { drone, epoch, lane, seq, crc, bytes } of late.iterate()) {
          const stream = `${drone}/${epoch}/${lane}`;
          this.promised.add(stream, seq, seq);
          const read = readEnvelope(bytes);
          const header = read.ok ? read.header : null;
          const isIt =
            header !== null &&
            `${header.epoch}/${header.lane}/${header.seq}/${header.crc}` === `${epoch}/${lane}/${seq}/${crc}`;
          if (!isIt) continue;
          this.#batches++;
          this.#present.add(stream, seq, seq);
        }
      })(),
    );
  }

  #tried<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      this.#corrupt(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  }

  #corrupt(words: string): void {
    this.isDamaged = true;
    this.#o.findings.add('corrupt', { file: this.#file }, words);
  }

  #index(stream: string, words: string): void {
    const [drone, epoch, lane] = stream.split('/');
    this.#say({ drone, epoch, lane }, words);
  }

  #say(where: object, words: string): void {
    this.isDamaged = true;
    this.#o.findings.add('telemetry', { day: this.#day, ...where }, words);
  }
}

interface ChunkRow {
  readonly id: number;
  readonly first: string;
  readonly last: string;
  readonly bytes: Buffer;
}
