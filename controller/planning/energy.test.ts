/** Energy by hand: what one flight takes, what makes it take more, and what a drone has flown. */
import t from 'tap';
import { CHEAPER_FLIGHTS, calibrate, type FlownFlight, MIN_FLIGHTS } from './calibration.ts';
import { chargedPct, chargingS } from './charging.ts';
import { chargeOf } from './drones.ts';
import { capacityShare, energyFactor, powerW } from './energy.ts';
import { plan } from './plan.ts';
import type { Candidate, LegEnergy, OrderWish, Weather } from './ports.ts';
import { AIRFRAME, at, base, drone, NOW, order, weather, world } from './testing/city.ts';

const { limits, rules } = world([]);
const home = base('home', 0, 0);

function taken(o: { drone?: Partial<Candidate>; order?: Partial<OrderWish>; weather?: Partial<Weather> }): LegEnergy {
  const decision = plan({
    order: order('o', home.place, at(2_000, 0), o.order ?? {}),
    fleet: [drone('d', home, 0, o.drone ?? {})],
    world: world([home], { weather: [weather('home', { windMps: 0, temperatureC: 20, ...o.weather })] }),
    nowUtcUs: NOW,
  });
  const energy = decision.kind === 'fly' ? decision.legs[0]?.energy : undefined;
  if (energy === undefined) throw new Error(JSON.stringify(decision));
  return energy;
}

t.test('power: mass to the 1.5 in a hover, the cube of the airspeed above cruise', async (t) => {
  t.equal(powerW({ does: 'hover', airMps: 0 }, 1, limits), limits.hoverW);
  t.equal(Math.round(powerW({ does: 'hover', airMps: 0 }, 1.21, limits)), Math.round(limits.hoverW * 1.331));
  t.equal(powerW({ does: 'cruise', airMps: limits.cruiseMps }, 1, limits), limits.cruiseW);
  t.equal(powerW({ does: 'cruise', airMps: limits.cruiseMps / 2 }, 1, limits), limits.cruiseW, 'never cheaper');
  t.equal(
    powerW({ does: 'cruise', airMps: limits.cruiseMps * 1.5 }, 1, limits),
    limits.cruiseW * (0.75 + 0.25 * 1.5 ** 3),
  );
});

t.test('a flight by hand: 2 km out and back, 40 m and 65 m up, a winch, no wind', async (t) => {
  const factor = 1.15;
  const mass = (7 / 6) ** 1.5;
  // Head wind of 2 m/s that nobody told of: the ground speed is kept, through the air it is 12 m/s.
  const cruise = (4_000 / 10) * limits.cruiseW * (0.75 * mass + 0.25 * 1.2 ** 3);
  const up = ((40 + 25 + 28) / limits.climbMps) * limits.climbW * mass;
  const down = ((28 + 65) / limits.descendMps) * limits.hoverW * mass;
  const hover = (60 + 2 * (13 / 0.5 + 5)) * limits.hoverW * mass;
  const wh = ((cruise + up + down + hover) / 3600) * factor;
  t.equal(Math.round(taken({}).needWh), Math.round(wh));
});

t.test('what makes a flight take more', async (t) => {
  const plain = taken({});
  t.ok(taken({ order: { payloadKg: 2 } }).needPct > plain.needPct * 1.1, 'a heavier parcel');
  t.ok(taken({ order: { payloadKg: 0.1 } }).needPct < plain.needPct * 0.92, 'a lighter one less');
  t.ok(taken({ weather: { temperatureC: 0 } }).needPct > plain.needPct * 1.2, 'a cold pack');
  const [west, east] = [
    taken({ weather: { windMps: 9, windFromDeg: 270 } }),
    taken({ weather: { windMps: 9, windFromDeg: 90 } }),
  ];
  t.ok(west.needPct > plain.needPct, 'wind');
  t.ok(west.backPct > east.backPct + 0.5, 'from the west it is the way home that is against the wind');
  t.ok(plain.backPct > limits.reservePct + 15 && plain.backPct < plain.needPct + limits.reservePct);
});

