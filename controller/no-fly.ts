/** No-fly zones out of a GeoJSON file: Polygons, and Points with a radius. Nothing of it is guessed: a file with a mistake stops the start. */
import { readFileSync } from 'node:fs';
import { type Limits, NoFlyZone } from '@skein/protocol/fleet';
import { Compile } from 'typebox/compile';

const check = Compile(NoFlyZone);
type Zones = Limits['noFly'];
export type ReadZones = { readonly ok: true; readonly zones: Zones } | { readonly ok: false; readonly reason: string };

/** @param file empty: there are none */
export function readNoFly(file: string): ReadZones {
  if (file === '') return { ok: true, zones: [] };
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return {
      ok: false,
      reason: `itineraries.noFlyFile: ${file}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  return zonesOf(value, file);
}

export function zonesOf(value: unknown, file: string): ReadZones {
  const features = isObject(value) && value.type === 'FeatureCollection' ? value.features : null;
  if (!Array.isArray(features)) return { ok: false, reason: `itineraries.noFlyFile: ${file}: not a FeatureCollection` };
  const zones: Zones = [];
  for (const [index, feature] of features.entries()) {
    const zone = zoneOf(feature);
    if (zone === null || !check.Check(zone)) {
      const wanted = 'a Polygon of one ring, or a Point with radiusM; with a name';
      return { ok: false, reason: `itineraries.noFlyFile: ${file}: feature ${index} is not ${wanted}` };
    }
    zones.push(zone);
  }
  return { ok: true, zones };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function zoneOf(feature: unknown): object | null {
  if (!isObject(feature) || !isObject(feature.geometry)) return null;
  const { name, fromM, toM, frame, radiusM } = isObject(feature.properties) ? feature.properties : {};
  const about = Object.fromEntries(Object.entries({ name, fromM, toM, frame }).filter(([, one]) => one !== undefined));
  const { type, coordinates } = feature.geometry;
  if (type === 'Point') return { ...about, circle: { centre: placeOf(coordinates), radiusM } };
  if (type !== 'Polygon' || !Array.isArray(coordinates) || coordinates.length !== 1) return null;
  const [ring] = coordinates;
  // A ring of GeoJSON ends where it began.
  return Array.isArray(ring) ? { ...about, ring: ring.slice(0, -1).map(placeOf) } : null;
}

function placeOf(value: unknown): object {
  const [lonDeg, latDeg] = Array.isArray(value) ? value : [];
  return { latDeg, lonDeg };
}
