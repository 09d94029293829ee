/**
 * Where a drone was, second by second, and where nobody knows: the marker of the replay stands on a recorded position or
 * is hollow, and never on a way that nobody saw. Pure.
 *
 *   ●──●──●──●        hole         ●──●
 *            └ hollow here until ──┘
 */
import { readingAt, rowAt, type Table } from './table.ts';

export interface TrackPoint {
  readonly atMs: number;
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly headingDeg: number | null;
  readonly heightM: number | null;
}

export interface Hole {
  readonly fromMs: number;
  readonly toMs: number;
  /** Why it will never be filled; null: nothing is known, it may yet come. */
  readonly reason: string | null;
}

export interface Track {
  readonly points: readonly TrackPoint[];
  readonly timesMs: readonly number[];
  /** Between points, by time. */
  readonly holes: readonly Hole[];
  readonly silenceMs: number;
}

/** `there`: recorded then. `hole`: the last known place, or null; when something is known again, or null. */
export type Where =
  | { readonly kind: 'there'; readonly point: TrackPoint; readonly ageMs: number }
  | {
      readonly kind: 'hole';
      readonly last: TrackPoint | null;
      readonly nextMs: number | null;
      readonly reason: string | null;
    };

/** The newest position may be this old before its place is no more than the last known one. */
const FRESH_MS = 3_000;

const numeric = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

export function trackOf(table: Table): Track {
  const { latDeg = [], lonDeg = [], headingDeg = [], altRelM = [] } = table.answer.columns;
  const points = table.timesMs.flatMap((atMs, i): TrackPoint[] => {
    const [lat, lon] = [numeric(latDeg[i]), numeric(lonDeg[i])];
    if (lat === null || lon === null) return [];
    return [{ atMs, lonDeg: lon, latDeg: lat, headingDeg: numeric(headingDeg[i]), heightM: numeric(altRelM[i]) }];
  });
  const silenceMs = table.silenceS * 1000;
  const holes = points.flatMap((point, i): Hole[] => {
    const before = points[i - 1];
    return before === undefined ? [] : holeBetween(before.atMs, point.atMs, silenceMs, table.gaps);
  });
  return { points, timesMs: points.map((point) => point.atMs), holes, silenceMs };
}

function holeBetween(fromMs: number, toMs: number, silenceMs: number, gaps: Table['gaps']): Hole[] {
  const gap = gaps.find((one) => one.fromS * 1000 < toMs && one.toS * 1000 > fromMs);
  if (gap === undefined && toMs - fromMs <= silenceMs) return [];
  return [{ fromMs, toMs, reason: gap?.reason ?? null }];
}

/** With the silences before the first position and after the last one. */
export function holesIn({ timesMs, holes, silenceMs }: Track, fromMs: number, toMs: number): Hole[] {
  const [first, last] = [timesMs[0] ?? toMs, timesMs.at(-1)];
  const before = first - fromMs > silenceMs || last === undefined ? [{ fromMs, toMs: first, reason: null }] : [];
  const after = last !== undefined && toMs - last > silenceMs ? [{ fromMs: last, toMs, reason: null }] : [];
  return [...before, ...holes, ...after];
}

/** Unbroken parts, oldest first. */
export function partsOf({ points, holes }: Track): TrackPoint[][] {
  const ends = new Set(holes.map((hole) => hole.toMs));
  const parts: TrackPoint[][] = [];
  for (const point of points) {
    const last = parts.at(-1);
    if (last === undefined || ends.has(point.atMs)) parts.push([point]);
    else last.push(point);
  }
  return parts;
}

export function whereAt(track: Track, table: Table, atMs: number): Where {
  const i = rowAt(track.timesMs, atMs);
  const last = track.points[i] ?? null;
  const next = track.points[i + 1] ?? null;
  const nextMs = next?.atMs ?? null;
  if (last === null) return { kind: 'hole', last, nextMs, reason: null };
  const ageMs = atMs - last.atMs;
  const hole = nextMs === null ? undefined : holeBetween(last.atMs, nextMs, track.silenceMs, table.gaps)[0];
  const broken = nextMs === null ? ageMs > track.silenceMs : hole !== undefined;
  if (!broken || ageMs <= FRESH_MS) return { kind: 'there', point: last, ageMs };
  return { kind: 'hole', last, nextMs, reason: hole?.reason ?? null };
}

/** Was it in the air at that instant, as far as was said. */
export function inAirAt(status: Table | null, atMs: number): boolean {
  const landed = readingAt(status, 'landed', atMs)?.value;
  if (typeof landed === 'string' && landed !== 'unknown') return landed !== 'on-ground';
  return readingAt(status, 'armed', atMs)?.value === true;
}
