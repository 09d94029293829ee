/** The place a drone is to be sent to: a cross in a ring, and a thin line from the drone. */
import { effect } from '@preact/signals';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { valuesOf } from '../live/record.ts';
import { theme, token } from '../shell/theme.ts';
import { picking, type Target, target } from './picking.ts';

const SOURCE = 'target';

/** Keeps source and layers until the returned function is called. */
export function keepTarget(map: MapLibre, fleet: Fleet): () => void {
  map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  map.addLayer({
    id: 'target-line',
    type: 'line',
    source: SOURCE,
    filter: ['==', ['geometry-type'], 'LineString'],
    paint: { 'line-width': 1.5, 'line-dasharray': [3, 2] },
  });
  map.addLayer({
    id: 'target-ring',
    type: 'circle',
    source: SOURCE,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 9, 'circle-opacity': 0, 'circle-stroke-width': 2 },
  });
  map.addLayer({
    id: 'target-dot',
    type: 'circle',
    source: SOURCE,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 2.5 },
  });
  const stops = [
    effect(() => {
      const place = target.value;
      const from = place === null ? null : fleet.drone(place.drone).value;
      const at = from === null ? null : valuesOf(from, 'position');
      void (map.getSource(SOURCE) as GeoJSONSource).setData(featuresOf(place, at));
    }),
    effect(() => {
      void theme.value;
      const colour = token('--skein');
      map.setPaintProperty('target-line', 'line-color', colour);
      map.setPaintProperty('target-ring', 'circle-stroke-color', colour);
      map.setPaintProperty('target-dot', 'circle-color', colour);
    }),
    effect(() => {
      map.getCanvasContainer().dataset.picking = picking.value ?? '';
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function featuresOf(
  place: Target | null,
  from: { readonly latDeg: number | null; readonly lonDeg: number | null } | null,
): GeoJSON.FeatureCollection {
  if (place === null) return { type: 'FeatureCollection', features: [] };
  const end = [place.lonDeg, place.latDeg];
  const features: GeoJSON.Feature[] = [
    { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: end } },
  ];
  if (from?.lonDeg != null && from.latDeg != null)
    features.push({
      type: 'Feature',
      properties: {},
      geometry: { type: 'LineString', coordinates: [[from.lonDeg, from.latDeg], end] },
    });
  return { type: 'FeatureCollection', features };
}
