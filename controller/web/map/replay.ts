/** The layer of the past, loaded when the history of a drone is first opened. */
import { effect } from '@preact/signals';
import type { Map as MapLibre } from 'maplibre-gl';
import { historyOf } from '../shell/route.ts';
import { boundsOf } from './camera.ts';
import { BOLD, EMPTY, LABEL_PX } from './map-style.ts';
import { fetchRoute } from './planned.ts';

export function keepPast(map: MapLibre): () => void {
  let close: (() => void) | null = null;
  let closed = false;
  const stop = effect(() => {
    if (historyOf() === null || close !== null) return;
    void import('../shell/panels.ts').then(({ keepReplay }) => {
      if (!closed) close ??= keepReplay(map, { empty: EMPTY, font: BOLD, letterPx: LABEL_PX, boundsOf, fetchRoute });
    });
  });
  return () => {
    closed = true;
    stop();
    close?.();
  };
}
