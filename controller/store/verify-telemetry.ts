/**
 * The day files looked through, batch by batch: checksums, the index against what is there, what should be there against what
 * is. Reads only, also while the controller writes; needs memory for the lanes there are, not for their batches.
 *
 *   chunk, batch, gap ──checksums──► present     ┐
 *   place, position   ─────────────► promised    ├──► promised and not present, in any day: damaged or missing
 *   between two days of a lane ────► promised    ┘
 */
import fs from 'node:fs';
import Database from 'better-sqlite3';
import { corePath } from './core-db.ts';
import { listDays, telemetryDir } from './day-files.ts';
import { streamId } from './day-rows.ts';
import { LaneRanges } from './lane-ranges.ts';
import { DayLook, type PositionRow, type TelemetryLook } from './verify-day.ts';

export interface TelemetrySeen {
  readonly batches: number;
  readonly days: readonly string[];
  /** From the first of these on a lane cannot be asked for again while later days say that it is further. */
  readonly damagedDays: ReadonlySet<string>;
}

const AGAIN = 'the drone sends it again after a restore if it still holds it (outbox.keepAckedHours)';

interface Missing {
  readonly day: string;
  readonly stream: string;
  readonly from: number;
  readonly to: number;
}

export function verifyTelemetry(dataDir: string, o: TelemetryLook): TelemetrySeen {
  const days = fs.existsSync(telemetryDir(dataDir)) ? listDays(dataDir) : [];
  const carried = carriedIn(dataDir);
  const present = new LaneRanges();
  const promised: Promised[] = [];
  const damagedDays = new Set<string>();
  let batches = 0;
  for (const day of days) {
    const look = new DayLook(dataDir, day, present, o);
    batches += look.run();
    if (look.isDamaged) damagedDays.add(day);
    promised.push({ day, lanes: look.promised });
  }
  for (const { day, stream, from, to } of missing(promised, present, carried)) {
    damagedDays.add(day);
    const [drone, epoch, lane] = stream.split('/');
    const what = from === to ? `batch ${from} is` : `batches ${from} to ${to} are`;
    o.findings.add('telemetry', { day, drone, epoch, lane, from, to }, `${what} damaged or missing; ${AGAIN}`);
  }
  return { batches, days, damagedDays };
}

/** Where lanes stood when the days that knew were removed, as far as core.db can be read. */
function carriedIn(dataDir: string): ReadonlyMap<string, number> {
  const carried = new Map<string, number>();
  try {
    const db = new Database(corePath(dataDir), { readonly: true, fileMustExist: true, timeout: 10_000 });
    try {
      const rows = db.prepare<[], PositionRow>('SELECT drone, epoch, lane, up_to FROM position');
      for (const row of rows.iterate()) carried.set(streamId(row), row.up_to);
    } finally {
      db.close();
    }
  } catch {
    // What is wrong with it is told of by who verifies it.
  }
  return carried;
}

interface Promised {
  readonly day: string;
  readonly lanes: LaneRanges;
}

/** What days promise and is in none: first what each says of itself, then what lies between two that a lane goes through. */
function* missing(
  promised: readonly Promised[],
  present: LaneRanges,
  carried: ReadonlyMap<string, number>,
): Iterable<Missing> {
  const told = new LaneRanges();
  for (const { day, stream, from, to } of [...own(promised), ...between(promised)]) {
    // What days that were removed held is not looked for.
    const wanted = { from: Math.max(from, (carried.get(stream) ?? 0) + 1), to };
    if (wanted.from > wanted.to) continue;
    for (const hole of present.missing(stream, wanted)) {
      for (const fresh of told.missing(stream, hole)) {
        told.add(stream, fresh.from, fresh.to);
        yield { day, stream, ...fresh };
      }
    }
  }
}

function* own(promised: readonly Promised[]): Iterable<Missing> {
  for (const { day, lanes } of promised) {
    for (const stream of lanes.streams()) for (const range of lanes.of(stream)) yield { day, stream, ...range };
  }
}

/** Numbers begin where the ones before end: of the later day it is said. */
function* between(promised: readonly Promised[]): Iterable<Missing> {
  const reached = new Map<string, number>();
  for (const { day, lanes } of promised) {
    for (const stream of lanes.streams()) {
      for (const { from, to } of lanes.of(stream)) {
        const before = reached.get(stream) ?? from - 1;
        if (before + 1 < from) yield { day, stream, from: before + 1, to: from - 1 };
        reached.set(stream, Math.max(before, to));
      }
    }
  }
}
