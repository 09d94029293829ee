/** A draft as the map draws it. Pure. */
import type { Itinerary, Place } from '@skein/protocol/fleet';
import { circle } from '../map/grid.ts';
import { handlesOf, type Ref } from './draft.ts';

export interface Shown {
  readonly draft: Itinerary;
  readonly chosen: Ref | null;
  /** Items that break a rule; null stands for the plan as a whole. */
  readonly broken: ReadonlySet<number | null>;
  readonly line: readonly Place[];
}

const at = ({ lonDeg, latDeg }: Place): [number, number] => [lonDeg, latDeg];

/** Equal references: the same handle. */
export function isSame(a: Ref | null, b: Ref): boolean {
  return a !== null && JSON.stringify(a) === JSON.stringify(b);
}

export function planFeatures(shown: Shown | null): GeoJSON.FeatureCollection {
  if (shown === null) return { type: 'FeatureCollection', features: [] };
  const { draft, chosen, broken, line } = shown;
  const features: GeoJSON.Feature[] = [];
  const add = (what: string, geometry: GeoJSON.Geometry, properties: object = {}): void => {
    features.push({ type: 'Feature', properties: { what, ...properties }, geometry });
  };
  for (const { points } of draft.fence?.polygons ?? []) {
    const [first] = points;
    if (first === undefined) continue;
    const ring = [...points, first].map(at);
    add(
      'fence',
      points.length < 3 ? { type: 'LineString', coordinates: ring } : { type: 'Polygon', coordinates: [ring] },
    );
  }
  for (const { centre, radiusM } of draft.fence?.circles ?? []) {
    add('fence', { type: 'Polygon', coordinates: [circle(centre.lonDeg, centre.latDeg, radiusM)] });
  }
  if (line.length > 1) add('line', { type: 'LineString', coordinates: line.map(at) });
  for (const { ref, place, label, kind } of handlesOf(draft)) {
    const isBroken = ref.of === 'item' && broken.has(ref.index);
    add(
      'handle',
      { type: 'Point', coordinates: at(place) },
      { label, kind, chosen: isSame(chosen, ref), broken: isBroken },
    );
  }
  return { type: 'FeatureCollection', features };
}
