/**
 * Reads series back: day files → boots → batches in range → samples → few points. Runs in the reader worker, so that a
 * long query holds up neither ingest nor the live view. Connections are read-only and every statement is short, so no
 * write-ahead log grows behind a reader.
 *
 * Time is computed here, never stored: a boot's clock records tie its monotonic clock to UTC (protocol/time, Timeline).
 * A boot without any is placed by when its batches arrived (the least delay seen) and marked `unset`.
 */

import { expandBatch } from '@skein/protocol/telemetry/envelope';
import { columnsOf, KIND_NAMES, type KindName } from '@skein/protocol/telemetry/kinds';
import { type ClockRecord, Timeline } from '@skein/protocol/time';
import Database from 'better-sqlite3';
import { corePath } from './core-db.ts';
import { DayContents } from './day-contents.ts';
import { dayPath, listDays } from './day-files.ts';
import type { BatchRow } from './day-rows.ts';
import { Downsampler } from './downsample.ts';
import { toStoreError } from './errors.ts';
import { toStoredEvent } from './event-table.ts';
import type { CellValue, EventQuery, Lane, Series, SeriesBoot, SeriesGap, SeriesQuery, StoredEvent } from './port.ts';
import { QueryBound } from './query-bound.ts';
import { mergeRanges, type Range } from './ranges.ts';

/** Data that arrived this much after it was sampled is shown as filled in later. */
const LATE_US = 10e6;
/** Of one drone and file, the newest: the later ones know what the earlier knew. */
const MAX_CLOCK_RECORDS = 20_000;

interface GapRow {
  readonly epoch: string;
  readonly lane: Lane;
  readonly from_seq: number;
  readonly to_seq: number;
  readonly reason: string;
  readonly samples: number;
  readonly boot: string;
  readonly mono_from: number;
  readonly mono_to: number;
}

/** One boot of a drone over all files: where it lies and how its clock maps to UTC. */
interface Boot {
  readonly id: string;
  monoFromUs: number;
  monoToUs: number;
  spanUs: number;
  offsetUs: number;
  readonly timeline: Timeline;
}

/** A day as a reader has it open. */
interface DayFile {
  readonly db: Database.Database;
  readonly contents: DayContents;
}

function utcOf(boot: Boot, monoUs: number): { utcUs: number; errUs: number | null; clock: string } {
  const at = boot.timeline.at(monoUs);
  if (at) return { utcUs: at.utcUs, errUs: at.errUs, clock: at.source };
  return { utcUs: monoUs + boot.offsetUs, errUs: null, clock: 'unset' };
}

/** The stamp in a boot at which it was `utcUs`, one µs before or after it when it was not in this boot. */
function monoOf(boot: Boot, utcUs: number): number {
  const range = { from: boot.monoFromUs - 1, to: boot.monoToUs + 1 };
  return boot.timeline.monoAt(utcUs, range) ?? utcUs - boot.offsetUs;
}

export class Reader {
  readonly #dataDir: string;
  readonly #open = new Map<string, DayFile>();
  #core: Database.Database | null = null;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** The events and what is made of them. */
  get core(): Database.Database {
    this.#core ??= openReader(corePath(this.#dataDir));
    return this.#core;
  }

