import type { Place } from '@skein/protocol/fleet';
import type { VirtualDrone } from './drone.ts';

/** Pads, where a run has them: without, flights take any time and end at a base. */
export interface Ground {
  spotAt(place: Place): { readonly base: string; readonly pad: string } | null;
  placeOf(spot: { readonly base: string; readonly pad: string }): Place;
  landed(drone: VirtualDrone): void;
}

/** What the controller heard of it last. */
export interface Heard {
  readonly atS: number;
  /** null: in a field. */
  readonly at: Place | null;
  readonly inAir: boolean;
  readonly itinerary: { readonly id: string; readonly version: number; readonly state: string } | null;
}
