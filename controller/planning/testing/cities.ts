/** Random cities with their fleets and a day's orders, for fast-check: they shrink to small ones. */
import { DEFAULT_LIMITS } from '@skein/protocol/fleet';
import fc from 'fast-check';
import type { Base, Candidate, OrderWish, World, Zone } from '../ports.ts';
import { DEFAULT_RULES } from '../rules.ts';
import { AIRFRAME, at, base, drone, MIN, NOW, order, square, weather, zone } from './city.ts';

export interface City {
  readonly world: World;
  readonly fleet: readonly Candidate[];
  /** When each is placed is when it is planned first. */
  readonly orders: readonly OrderWish[];
}

const coordinate = fc.integer({ min: -2_500, max: 2_500 });
const maybe = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(one, { nil: null, freq: 1 });

const zoneArb: fc.Arbitrary<Partial<Zone>> = fc
  .record({
    kind: fc.constantFrom('no-fly', 'no-fly', 'no-fly', 'slow', 'caution'),
    ...{ x: coordinate, y: coordinate, size: fc.integer({ min: 60, max: 500 }), isRound: fc.boolean() },
    toM: maybe(fc.integer({ min: 20, max: 100 })),
    fromM: maybe(fc.integer({ min: 30, max: 100 })),
    amsl: fc.boolean(),
    fromMin: maybe(fc.integer({ min: -60, max: 60 })),
    lastsMin: maybe(fc.integer({ min: 10, max: 120 })),
  })
  .map(({ kind, x, y, size, isRound, toM, fromM, amsl, fromMin, lastsMin }) => ({
    ...{ kind: kind as Zone['kind'], speedMaxMps: 5, frame: amsl ? ('amsl' as const) : ('home' as const) },
    ...(isRound ? { circle: { centre: at(x, y), radiusM: size } } : { ring: square(x, y, size) }),
    toM: toM === null ? null : toM + (amsl ? 400 : 0),
    fromM: fromM === null || (toM !== null && fromM > toM) ? null : fromM + (amsl ? 400 : 0),
    validFromUtcUs: fromMin === null ? null : NOW + fromMin * MIN,
    validToUtcUs: lastsMin === null ? null : NOW + ((fromMin ?? 0) + lastsMin) * MIN,
  }));

const baseArb = fc.record({
  ...{ x: coordinate, y: coordinate, pads: fc.integer({ min: 2, max: 5 }) },
  groundAmslM: maybe(fc.integer({ min: 390, max: 440 })),
  returnAltM: maybe(fc.constantFrom(65, 90)),
  windMps: fc.constantFrom(0, 1, 3, 5, 7, 9, 11),
  windFromDeg: fc.integer({ min: 0, max: 359 }),
  temperatureC: fc.integer({ min: -8, max: 30 }),
});

const droneArb = fc.record({
  ...{ base: fc.nat(7), pad: fc.nat(4), reportedPct: fc.integer({ min: 75, max: 100 }) },
  rememberedPct: fc.integer({ min: 60, max: 100 }),
  payloadMaxKg: fc.constantFrom(2, 3),
  ratio: maybe(fc.integer({ min: 90, max: 130 })),
});

const orderArb = fc.record({
  ...{ base: fc.nat(7), x: coordinate, y: coordinate, payloadKg: fc.integer({ min: 1, max: 25 }) },
  ...{ priority: fc.nat(9), afterS: fc.integer({ min: 0, max: 90 }) },
  windowMin: maybe(fc.integer({ min: 4, max: 40 })),
  how: fc.constantFrom('winch', 'drop', 'place'),
});

export const cities: fc.Arbitrary<City> = fc
  .record({
    bases: fc.array(baseArb, { minLength: 1, maxLength: 3 }),
    zones: fc.array(zoneArb, { maxLength: 8 }),
    drones: fc.array(droneArb, { minLength: 4, maxLength: 14 }),
    orders: fc.array(orderArb, { minLength: 4, maxLength: 12 }),
    stopped: maybe(fc.nat(2)),
  })
  .map((o) => {
    const bases = o.bases.map(
      (one, i): Base =>
        base(`b${i}`, one.x, one.y, one.pads, { groundAmslM: one.groundAmslM, returnAltM: one.returnAltM }),
    );
    const taken = new Set<string>();
    const fleet = o.drones.flatMap((one, i): readonly Candidate[] => {
      const where = bases[one.base % bases.length] as Base;
      const pad = one.pad % where.pads.length;
      if (taken.has(`${where.id} ${pad}`)) return [];
      taken.add(`${where.id} ${pad}`);
      const { reportedPct, rememberedPct, payloadMaxKg, ratio } = one;
      const calibration =
        ratio === null
          ? null
          : { energyRatio: ratio / 100, energySpread: 0.05, timeRatio: 1, timeSpread: 0.02, flights: 9 };
      const airframe = { ...AIRFRAME, payloadMaxKg, batteryWh: 550 };
      return [drone(`d${i}`, where, pad, { reportedPct, rememberedPct, airframe, calibration, charging: false })];
    });
    let placedUtcUs = NOW;
    const orders = o.orders.map((one, i): OrderWish => {
      placedUtcUs += one.afterS * 1e6;
      const from = bases[one.base % bases.length] as Base;
      return order(`o${i}`, from.place, at(one.x, one.y), {
        ...{ payloadKg: one.payloadKg / 10, priority: one.priority, placedUtcUs, how: one.how as OrderWish['how'] },
        notAfterUtcUs: one.windowMin === null ? null : placedUtcUs + one.windowMin * MIN,
      });
    });
    const stops =
      o.stopped === null || o.stopped >= bases.length
        ? []
        : [
            {
              id: 's',
              reach: { base: `b${o.stopped}` },
              reason: 'test',
              by: 'Ann',
              fromUtcUs: NOW,
              untilUtcUs: NOW + 3 * MIN,
            },
          ];
    const world: World = {
      ...{ bases, stops, reservations: [], claims: [], rules: DEFAULT_RULES },
      limits: { ...DEFAULT_LIMITS, legMaxM: 20_000 },
      zones: o.zones.map((one, i) => zone(`z${i}`, one)),
      weather: o.bases.map(({ windMps, windFromDeg, temperatureC }, i) =>
        weather(`b${i}`, { windMps, windFromDeg, temperatureC, gustMps: null }),
      ),
    };
    return { world, fleet, orders };
  });
