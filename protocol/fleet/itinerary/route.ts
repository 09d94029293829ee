/** The way a plan flies: its places with their heights, and the legs between them, those that a gate may lead along too. */
import type { Aircraft } from './limits.ts';
import { landsToRelease, releaseAltM } from './release.ts';
import type { AltitudeFrame, DeliverItem, Itinerary, Place } from './schema.ts';

export interface Spot {
  readonly item: number;
  readonly place: Place;
  readonly altM: number;
  readonly frame: AltitudeFrame;
  /** Above home, m; null where it is not known. */
  readonly relM: number | null;
}

export interface Leg {
  readonly from: Spot;
  readonly to: Spot;
  /** The item it leads to, or for a way back the delivery whose gate it begins at. */
  readonly item: number;
  /** It is flown only when a gate does not open. */
  readonly back: boolean;
  /** Asked for by the plan, m/s; null: the drone's own. */
  readonly speedMps: number | null;
}

export interface Route {
  readonly base: Place | null;
  readonly spots: readonly Spot[];
  /** In flown order; the ways back from gates last. */
  readonly legs: readonly Leg[];
}

/** Height above home of an altitude, m; null where it cannot be known. */
export function aboveHomeM(altM: number, frame: AltitudeFrame, homeAmslM: number | null): number | null {
  if (frame === 'home') return altM;
  return frame === 'amsl' && homeAmslM !== null ? altM - homeAmslM : null;
}

export function routeOf(itinerary: Itinerary, aircraft: Aircraft): Route {
  const base = itinerary.base ?? aircraft.home;
  const spots: Spot[] = [];
  const legs: Leg[] = [];
  const gates: Spot[] = [];
  let here: Spot | null = null;
  let speedMps: number | null = null;
  const spot = (item: number, place: Place, altM: number, frame: AltitudeFrame): Spot => ({
    ...{ item, altM, frame, place: { latDeg: place.latDeg, lonDeg: place.lonDeg } },
    relM: aboveHomeM(altM, frame, aircraft.homeAmslM),
  });
  const goTo = (next: Spot): void => {
    if (here !== null) legs.push({ from: here, to: next, item: next.item, back: false, speedMps });
    here = next;
    spots.push(next);
  };
  /** Where it comes down at the end: at the height it comes from. */
  const end = (item: number, from: Spot | null, place: Place): Spot =>
    spot(item, place, from?.altM ?? 0, from?.frame ?? 'home');

  let last: Place | null = base;
  let landing: Place | null = null;
  for (const [index, item] of itinerary.items.entries()) {
    if (item.do === 'take-off') {
      if (last !== null) goTo(spot(index, last, item.altM, 'home'));
    } else if (item.do === 'waypoint' || item.do === 'loiter' || item.do === 'deliver') {
      if (item.do === 'waypoint') speedMps = item.speedMps ?? speedMps;
      const next = spot(index, item, item.altM, item.frame);
      goTo(next);
      if (item.do === 'deliver' && item.shut !== 'along') gates.push(next);
      last = next.place;
    } else {
      const place: Place | null =
        item.do === 'return'
          ? base
          : item.latDeg !== undefined && item.lonDeg !== undefined
            ? { latDeg: item.latDeg, lonDeg: item.lonDeg }
            : last;
      if (place !== null) goTo(end(index, here, place));
      last = place;
      if (index === itinerary.items.length - 1) landing = place;
    }
  }
  if (landing !== null) {
    for (const gate of gates) {
      const to = end(itinerary.items.length - 1, gate, landing);
      legs.push({ from: gate, to, item: gate.item, back: true, speedMps });
    }
  }
  return { base, spots, legs };
}

/** How far down a delivery goes from its approach and climbs again, m; null where it cannot be known. */
export function descentM(item: DeliverItem, aircraft: Aircraft): number | null {
  const from = item.frame === 'terrain' ? item.altM : aboveHomeM(item.altM, item.frame, aircraft.homeAmslM);
  if (from === null) return null;
  const down = item.how === 'place' || landsToRelease(item, aircraft.flavour) ? from : from - releaseAltM(item);
  return Math.max(0, down);
}
