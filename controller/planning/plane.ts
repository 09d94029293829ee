/**
 * Plane geometry that planning does very often: as the protocol's (geometry.ts there, which judges the result), without
 * making objects on the way. x east, y north, in metres.
 */
import type { Place, Point } from '@skein/protocol/fleet';

export interface Leg2 {
  readonly a: Point;
  readonly b: Point;
}

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;

/** A plane and the way back to degrees. */
export interface Plane {
  readonly of: (place: Place) => Point;
  readonly place: (point: Point) => Place;
}
export function planeOf(origin: Place): Plane {
  const north = RAD * EARTH_M;
  const east = north * Math.cos(origin.latDeg * RAD);
  return {
    of: ({ latDeg, lonDeg }) => ({
      x: (((((lonDeg - origin.lonDeg + 540) % 360) + 360) % 360) - 180) * east,
      y: (latDeg - origin.latDeg) * north,
    }),
    place: ({ x, y }) => {
      const lonDeg = origin.lonDeg + x / east;
      const turned = lonDeg > 180 ? lonDeg - 360 : lonDeg < -180 ? lonDeg + 360 : lonDeg;
      return { latDeg: rounded(origin.latDeg + y / north), lonDeg: rounded(turned) };
    },
  };
}

/** As autopilots keep degrees: a centimetre. */
const rounded = (degrees: number): number => Math.round(degrees * 1e7) / 1e7;

export const apartM = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

export function legFromPointM({ a, b }: Leg2, p: Point): number {
  return Math.sqrt(pointFromLeg2(p.x, p.y, a.x, a.y, b.x, b.y));
}

/** Square of the distance of a point from a leg. */
export function pointFromLeg2(px: number, py: number, ax: number, ay: number, bx: number, by: number): number {
  const dx = bx - ax;
  const dy = by - ay;
  const square = dx * dx + dy * dy;
  let along = square === 0 ? 0 : ((px - ax) * dx + (py - ay) * dy) / square;
  along = along < 0 ? 0 : along > 1 ? 1 : along;
  const x = ax + along * dx - px;
  const y = ay + along * dy - py;
  return x * x + y * y;
}

/** Even-odd rule. */
export function insideRing({ x, y }: Point, ring: readonly Point[]): boolean {
  let inside = false;
  let before = ring[ring.length - 1];
  for (const here of ring) {
    if (before !== undefined && before.y > y !== here.y > y) {
      if (x < ((here.x - before.x) * (y - before.y)) / (here.y - before.y) + before.x) inside = !inside;
    }
    before = here;
  }
  return inside;
}

/** How near a leg comes to the border of a ring, m; 0 where it crosses. */
export function borderM({ a, b }: Leg2, ring: readonly Point[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  let before = ring[ring.length - 1];
  for (const here of ring) {
    if (before !== undefined)
      nearest = Math.min(nearest, legs2(a.x, a.y, b.x, b.y, before.x, before.y, here.x, here.y));
    if (nearest === 0) return 0;
    before = here;
  }
  return Math.sqrt(nearest);
}

/** Square of the distance of two legs; 0 where they cross. */
export function legs2(
  ax: number,
  ay: number,
  bx: number,
  by: number,
  cx: number,
  cy: number,
  dx: number,
  dy: number,
): number {
  if (side(ax, ay, bx, by, cx, cy) !== side(ax, ay, bx, by, dx, dy)) {
    if (side(cx, cy, dx, dy, ax, ay) !== side(cx, cy, dx, dy, bx, by)) return 0;
  }
  return Math.min(
    pointFromLeg2(ax, ay, cx, cy, dx, dy),
    pointFromLeg2(bx, by, cx, cy, dx, dy),
    pointFromLeg2(cx, cy, ax, ay, bx, by),
    pointFromLeg2(dx, dy, ax, ay, bx, by),
  );
}

const side = (ax: number, ay: number, bx: number, by: number, px: number, py: number): number =>
  Math.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax));
