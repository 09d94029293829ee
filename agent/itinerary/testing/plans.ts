/** Itineraries for tests: base, out, deliver behind a gate, home. */
import type { DeliverItem, Itinerary, ItineraryMessage } from '@skein/protocol/fleet';

export const BASE = { latDeg: 43.6, lonDeg: 7.07 };
export const DOOR = { latDeg: 43.603, lonDeg: 7.07 };
export const SESSION = '0123456789abcdef';

export const plan = (
  o: { readonly id?: string; readonly version?: number; readonly how?: DeliverItem['how'] } = {},
): Itinerary => ({
  id: o.id ?? 'it-1',
  version: o.version ?? 1,
  base: BASE,
  items: [
    { do: 'take-off', altM: 20 },
    { do: 'waypoint', latDeg: 43.602, lonDeg: 7.07, altM: 30, frame: 'home' },
    {
      do: 'deliver',
      ...DOOR,
      altM: 30,
      frame: 'home',
      how: o.how ?? 'winch',
      releaseAltM: 12,
      lineM: 12,
      parcel: 'P-1',
      gateS: 60,
      minBatteryPct: 50,
    },
    { do: 'return' },
  ],
});

/** Without a parcel. */
export const tour = (id = 'tour', version = 1): Itinerary => ({
  id,
  version,
  base: BASE,
  items: [
    { do: 'take-off', altM: 20 },
    { do: 'waypoint', latDeg: 43.602, lonDeg: 7.07, altM: 30, frame: 'home' },
    { do: 'waypoint', latDeg: 43.602, lonDeg: 7.072, altM: 30, frame: 'home' },
    { do: 'return' },
  ],
});

/** Given again by people, some time after. */
export const givenAgain = (itinerary: Itinerary): ItineraryMessage =>
  message(itinerary, { givenAt: '2026-11-27T07:00:00.000000Z' });

export const message = (itinerary: Itinerary, change: Partial<ItineraryMessage> = {}): ItineraryMessage => ({
  session: SESSION,
  id: itinerary.id,
  version: itinerary.version,
  itinerary,
  issuedBy: 'Ann',
  sentAt: '2026-11-27T06:00:00.000000Z',
  givenAt: '2026-11-27T06:00:00.000000Z',
  ...change,
});
