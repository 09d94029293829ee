/** Where a way round an area may turn: its corners, moved away from it by the margin. */
import type { Point } from '@skein/protocol/fleet';
import type { Area } from './zones.ts';

/** A circle is gone round along so many corners. */
const CIRCLE_CORNERS = 12;
/** More than the margin, so that what turns there keeps it in spite of rounding. */
const EXTRA_M = 1;

/** @param outside true: round it; false: along its inside */
export function cornersOf(area: Area, marginM: number, outside: boolean): readonly Point[] {
  const by = marginM + EXTRA_M;
  if (area.ring !== null) return ringCorners(area.ring, by, outside);
  if (!outside) return [];
  const r = (area.radiusM + by) / Math.cos(Math.PI / CIRCLE_CORNERS);
  return Array.from({ length: CIRCLE_CORNERS }, (_, i) => {
    const angle = (2 * Math.PI * i) / CIRCLE_CORNERS;
    return { x: area.centre.x + r * Math.cos(angle), y: area.centre.y + r * Math.sin(angle) };
  });
}

function ringCorners(given: readonly Point[], by: number, outside: boolean): readonly Point[] {
  const ring = signedArea(given) < 0 ? given.toReversed() : given;
  const corners: Point[] = [];
  for (const [i, v] of ring.entries()) {
    const before = ring[(i + ring.length - 1) % ring.length];
    const after = ring[(i + 1) % ring.length];
    if (before === undefined || after === undefined) continue;
    const d1 = unit(before, v);
    const d2 = unit(v, after);
    if (d1 === null || d2 === null) continue;
    // Counter-clockwise: a left turn is a corner that sticks out, a right turn one that sticks in.
    const turn = d1.x * d2.y - d1.y * d2.x;
    if (outside ? turn <= 0 : turn >= 0) continue;
    const sign = outside ? 1 : -1;
    const n1 = { x: d1.y * sign, y: -d1.x * sign };
    const n2 = { x: d2.y * sign, y: -d2.x * sign };
    const mitre = 1 + n1.x * n2.x + n1.y * n2.y;
    if (mitre > 0.5) {
      corners.push({ x: v.x + ((n1.x + n2.x) / mitre) * by, y: v.y + ((n1.y + n2.y) / mitre) * by });
    } else {
      // A sharp corner is cut: two places, one beyond the end of each of its sides.
      corners.push(
        { x: v.x + (n1.x + d1.x) * by, y: v.y + (n1.y + d1.y) * by },
        { x: v.x + (n2.x - d2.x) * by, y: v.y + (n2.y - d2.y) * by },
      );
    }
  }
  return corners;
}

function signedArea(ring: readonly Point[]): number {
  let twice = 0;
  for (const [i, a] of ring.entries()) {
    const b = ring[(i + 1) % ring.length];
    if (b !== undefined) twice += a.x * b.y - b.x * a.y;
  }
  return twice / 2;
}

function unit(a: Point, b: Point): Point | null {
  const length = Math.hypot(b.x - a.x, b.y - a.y);
  return length === 0 ? null : { x: (b.x - a.x) / length, y: (b.y - a.y) / length };
}
