/**
 * Where each drone has been of late, bounded in points and in time. A hole in the samples is a hole in the line: the
 * part before it is kept apart and never joined up, since nobody saw the way between. Pure.
 */
import { metresBetween } from './grid.ts';

export interface TrailPoint {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly atMs: number;
}

export interface Trail {
  /** The unbroken part that ends at the newest sample. */
  readonly current: readonly TrailPoint[];
  /** Parts before holes, oldest first. */
  readonly earlier: readonly (readonly TrailPoint[])[];
}

export const NO_TRAIL: Trail = { current: [], earlier: [] };

export const TRAIL_MS = 180_000;
const MAX_POINTS = 400;
const MAX_PARTS = 12;
const HOLE_MS = 6_000;
const NEAR_M = 0.5;
/** Points of a trail lie so far apart in time; the newest is where the drone is, however young the one before it. */
const APART_MS = 1_000;

/** The trail with one more sample; the same trail when it is not newer. */
export function extend(trail: Trail, point: TrailPoint, apartMs = APART_MS): Trail {
  const last = trail.current.at(-1);
  if (last && point.atMs <= last.atMs) return trail;
  const oldestMs = point.atMs - TRAIL_MS;
  if (last && point.atMs - last.atMs > HOLE_MS) {
    const earlier = [...trail.earlier, trail.current].filter(
      (part) => part.length > 1 && (part.at(-1)?.atMs ?? 0) > oldestMs,
    );
    return { current: [point], earlier: earlier.slice(-MAX_PARTS) };
  }
  // Standing still must not push the way it came out of the buffer: the newest point moves on in time only.
  const before = trail.current.at(-2);
  const soon = before !== undefined && point.atMs - before.atMs < apartMs;
  const still = !soon && last && before && metresBetween(last.lonDeg, last.latDeg, point.lonDeg, point.latDeg) < NEAR_M;
  const newest = still ? { ...last, atMs: point.atMs } : point;
  const current = soon || still ? trail.current.with(-1, newest) : [...trail.current, newest];
  const tooOld = current.findIndex((p) => p.atMs > oldestMs);
  const tooMany = current.length - MAX_POINTS;
  if (tooOld > 0 || tooMany > 0) current.splice(0, Math.max(tooOld, tooMany));
  if (trail.earlier.length === 0) return { current, earlier: trail.earlier };
  const earlier = trail.earlier.filter((part) => (part.at(-1)?.atMs ?? 0) > oldestMs);
  return { current, earlier: earlier.length === trail.earlier.length ? trail.earlier : earlier };
}

/** The trail with what history knows from before it: the older points first, then those already there. */
export function prepend(trail: Trail, older: readonly TrailPoint[]): Trail {
  const held = [...trail.earlier.flat(), ...trail.current];
  const firstMs = held[0]?.atMs ?? Number.POSITIVE_INFINITY;
  return [...older.filter((point) => point.atMs < firstMs), ...held].reduce(extend, NO_TRAIL);
}

export function lineOf(points: readonly TrailPoint[]): [number, number][] {
  return points.map((p) => [p.lonDeg, p.latDeg]);
}
