/**
 * Whether the air is free: no two flights nearer than `separationAcrossM` and `separationUpM` at once, by the tubes that
 * they may be in (tube.ts), widened by what each may be beside its line and its height.
 *
 * Fast by leaving out early: reservations whose time or box does not meet, then parts whose box does not meet a part's.
 * What remains gives for each pair the starts that would bring them together; the earliest start outside all is the answer.
 */
import { legs2 } from './plane.ts';
import type { Reservation, Rules } from './ports.ts';
import type { Span } from './tube.ts';

const EARTH_M = 6_371_008.8;
const RAD = Math.PI / 180;
/** Numbers per part: lat, lon, lat, lon, low, high, from, to. */
const WIDE = 8;

/** A reservation in numbers one after the other; made once for each. */
interface Packed {
  readonly parts: Float64Array;
  readonly south: number;
  readonly north: number;
  readonly west: number;
  readonly east: number;
}
const packed = new WeakMap<Reservation, Packed>();

function packedOf(reservation: Reservation): Packed {
  const known = packed.get(reservation);
  if (known !== undefined) return known;
  const { tube } = reservation;
  const parts = new Float64Array(tube.length * WIDE);
  let [south, north, west, east] = [90, -90, 540, -540];
  for (const [i, one] of tube.entries()) {
    const { from, to } = one;
    parts.set(
      [from.latDeg, from.lonDeg, to.latDeg, to.lonDeg, one.lowM, one.highM, one.fromUtcUs, one.toUtcUs],
      i * WIDE,
    );
    south = Math.min(south, from.latDeg, to.latDeg);
    north = Math.max(north, from.latDeg, to.latDeg);
    west = Math.min(west, from.lonDeg, to.lonDeg);
    east = Math.max(east, from.lonDeg, to.lonDeg);
  }
  const made = { parts, south, north, west, east };
  packed.set(reservation, made);
  return made;
}

export interface Asked {
  readonly drone: string;
  readonly base: string;
  readonly groundAmslM: number | null;
  readonly spans: readonly Span[];
}

export interface Air {
  /** The least delay, µs; null: none up to the longest. */
  readonly delayUs: number | null;
  /** Where there is none: after so much it would be free, as far as is known now. */
  readonly freeAfterUs: number;
  /** Whom it would meet if it started at once. */
  readonly meets: { readonly drone: string; readonly order: string } | null;
}

interface Shut {
  readonly fromUs: number;
  readonly toUs: number;
  readonly by: Reservation;
}

export function freeAir(
  asked: Asked,
  departUtcUs: number,
  reservations: readonly Reservation[],
  rules: Rules,
  delayMaxUs: number,
): Air {
  const shut: Shut[] = [];
  const endUs = asked.spans.reduce((most, one) => Math.max(most, one.toS), 0) * 1e6;
  for (const other of reservations) {
    if (other.drone === asked.drone) continue;
    if (other.toUtcUs < departUtcUs || other.fromUtcUs > departUtcUs + endUs + delayMaxUs) continue;
    meetings(asked, departUtcUs, other, rules, delayMaxUs, shut);
  }
  shut.sort((a, b) => a.fromUs - b.fromUs || a.toUs - b.toUs);
  let delayUs = 0;
  let meets: Reservation | null = null;
  for (const one of shut) {
    if (one.fromUs > delayUs) break;
    if (one.toUs < delayUs) continue;
    meets ??= one.by;
    delayUs = one.toUs + 1;
  }
  return {
    delayUs: delayUs <= delayMaxUs ? delayUs : null,
    freeAfterUs: delayUs,
    meets: meets === null ? null : { drone: meets.drone, order: meets.order },
  };
}

/** The starts after `departUtcUs`, in µs, at which the two would come too near. */
function meetings(
  asked: Asked,
  departUtcUs: number,
  other: Reservation,
  rules: Rules,
  delayMaxUs: number,
  shut: Shut[],
): void {
  const first = asked.spans[0];
  if (first === undefined) return;
  const { parts, south, north, west, east } = packedOf(other);
  const acrossM = rules.separationAcrossM + 2 * rules.trackErrorM;
  const upM = rules.separationUpM + 2 * rules.heightErrorM;
  const upwards = heightOffset(asked, other);
  const perLat = RAD * EARTH_M;
  const perLon = perLat * Math.cos(first.from.latDeg * RAD);
  const wrap = Math.round((west - first.from.lonDeg) / 360) * 360;
  const [latGap, lonGap] = [acrossM / perLat, acrossM / perLon];

  for (const { from, to, lowM, highM, fromS, toS } of asked.spans) {
    const [aLat, aLon, bLat, bLon] = [from.latDeg, from.lonDeg + wrap, to.latDeg, to.lonDeg + wrap];
    const low = Math.min(aLat, bLat) - latGap;
    const high = Math.max(aLat, bLat) + latGap;
    const left = Math.min(aLon, bLon) - lonGap;
    const right = Math.max(aLon, bLon) + lonGap;
    if (low > north || high < south || left > east || right < west) continue;
    const fromUtcUs = departUtcUs + fromS * 1e6;
    const toUtcUs = departUtcUs + toS * 1e6;
    for (let i = 0; i < parts.length; i += WIDE) {
      const otherFrom = parts[i + 6] ?? 0;
      const otherTo = parts[i + 7] ?? 0;
      if (otherTo < fromUtcUs || otherFrom > toUtcUs + delayMaxUs) continue;
      const cLat = parts[i] ?? 0;
      const dLat = parts[i + 2] ?? 0;
      if ((cLat < low && dLat < low) || (cLat > high && dLat > high)) continue;
      const cLon = parts[i + 1] ?? 0;
      const dLon = parts[i + 3] ?? 0;
      if ((cLon < left && dLon < left) || (cLon > right && dLon > right)) continue;
      if (upwards !== null) {
        const gap = Math.max(lowM + upwards - (parts[i + 5] ?? 0), (parts[i + 4] ?? 0) - (highM + upwards));
        if (gap >= upM) continue;
      }
      const apart2 = legs2(
        ...([0, 0, (bLon - aLon) * perLon, (bLat - aLat) * perLat] as const),
        ...([(cLon - aLon) * perLon, (cLat - aLat) * perLat, (dLon - aLon) * perLon, (dLat - aLat) * perLat] as const),
      );
      if (apart2 >= acrossM * acrossM) continue;
      shut.push({ fromUs: Math.floor(otherFrom - toUtcUs), toUs: Math.ceil(otherTo - fromUtcUs), by: other });
    }
  }
}

/** What turns the heights of one flight into those of the other; null: nobody knows, so they are at the same height. */
function heightOffset(asked: Asked, other: Reservation): number | null {
  if (asked.base === other.base) return 0;
  if (asked.groundAmslM === null || other.groundAmslM === null) return null;
  return asked.groundAmslM - other.groundAmslM;
}