  /** `untilMs`: when the answer must be there, ms since 1970 by the clock that never steps back. */
  series(q: SeriesQuery, untilMs = Number.POSITIVE_INFINITY): Series {
    const bound = new QueryBound(`${q.kind} of ${q.drone}`, untilMs);
    const kind = KIND_NAMES.find((name) => name === q.kind);
    if (kind === undefined) throw new RangeError(`unknown kind ${q.kind}`);
    const files = this.#files();
    const boots = this.#boots(q.drone, files);
    const wanted = columnsOf(kind).filter(([name]) => q.columns === undefined || q.columns.includes(name));
    const numeric = wanted.filter(([, column]) => column.type === 'number').map(([name]) => name);
    // Buckets over what there is, not over what was asked: "everything" is asked as from the year 2000.
    const fromUtcUs = Math.max(q.fromUtcUs, Math.min(...boots.map((boot) => utcOf(boot, boot.monoFromUs).utcUs)));
    const toUtcUs = Math.min(q.toUtcUs, Math.max(...boots.map((boot) => utcOf(boot, boot.monoToUs).utcUs)) + 1);
    const points = new Downsampler({ fromUtcUs, toUtcUs, maxPoints: q.maxPoints, columns: numeric });
    const late: Range[] = [];
    const spans: SeriesBoot[] = [];
    let unreadable = 0;
    for (const boot of boots) {
      let seenFrom = Number.POSITIVE_INFINITY;
      let seenTo = 0;
      let worstErrUs: number | null = null;
      for (const file of files) {
        for (const batch of batchesOf(file, q, boot, () => unreadable++)) {
          const end = utcOf(boot, batch.monoToUs).utcUs;
          if (batch.receivedUtcUs - end > LATE_US) late.push({ from: utcOf(boot, batch.monoFromUs).utcUs, to: end });
          bound.check(points.total);
          const expanded = expandBatch(batch.bytes, [kind]);
          if (!expanded.ok) {
            unreadable++;
            continue;
          }
          for (const sample of expanded.samples) {
            const { utcUs, errUs } = utcOf(boot, sample.monoUs);
            const values: Readonly<Record<string, CellValue>> = sample.values;
            if (utcUs < q.fromUtcUs || utcUs >= q.toUtcUs) continue;
            if (q.instance !== undefined && 'instance' in values && values.instance !== q.instance) continue;
            points.add({ utcUs, values });
            seenFrom = Math.min(seenFrom, utcUs);
            seenTo = Math.max(seenTo, utcUs);
            if (errUs !== null) worstErrUs = Math.max(worstErrUs ?? 0, errUs);
          }
        }
      }
      if (seenTo === 0) continue;
      const { clock } = utcOf(boot, boot.monoToUs);
      spans.push({ boot: boot.id, fromUtcUs: seenFrom, toUtcUs: seenTo, clock, errUs: worstErrUs });
    }
    const rows = points.finish();
    return {
      timesUtcUs: rows.map((row) => row.utcUs),
      columns: Object.fromEntries(wanted.map(([name]) => [name, rows.map((row) => row.values[name] ?? null)])),
      boots: spans.sort((a, b) => a.fromUtcUs - b.fromUtcUs),
      gaps: this.#gaps(q, kind, files, boots, bound),
      filledLater: mergeRanges(late, 2e6).map(({ from, to }) => ({ fromUtcUs: from, toUtcUs: to })),
      rows: points.total,
      unreadable,
    };
  }

  events({ afterId, limit, upToId = Number.MAX_SAFE_INTEGER, entity, kinds = [] }: EventQuery): StoredEvent[] {
    const isKind = kinds.map((_, i) => `entity = @k${i} OR (entity >= @k${i} || ':' AND entity < @k${i} || ';')`);
    const where = `${entity === undefined ? '' : 'AND entity = @entity'} ${kinds.length > 0 ? `AND (${isKind.join(' OR ')})` : ''}`;
    const named = Object.fromEntries(kinds.map((kind, i) => [`k${i}`, kind]));
    return this.core
      .prepare(`SELECT * FROM event WHERE id > @afterId AND id <= @upToId ${where} ORDER BY id LIMIT @limit`)
      .all({ entity: entity ?? '', afterId, limit, upToId, ...named })
      .map((row) => toStoredEvent(row as Parameters<typeof toStoredEvent>[0]));
  }

  /** Ids of all that were ever heard. */
  drones(): string[] {
    return this.core.prepare<[], string>('SELECT id FROM drone ORDER BY id').pluck().all();
  }

