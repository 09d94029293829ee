/** Which drones are in sight, and on which side of each its label goes. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { secondLine } from './drone-notes.ts';
import { type Labelled, placeLabels, type Side } from './labels.ts';
import { DETAIL_FROM_ZOOM, LABEL_PX } from './map-style.ts';
import { type Marks, project } from './marks.ts';
import { viewOf } from './marks-layer.ts';

/** About the view: marks that begin outside it, and the drones whose trails may end in it. */
const MARK_MARGIN_PX = 50;
const NEAR_MARGIN_PX = 300;

export interface Sides {
  readonly sides: Map<string, Side>;
  /** In sight or not far from it. */
  readonly near: readonly string[];
}

/** Only what is in sight competes for room. */
export function chooseSides(map: MapLibre, fleet: Fleet, marks: Marks, before: ReadonlyMap<string, Side>): Sides {
  const detailed = map.getZoom() >= DETAIL_FROM_ZOOM;
  const { clientWidth: widthPx, clientHeight: heightPx } = map.getContainer();
  const seen: Labelled[] = [];
  const near: string[] = [];
  project(marks.values(), viewOf(map), ({ id, state, rank }, x, y) => {
    const isWithin = (px: number): boolean => x >= -px && y >= -px && x <= widthPx + px && y <= heightPx + px;
    if (!isWithin(NEAR_MARGIN_PX)) return;
    near.push(id);
    if (!isWithin(MARK_MARGIN_PX)) return;
    const record = detailed || state !== 'fresh' ? fleet.all().get(id) : undefined;
    const second = record ? secondLine(record, fleet.nowMs.peek(), fleet.limits.peek()) : null;
    const letters = second === null ? id.length : Math.max(id.length, second.length * 0.9);
    const size = { widthPx: letters * LABEL_PX * 0.56 + 4, heightPx: (second === null ? 1 : 2) * 14 };
    seen.push({ id, x, y, ...size, rank, before: before.get(id) ?? null });
  });
  return { sides: placeLabels(seen, { widthPx, heightPx }), near };
}
