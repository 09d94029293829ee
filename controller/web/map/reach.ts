/** What surrounds drones on the map: pads, the line home, how far off a position may be. Pure. */
import type { Values } from '@skein/protocol/telemetry';
import { summarise } from '../list/summary.ts';
import type { FreshnessLimits } from '../live/freshness.ts';
import { ageOf, type DroneRecord, freshnessOf, valuesOf } from '../live/record.ts';
import { circle, metresBetween } from './grid.ts';

const MOST_REACH_M = 3_000;
/** A ring wider than this is an outline only: filled it would tint the map and hide the drones in it. */
export const MOST_FILLED_M = 500;

export interface Drawn {
  /** Equal keys, equal picture. */
  readonly key: string;
  readonly data: GeoJSON.FeatureCollection;
}

/**
 * For the drone looked at: a line to its home, the satellite uncertainty (2 σ), and, when it is no longer fresh, the
 * circle it can have reached at its last speed since it was seen (where there is an estimate, doubt.ts draws that).
 */
export function reachOf(record: DroneRecord, nowMs: number | null, limits: FreshnessLimits): Drawn {
  const one = summarise(record);
  const { lonDeg, latDeg } = one;
  if (lonDeg === null || latDeg === null) return { key: 'none', data: { type: 'FeatureCollection', features: [] } };
  const features: GeoJSON.Feature[] = [];
  const keys = [lonDeg.toFixed(6), latDeg.toFixed(6)];
  const home = valuesOf(record, 'home');
  if (home?.lonDeg != null && home.latDeg != null && metresBetween(lonDeg, latDeg, home.lonDeg, home.latDeg) > 5) {
    features.push({
      type: 'Feature',
      properties: { what: 'home' },
      geometry: {
        type: 'LineString',
        coordinates: [
          [lonDeg, latDeg],
          [home.lonDeg, home.latDeg],
        ],
      },
    });
    keys.push(`h${home.lonDeg},${home.latDeg}`);
  }
  const state = freshnessOf(record, nowMs, limits);
  const ageS = (ageOf(record, nowMs) ?? 0) / 1000;
  const accM = valuesOf(record, 'gps')?.horizontalAccM ?? null;
  const reachM =
    state === 'stale' || state === 'lost' ? Math.min(MOST_REACH_M, (one.speedMps ?? 0) * Math.floor(ageS)) : 0;
  const estimated = record.entry.trust?.estimate != null;
  if (one.inAir && reachM > 2 && !estimated) {
    features.push(ring('stale', lonDeg, latDeg, reachM));
    keys.push(`r${Math.round(reachM)}`);
  } else if (accM !== null && accM > 0.3) {
    features.push(ring('accuracy', lonDeg, latDeg, 2 * accM));
    keys.push(`a${accM.toFixed(1)}`);
  }
  return { key: keys.join(' '), data: { type: 'FeatureCollection', features } };
}

function ring(what: string, lonDeg: number, latDeg: number, radiusM: number): GeoJSON.Feature {
  return {
    type: 'Feature',
    properties: { what, filled: radiusM <= MOST_FILLED_M },
    geometry: { type: 'Polygon', coordinates: [circle(lonDeg, latDeg, radiusM)] },
  };
}

/** Homes as pads; those within about a metre of each other are one. */
export function padsOf(homes: readonly (Values<'home'> | null)[]): Drawn {
  const pads = new Map<string, GeoJSON.Feature>();
  for (const home of homes) {
    if (home?.latDeg == null || home.lonDeg == null) continue;
    const key = `${home.latDeg.toFixed(5)},${home.lonDeg.toFixed(5)}`;
    if (!pads.has(key))
      pads.set(key, {
        type: 'Feature',
        properties: {},
        geometry: { type: 'Point', coordinates: [home.lonDeg, home.latDeg] },
      });
  }
  return { key: [...pads.keys()].sort().join(' '), data: { type: 'FeatureCollection', features: [...pads.values()] } };
}