t.test('the lower of reported and remembered', async (t) => {
  t.equal(chargeOf({ reportedPct: 100, rememberedPct: 61 }), 61);
  t.equal(chargeOf({ reportedPct: 50, rememberedPct: 61 }), 50);
  t.equal(chargeOf({ reportedPct: null, rememberedPct: 61 }), 61);
  t.equal(chargeOf({ reportedPct: null, rememberedPct: null }), null);
  t.equal(taken({ drone: { reportedPct: 100, rememberedPct: 90, charging: false } }).chargePct, 90);
});

t.test('cold packs', async (t) => {
  t.same(
    [null, 35, 20, 0, -20, -60].map((c) => capacityShare(c)),
    [1, 1, 1, 0.8, 0.6, 0.5],
  );
});

t.test('calibration: the median, bounded, its spread a margin; nothing of too few flights', async (t) => {
  const one = (ratio: number): FlownFlight => ({
    modelWh: 100,
    flownWh: 100 * ratio,
    modelS: 600,
    flownS: 600 * ratio,
  });
  t.equal(calibrate(Array.from({ length: MIN_FLIGHTS - 1 }, () => one(1.2))), null);
  const steady = calibrate([1.2, 1.2, 1.2, 1.2, 1.2, 9].map(one));
  t.match(steady, { energyRatio: 1.2, energySpread: 0, timeRatio: 1.2, flights: 6 }, 'one bad reading moves nothing');
  const cheap = (count: number) => calibrate(Array.from({ length: count }, () => one(0.1)))?.energyRatio;
  t.equal(cheap(CHEAPER_FLIGHTS - 1), 1, 'few flights make nothing cheaper than the model');
  t.equal(cheap(CHEAPER_FLIGHTS), 0.8, 'a wrong sensor promises no flights for nothing');
  const after = (before: number, count: number, ratio: number) =>
    calibrate([...Array.from({ length: before }, () => one(1)), ...Array.from({ length: count }, () => one(ratio))])
      ?.energyRatio;
  t.equal(after(20, 3, 1.4), 1.4, 'dearer after three flights');
  t.equal(after(20, 14, 0.9), 1, 'cheaper not after fourteen');
  t.equal(after(20, 15, 0.9), 0.9);
  const wide = calibrate([1, 1.1, 1.2, 1.3, 1.4].map(one));
  t.ok(wide !== null && wide.energySpread > 0.2 && energyFactor(wide, rules) > 1.2 * 1.2);
  t.ok(energyFactor(steady, rules) >= 1.2 * 1.07, 'some margin stays');
  t.equal(
    calibrate([...Array.from({ length: 10 }, () => one(Number.NaN)), one(1)]),
    null,
    'what is not readable counts for nothing',
  );
  const more = taken({ drone: { calibration: wide } });
  t.ok(more.needPct > taken({}).needPct);
});

t.test('charging: constant power to 80 %, then less and less', async (t) => {
  const hour = chargingS(20, 80, 400, 240 / 0.9) ?? 0;
  t.equal(Math.round(hour), 3600);
  const last = chargingS(80, 100, 400, 240 / 0.9) ?? 0;
  t.ok(last > 2.5 * (chargingS(60, 80, 400, 240 / 0.9) ?? 0));
  t.equal(chargingS(90, 80, 400, 100), 0);
  t.equal(chargingS(20, 80, 400, 0), null);
  t.equal(chargingS(20, 101, 400, 100), null);
  for (const to of [30, 79, 85, 95, 99]) {
    t.ok(Math.abs(chargedPct(20, chargingS(20, to, 400, 300) ?? 0, 400, 300) - to) < 1e-6, `back to ${to} %`);
  }
  t.equal(AIRFRAME.batteryWh, 400);
});
