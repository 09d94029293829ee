/** Short itineraries for flights in virtual time, good ones and such as must be refused. */
import type { Random } from '@skein/hardware/simulator';
import type { DeliverItem, Itinerary } from '@skein/protocol/fleet';
import { HOME } from './flown.ts';

const DEG_PER_M = 1 / 111_320;
const at = (northM: number, eastM: number) => ({
  latDeg: HOME.latDeg + northM * DEG_PER_M,
  lonDeg: HOME.lonDeg + (eastM * DEG_PER_M) / Math.cos((HOME.latDeg * Math.PI) / 180),
});

export interface PlanWish {
  readonly id: string;
  readonly version: number;
  /** Null: nothing is delivered. */
  readonly how: DeliverItem['how'] | null;
  /** The controller's clock as text, for `notAfter`. */
  readonly utc: (inS: number) => string;
}

export function planned(random: Random, { id, version, how, utc }: PlanWish): Itinerary {
  const between = (low: number, high: number): number => low + random.next() * (high - low);
  const chance = (share: number): boolean => random.next() < share;
  const whole = (low: number, high: number): number => Math.round(between(low, high));
  const deliver: readonly Itinerary['items'][number][] =
    how === null
      ? []
      : [
          {
            do: 'deliver',
            ...at(between(30, 50), between(-20, 20)),
            altM: 12,
            frame: 'home',
            how,
            ...(how === 'place' ? {} : { releaseAltM: 6 }),
            ...(how === 'winch' ? { lineM: 7 } : {}),
            parcel: `P-${id}`,
            gateS: whole(15, 40),
            minBatteryPct: whole(20, 60),
            ...(chance(0.3) ? { releaseOffline: true } : {}),
            ...(chance(0.3) ? { notAfter: utc(between(30, 150)) } : {}),
          },
        ];
  return {
    id,
    version,
    base: HOME,
    ...(chance(0.2) ? { notAfter: utc(between(30, 200)) } : {}),
    ...(chance(0.3)
      ? {
          fence: { circles: [{ inside: true, centre: HOME, radiusM: whole(150, 300) }] },
          rally: [{ ...HOME, altM: 15 }],
        }
      : {}),
    items: [
      { do: 'take-off', altM: whole(8, 12) },
      { do: 'waypoint', ...at(between(20, 40), between(-20, 20)), altM: whole(10, 14), frame: 'home', speedMps: 10 },
      ...deliver,
      { do: 'return' },
    ],
  };
}

/** One that no drone may take: too high, without an end, or beyond what it may fly. */
export function unsound(random: Random, itinerary: Itinerary): Itinerary {
  const { items } = itinerary;
  const broken = [
    items.slice(0, -1),
    items.map((item) => (item.do === 'waypoint' ? { ...item, altM: 400 } : item)),
    items.slice(1),
  ];
  return { ...itinerary, items: broken[Math.floor(random.next() * broken.length)] ?? [] };
}
