/**
 * The ground: Natural Earth land and borders, bundled, so that the map needs no network but the controller. Coarse
 * first; the fine coast (1:10 m) when someone comes near enough to see the difference.
 */

import { feature, merge, mesh } from 'topojson-client';
import type { GeometryCollection, MultiPolygon, Polygon, Topology } from 'topojson-specification';
import fineUrl from 'world-atlas/countries-10m.json?url';
import coarseUrl from 'world-atlas/countries-50m.json?url';

export interface Ground {
  readonly land: GeoJSON.Feature;
  readonly borders: GeoJSON.Feature;
  readonly names: GeoJSON.FeatureCollection<GeoJSON.Point, { name: string; size: number }>;
}

type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>;

export async function loadGround(detail: 'coarse' | 'fine', signal: AbortSignal): Promise<Ground> {
  const response = await fetch(detail === 'coarse' ? coarseUrl : fineUrl, { signal });
  if (!response.ok) throw new Error(`base map: ${response.status}`);
  const topology = (await response.json()) as Countries;
  const { countries } = topology.objects;
  const shapes = countries.geometries.filter(
    (g): g is Polygon<{ name: string }> | MultiPolygon<{ name: string }> =>
      g.type === 'Polygon' || g.type === 'MultiPolygon',
  );
  return {
    land: { type: 'Feature', properties: {}, geometry: merge(topology, shapes) },
    borders: { type: 'Feature', properties: {}, geometry: mesh(topology, countries, (a, b) => a !== b) },
    names: {
      type: 'FeatureCollection',
      features: detail === 'coarse' ? feature(topology, countries).features.flatMap(nameOf) : [],
    },
  };
}

/** A label in the middle of the largest part of a country. */
function nameOf(
  country: GeoJSON.Feature<GeoJSON.Geometry, { name: string }>,
): GeoJSON.Feature<GeoJSON.Point, { name: string; size: number }>[] {
  const { geometry } = country;
  const parts =
    geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
  let best: { x: number; y: number; area: number } | null = null;
  for (const [outer] of parts) {
    const middle = outer ? centroid(outer) : null;
    if (middle && (!best || middle.area > best.area)) best = middle;
  }
  if (!best) return [];
  return [
    {
      type: 'Feature',
      properties: { name: country.properties.name, size: Math.log2(1 + best.area) },
      geometry: { type: 'Point', coordinates: [best.x, best.y] },
    },
  ];
}

function centroid(ring: readonly GeoJSON.Position[]): { x: number; y: number; area: number } | null {
  let twice = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [ax = 0, ay = 0] = ring[i] ?? [];
    const [bx = 0, by = 0] = ring[i + 1] ?? [];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return twice === 0 ? null : { x: x / (3 * twice), y: y / (3 * twice), area: Math.abs(twice / 2) };
}
