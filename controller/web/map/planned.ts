/** The planned way of an itinerary, as the map draws it. Plans never change under one version, so they are kept. */
import { isObject, type Spot, spotOf } from '../shell/json.ts';

interface PlannedItem {
  readonly do: string;
  readonly latDeg?: number;
  readonly lonDeg?: number;
}

export interface Planned {
  readonly version: number;
  readonly base: Spot | null;
  readonly items: readonly PlannedItem[];
}

const MOST_KEPT = 50;
const kept = new Map<string, Planned>();

/** Null: not an itinerary, or one of which the controller has only the name. */
export function readPlanned(value: unknown): Planned | null {
  if (!isObject(value) || typeof value.version !== 'number' || !isObject(value.itinerary)) return null;
  const { items, base } = value.itinerary;
  if (!Array.isArray(items)) return null;
  return {
    version: value.version,
    base: spotOf(base),
    items: items.filter((item): item is PlannedItem => isObject(item) && typeof item.do === 'string'),
  };
}

/** `item`: the one under way, counted from 0; null: none. */
export function routeFeatures(plan: Planned, item: number | null): GeoJSON.FeatureCollection {
  const line: [number, number][] = plan.base === null ? [] : [[plan.base.lonDeg, plan.base.latDeg]];
  const features: GeoJSON.Feature[] = [];
  for (const [index, one] of plan.items.entries()) {
    if (typeof one.latDeg === 'number' && typeof one.lonDeg === 'number') {
      const at: [number, number] = [one.lonDeg, one.latDeg];
      line.push(at);
      const properties = { kind: one.do, now: index === item };
      features.push({ type: 'Feature', properties, geometry: { type: 'Point', coordinates: at } });
    } else if (one.do === 'return' && plan.base !== null) line.push([plan.base.lonDeg, plan.base.latDeg]);
  }
  if (line.length > 1) {
    features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: line } });
  }
  return { type: 'FeatureCollection', features };
}

/** Null: it cannot be had, or the drone has another version than the controller's newest. */
export async function fetchRoute(
  id: string,
  version: number,
  item: number | null,
  signal: AbortSignal,
): Promise<GeoJSON.FeatureCollection | null> {
  const key = `${id} ${version}`;
  let plan = kept.get(key);
  if (plan === undefined) {
    const response = await fetch(`/api/v1/itineraries/${id}`, { signal }).catch(() => null);
    const read = response?.ok ? readPlanned(await response.json().catch(() => null)) : null;
    if (read === null || read.version !== version) return null;
    plan = read;
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(key, plan);
  }
  return routeFeatures(plan, item);
}
