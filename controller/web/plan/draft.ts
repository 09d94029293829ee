/**
 * An itinerary while it is drawn. Pure: a draft and what was done to it give the next draft. It may break rules; what is
 * broken is said beside it, never mended behind the operator's back.
 */
import type { DeliverItem, Fence, Itinerary, ItineraryItem, Place } from '@skein/protocol/fleet';

export type ItemKind = ItineraryItem['do'];
export const ITEM_KINDS: readonly ItemKind[] = ['take-off', 'waypoint', 'loiter', 'deliver', 'land', 'return'];

/** What a handle on the map moves. */
export type Ref =
  | { readonly of: 'base' }
  | { readonly of: 'item'; readonly index: number }
  | { readonly of: 'fence'; readonly polygon: number; readonly index: number }
  | { readonly of: 'rally'; readonly index: number };

export interface Handle {
  readonly ref: Ref;
  readonly place: Place;
  /** What stands beside it: the number of an item as the list counts it. */
  readonly label: string;
  readonly kind: ItemKind | 'base' | 'fence' | 'rally';
}

const TAKE_OFF_ALT_M = 30;
const RALLY_ALT_M = 40;
const DEFAULT_DELIVER: Omit<DeliverItem, 'latDeg' | 'lonDeg' | 'altM' | 'frame'> = {
  do: 'deliver',
  how: 'gripper',
  releaseAltM: 5,
};
/** As exact as an autopilot stores it. */
const exact = ({ latDeg, lonDeg }: Place): Place => ({
  latDeg: Math.round(latDeg * 1e7) / 1e7,
  lonDeg: Math.round(lonDeg * 1e7) / 1e7,
});

export function blankDraft(id: string, base: Place | null): Itinerary {
  return {
    id,
    version: 1,
    ...(base === null ? {} : { base: exact(base) }),
    items: [{ do: 'take-off', altM: TAKE_OFF_ALT_M }, { do: 'return' }],
  };
}

/** Has it a place of its own? */
export function placeOfItem(item: ItineraryItem): Place | null {
  if (!('latDeg' in item) || item.latDeg === undefined || item.lonDeg === undefined) return null;
  return { latDeg: item.latDeg, lonDeg: item.lonDeg };
}

/** The height flown before an item, and what it counts from: what the next place begins with. */
function heightBefore(items: readonly ItineraryItem[], index: number): Pick<DeliverItem, 'altM' | 'frame'> {
  for (const item of items.slice(0, index).reverse()) {
    if (item.do === 'waypoint' || item.do === 'loiter' || item.do === 'deliver') {
      return { altM: item.altM, frame: item.frame };
    }
    if (item.do === 'take-off') return { altM: item.altM, frame: 'home' };
  }
  return { altM: TAKE_OFF_ALT_M, frame: 'home' };
}

/** Where a new place goes: behind the chosen item, but before what ends the flight. */
export function insertionIndex({ items }: Itinerary, after: number | null): number {
  const last = items.at(-1);
  const end = last?.do === 'return' || last?.do === 'land' ? items.length - 1 : items.length;
  return after === null ? end : Math.min(end, after + 1);
}

export function addPlace(draft: Itinerary, place: Place, after: number | null): { draft: Itinerary; index: number } {
  const index = insertionIndex(draft, after);
  const item: ItineraryItem = { do: 'waypoint', ...exact(place), ...heightBefore(draft.items, index) };
  return { draft: { ...draft, items: draft.items.toSpliced(index, 0, item) }, index };
}

/** Another kind at the same place; what both have is kept. */
export function changeKind(draft: Itinerary, index: number, kind: ItemKind): Itinerary {
  const was = draft.items[index];
  if (was === undefined || was.do === kind) return draft;
  const place = placeOfItem(was) ?? placeBefore(draft, index);
  const height =
    was.do === 'take-off' ? { altM: was.altM, frame: 'home' as const } : heightBefore(draft.items, index + 1);
  return setItem(draft, index, itemOf(kind, place, height));
}

function itemOf(kind: ItemKind, place: Place, height: Pick<DeliverItem, 'altM' | 'frame'>): ItineraryItem {
  switch (kind) {
    case 'take-off':
      return { do: kind, altM: height.altM };
    case 'waypoint':
      return { do: kind, ...place, ...height };
    case 'loiter':
      return { do: kind, ...place, ...height, forS: 30 };
    case 'deliver':
      return { ...DEFAULT_DELIVER, ...place, ...height };
    case 'land':
      return { do: kind, ...place };
    case 'return':
      return { do: kind };
  }
}

/** Where it is when an item begins. */
function placeBefore(draft: Itinerary, index: number): Place {
  for (const item of draft.items.slice(0, index).reverse()) {
    const place = placeOfItem(item);
    if (place !== null) return place;
  }
  return draft.base ?? { latDeg: 0, lonDeg: 0 };
}

export function setItem(draft: Itinerary, index: number, item: ItineraryItem): Itinerary {
  return { ...draft, items: draft.items.with(index, item) };
}

