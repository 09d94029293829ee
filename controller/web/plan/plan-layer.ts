/** The draft on the map: its way, its fence, and handles that can be taken hold of with mouse or finger. */
import { effect } from '@preact/signals';
import type { GeoJSONSource, Map as MapLibre, MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import { theme, token } from '../shell/theme.ts';
import { type Handle, handlesOf, lineOfDraft, moveHandle, type Ref } from './draft.ts';
import { change, chosen, draft, editAt, editing, remember, verdict } from './editing.ts';
import { planFeatures } from './plan-features.ts';

const SOURCE = 'plan';
const HANDLES = 'plan-handles';
const REACH_PX = 14;

export interface PlanLayer {
  /** A click on the map: true when it was for the editor. */
  click(place: { readonly latDeg: number; readonly lonDeg: number }): boolean;
  close(): void;
}

/** Keeps sources, layers and listeners until `close`. */
export function keepPlan(map: MapLibre): PlanLayer {
  map.addSource(SOURCE, { type: 'geojson', data: { type: 'FeatureCollection', features: [] } });
  const shape = (what: string) => ['==', ['get', 'what'], what] as never;
  map.addLayer({
    id: 'plan-fence',
    type: 'fill',
    source: SOURCE,
    filter: shape('fence'),
    paint: { 'fill-opacity': 0.05 },
  });
  map.addLayer({
    id: 'plan-fence-edge',
    type: 'line',
    source: SOURCE,
    filter: shape('fence'),
    paint: { 'line-width': 1.5, 'line-dasharray': [1, 1.5] },
  });
  map.addLayer({
    id: 'plan-line-case',
    type: 'line',
    source: SOURCE,
    filter: shape('line'),
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-width': 5 },
  });
  map.addLayer({
    id: 'plan-line',
    type: 'line',
    source: SOURCE,
    filter: shape('line'),
    layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-width': 2 },
  });
  map.addLayer({
    id: HANDLES,
    type: 'circle',
    source: SOURCE,
    filter: shape('handle'),
    paint: {
      'circle-radius': ['match', ['get', 'kind'], 'fence', 5, 'base', 7, 10],
      'circle-stroke-width': ['case', ['get', 'chosen'], 3, 1.5],
    },
  });
  map.addLayer({
    id: 'plan-labels',
    type: 'symbol',
    source: SOURCE,
    filter: shape('handle'),
    layout: {
      'text-field': ['get', 'label'],
      'text-font': ['Skein Bold', 'Segoe UI', 'Roboto', 'Noto Sans', 'Liberation Sans', 'Arial'],
      'text-size': 11,
      // Beside its dot, which is too small for a word.
      'text-offset': ['match', ['get', 'kind'], 'base', ['literal', [0, 1.5]], ['literal', [0, 0]]],
      'text-allow-overlap': true,
      'text-ignore-placement': true,
    },
  });

  let held: { readonly ref: Ref; moved: boolean } | null = null;
  let dropped = false;

  function handleAt(point: { readonly x: number; readonly y: number }): Handle | null {
    const now = draft.peek();
    if (!editing.peek() || now === null) return null;
    let nearest: Handle | null = null;
    let nearestPx = REACH_PX;
    for (const handle of handlesOf(now)) {
      const { x, y } = map.project([handle.place.lonDeg, handle.place.latDeg]);
      const px = Math.hypot(x - point.x, y - point.y);
      // The later is drawn on top.
      if (px <= nearestPx) {
        nearest = handle;
        nearestPx = px;
      }
    }
    return nearest;
  }

  function take(event: MapMouseEvent | MapTouchEvent): void {
    const handle = handleAt(event.point);
    dropped = false;
    if (handle === null || ('points' in event && event.points.length > 1)) return;
    event.preventDefault();
    chosen.value = handle.ref;
    held = { ref: handle.ref, moved: false };
    map.dragPan.disable();
  }

  function move(event: MapMouseEvent | MapTouchEvent): void {
    const now = draft.peek();
    if (held === null || now === null) return;
    if (!held.moved) remember();
    held.moved = true;
    const { lat, lng } = event.lngLat;
    change(moveHandle(now, held.ref, { latDeg: lat, lonDeg: lng }), { moving: true });
  }

  function drop(): void {
    dropped = held !== null;
    held = null;
    map.dragPan.enable();
  }

  function hover(event: MapMouseEvent): void {
    map.getCanvasContainer().dataset.handle = handleAt(event.point) === null ? '' : 'over';
  }

  map.on('mousedown', take);
  map.on('touchstart', take);
  map.on('mousemove', move);
  map.on('mousemove', hover);
  map.on('touchmove', move);
  map.on('mouseup', drop);
  map.on('touchend', drop);

  const stops = [
    effect(() => {
      const shown = editing.value ? draft.value : null;
      const broken = new Set((verdict.value?.refusals ?? []).map(({ item }) => item));
      const data =
        shown === null
          ? planFeatures(null)
          : planFeatures({ draft: shown, chosen: chosen.value, broken, line: lineOfDraft(shown) });
      void (map.getSource(SOURCE) as GeoJSONSource).setData(data);
      map.getCanvasContainer().dataset.editing = shown === null ? '' : 'plan';
    }),
    effect(() => {
      void theme.value;
      const [skein, danger, halo, ink] = [token('--skein'), token('--danger'), token('--map-halo'), token('--ink')];
      map.setPaintProperty('plan-fence', 'fill-color', token('--attention'));
      map.setPaintProperty('plan-fence-edge', 'line-color', token('--attention'));
      map.setPaintProperty('plan-line-case', 'line-color', halo);
      map.setPaintProperty('plan-line', 'line-color', skein);
      map.setPaintProperty(HANDLES, 'circle-color', [
        'case',
        ['get', 'broken'],
        danger,
        ['match', ['get', 'kind'], 'fence', token('--attention'), 'base', ink, 'rally', token('--fresh'), skein],
      ]);
      map.setPaintProperty(HANDLES, 'circle-stroke-color', ['case', ['get', 'chosen'], ink, halo]);
      map.setPaintProperty('plan-labels', 'text-color', ['match', ['get', 'kind'], 'base', ink, token('--on-mark')]);
      map.setPaintProperty('plan-labels', 'text-halo-color', halo);
      map.setPaintProperty('plan-labels', 'text-halo-width', ['match', ['get', 'kind'], 'base', 1.5, 0]);
    }),
  ];
  return {
    click(place) {
      // The end of a drag is a click for the browser, not for the draft.
      if (dropped) {
        dropped = false;
        return editing.peek();
      }
      return editAt(place);
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}
