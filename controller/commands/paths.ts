/**
 * Straight ways over ground, and how near they come to each other. Flat: good for the few kilometres a drone flies. Pure.
 */

export interface Spot {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** Metres east and north of a spot that is near. */
interface Flat {
  readonly x: number;
  readonly y: number;
}

const METRES_PER_DEG = 111_195;

function flat({ latDeg, lonDeg }: Spot, near: Spot): Flat {
  const dLonDeg = ((((lonDeg - near.lonDeg + 180) % 360) + 360) % 360) - 180;
  const shrink = Math.cos((near.latDeg * Math.PI) / 180);
  return { x: dLonDeg * METRES_PER_DEG * shrink, y: (latDeg - near.latDeg) * METRES_PER_DEG };
}

export function distanceM(a: Spot, b: Spot): number {
  const { x, y } = flat(b, a);
  return Math.hypot(x, y);
}

export interface Path {
  readonly from: Spot;
  readonly to: Spot;
}

/** From a spot to the nearest point of a way, m. */
export function offPathM(spot: Spot, { from, to }: Path): number {
  return offSegment({ x: 0, y: 0 }, flat(from, spot), flat(to, spot));
}

/** Between the nearest points of two ways, m; 0 where they cross. */
export function gapM(a: Path, b: Path): number {
  const [p, q, r, s] = [flat(a.from, a.from), flat(a.to, a.from), flat(b.from, a.from), flat(b.to, a.from)];
  if (cross(p, q, r, s)) return 0;
  return Math.min(offSegment(p, r, s), offSegment(q, r, s), offSegment(r, p, q), offSegment(s, p, q));
}

function offSegment(p: Flat, a: Flat, b: Flat): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2));
  return Math.hypot(p.x - a.x - along * dx, p.y - a.y - along * dy);
}

/** Which side of the line a→b: positive left, negative right. */
function side(a: Flat, b: Flat, p: Flat): number {
  return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x);
}

function cross(p: Flat, q: Flat, r: Flat, s: Flat): boolean {
  return side(p, q, r) * side(p, q, s) < 0 && side(r, s, p) * side(r, s, q) < 0;
}