export function removeItem(draft: Itinerary, index: number): Itinerary {
  return { ...draft, items: draft.items.toSpliced(index, 1) };
}

/** One place earlier or later. */
export function shiftItem(draft: Itinerary, index: number, by: -1 | 1): { draft: Itinerary; index: number } {
  const to = index + by;
  const item = draft.items[index];
  if (item === undefined || to < 0 || to >= draft.items.length) return { draft, index };
  return { draft: { ...draft, items: draft.items.toSpliced(index, 1).toSpliced(to, 0, item) }, index: to };
}

/** Without the keys that hold nothing: the schema knows only what is there. */
function fenceOf(fence: Fence): Fence | undefined {
  const polygons = (fence.polygons ?? []).filter(({ points }) => points.length > 0);
  const kept: Fence = {
    ...(fence.maxAltM === undefined ? {} : { maxAltM: fence.maxAltM }),
    ...(polygons.length === 0 ? {} : { polygons }),
    ...((fence.circles ?? []).length === 0 ? {} : { circles: fence.circles ?? [] }),
  };
  return Object.keys(kept).length === 0 ? undefined : kept;
}

export function setFence(draft: Itinerary, change: Partial<Fence>): Itinerary {
  const { fence: before, ...rest } = draft;
  const fence = fenceOf({ ...before, ...change });
  return fence === undefined ? rest : { ...rest, fence };
}

/** A corner of the area to stay inside; the first makes it. */
export function addFencePoint(draft: Itinerary, place: Place): Itinerary {
  const polygons = draft.fence?.polygons ?? [];
  const at = polygons.findIndex(({ inside }) => inside);
  const point = exact(place);
  const was = polygons[at];
  const next =
    was === undefined
      ? [...polygons, { inside: true, points: [point] }]
      : polygons.with(at, { ...was, points: [...was.points, point] });
  return setFence(draft, { polygons: next });
}

export function addRally(draft: Itinerary, place: Place): Itinerary {
  return { ...draft, rally: [...(draft.rally ?? []), { ...exact(place), altM: RALLY_ALT_M }] };
}

export function moveHandle(draft: Itinerary, ref: Ref, to: Place): Itinerary {
  const place = exact(to);
  switch (ref.of) {
    case 'base':
      return { ...draft, base: place };
    case 'item': {
      const item = draft.items[ref.index];
      if (item === undefined || placeOfItem(item) === null) return draft;
      return setItem(draft, ref.index, { ...item, ...place });
    }
    case 'fence': {
      const polygons = draft.fence?.polygons ?? [];
      const polygon = polygons[ref.polygon];
      if (polygon === undefined || ref.index >= polygon.points.length) return draft;
      const points = polygon.points.with(ref.index, place);
      return setFence(draft, { polygons: polygons.with(ref.polygon, { ...polygon, points }) });
    }
    case 'rally': {
      const point = draft.rally?.[ref.index];
      return point === undefined
        ? draft
        : { ...draft, rally: (draft.rally ?? []).with(ref.index, { ...point, ...place }) };
    }
  }
}

export function removeHandle(draft: Itinerary, ref: Ref): Itinerary {
  if (ref.of === 'item') return removeItem(draft, ref.index);
  if (ref.of === 'rally') {
    const { rally: before = [], ...rest } = draft;
    const rally = before.toSpliced(ref.index, 1);
    return rally.length === 0 ? rest : { ...rest, rally };
  }
  if (ref.of === 'fence') {
    const polygons = (draft.fence?.polygons ?? []).map((polygon, at) =>
      at === ref.polygon ? { ...polygon, points: polygon.points.toSpliced(ref.index, 1) } : polygon,
    );
    return setFence(draft, { polygons });
  }
  return draft;
}

/** Everything that can be taken hold of, what is drawn on top last. */
export function handlesOf(draft: Itinerary): readonly Handle[] {
  const handles: Handle[] = [];
  for (const [polygon, { points }] of (draft.fence?.polygons ?? []).entries()) {
    for (const [index, place] of points.entries()) {
      handles.push({ ref: { of: 'fence', polygon, index }, place, label: '', kind: 'fence' });
    }
  }
  for (const [index, { latDeg, lonDeg }] of (draft.rally ?? []).entries()) {
    handles.push({ ref: { of: 'rally', index }, place: { latDeg, lonDeg }, label: `R${index + 1}`, kind: 'rally' });
  }
  if (draft.base) handles.push({ ref: { of: 'base' }, place: draft.base, label: 'base', kind: 'base' });
  for (const [index, item] of draft.items.entries()) {
    const place = placeOfItem(item);
    if (place !== null) handles.push({ ref: { of: 'item', index }, place, label: `${index}`, kind: item.do });
  }
  return handles;
}

/** The way in the order it is flown, back to the base where it returns. */
export function lineOfDraft(draft: Itinerary): readonly Place[] {
  const line: Place[] = draft.base === undefined ? [] : [draft.base];
  for (const item of draft.items) {
    const place = placeOfItem(item);
    if (place !== null) line.push(place);
    else if (item.do === 'return' && draft.base !== undefined) line.push(draft.base);
  }
  return line;
}
