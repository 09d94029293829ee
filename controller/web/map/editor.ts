/** The editor's layer, loaded when the editor is first opened. */
import { effect } from '@preact/signals';
import type { Map as MapLibre } from 'maplibre-gl';
import type { PlanLayer } from '../plan/plan-layer.ts';
import { route } from '../shell/route.ts';

export function keepEditor(map: MapLibre): PlanLayer {
  let layer: PlanLayer | null = null;
  let closed = false;
  const stop = effect(() => {
    if (route.value.view !== 'plan' || layer !== null) return;
    void import('../shell/panels.ts').then(({ keepPlan }) => {
      if (!closed) layer ??= keepPlan(map);
    });
  });
  return {
    click: (place) => layer?.click(place) === true,
    close() {
      closed = true;
      stop();
      layer?.close();
    },
  };
}
