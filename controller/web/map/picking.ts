/** A place being chosen on the map for a drone, and the place chosen. */
import { signal } from '@preact/signals';

/** The drone a place is being chosen for; null: the map is for looking. */
export const picking = signal<string | null>(null);

export interface Target {
  readonly drone: string;
  readonly latDeg: number;
  readonly lonDeg: number;
}

export const target = signal<Target | null>(null);

/** A click on the map: true when it chose a place. */
export function pickAt(place: { readonly latDeg: number; readonly lonDeg: number }): boolean {
  const drone = picking.peek();
  if (drone === null) return false;
  const round = (deg: number): number => Math.round(deg * 1e6) / 1e6;
  target.value = { drone, latDeg: round(place.latDeg), lonDeg: round(place.lonDeg) };
  picking.value = null;
  return true;
}
