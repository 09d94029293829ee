/** Bases, zones and weather as the controller tells them. Pure. */
import { isObject, listOf, numberOf, objectOf, type Spot, spotOf, textOf, timeOf } from '../shell/json.ts';

export interface PadAnswer {
  readonly id: string;
  readonly place: Spot;
  /** Out of use, and why. */
  readonly closed: string | null;
}

export interface BaseAnswer {
  readonly id: string;
  readonly name: string;
  readonly place: Spot;
  readonly pads: readonly PadAnswer[];
}

export const ZONE_KINDS = ['no-fly', 'keep-in', 'slow', 'caution'] as const;
export type ZoneKind = (typeof ZONE_KINDS)[number];

export interface ZoneAnswer {
  readonly id: string;
  readonly name: string;
  readonly kind: ZoneKind;
  /** Its edge; of a circle drawn as many corners. */
  readonly ring: readonly Spot[];
  readonly fromM: number | null;
  readonly toM: number | null;
  readonly frame: string | null;
  readonly validFromMs: number | null;
  readonly validToMs: number | null;
  readonly speedMaxMps: number | null;
}

export interface WeatherAnswer {
  readonly base: string;
  readonly windFromDeg: number;
  readonly windMps: number;
  readonly gustMps: number | null;
  readonly temperatureC: number | null;
  readonly changedMs: number | null;
  /** Told anew by then. */
  readonly nextMs: number | null;
}

const CORNERS_OF_A_CIRCLE = 64;
const M_PER_DEG_LAT = 111_320;

export function circleRing({ latDeg, lonDeg }: Spot, radiusM: number): readonly Spot[] {
  const mPerDegLon = M_PER_DEG_LAT * Math.max(0.01, Math.cos((latDeg * Math.PI) / 180));
  return Array.from({ length: CORNERS_OF_A_CIRCLE }, (_, n) => {
    const angle = (n * 2 * Math.PI) / CORNERS_OF_A_CIRCLE;
    return {
      latDeg: latDeg + (Math.cos(angle) * radiusM) / M_PER_DEG_LAT,
      lonDeg: lonDeg + (Math.sin(angle) * radiusM) / mPerDegLon,
    };
  });
}

function readPad(value: unknown): PadAnswer | null {
  const { id, place, closed } = objectOf(value);
  const spot = spotOf(place);
  return typeof id === 'string' && spot !== null ? { id, place: spot, closed: textOf(closed) } : null;
}

function readBase(value: unknown): BaseAnswer | null {
  const { id, name, place, pads } = objectOf(value);
  const spot = spotOf(place);
  if (typeof id !== 'string' || spot === null) return null;
  return { id, name: textOf(name) ?? id, place: spot, pads: listOf(pads).flatMap((one) => readPad(one) ?? []) };
}

function readZone(value: unknown): ZoneAnswer | null {
  const { id, name, kind: told, ring: corners, circle, ...rest } = objectOf(value);
  const kind = ZONE_KINDS.find((one) => one === told);
  if (typeof id !== 'string' || kind === undefined) return null;
  const centre = isObject(circle) ? spotOf(circle.centre) : null;
  const radiusM = isObject(circle) ? numberOf(circle.radiusM) : null;
  const ring =
    centre !== null && radiusM !== null
      ? circleRing(centre, radiusM)
      : listOf(corners).flatMap((one) => spotOf(one) ?? []);
  if (ring.length < 3) return null;
  return {
    ...{ id, kind, ring, name: textOf(name) ?? id },
    ...{ fromM: numberOf(rest.fromM), toM: numberOf(rest.toM), frame: textOf(rest.frame) },
    ...{ validFromMs: timeOf(rest.validFrom), validToMs: timeOf(rest.validTo) },
    speedMaxMps: numberOf(rest.speedMaxMps),
  };
}

function readWeather(value: unknown): WeatherAnswer | null {
  const { id, windFromDeg, windMps, gustMps, temperatureC, changedAt, next } = objectOf(value);
  const from = numberOf(windFromDeg);
  const wind = numberOf(windMps);
  if (typeof id !== 'string' || from === null || wind === null) return null;
  return {
    ...{ base: id, windFromDeg: from, windMps: wind, gustMps: numberOf(gustMps) },
    ...{ temperatureC: numberOf(temperatureC), changedMs: timeOf(changedAt), nextMs: timeOf(next) },
  };
}

export const readBases = (value: unknown) => listOf(objectOf(value).bases).flatMap((one) => readBase(one) ?? []);
export const readZones = (value: unknown) => listOf(objectOf(value).zones).flatMap((one) => readZone(one) ?? []);
export const readWeathers = (value: unknown) =>
  listOf(objectOf(value).weather).flatMap((one) => readWeather(one) ?? []);
