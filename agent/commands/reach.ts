/**
 * Whether a place may be flown to: inside the fence's circle and ceiling, and with charge to come back. Pure. Polygon
 * fences are not looked at here; the autopilot refuses a target beyond them itself (observed: FAILED).
 */
import { reason } from '@skein/protocol/fleet';

const EARTH_RADIUS_M = 6_371_000;
const FENCE_ALT_MAX = 1;
const FENCE_CIRCLE = 2;
const FENCE_ALT_MIN = 8;

export interface Spot {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** Great circle, m. */
export function distanceM(a: Spot, b: Spot): number {
  const rad = Math.PI / 180;
  const dLat = (b.latDeg - a.latDeg) * rad;
  const dLon = (b.lonDeg - a.lonDeg) * rad;
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(a.latDeg * rad) * Math.cos(b.latDeg * rad) * Math.sin(dLon / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Parameters of the fence that are asked for, by name. */
export const FENCE_PARAMETERS = [
  'FENCE_ENABLE',
  'FENCE_TYPE',
  'FENCE_ALT_MAX',
  'FENCE_ALT_MIN',
  'FENCE_RADIUS',
  'FENCE_MARGIN',
] as const;
export type Fence = Readonly<Partial<Record<(typeof FENCE_PARAMETERS)[number], number>>>;

/** Why the place is outside, or null. A fence that is off, or that the autopilot does not have, holds nobody back. */
export function outsideFence(o: {
  readonly to: Spot & { readonly altRelM: number };
  readonly home: Spot;
  readonly fence: Fence;
}): string | null {
  const { FENCE_ENABLE: enabled = 0, FENCE_TYPE: type = 0, FENCE_MARGIN: marginM = 2 } = o.fence;
  if (enabled === 0) return null;
  const { FENCE_ALT_MAX: ceilingM, FENCE_ALT_MIN: floorM, FENCE_RADIUS: radiusM } = o.fence;
  const awayM = distanceM(o.home, o.to);
  if ((type & FENCE_CIRCLE) !== 0 && radiusM !== undefined && awayM > radiusM - marginM) {
    return reason('fence', `${Math.round(awayM)} m from home, radius ${radiusM} m`);
  }
  if ((type & FENCE_ALT_MAX) !== 0 && ceilingM !== undefined && o.to.altRelM > ceilingM - marginM) {
    return reason('fence', `${o.to.altRelM} m above home, ceiling ${ceilingM} m`);
  }
  if ((type & FENCE_ALT_MIN) !== 0 && floorM !== undefined && o.to.altRelM < floorM + marginM) {
    return reason('fence', `${o.to.altRelM} m above home, floor ${floorM} m`);
  }
  return null;
}

export interface EnergyRule {
  /** What a full pack flies, m. */
  readonly rangeM: number;
  /** Charge that must be left after coming home, %. */
  readonly reservePct: number;
}

/** Why the charge does not reach there and home again, or null. A charge nobody reports is not enough. */
export function beyondEnergy(o: {
  readonly from: Spot;
  readonly to: Spot;
  readonly home: Spot;
  readonly chargePct: number | null;
  readonly rule: EnergyRule;
}): string | null {
  if (o.chargePct === null) return reason('energy', 'the charge is not known');
  const wayM = distanceM(o.from, o.to) + distanceM(o.to, o.home);
  const neededPct = (wayM / o.rule.rangeM) * 100 + o.rule.reservePct;
  if (o.chargePct >= neededPct) return null;
  return reason('energy', `${Math.floor(o.chargePct)} % left, ${Math.ceil(neededPct)} % needed`);
}
