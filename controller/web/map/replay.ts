/** The layer of the past, loaded when the history of a drone is first opened. */
import { effect } from '@preact/signals';
import type { Map as MapLibre } from 'maplibre-gl';
import { historyOf } from '../shell/route.ts';

export function keepPast(map: MapLibre): () => void {
  let close: (() => void) | null = null;
  let closed = false;
  const stop = effect(() => {
    if (historyOf() === null || close !== null) return;
    void import('../history/replay-layer.ts').then(({ keepReplay }) => {
      if (!closed) close ??= keepReplay(map);
    });
  });
  return () => {
    closed = true;
    stop();
    close?.();
  };
}
