/** The draft on screen, what of it is chosen, and the way back: what the editor's panel and the map's layer share. */

import { computed, signal } from '@preact/signals';
import {
  type Aircraft,
  DEFAULT_LIMITS,
  type Itinerary,
  type Place,
  unknownAircraft,
  type Verdict,
  validate,
} from '@skein/protocol/fleet';
import { keep, keptJson } from '../shell/kept.ts';
import { route } from '../shell/route.ts';
import { addFencePoint, addPlace, addRally, type Ref } from './draft.ts';

/** What a click on the map adds; null: it chooses, and moves the map. */
export type Tool = 'route' | 'fence' | 'rally' | null;

const MOST_STEPS = 100;

export const draft = signal<Itinerary | null>(null);
export const chosen = signal<Ref | null>(null);
export const tool = signal<Tool>('route');
/** Whom it is drawn for: its home, battery and flavour are judged with. */
export const aircraft = signal<Aircraft>(unknownAircraft('ardupilot'));
const past = signal<readonly Itinerary[]>([]);

let timeMs: () => number | null = () => null;
/** By the controller's clock: the viewer's own may be wrong. */
export function tellTime(of: () => number | null): void {
  timeMs = of;
}

export const editing = computed(() => route.value.view === 'plan' && draft.value !== null);
export const canUndo = computed(() => past.value.length > 0);
/** Judged as it is drawn, by the same code as controller and drone. */
export const verdict = computed<Verdict | null>(() =>
  draft.value === null ? null : validate(draft.value, DEFAULT_LIMITS, { ...aircraft.value, nowMs: timeMs() }),
);

/** Index of the chosen item, or null. */
export const chosenItem = computed(() => (chosen.value?.of === 'item' ? chosen.value.index : null));

export function begin(next: Itinerary): void {
  if (left()?.id === next.id) keep(KEY, null);
  draft.value = next;
  past.value = [];
  chosen.value = null;
}

/** What was drawn and not given is not lost with the page: a reload, a closed tab. */
const KEY = 'skein.draft';

/** Goes on with what was left, if it is this itinerary; null asks for whichever it is. */
export function goOn(id: string | null): boolean {
  const found = left();
  if (found === null || (id !== null && found.id !== id)) return false;
  begin(found);
  keep(KEY, JSON.stringify(found));
  return true;
}

function left(): Itinerary | null {
  const found = keptJson(KEY) as Itinerary | null;
  return Array.isArray(found?.items) ? found : null;
}

/** The next draft; what was before can be had back. `moving`: part of one drag, remembered once. */
export function change(next: Itinerary, o: { readonly moving?: boolean } = {}): void {
  const before = draft.peek();
  if (before === null || next === before) return;
  if (o.moving !== true) past.value = [...past.peek(), before].slice(-MOST_STEPS);
  draft.value = next;
  keep(KEY, JSON.stringify(next));
}

/** Before a drag: what it changes is one step back. */
export function remember(): void {
  const now = draft.peek();
  if (now !== null) past.value = [...past.peek(), now].slice(-MOST_STEPS);
}

export function undo(): void {
  const before = past.peek().at(-1);
  if (before === undefined) return;
  past.value = past.peek().slice(0, -1);
  draft.value = before;
  keep(KEY, JSON.stringify(before));
  chosen.value = null;
}

/** A click on the map: true when it was for the editor. */
export function editAt(place: Place): boolean {
  const now = draft.peek();
  if (!editing.peek() || now === null) return false;
  switch (tool.peek()) {
    case 'route': {
      const { draft: next, index } = addPlace(now, place, chosenItem.peek());
      change(now.base === undefined && now.items.length <= 2 ? { ...next, base: place } : next);
      chosen.value = { of: 'item', index };
      return true;
    }
    case 'fence':
      change(addFencePoint(now, place));
      return true;
    case 'rally':
      change(addRally(now, place));
      return true;
    default:
      chosen.value = null;
      return true;
  }
}
