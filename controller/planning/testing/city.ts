/** Cities, fleets and orders for tests: small ones by hand, random ones by fast-check. Places are metres from a centre. */
import { DEFAULT_LIMITS, type Place } from '@skein/protocol/fleet';
import { planeOf } from '../plane.ts';
import type { Airframe, Base, Candidate, OrderWish, Pad, Weather, World, Zone } from '../ports.ts';
import { DEFAULT_RULES } from '../rules.ts';

export const CENTRE: Place = { latDeg: 47.4, lonDeg: 8.54 };
export const NOW = 1_790_000_000_000_000;
export const MIN = 60e6;
const plane = planeOf(CENTRE);
/** East and north of the centre, m. */
export const at = (x: number, y: number): Place => plane.place({ x, y });
export const xy = plane.of;

export const AIRFRAME: Airframe = {
  ...{ emptyKg: 6, payloadMaxKg: 2, methods: ['winch', 'drop', 'place', 'gripper'], batteryWh: 400 },
};

export function base(id: string, x: number, y: number, pads = 4, more: Partial<Base> = {}): Base {
  const own = Array.from({ length: pads }, (_, i): Pad => {
    return { id: `${id}-${i}`, place: at(x + 60 * i, y), occupiedBy: null, chargeW: 500 };
  });
  return { id, name: id, place: at(x, y), groundAmslM: 400, returnAltM: null, ceilingM: null, pads: own, ...more };
}

export function drone(id: string, where: Base | null, pad: number, more: Partial<Candidate> = {}): Candidate {
  const own = where?.pads[pad];
  return {
    ...{
      id,
      flavour: 'ardupilot',
      place: own?.place ?? at(0, 0),
      trusted: true,
      base: where?.id ?? null,
      pad: own?.id ?? null,
    },
    ...{ reportedPct: 100, rememberedPct: 100, charging: true, airframe: AIRFRAME, calibration: null, online: true },
    ...{
      armed: false,
      onGround: true,
      control: 'skein',
      preflightStops: [],
      holds: [],
      busyWith: null,
      busyUntilUtcUs: null,
    },
    groups: [],
    ...more,
  };
}

export function order(id: string, pickup: Place, dropOff: Place, more: Partial<OrderWish> = {}): OrderWish {
  return {
    ...{ id, pickup, dropOff, payloadKg: 1, priority: 5, placedUtcUs: NOW, notBeforeUtcUs: null, notAfterUtcUs: null },
    ...{ how: 'winch' },
    ...more,
  };
}

export function zone(id: string, more: Partial<Zone>): Zone {
  return {
    ...{
      id,
      name: id,
      kind: 'no-fly',
      fromM: null,
      toM: null,
      frame: 'home',
      validFromUtcUs: null,
      validToUtcUs: null,
    },
    ...more,
  };
}

export const square = (x: number, y: number, half: number): readonly Place[] => [
  at(x - half, y - half),
  at(x + half, y - half),
  at(x + half, y + half),
  at(x - half, y + half),
];

export function weather(where: string, more: Partial<Weather> = {}): Weather {
  return {
    ...{
      base: where,
      windFromDeg: 0,
      windMps: 3,
      gustMps: 5,
      temperatureC: 15,
      atUtcUs: NOW,
      nextUtcUs: NOW + 10 * MIN,
    },
    ...more,
  };
}

export function world(bases: readonly Base[], more: Partial<World> = {}): World {
  return {
    ...{ bases, zones: [], weather: bases.map(({ id }) => weather(id)), stops: [], reservations: [], claims: [] },
    ...{ limits: { ...DEFAULT_LIMITS, legMaxM: 20_000 }, rules: DEFAULT_RULES },
    ...more,
  };
}
