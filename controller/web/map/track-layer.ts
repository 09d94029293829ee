/** The way of the drone looked at, as far back as its charts look. */
import { effect } from '@preact/signals';
import type { Map as MapLibre } from 'maplibre-gl';
import { spanS } from '../charts/chart-range.ts';
import type { Fleet } from '../live/fleet.ts';
import { selectedId } from '../shell/route.ts';
import { EMPTY } from './map-style.ts';
import { put } from './put.ts';
import { fetchTrack } from './tracks.ts';
import { lineOf } from './trails.ts';

const AGAIN_MS = 20_000;
const POINTS = 1_500;

/** Draws until the function it returns is called. */
export function keepTrack(map: MapLibre, fleet: Fleet): () => void {
  let asked = new AbortController();

  async function read(id: string, spanMs: number): Promise<void> {
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    const nowMs = fleet.nowMs.peek();
    if (nowMs === null) return;
    const track = await fetchTrack(id, nowMs - spanMs, nowMs, POINTS, signal).catch(() => null);
    if (!track || signal.aborted) return;
    const coordinates = track.parts.map(lineOf).filter((line) => line.length > 1);
    put(map, 'track', { type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates } });
  }

  let drawnFor: string | null = null;
  return effect(() => {
    const id = selectedId();
    const spanMs = spanS.value * 1000;
    if (id !== drawnFor) put(map, 'track', EMPTY);
    drawnFor = id;
    if (id === null || !fleet.loaded.value) return;
    void read(id, spanMs);
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void read(id, spanMs);
    }, AGAIN_MS);
    return () => {
      clearInterval(timer);
      asked.abort();
    };
  });
}
