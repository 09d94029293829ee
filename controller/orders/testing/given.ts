/** An order whose drone waits to be loaded, a flight of it, and what is seen. */
import { type Attempt, newOrder, type Order, type Wish } from '../order.ts';
import type { Seen } from '../seen.ts';

const PLACE = { latDeg: 47.4, lonDeg: 8.5 };
export const WISH: Wish = {
  ...{ pickup: PLACE, base: 'letten', dropOff: PLACE, payloadKg: 1, priority: 5, how: 'winch', contact: null },
  ...{ notBeforeUtcUs: null, notAfterUtcUs: null },
};
export const ATTEMPT: Attempt = {
  ...{ n: 1, drone: 'stork-11', phase: 'load', ferry: null, delivery: null, before: {}, flights: 0, plans: 0 },
  ...{
    parcel: 'none',
    loadedBy: null,
    deliveredUtcUs: null,
    landedUtcUs: null,
    chosenUtcUs: 0,
    why: [],
    preflight: null,
    end: null,
  },
};
export const LOADING: Order = { ...newOrder(WISH, 'shop', 0), state: 'loading', attempt: 1, attempts: { 1: ATTEMPT } };

export function seen(drone: Partial<Seen['drone']>): Seen {
  const there = { silentS: 1, armed: false, at: { base: 'letten' }, energyUntilUtcUs: null };
  return {
    ...{ utcUs: 1e6, clockErrUs: 0, ferry: null, delivery: null, start: null, abort: null },
    againstStart: () => null,
    standOf: () => null,
    drone: { ...there, ...drone },
  };
}

export const LEG = {
  ...{
    itinerary: { id: 'i', version: 1, items: [] },
    drone: 'stork-11',
    plannedUtcUs: 0,
    startUtcUs: 0,
    notAfterUtcUs: 9e15,
  },
  ...{ endsUtcUs: 9e15, reservation: {}, needsPct: 1, starts: 1, startedUtcUs: 0, repeats: 0 },
};
