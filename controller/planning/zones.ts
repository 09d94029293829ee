/**
 * Zones in the plane of one flight: which hold while it flies, and what they forbid at a place, along a leg, at a height.
 *
 * `no-fly`: nothing within its heights. `keep-in`: a flight that begins inside stays inside, and below its upper end.
 * `slow`: no faster than it says. `caution`: flown through only where going round is half as long again.
 */
import type { Place, Point } from '@skein/protocol/fleet';
import { borderM, insideRing, type Leg2, legFromPointM } from './plane.ts';
import type { Zone } from './ports.ts';

export interface Area {
  readonly zone: Zone;
  readonly ring: readonly Point[] | null;
  readonly centre: Point;
  readonly radiusM: number;
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export function areaOf(zone: Zone, plane: (place: Place) => Point): Area {
  if (zone.circle !== undefined) {
    const centre = plane(zone.circle.centre);
    const r = zone.circle.radiusM;
    const box = { minX: centre.x - r, minY: centre.y - r, maxX: centre.x + r, maxY: centre.y + r };
    return { zone, ring: null, centre, radiusM: r, ...box };
  }
  const ring = (zone.ring ?? []).map(plane);
  const xs = ring.map(({ x }) => x);
  const ys = ring.map(({ y }) => y);
  return {
    ...{ zone, ring, centre: { x: 0, y: 0 }, radiusM: 0 },
    ...{ minX: Math.min(...xs), minY: Math.min(...ys), maxX: Math.max(...xs), maxY: Math.max(...ys) },
  };
}

/** Whether a zone holds at any time between two. */
export function holdsIn({ validFromUtcUs, validToUtcUs }: Zone, fromUtcUs: number, toUtcUs: number): boolean {
  return (
    (validFromUtcUs ?? Number.NEGATIVE_INFINITY) <= toUtcUs && (validToUtcUs ?? Number.POSITIVE_INFINITY) >= fromUtcUs
  );
}

/** Whether its heights meet those between two, m above a base; what cannot be compared meets. */
export function bandMeets(zone: Zone, lowM: number, highM: number, groundAmslM: number | null): boolean {
  const homeM = zone.frame === 'home' ? 0 : groundAmslM;
  if (homeM === null) return true;
  const from = zone.fromM === null ? Number.NEGATIVE_INFINITY : zone.fromM - homeM;
  const to = zone.toM === null ? Number.POSITIVE_INFINITY : zone.toM - homeM;
  return lowM <= to && highM >= from;
}

export const covers = (area: Area, p: Point): boolean =>
  area.ring === null ? Math.hypot(p.x - area.centre.x, p.y - area.centre.y) <= area.radiusM : insideRing(p, area.ring);

/** How far a leg stays outside, m; negative or 0: it does not. */
export function outsideM(leg: Leg2, area: Area): number {
  if (area.ring === null) return legFromPointM(leg, area.centre) - area.radiusM;
  const border = borderM(leg, area.ring);
  return insideRing(leg.a, area.ring) ? -border : border;
}

/** How far a leg stays inside, m; negative or 0: it does not. */
export function insideM({ a, b }: Leg2, area: Area): number {
  if (area.ring === null) {
    const far = Math.max(
      Math.hypot(a.x - area.centre.x, a.y - area.centre.y),
      Math.hypot(b.x - area.centre.x, b.y - area.centre.y),
    );
    return area.radiusM - far;
  }
  const border = borderM({ a, b }, area.ring);
  return insideRing(a, area.ring) && insideRing(b, area.ring) ? border : -border;
}

/** Whether a leg comes so near to the box of an area that it must be looked at. */
export const nearBox = ({ a, b }: Leg2, area: Area, marginM: number): boolean =>
  Math.min(a.x, b.x) <= area.maxX + marginM &&
  Math.max(a.x, b.x) >= area.minX - marginM &&
  Math.min(a.y, b.y) <= area.maxY + marginM &&
  Math.max(a.y, b.y) >= area.minY - marginM;

/** What the zones ask of one flight. */
export interface Areas {
  /** Not to be entered at this height, and to stay inside of. */
  readonly out: readonly Area[];
  readonly within: readonly Area[];
  readonly slow: readonly Area[];
  readonly caution: readonly Area[];
}

/** Whether a leg keeps the margin from all that is forbidden. */
export function isFree(leg: Leg2, areas: Areas, marginM: number): boolean {
  for (const area of areas.out) {
    if (nearBox(leg, area, marginM) && outsideM(leg, area) < marginM) return false;
  }
  return areas.within.every((area) => insideM(leg, area) >= marginM);
}

/** The first area that a leg does not keep its margin from. */
export function blocking(leg: Leg2, areas: Areas, marginM: number): Area | null {
  const out = areas.out.find((area) => nearBox(leg, area, marginM) && outsideM(leg, area) < marginM);
  return out ?? areas.within.find((area) => insideM(leg, area) < marginM) ?? null;
}
