/**
 * A flight that ended somewhere else than at its base. An arming there makes that place the autopilot's home, and its return
 * would end in a customer's garden (flight rules §6, §12 no. 16). Pure.
 */
import { reason } from '@skein/protocol/fleet';
import { apartM, type Spot } from './places.ts';

/** Further apart it is another place, m: landings and satellite fixes are off by less. */
const APART_M = 20;

export interface Away {
  readonly itinerary: string;
  /** Where it took off from. */
  readonly base: Spot;
  /** Where it came down. */
  readonly place: Spot;
}

/** Null: it came down at its base, or where is not known. */
export function landedAway(itinerary: string, base: Spot | null, place: Spot | null): Away | null {
  if (base === null || place === null || apartM(base, place) <= APART_M) return null;
  const only = ({ latDeg, lonDeg }: Spot): Spot => ({ latDeg, lonDeg });
  return { itinerary, base: only(base), place: only(place) };
}

/** Why a return would not bring it to its base, or null. A home elsewhere is somebody's choice: it was carried to another base. */
export function homeMoved(away: Away | null, home: Spot | null): string | null {
  if (away === null || home === null) return null;
  const offM = apartM(home, away.base);
  if (offM <= APART_M || apartM(home, away.place) > APART_M) return null;
  const words = `home is where ${away.itinerary} came down, ${Math.round(offM)} m from its base: land, or fly it by hand`;
  return reason('home-moved', words);
}
