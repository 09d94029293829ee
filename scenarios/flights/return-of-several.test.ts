/**
 * Situation 23 of docs/flight-rules.md with itineraries: the wind rises over what a plan may be flown in while several are in
 * the air, and all are called back to pads that they share, one of them with somebody on it.
 */
import type { SimulatorOptions } from '@skein/hardware/simulator';
import t from 'tap';
import { measured, seconds } from '../kit/measured.ts';
import { Operator } from '../kit/operator.ts';
import { readyFleet } from './fleet.ts';
import type { Flyer } from './flyer.ts';

const BASE = { latDeg: 47.4, lonDeg: 8.5, altM: 450 };
const M_PER_DEG = 111_195;
const SHRINK = Math.cos((BASE.latDeg * Math.PI) / 180);
/** Metres east and north of the first pad; two within 10 m are one. */
const PADS = [
  { eastM: 0, northM: 0, speedMps: 1.5 },
  { eastM: 4, northM: 0, speedMps: 3 },
  { eastM: 120, northM: 0, speedMps: 1.5 },
  { eastM: 123, northM: 0, speedMps: 3 },
  { eastM: 240, northM: 0, speedMps: null },
  { eastM: 243, northM: 0, speedMps: 2 },
] as const;
/** Steady and from the south: 0.5 m/s are left of the fastest that a plan may count on. */
const WIND = { SIM_WIND_SPD: 17.5, SIM_WIND_DIR: 180, SIM_WIND_TURB: 0 };
const HOME_WITHIN_MS = 180_000;

const simulatorAt = ({ eastM, northM }: (typeof PADS)[number]): Partial<SimulatorOptions> => ({
  home: {
    latE7: Math.round((BASE.latDeg + northM / M_PER_DEG) * 1e7),
    lonE7: Math.round((BASE.lonDeg + eastM / M_PER_DEG / SHRINK) * 1e7),
    altM: BASE.altM,
  },
});

t.test('a return of several, in too much wind', { timeout: 500_000 }, async (t) => {
  // given: five that fly their itineraries, and one that stands on the pad of another
  const { world, flyers } = await readyFleet(
    t,
    PADS.map((pad) => ({ simulator: simulatorAt(pad) })),
    { controllerFlags: ['--returns.lowestM=30'] },
  );
  const ann = new Operator(world.httpUrl);
  const [near, far, second, secondFar, stands, padless] = flyers;
  if (!near || !far || !second || !secondFar || !stands || !padless) throw new Error('six drones wanted');
  const flying = [near, far, second, secondFar, padless];
  const fly = async (flyer: Flyer): Promise<void> => {
    const speedMps = PADS[flyers.indexOf(flyer)]?.speedMps ?? 2;
    await flyer.given(flyer.plan({ awayM: 150, altM: 20, speedMps, deliver: null }));
    await flyer.started();
    await flyer.see('on its way', () => flyer.mode === 'AUTO' && flyer.awayM > 12);
  };
  await Promise.all(flying.map(fly));

  // when the wind is over the limit
  for (const { drone } of flyers) {
    drone.simulator.act(({ autopilot }) => {
      for (const [name, value] of Object.entries(WIND)) autopilot.setParameter(name, value);
    });
  }
  // then whoever stands is given no plan to fly in it
  const live = world.live();
  const wind = () => live.drones.get(stands.id)?.kinds.wind?.values.speedMps ?? 0;
  await stands.see('the wind', () => wind() > WIND.SIM_WIND_SPD - 0.5, 30_000);
  await stands.assigned(stands.plan({ deliver: null }));
  const { state, refusals } = await stands.answered(`it-${stands.id}`);
  t.equal(state, 'refused');
  t.match(refusals, [{ rule: 'wind', limit: 1 }], JSON.stringify(refusals));
  for (const flyer of flying) t.equal(flyer.own.current?.state, 'flying', `${flyer.id} flies on`);

  // when all are called back
  const fromMs = performance.now();
  const { id } = await ann.post('all', 'return');
  const fates = await ann.fates(id);
  const of = (flyer: Flyer) => fates.find(({ drone }) => drone === flyer.id);
  // then the nearest of each free pad comes, the others hold and say why
  t.match(of(near), { state: 'succeeded', reason: 'done' });
  t.match(of(second), { state: 'succeeded', reason: 'done' });
  t.match(of(far), { state: 'succeeded', reason: `pad-taken: ${near.id} returns to it first`, sentAs: 'hold' });
  t.match(of(secondFar), { reason: `pad-taken: ${second.id} returns to it first`, sentAs: 'hold' });
  t.match(of(padless), { reason: `pad-taken: ${stands.id} stands on it`, sentAs: 'hold' });
  t.match(of(stands), { state: 'rejected', reason: 'already-on-ground' });
  const heldAt = new Map([far, secondFar, padless].map((flyer) => [flyer, flyer.awayM]));
  await Promise.all([near, second].map((flyer) => flyer.landed(HOME_WITHIN_MS)));
  measured(`against ${WIND.SIM_WIND_SPD} m/s both were home after ${seconds(performance.now() - fromMs)}`);
  for (const flyer of [near, second]) {
    t.ok(flyer.awayM < 3, `${flyer.id} on its own pad: ${flyer.awayM.toFixed(1)} m`);
    t.match((await flyer.ended('aborted')).reason, /newer: return/);
  }
  for (const [flyer, awayM] of heldAt) {
    t.equal(flyer.own.current?.state, 'held', flyer.id);
    t.ok(Math.abs(flyer.awayM - awayM) < 8, `${flyer.id} held: ${awayM.toFixed(1)} to ${flyer.awayM.toFixed(1)} m`);
  }

  // and: who holds is sent home by name
  t.match(await far.order('return'), { state: 'succeeded', reason: 'done' });
  await far.landed(HOME_WITHIN_MS);
  t.match((await far.ended('aborted')).reason, /newer: return/);
  t.match(await padless.order('resume'), { state: 'succeeded' }, 'and who has time left goes on with its itinerary');
});
