/** Which drones are in sight, and on which side of each its label goes. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { type DroneFeature, secondLine } from './drone-features.ts';
import { type Labelled, placeLabels, type Side } from './labels.ts';
import { DETAIL_FROM_ZOOM, LABEL_PX } from './map-style.ts';

/** About the view: marks that begin outside it, and the drones whose trails may end in it. */
const MARK_MARGIN_PX = 50;
const NEAR_MARGIN_PX = 300;

export interface Sides {
  readonly sides: Map<string, Side>;
  /** In sight or not far from it. */
  readonly near: readonly string[];
}

/** Only what is in sight competes for room. */
export function chooseSides(
  map: MapLibre,
  fleet: Fleet,
  drawn: ReadonlyMap<string, DroneFeature>,
  before: ReadonlyMap<string, Side>,
): Sides {
  const detailed = map.getZoom() >= DETAIL_FROM_ZOOM;
  const { clientWidth, clientHeight } = map.getContainer();
  const isWithin = ({ x, y }: { x: number; y: number }, px: number): boolean =>
    x >= -px && y >= -px && x <= clientWidth + px && y <= clientHeight + px;
  const seen: Labelled[] = [];
  const near: string[] = [];
  for (const [id, { lonDeg, latDeg, properties }] of drawn) {
    const at = map.project([lonDeg, latDeg]);
    if (!isWithin(at, NEAR_MARGIN_PX)) continue;
    near.push(id);
    if (!isWithin(at, MARK_MARGIN_PX)) continue;
    const record = detailed || properties.state !== 'fresh' ? fleet.all().get(id) : undefined;
    const second = record ? secondLine(record, fleet.nowMs.peek(), fleet.limits.peek()) : null;
    const letters = second === null ? id.length : Math.max(id.length, second.length * 0.9);
    const size = { widthPx: letters * LABEL_PX * 0.56 + 4, heightPx: (second === null ? 1 : 2) * 14 };
    seen.push({ id, x: at.x, y: at.y, ...size, rank: properties.rank, before: before.get(id) ?? null });
  }
  return { sides: placeLabels(seen, { widthPx: clientWidth, heightPx: clientHeight }), near };
}
