/**
 * How far off a drone may be by its own word: a ring about it, for those whose receiver says more than a few metres. One
 * that is not trusted has a ring of its own (doubt.ts), which knows more. Pure.
 */
import { type DroneRecord, isOld, stillOf, valuesOf } from '../live/record.ts';

/** Below it a ring hides beneath the mark on all but the nearest zooms, and every healthy drone would have one. */
const LEAST_M = 3;
/** The receiver says 1 σ; within twice that it is with about 95 %, as the rings of doubt say it. */
const SIGMAS = 2;
/** Circumference of the earth at the equator over the 512 pixels that the world is wide at zoom 0. */
const METRES_PER_PX0 = 40_075_016.686 / 512;

/** Radius, m, in steps, as every change is work for the map; 0: none is drawn. */
export function uncertaintyM(record: DroneRecord, nowMs: number | null): number {
  const { trust } = stillOf(record);
  if (trust?.estimate != null || isOld(record, 'gps', nowMs)) return 0;
  const sigmaM = valuesOf(record, 'gps')?.horizontalAccM ?? null;
  const radiusM = sigmaM === null ? 0 : sigmaM * SIGMAS;
  if (!(radiusM >= LEAST_M)) return 0;
  return radiusM < 10 ? Math.ceil(radiusM) : Math.ceil(radiusM / 5) * 5;
}

/** The same in pixels at zoom 0, where a pixel is so many metres as the latitude makes it. */
export function ringPx0(latDeg: number, radiusM: number): number {
  if (radiusM === 0) return 0;
  const metres = METRES_PER_PX0 * Math.max(0.01, Math.cos((latDeg * Math.PI) / 180));
  return Number((radiusM / metres).toPrecision(3));
}
