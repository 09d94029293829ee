/**
 * The city of the demo: two bases with their pads and drones on both sides of a river, zones as a city has them, weather. The
 * places are in Zürich; the zones are ours.
 */
import type { Base, Weather, Zone } from '@skein/protocol/fleet/places';
import type { DronePlace } from '../kit/places.ts';

const M_PER_DEG_LAT = 111_320;
/** Columns of climb and descent of two flights lie so far apart that both may be in the air at once. */
const PADS_APART_M = 75;

/** The drones that carry parcels; the others of the demo fly circles, or wait for a hand. */
export const CARRIER_GROUP = 'carriers';

export interface CityBase {
  readonly id: string;
  readonly base: Base;
}

/** Pads in a row to the east. */
function base(id: string, name: string, at: { latDeg: number; lonDeg: number; altM: number }, pads: number): CityBase {
  const { latDeg, lonDeg, altM } = at;
  const step = PADS_APART_M / (M_PER_DEG_LAT * Math.cos((latDeg * Math.PI) / 180));
  const names = Array.from({ length: pads }, (_, n) => String.fromCharCode(97 + n));
  return {
    id,
    base: {
      ...{ name, place: { latDeg, lonDeg }, groundAmslM: altM },
      pads: names.map((pad, n) => ({ id: pad, place: { latDeg, lonDeg: lonDeg + n * step }, chargeW: 600 })),
    },
  };
}

export const BASES: readonly CityBase[] = [
  base('letten', 'Letten', { latDeg: 47.3876, lonDeg: 8.5301, altM: 402 }, 5),
  base('hardturm', 'Hardturm', { latDeg: 47.3935, lonDeg: 8.5052, altM: 400 }, 5),
];

/** What the profile `bvlos` wants set, and a winch with nothing on it. */
const READY = [
  '--winch',
  '--param=FS_GCS_ENABLE=1,FS_OPTIONS=17,FENCE_ENABLE=1,FENCE_RADIUS=3000,FENCE_ALT_MAX=140,BATT_FS_LOW_ACT=2,BATT_FS_CRT_ACT=1,BATT_CRT_VOLT=10',
];

function drone(id: string, seed: number, at: CityBase | undefined, pad: number): DronePlace {
  const place = at?.base.pads[pad]?.place;
  if (at === undefined || place === undefined) throw new Error(`no pad ${pad} for ${id}`);
  const home = { ...place, altM: at.base.groundAmslM ?? 0 };
  return {
    id,
    seed,
    home,
    start: 'ready',
    simulatorArgs: READY,
    agentArgs: ['--profile=bvlos', `--groups=${CARRIER_GROUP}`],
  };
}

const [LETTEN, HARDTURM] = BASES;
export const CARRIERS: readonly DronePlace[] = [
  drone('stork-11', 111, LETTEN, 0),
  drone('stork-12', 122, LETTEN, 1),
  drone('crane-13', 133, HARDTURM, 0),
];

const ring = (...points: readonly (readonly [number, number])[]) =>
  points.map(([latDeg, lonDeg]) => ({ latDeg, lonDeg }));
export const ZONES: readonly { readonly id: string; readonly zone: Zone }[] = [
  {
    id: 'main-station',
    zone: {
      ...{ name: 'Main station', kind: 'no-fly' },
      ring: ring([47.3795, 8.5355], [47.3795, 8.5425], [47.377, 8.5425], [47.377, 8.5355]),
    },
  },
  {
    id: 'hospital',
    zone: { name: 'Hospital', kind: 'no-fly', circle: { centre: { latDeg: 47.3832, lonDeg: 8.5135 }, radiusM: 180 } },
  },
  {
    id: 'river',
    zone: {
      ...{ name: 'River', kind: 'caution' },
      ring: ring([47.3902, 8.521], [47.3912, 8.521], [47.3895, 8.5312], [47.3885, 8.5312]),
    },
  },
];

export const CALM: Weather = { windFromDeg: 250, windMps: 3, gustMps: 5, temperatureC: 12 };
export const STORM: Weather = { windFromDeg: 270, windMps: 17, gustMps: 26, temperatureC: 9 };

/** Doors, a few hundred metres from the one base or the other. */
export const DOORS = ring(
  [47.3911, 8.5335],
  [47.3902, 8.5266],
  [47.3859, 8.5262],
  [47.3966, 8.509],
  [47.3952, 8.5008],
  [47.3921, 8.5119],
);
