/** Zones from and to GeoJSON: a Polygon of one ring, or a Point with `radiusM`; everything else stands in the properties. */

import { Zone } from '@skein/protocol/fleet/places';
import { Compile } from 'typebox/compile';

type Json = Readonly<Record<string, unknown>>;
export type ReadZones =
  | { readonly ok: true; readonly zones: readonly { readonly id: string; readonly zone: Zone }[] }
  | { readonly ok: false; readonly detail: string };

const check = Compile(Zone);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function readZones(value: unknown): ReadZones {
  const features = isObject(value) && value.type === 'FeatureCollection' ? value.features : null;
  if (!Array.isArray(features)) return { ok: false, detail: 'not a FeatureCollection' };
  const zones: { id: string; zone: Zone }[] = [];
  for (const [index, feature] of features.entries()) {
    const read = zoneOf(feature, index);
    if ('detail' in read) return { ok: false, detail: `feature ${index}: ${read.detail}` };
    zones.push(read);
  }
  return { ok: true, zones };
}

function zoneOf(feature: unknown, index: number): { id: string; zone: Zone } | { detail: string } {
  if (!isObject(feature) || !isObject(feature.geometry)) return { detail: 'it has no geometry' };
  const properties = isObject(feature.properties) ? feature.properties : {};
  const { id = feature.id, radiusM, ...about } = properties;
  const name = typeof about.name === 'string' ? about.name : String(id ?? `zone ${index + 1}`);
  const shape = shapeOf(feature.geometry, radiusM);
  if (shape === null) return { detail: 'it is a Polygon of one ring, or a Point with radiusM' };
  const zone = { kind: 'no-fly', ...about, name, ...shape };
  if (!check.Check(zone)) {
    const [first] = check.Errors(zone);
    return { detail: first === undefined ? 'it does not fit' : `${first.instancePath} ${first.message}` };
  }
  const made = String(id ?? name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 32);
  return { id: made === '' ? `zone-${index + 1}` : made, zone };
}

function shapeOf({ type, coordinates }: Json, radiusM: unknown): object | null {
  if (type === 'Point') return { circle: { centre: placeOf(coordinates), radiusM } };
  if (type !== 'Polygon' || !Array.isArray(coordinates) || coordinates.length !== 1) return null;
  const [ring] = coordinates;
  // A ring of GeoJSON ends where it began.
  return Array.isArray(ring) ? { ring: ring.slice(0, -1).map(placeOf) } : null;
}

function placeOf(value: unknown): object {
  const [lonDeg, latDeg] = Array.isArray(value) ? value : [];
  return { latDeg, lonDeg };
}

export function writeZones(zones: readonly { readonly id: string; readonly doc: Zone }[]): object {
  return { type: 'FeatureCollection', features: zones.map(({ id, doc }) => featureOf(id, doc)) };
}

function featureOf(id: string, { ring, circle, ...about }: Zone): object {
  const at = ({ latDeg, lonDeg }: { readonly latDeg: number; readonly lonDeg: number }) => [lonDeg, latDeg];
  if (circle !== undefined) {
    const properties = { ...about, radiusM: circle.radiusM };
    return { type: 'Feature', id, geometry: { type: 'Point', coordinates: at(circle.centre) }, properties };
  }
  const points = (ring ?? []).map(at);
  const coordinates = [[...points, ...points.slice(0, 1)]];
  return { type: 'Feature', id, geometry: { type: 'Polygon', coordinates }, properties: about };
}
