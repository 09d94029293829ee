/** How a drone of the viewers' bench says when it spoke: by where it is. */
import type { Motion } from './live-flight.ts';

const FROM_LON_DEG = 8;
/** At 47° north 7.6 m/s; the wire has seven decimals. */
const DEGREES_PER_MS = 1e-7;
const EAST_MPS = 111_320 * Math.cos((47 * Math.PI) / 180) * DEGREES_PER_MS * 1000;

export function flownEast(place: number, sinceMs: number): Motion {
  const latDeg = 47 + (place % 1000) * 1e-4;
  const lonDeg = FROM_LON_DEG + sinceMs * DEGREES_PER_MS;
  return { latDeg, lonDeg, headingDeg: 90, northMps: 0, eastMps: EAST_MPS };
}

/** When it spoke, ms since the bench began. */
export function spokenMs(lonDeg: number): number {
  return Math.round((lonDeg - FROM_LON_DEG) / DEGREES_PER_MS);
}
