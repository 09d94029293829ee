/**
 * The shapes that stand for drones, shared by list, legend and map. Colour says who has control; shape says how fresh:
 * fresh solid, stale hollow, lost a broken ring around a small dart, never heard a broken ring. A drone on the ground
 * is a disc with a nose instead of a dart. A pilot in control adds a ring, a failsafe a bar across.
 * Paths are drawn about the origin, nose up, within ±10 units.
 */
import type { FreshnessState } from '../../live/messages.ts';

export const DART = 'M0 -8.5 L6.4 7.2 L0 3.6 L-6.4 7.2 Z';
export const SMALL_DART = 'M0 -4.6 L3.5 4 L0 2 L-3.5 4 Z';
export const DISC = 'M-1.8 -4.9 L0 -8.6 L1.8 -4.9 A5.2 5.2 0 1 1 -1.8 -4.9 Z';
export const RING_RADIUS = 9.2;

export interface Mark {
  readonly path: string | null;
  readonly filled: boolean;
  readonly ring: 'none' | 'solid' | 'broken';
  readonly bar: boolean;
}

export function markFor(freshness: FreshnessState, inAir: boolean, control: string): Mark {
  const body = inAir ? DART : DISC;
  const bar = control === 'failsafe';
  if (freshness === 'never') return { path: null, filled: false, ring: 'broken', bar: false };
  if (freshness === 'lost') return { path: SMALL_DART, filled: false, ring: 'broken', bar };
  return { path: body, filled: freshness === 'fresh', ring: control === 'pilot' ? 'solid' : 'none', bar };
}
