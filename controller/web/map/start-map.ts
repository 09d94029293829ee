/** Starts MapLibre: flat, without its own controls, its worker a file of ours, nothing fetched from elsewhere. */
import { Map as MapLibre, setWorkerUrl } from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { mapStyle } from './map-style.ts';
import { showLayersOf } from './put.ts';
import type { MapView } from './view.ts';

const START_WITHIN_MS = 60_000;

const EMPTY_AT_FIRST = ['reach', 'doubt', 'track', 'trails', 'trails-earlier', 'pads'];

setWorkerUrl(workerUrl);

/** Resolves when layers can be fed; rejects when the browser cannot draw it or it does not start in time. */
export async function startMap(container: HTMLElement, at: MapView | null): Promise<MapLibre> {
  const map = new MapLibre({
    container,
    style: mapStyle(),
    center: at ? [at.lonDeg, at.latDeg] : [8, 30],
    zoom: at?.zoom ?? 1.6,
    bearing: at?.bearingDeg ?? 0,
    minZoom: 1,
    maxZoom: 20.5,
    maxPitch: 0,
    attributionControl: false,
    // The arrows walk through the list.
    keyboard: false,
    fadeDuration: 0,
    pitchWithRotate: false,
    touchPitch: false,
  });
  const started = Promise.withResolvers<void>();
  const timer = setTimeout(() => started.reject(new Error('it did not start')), START_WITHIN_MS);
  map.once('load', () => started.resolve());
  try {
    await started.promise;
  } catch (error) {
    map.remove();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  for (const id of EMPTY_AT_FIRST) showLayersOf(map, id, false);
  return map;
}
