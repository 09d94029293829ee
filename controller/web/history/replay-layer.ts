/** The past on the map: the flown way thick, the planned one thin, and where the drone was at the instant chosen. */
import { computed, effect } from '@preact/signals';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { clockTime } from '../format/face.ts';
import type { boundsOf } from '../map/camera.ts';
import type { fetchRoute } from '../map/planned.ts';
import { historyOf } from '../shell/route.ts';
import { theme, token } from '../shell/theme.ts';
import { atMs, chosen } from './moment.ts';
import { track } from './past.ts';
import { plan, planMissing, sprite, where } from './scene.ts';
import { partsOf } from './track.ts';
import { holeWords } from './words.ts';

const LAYERS = ['replay-case', 'replay-track', 'replay-ends', 'replay-plan', 'replay-places', 'replay-mark'] as const;
const NEAREST_FIT_ZOOM = 17.5;
const FIT_PX = 48;

/** What the map has of its own: this stands with the panes, which must not bring the map along. */
export interface OfMap {
  readonly empty: GeoJSON.FeatureCollection;
  readonly font: string[];
  readonly letterPx: number;
  readonly boundsOf: typeof boundsOf;
  readonly fetchRoute: typeof fetchRoute;
}

/** Keeps sources and layers until the returned function is called. */
export function keepReplay(map: MapLibre, of: OfMap): () => void {
  for (const name of ['replay-plan', 'replay-track', 'replay-mark'])
    map.addSource(name, { type: 'geojson', data: of.empty, tolerance: 0.2 });
  const round = { 'line-cap': 'round', 'line-join': 'round' } as const;
  const line = { type: 'line', layout: round } as const;
  map.addLayer({ ...line, id: 'replay-case', source: 'replay-track', paint: { 'line-width': 7 } });
  map.addLayer({ ...line, id: 'replay-track', source: 'replay-track', paint: { 'line-width': 4 } });
  map.addLayer({
    id: 'replay-ends',
    type: 'circle',
    source: 'replay-track',
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 4, 'circle-stroke-width': 1.6 },
  });
  // Over what was flown: where the two are one line, the thin one is seen on the thick one.
  map.addLayer({
    id: 'replay-plan',
    type: 'line',
    source: 'replay-plan',
    layout: { 'line-join': 'round' },
    paint: { 'line-width': 1.5, 'line-dasharray': [3, 2] },
  });
  map.addLayer({
    id: 'replay-places',
    type: 'circle',
    source: 'replay-plan',
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 3.5, 'circle-stroke-width': 1.5 },
  });
  map.addLayer({
    id: 'replay-mark',
    type: 'symbol',
    source: 'replay-mark',
    layout: {
      'icon-image': ['get', 'icon'],
      'icon-rotate': ['get', 'headingDeg'],
      'icon-rotation-alignment': 'map',
      'icon-size': 1.2,
      'icon-allow-overlap': true,
      'icon-ignore-placement': true,
      'text-field': ['get', 'words'],
      'text-font': of.font,
      'text-size': of.letterPx,
      'text-anchor': 'left',
      'text-offset': [1.4, 0],
      'text-justify': 'left',
      'text-max-width': 14,
      'text-allow-overlap': true,
      'text-ignore-placement': true,
    },
    paint: { 'text-halo-width': 1.6 },
  });
  const source = (id: string): GeoJSONSource => map.getSource(id) as GeoJSONSource;
  const canvas = map.getCanvasContainer();
  let fitted: unknown = null;
  /** Which plan: equal words, equal picture. */
  const planned = computed(() => (plan.value === null ? null : `${plan.value.id} ${plan.value.version}`));

  function paint(): void {
    const [ink, halo, flown] = [token('--ink'), token('--map-halo'), token('--skein')];
    map.setPaintProperty('replay-plan', 'line-color', ink);
    map.setPaintProperty('replay-places', 'circle-color', halo);
    map.setPaintProperty('replay-places', 'circle-stroke-color', ink);
    map.setPaintProperty('replay-case', 'line-color', halo);
    map.setPaintProperty('replay-track', 'line-color', flown);
    map.setPaintProperty('replay-ends', 'circle-color', halo);
    map.setPaintProperty('replay-ends', 'circle-stroke-color', flown);
    map.setPaintProperty('replay-mark', 'text-color', ink);
    map.setPaintProperty('replay-mark', 'text-halo-color', halo);
    const past = historyOf() !== null;
    for (const id of ['labels', ...LAYERS])
      map.setLayoutProperty(id, 'visibility', id.startsWith('replay-') === past ? 'visible' : 'none');
  }

  const stops = [
    // After the fleet's own layers were painted for the theme.
    effect(() => {
      void theme.value;
      void historyOf();
      const timer = setTimeout(paint, 0);
      return () => clearTimeout(timer);
    }),
    effect(() => {
      const way = track.value;
      const parts = way === null ? [] : partsOf(way).map((part) => part.map(coordinatesOf));
      const ends = parts.slice(1).flatMap((part, i) => [parts[i]?.at(-1), part[0]]);
      const features: GeoJSON.Feature[] = parts
        .filter((part) => part.length > 1)
        .map((coordinates) => feature({ type: 'LineString', coordinates }));
      for (const end of ends) if (end) features.push(feature({ type: 'Point', coordinates: end }));
      void source('replay-track').setData({ type: 'FeatureCollection', features });
      // Once for what was chosen; zooming in time does not move the map.
      const first = parts.flat();
      if (first.length > 0 && fitted !== chosen.peek()) {
        fitted = chosen.peek();
        fit(map, of.boundsOf(first));
      }
    }),
    effect(() => {
      const wanted = planned.value;
      const asked = new AbortController();
      const draw = (data: GeoJSON.FeatureCollection | null): void => {
        if (asked.signal.aborted) return;
        void source('replay-plan').setData(data ?? of.empty);
        planMissing.value = wanted !== null && data === null;
        if (data === null) delete canvas.dataset.planned;
        else canvas.dataset.planned = wanted?.split(' ')[0] ?? '';
      };
      const [id = '', version] = wanted?.split(' ') ?? [];
      if (wanted === null) draw(null);
      else void of.fetchRoute(id, Number(version), null, asked.signal).then(draw);
      return () => asked.abort();
    }),
    effect(() => {
      const one = where.value;
      const point = one === null ? null : one.kind === 'there' ? one.point : one.last;
      const { state, place, control } = sprite.value;
      if (historyOf() === null || point === null) {
        void source('replay-mark').setData(of.empty);
        delete canvas.dataset.replay;
        return;
      }
      const words = holeWords(one, false) ?? clockTime(atMs.value);
      const properties = { icon: `${state}-${place}-${control}`, headingDeg: point.headingDeg ?? 0, words };
      void source('replay-mark').setData(feature({ type: 'Point', coordinates: coordinatesOf(point) }, properties));
      canvas.dataset.replay = `${point.latDeg} ${point.lonDeg} ${properties.icon} ${words}`;
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function coordinatesOf({ lonDeg, latDeg }: { readonly lonDeg: number; readonly latDeg: number }): [number, number] {
  return [lonDeg, latDeg];
}

function feature(geometry: GeoJSON.Geometry, properties: GeoJSON.GeoJsonProperties = {}): GeoJSON.Feature {
  return { type: 'Feature', properties, geometry };
}

function fit(map: MapLibre, bounds: ReturnType<typeof boundsOf>): void {
  const options = { padding: FIT_PX, maxZoom: NEAREST_FIT_ZOOM, duration: 0 };
  // Told to fleet-map.ts: drones that report in later do not move the map away from it.
  map.fitBounds(bounds, options, { past: true });
}
