/** Where a compiled itinerary goes on: which mission item belongs to what, where to resume, where to skip to. Pure. */
import type { ItineraryItem } from '@skein/protocol/fleet';

export interface RouteStep {
  /** Of the itinerary, counted from 0. */
  readonly item: number;
  /** It takes time and place; the others (do-commands) happen in passing and are never shown as current. */
  readonly navigation: boolean;
}

/** One delivery in the mission: wait at the gate, else home; from `releaseSeq` on it is released; then `afterSeq`. */
export interface RouteLeg {
  readonly item: number;
  readonly gateSeq: number;
  readonly releaseSeq: number;
  readonly afterSeq: number;
}

export interface Route {
  readonly items: readonly ItineraryItem[];
  /** By mission item. */
  readonly steps: ReadonlyMap<number, RouteStep>;
  readonly legs: readonly RouteLeg[];
}

export interface LegPart {
  readonly leg: RouteLeg;
  readonly part: 'gate' | 'release';
}

/** The delivery that a mission item is a part of; the way to its gate is not. */
export function legAt(route: Route, seq: number): LegPart | null {
  for (const leg of route.legs) {
    if (seq >= leg.releaseSeq && seq < leg.afterSeq) return { leg, part: 'release' };
    if (seq >= leg.gateSeq && seq < leg.releaseSeq) return { leg, part: 'gate' };
  }
  return null;
}

export function itemAt(route: Route, seq: number): number | null {
  return route.steps.get(seq)?.item ?? null;
}

/** It flies back, or lands, as the itinerary says. */
export function isHomeward(route: Route, item: number): boolean {
  const what = route.items[item]?.do;
  return what === 'return' || what === 'land';
}

/** The first navigation item from `seq` on; null: there is none. */
function navigationFrom(route: Route, seq: number): number | null {
  const later = [...route.steps].filter(([at, step]) => at >= seq && step.navigation).map(([at]) => at);
  return later.length === 0 ? null : Math.min(...later);
}

/**
 * Where to go on after a break at `seq`: its own navigation item; never inside a release that was begun, whose winch or
 * gripper would act twice, but after it.
 */
export function resumeAt(route: Route, seq: number, begun: (item: number) => boolean): number | null {
  const part = legAt(route, seq);
  if (part !== null && (part.part === 'release' || begun(part.leg.item))) {
    return navigationFrom(route, part.leg.afterSeq);
  }
  return navigationFrom(route, seq);
}

export type Skip =
  | { readonly ok: true; readonly seq: number; readonly item: number }
  | { readonly ok: false; readonly reason: 'past-delivery' | 'last' | 'taking-off' };

/** The next item's first navigation item. */
export function skipFrom(route: Route, seq: number): Skip {
  const item = itemAt(route, seq);
  if (item === null) return { ok: false, reason: 'last' };
  const what = route.items[item]?.do;
  const leg = route.legs.find((one) => one.item === item);
  if (what === 'deliver' && (leg === undefined || seq < leg.afterSeq)) return { ok: false, reason: 'past-delivery' };
  if (what === 'take-off') return { ok: false, reason: 'taking-off' };
  const next = [...route.steps].filter(([at, step]) => at > seq && step.item === item + 1 && step.navigation);
  if (next.length === 0) return { ok: false, reason: 'last' };
  return { ok: true, seq: Math.min(...next.map(([at]) => at)), item: item + 1 };
}
