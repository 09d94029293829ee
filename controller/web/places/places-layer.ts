/** Bases with their pads and zones on the map, below everything that flies. */
import { effect } from '@preact/signals';
import type { Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { BOLD, EMPTY, REGULAR } from '../map/map-style.ts';
import { put } from '../map/put.ts';
import { theme, token } from '../shell/theme.ts';
import { ZONE_KINDS, type ZoneKind } from './answers.ts';
import { baseFeatures, zoneFeatures } from './features.ts';
import { hatches } from './hatches.ts';
import { places, pressed } from './held.ts';

const BASES = 'bases';
const ZONES = 'zones';
/** Everything else of the fleet is drawn above this. */
const BELOW = 'doubt';
const TOUCH_PX = 8;
const PADS_FROM_ZOOM = 13.5;

/** Each kind has an edge of its own as well: a thin zone shows little of its pattern. */
const EDGES: Readonly<Record<ZoneKind, { readonly width: number; readonly dash?: number[] }>> = {
  'no-fly': { width: 2 },
  'keep-in': { width: 2, dash: [6, 2] },
  slow: { width: 1.4, dash: [4, 2, 1, 2] },
  caution: { width: 1.4, dash: [1.5, 2] },
};

export interface PlacesLayer {
  /** A click on the map: true when a base or a zone lies there. */
  click(point: { readonly x: number; readonly y: number }): boolean;
  close(): void;
}

export function keepPlaces(map: MapLibre, fleet: Fleet): PlacesLayer {
  for (const { name, image, pixelRatio } of hatches()) map.addImage(name, image, { pixelRatio });
  map.addSource(BASES, { type: 'geojson', data: EMPTY });
  map.addSource(ZONES, { type: 'geojson', data: EMPTY, tolerance: 0.1 });
  const ofKind = (kind: string) => ['all', ['==', ['get', 'what'], 'area'], ['==', ['get', 'kind'], kind]] as never;
  const ofWhat = (what: string) => ['==', ['get', 'what'], what] as never;
  const faint = ['case', ['get', 'later'], 0.35, 1] as never;
  for (const kind of ZONE_KINDS) {
    const filled = kind !== 'keep-in';
    map.addLayer(
      {
        ...{ id: `zone-${kind}`, type: 'fill', source: ZONES, filter: ofKind(kind) },
        paint: filled ? { 'fill-pattern': `zone-${kind}`, 'fill-opacity': faint } : { 'fill-opacity': 0 },
      },
      BELOW,
    );
    const { width, dash } = EDGES[kind];
    map.addLayer(
      {
        ...{ id: `zone-edge-${kind}`, type: 'line', source: ZONES, filter: ofKind(kind) },
        paint: {
          ...{ 'line-width': width, 'line-opacity': faint },
          ...(dash === undefined ? {} : { 'line-dasharray': dash }),
        },
      },
      BELOW,
    );
  }
  map.addLayer(
    {
      ...{ id: 'zone-names', type: 'symbol', source: ZONES, filter: ofWhat('label'), minzoom: 12.5 },
      layout: { 'text-field': ['get', 'label'], 'text-font': REGULAR, 'text-size': 11, 'text-max-width': 12 },
      paint: { 'text-halo-width': 1.6 },
    },
    BELOW,
  );
  map.addLayer(
    {
      ...{ id: 'base-pads', type: 'symbol', source: BASES, filter: ofWhat('pad'), minzoom: PADS_FROM_ZOOM },
      layout: {
        ...{ 'icon-image': 'pad', 'icon-size': 0.85, 'icon-allow-overlap': true, 'icon-ignore-placement': true },
        ...{ 'text-field': ['get', 'label'], 'text-font': REGULAR, 'text-size': 10.5 },
        ...{ 'text-anchor': 'bottom', 'text-offset': [0, -1], 'text-optional': true },
      },
      paint: { 'text-halo-width': 1.4, 'icon-opacity': ['case', ['get', 'closed'], 0.4, 1] },
    },
    BELOW,
  );
  map.addLayer(
    {
      ...{ id: 'base-marks', type: 'circle', source: BASES, filter: ofWhat('base') },
      paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, 3, 14, 5], 'circle-stroke-width': 2 },
    },
    BELOW,
  );
  map.addLayer(
    {
      ...{ id: 'base-names', type: 'symbol', source: BASES, filter: ofWhat('base'), minzoom: 9 },
      layout: {
        ...{ 'text-field': ['get', 'label'], 'text-font': BOLD, 'text-size': 12 },
        // At a corner: the labels of drones stand at the sides.
        ...{ 'text-anchor': 'bottom-right', 'text-offset': [-0.5, -0.6], 'text-allow-overlap': true },
      },
      paint: { 'text-halo-width': 1.6 },
    },
    BELOW,
  );

  let drawn = '';
  const stops = [
    effect(() => {
      put(map, BASES, baseFeatures(places.value.value?.bases ?? []));
    }),
    effect(() => {
      const zones = places.value.value?.zones ?? [];
      void fleet.second.value;
      const features = zoneFeatures(zones, fleet.nowMs.peek() ?? Date.now());
      const key = JSON.stringify(features);
      if (key !== drawn) put(map, ZONES, features);
      drawn = key;
    }),
    // One that was named elsewhere comes into sight; one pressed on the map is there.
    effect(() => {
      const which = pressed.value;
      const base = which?.kind === 'base' ? places.value.peek()?.bases.find((one) => one.id === which.id) : undefined;
      const { latDeg, lonDeg } = base?.place ?? {};
      if (latDeg === undefined || lonDeg === undefined || map.getBounds().contains([lonDeg, latDeg])) return;
      map.jumpTo({ center: [lonDeg, latDeg], zoom: Math.max(map.getZoom(), PADS_FROM_ZOOM) });
    }),
    effect(() => {
      void theme.value;
      for (const { name, image } of hatches()) map.updateImage(name, image);
      for (const kind of ZONE_KINDS) map.setPaintProperty(`zone-edge-${kind}`, 'line-color', token('--ink-3'));
      for (const layer of ['zone-names', 'base-pads', 'base-names']) {
        map.setPaintProperty(layer, 'text-color', token(layer === 'base-names' ? '--ink' : '--ink-2'));
        map.setPaintProperty(layer, 'text-halo-color', token('--map-halo'));
      }
      map.setPaintProperty('base-marks', 'circle-color', token('--panel'));
      map.setPaintProperty('base-marks', 'circle-stroke-color', token('--ink'));
    }),
  ];
  const zoneLayers = ZONE_KINDS.map((kind) => `zone-${kind}`);
  return {
    click({ x, y }) {
      const box: [[number, number], [number, number]] = [
        [x - TOUCH_PX, y - TOUCH_PX],
        [x + TOUCH_PX, y + TOUCH_PX],
      ];
      const base: unknown = map.queryRenderedFeatures(box, { layers: ['base-marks', 'base-names', 'base-pads'] })[0]
        ?.properties.id;
      const zone: unknown = map.queryRenderedFeatures([x, y], { layers: zoneLayers })[0]?.properties.id;
      if (typeof base === 'string') pressed.value = { kind: 'base', id: base };
      else if (typeof zone === 'string') pressed.value = { kind: 'zone', id: zone };
      else pressed.value = null;
      return pressed.peek() !== null;
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}