  close(): void {
    for (const { db } of this.#open.values()) db.close();
    this.#open.clear();
    this.#core?.close();
    this.#core = null;
  }

  /** Connections to the files there are now, oldest day first; those of removed files are closed. */
  #files(): DayFile[] {
    const days = listDays(this.#dataDir);
    for (const [day, { db }] of this.#open) {
      if (days.includes(day)) continue;
      db.close();
      this.#open.delete(day);
    }
    return days.map((day) => {
      const known = this.#open.get(day);
      if (known) return known;
      const db = openReader(dayPath(this.#dataDir, day));
      const file = { db, contents: new DayContents(db) };
      this.#open.set(day, file);
      return file;
    });
  }

  #boots(drone: string, files: readonly DayFile[]): Boot[] {
    const boots = new Map<string, { -readonly [K in keyof Omit<Boot, 'timeline'>]: Boot[K] }>();
    for (const file of files) {
      for (const row of file.contents.boots(drone)) {
        const boot = boots.get(row.boot);
        if (boot === undefined) {
          const { monoFromUs, monoToUs, spanUs, offsetUs } = row;
          boots.set(row.boot, { id: row.boot, monoFromUs, monoToUs, spanUs, offsetUs });
          continue;
        }
        boot.monoFromUs = Math.min(boot.monoFromUs, row.monoFromUs);
        boot.monoToUs = Math.max(boot.monoToUs, row.monoToUs);
        boot.spanUs = Math.max(boot.spanUs, row.spanUs);
        boot.offsetUs = Math.min(boot.offsetUs, row.offsetUs);
      }
    }
    const records = new Map<string, ClockRecord[]>();
    const select = 'SELECT boot, mono, utc, err, source FROM clock WHERE drone = ? ORDER BY utc DESC LIMIT ?';
    for (const db of [this.core, ...files.map((file) => file.db)]) {
      for (const row of db.prepare(select).all(drone, MAX_CLOCK_RECORDS) as ClockColumns[]) {
        const { boot, mono: monoUs, utc: utcUs, err: errUs, source } = row;
        if (!boots.has(boot)) continue;
        const own = records.get(boot) ?? [];
        records.set(boot, own);
        own.push({ boot, monoUs, utcUs, errUs, source });
      }
    }
    return [...boots.values()].map((boot) => ({ ...boot, timeline: new Timeline(records.get(boot.id) ?? []) }));
  }

  #gaps(
    q: SeriesQuery,
    kind: KindName,
    files: readonly DayFile[],
    boots: readonly Boot[],
    bound: QueryBound,
  ): SeriesGap[] {
    // Texts, clock records and the like travel in the urgent lane; a hole in the other lane says nothing about them.
    const lane: Lane = kind === 'text' || kind === 'clock' || kind === 'answer' ? 'urgent' : 'history';
    const byId = new Map(boots.map((boot) => [boot.id, boot]));
    const gaps: SeriesGap[] = [];
    for (const file of files) {
      const rows = file.db.prepare('SELECT * FROM gap WHERE drone = ? AND lane = ?').all(q.drone, lane) as GapRow[];
      for (const row of rows) {
        bound.check(0);
        const range = gapRange(row, q.drone, byId.get(row.boot), byId, files);
        if (range === null || range.to < q.fromUtcUs || range.from >= q.toUtcUs) continue;
        const { reason, samples } = row;
        gaps.push({ fromUtcUs: range.from, toUtcUs: range.to, reason, lane, samples });
      }
    }
    return gaps.sort((a, b) => a.fromUtcUs - b.fromUtcUs);
  }
}

interface ClockColumns {
  readonly boot: string;
  readonly mono: number;
  readonly utc: number;
  readonly err: number;
  readonly source: ClockRecord['source'];
}

function openReader(file: string): Database.Database {
  try {
    return new Database(file, { readonly: true, timeout: 2000 });
  } catch (error) {
    throw toStoreError(error, file);
  }
}

function batchesOf(file: DayFile, q: SeriesQuery, boot: Boot, onDamaged: () => void): Iterable<BatchRow> {
  const fromUs = Math.floor(monoOf(boot, q.fromUtcUs));
  const toUs = Math.ceil(monoOf(boot, q.toUtcUs));
  if (toUs < boot.monoFromUs || fromUs > boot.monoToUs) return [];
  const arrivedFromUtcUs = q.arrivedFromUtcUs ?? 0;
  const of = { drone: q.drone, boot: boot.id, spanUs: boot.spanUs };
  return file.contents.batches({ ...of, fromUs, toUs, arrivedFromUtcUs, onDamaged });
}

/** When a gap was: by its own clock span, else between the batches on either side of it. */
function gapRange(
  gap: GapRow,
  drone: string,
  own: Boot | undefined,
  boots: ReadonlyMap<string, Boot>,
  files: readonly DayFile[],
): Range | null {
  if (own && gap.mono_to > 0) return { from: utcOf(own, gap.mono_from).utcUs, to: utcOf(own, gap.mono_to).utcUs };
  const edge = (seq: number, end: 'monoFromUs' | 'monoToUs'): number | null => {
    for (const file of files) {
      const row = file.contents.find({ drone, epoch: gap.epoch, lane: gap.lane }, seq);
      const boot = row && boots.get(row.boot);
      if (row && boot) return utcOf(boot, row[end]).utcUs;
    }
    return null;
  };
  const before = edge(gap.from_seq - 1, 'monoToUs');
  const after = edge(gap.to_seq + 1, 'monoFromUs');
  const from = before ?? after;
  const to = after ?? before;
  return from === null || to === null ? null : { from, to };
}
