/** The way that the drone looked at is to fly: thin, under the way it has flown, which is drawn thick. */
import { computed, effect } from '@preact/signals';
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { selectedId } from '../shell/route.ts';
import { theme, token } from '../shell/theme.ts';
import { EMPTY } from './map-style.ts';
import { fetchRoute } from './planned.ts';

const SOURCE = 'route';

/** Keeps source and layers until the returned function is called. */
export function keepRoute(map: MapLibre, fleet: Fleet): () => void {
  map.addSource(SOURCE, { type: 'geojson', data: EMPTY });
  map.addLayer(
    { id: 'route', type: 'line', source: SOURCE, paint: { 'line-width': 1.5, 'line-dasharray': [2, 2] } },
    'track-case',
  );
  map.addLayer({
    id: 'route-places',
    type: 'circle',
    source: SOURCE,
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': ['case', ['get', 'now'], 6, 3.5], 'circle-opacity': 0.9 },
  });
  /** Which plan, and which of its items is under way: equal words, equal picture. */
  const wanted = computed(() => {
    const id = selectedId();
    const plan = id === null ? null : (fleet.drone(id).value?.entry.itinerary ?? null);
    return plan === null ? null : `${plan.id} ${plan.version} ${plan.item ?? ''}`;
  });
  const source = (): GeoJSONSource => map.getSource(SOURCE) as GeoJSONSource;
  const stops = [
    effect(() => {
      const [id, version, item] = wanted.value?.split(' ') ?? [];
      const asked = new AbortController();
      if (id === undefined) void source().setData(EMPTY);
      else {
        void fetchRoute(id, Number(version), item === '' ? null : Number(item), asked.signal).then((data) => {
          if (!asked.signal.aborted) void source().setData(data ?? EMPTY);
        });
      }
      return () => asked.abort();
    }),
    effect(() => {
      void theme.value;
      map.setPaintProperty('route', 'line-color', token('--ink-2'));
      map.setPaintProperty('route-places', 'circle-color', [
        'match',
        ['get', 'kind'],
        'deliver',
        token('--attention'),
        token('--ink-2'),
      ]);
    }),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
