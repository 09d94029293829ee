/** On the map: the chosen order from its base to its drop-off and the drone that has it, or the drop-off of a new one. */
import { effect, untracked } from '@preact/signals';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { valuesOf } from '../live/record.ts';
import type { Camera } from '../map/camera.ts';
import { BOLD, EMPTY } from '../map/map-style.ts';
import { baseOf } from '../places/held.ts';
import type { Spot } from '../shell/json.ts';
import { selectedOrder } from '../shell/route.ts';
import { theme, token } from '../shell/theme.ts';
import type { OrderAnswer } from './answers.ts';
import { chosenOrder } from './desk.ts';
import { pickingDropOff, wish } from './placing.ts';

const SOURCE = 'order';

/** Keeps source and layers until the returned function is called. */
export function keepOrder(map: MapLibre, fleet: Fleet, camera: Camera): () => void {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  const ofWhat = (what: string) => ['==', ['get', 'what'], what] as never;
  map.addLayer({
    ...{ id: 'order-way', type: 'line', source: SOURCE, filter: ofWhat('way') },
    paint: { 'line-width': 1.5, 'line-dasharray': [1, 2] },
  });
  map.addLayer({
    ...{ id: 'order-drone', type: 'circle', source: SOURCE, filter: ofWhat('drone') },
    paint: { 'circle-radius': 18, 'circle-opacity': 0, 'circle-stroke-width': 2 },
  });
  map.addLayer({
    ...{ id: 'order-end', type: 'circle', source: SOURCE, filter: ofWhat('end') },
    paint: { 'circle-radius': 6, 'circle-stroke-width': 3 },
  });
  map.addLayer({
    ...{ id: 'order-label', type: 'symbol', source: SOURCE, filter: ofWhat('end') },
    layout: {
      ...{ 'text-field': 'drop-off', 'text-font': BOLD, 'text-size': 12 },
      ...{ 'text-anchor': 'top', 'text-offset': [0, 0.9], 'text-allow-overlap': true },
    },
    paint: { 'text-halo-width': 1.6 },
  });

  const droneAt = (order: OrderAnswer | null): Spot | null => {
    const id = order?.drone ?? order?.leftOn ?? null;
    const record = id === null ? null : fleet.drone(id).value;
    const at = record === null ? null : valuesOf(record, 'position');
    return at?.latDeg == null || at.lonDeg == null ? null : { latDeg: at.latDeg, lonDeg: at.lonDeg };
  };
  let shown: string | null = null;
  const stops = [
    effect(() => {
      const draft = wish.value;
      const order = draft === null ? chosenOrder.value : null;
      const start = draft === null ? (order?.pickup ?? null) : (baseOf(draft.base)?.place ?? null);
      const end = draft === null ? (order?.dropOff ?? null) : draft.dropOff;
      void (map.getSource(SOURCE) as GeoJSONSource).setData(featuresOf({ start, end, drone: droneAt(order) }));
    }),
    // Looked at once, when it is chosen; afterwards the map is the reader's.
    effect(() => {
      const order = chosenOrder.value;
      if (selectedOrder() === null) shown = null;
      if (order === null || order.id === shown) return;
      shown = order.id;
      const drone = untracked(() => droneAt(order));
      camera.fit(
        [order.pickup, order.dropOff, drone].filter((one) => one !== null),
        true,
      );
    }),
    effect(() => {
      void theme.value;
      const colour = token('--skein');
      map.setPaintProperty('order-way', 'line-color', colour);
      map.setPaintProperty('order-drone', 'circle-stroke-color', colour);
      map.setPaintProperty('order-end', 'circle-color', token('--map-halo'));
      map.setPaintProperty('order-end', 'circle-stroke-color', colour);
      map.setPaintProperty('order-label', 'text-color', token('--ink'));
      map.setPaintProperty('order-label', 'text-halo-color', token('--map-halo'));
    }),
    effect(() => {
      map.getCanvasContainer().dataset.dropping = pickingDropOff.value ? 'on' : '';
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

interface Shown {
  readonly start: Spot | null;
  readonly end: Spot | null;
  readonly drone: Spot | null;
}

function featuresOf({ start, end, drone }: Shown): GeoJSON.FeatureCollection {
  const at = ({ lonDeg, latDeg }: Spot): GeoJSON.Position => [lonDeg, latDeg];
  const features: GeoJSON.Feature[] = [];
  const add = (what: string, geometry: GeoJSON.Geometry): void =>
    void features.push({ type: 'Feature', properties: { what }, geometry });
  if (start !== null && end !== null) add('way', { type: 'LineString', coordinates: [at(start), at(end)] });
  if (end !== null) add('end', { type: 'Point', coordinates: at(end) });
  if (drone !== null) add('drone', { type: 'Point', coordinates: at(drone) });
  return { type: 'FeatureCollection', features };
}
