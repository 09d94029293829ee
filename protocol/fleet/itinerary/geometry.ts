/**
 * Plane geometry of a plan: places within some tens of kilometres, projected around the first (equirectangular; off by
 * less than 0.1 % there). x east, y north, in metres.
 */
import type { Place } from './schema.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;

/** The plane around an origin. Longitudes either side of ±180° are neighbours. */
export function planeAround(origin: Place): (place: Place) => Point {
  const cos = Math.cos(origin.latDeg * RAD);
  return ({ latDeg, lonDeg }) => {
    const dLon = ((lonDeg - origin.lonDeg + 540) % 360) - 180;
    return { x: dLon * RAD * cos * EARTH_M, y: (latDeg - origin.latDeg) * RAD * EARTH_M };
  };
}

export const lengthM = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

/** Horizontal distance of two places, m. */
export function distanceM(a: Place, b: Place): number {
  return lengthM({ x: 0, y: 0 }, planeAround(a)(b));
}

/** How far a point is from a leg, m. */
export function fromLegM(p: Point, a: Point, b: Point): number {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / square));
  return lengthM(p, { x: a.x + along * dx, y: a.y + along * dy });
}

/** Even-odd rule. */
export function isInside(p: Point, ring: readonly Point[]): boolean {
  let inside = false;
  for (const [a, b] of edges(ring)) {
    if (a.y > p.y !== b.y > p.y && p.x < ((b.x - a.x) * (p.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}

/** How near a leg comes to the border of a ring, m; 0 where it crosses. */
export function borderFromLegM(a: Point, b: Point, ring: readonly Point[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const [c, d] of edges(ring)) {
    if (cross(a, b, c, d)) return 0;
    nearest = Math.min(nearest, fromLegM(a, c, d), fromLegM(b, c, d), fromLegM(c, a, b), fromLegM(d, a, b));
  }
  return nearest;
}

function edges(ring: readonly Point[]): readonly (readonly [Point, Point])[] {
  return ring.flatMap((point, i) => {
    const next = ring[(i + 1) % ring.length];
    return next === undefined ? [] : [[point, next] as const];
  });
}

/** Which side of the line a → b the point is on. */
const side = (a: Point, b: Point, p: Point): number => Math.sign((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x));

function cross(a: Point, b: Point, c: Point, d: Point): boolean {
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}
