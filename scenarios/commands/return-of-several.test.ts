/** Situation 23 of docs/flight-rules.md, without bases: four drones that share two pads are told to return at once. */
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { hasten } from '../kit/fit.ts';
import { measured, seconds } from '../kit/measured.ts';
import { allMoving } from '../kit/moving.ts';
import { Operator } from '../kit/operator.ts';
import type { Home } from '../kit/places.ts';
import { until } from '../kit/until.ts';

/** Metres east and north of the first pad. */
type Metres = readonly [number, number];
const BASE: Home = { latDeg: 47.4, lonDeg: 8.5, altM: 450 };
const METRES_PER_DEG = 111_195;
const SHRINK = Math.cos((BASE.latDeg * Math.PI) / 180);
const HEIGHT_M = 30;
/** Pads, and where each waits: the ways of those that are let go cross. */
const DRONES: readonly { readonly pad: Metres; readonly waits: Metres }[] = [
  { pad: [0, 0], waits: [150, 60] },
  { pad: [0, 4], waits: [-220, 200] },
  { pad: [120, 0], waits: [-60, 60] },
  { pad: [120, 3], waits: [330, 200] },
];
const NEAR_M = 50;
const APART_M = 15;
const HOME_WITHIN_MS = 150_000;

const placed = ([eastM, northM]: Metres) => ({
  latDeg: BASE.latDeg + northM / METRES_PER_DEG,
  lonDeg: BASE.lonDeg + eastM / METRES_PER_DEG / SHRINK,
});

/** Where it really is, m from the first pad; the simulator counts from each drone's own. */
function truth({ simulator }: InProcessDrone, { pad }: { readonly pad: Metres }) {
  const { body } = simulator.simulator.vehicle;
  return { eastM: pad[0] + body.eastM, northM: pad[1] + body.northM, upM: body.upM };
}

const modeOf = ({ simulator }: InProcessDrone): string => simulator.simulator.autopilot.flight.mode.name;

t.test('a return of four that share two pads', { timeout: 300_000 }, async (t) => {
  // given: four that hover at one height, under our control
  const homes = DRONES.map(({ pad }) => placed(pad));
  const world = await createInProcessWorld({
    drones: DRONES.length,
    agentFlags: ['--recorder.enabled=false'],
    // Nobody reads return heights in flight: this stands for that of the simulator.
    controllerFlags: ['--returns.lowestM=30'],
    simulatorOf: (index) => {
      const { latDeg, lonDeg } = homes[index] ?? BASE;
      return { home: { latE7: Math.round(latDeg * 1e7), lonE7: Math.round(lonDeg * 1e7), altM: BASE.altM } };
    },
  });
  t.teardown(() => world.close());
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await allMoving(live, world.ids);
  const fleet = DRONES.map((where, index) => {
    const drone = world.drones[index];
    if (drone === undefined) throw new Error(`no drone ${index}`);
    drone.simulator.act(hasten);
    return { drone, where };
  });
  await Promise.all(
    fleet.map(async ({ drone, where }) => {
      await ann.order(drone.id, 'hold');
      t.match(await ann.order(drone.id, 'resume', { takeControl: true }), { state: 'succeeded' });
      t.match(await ann.order(drone.id, 'hold'), { state: 'succeeded' });
      t.match(await ann.order(drone.id, 'goto', { ...placed(where.waits), altRelM: HEIGHT_M }), { state: 'succeeded' });
      const away = () => {
        const { eastM, northM, upM } = truth(drone, where);
        return Math.hypot(eastM - where.waits[0], northM - where.waits[1], upM - HEIGHT_M);
      };
      await until(() => away() < 4, { timeoutMs: 60_000, what: `${drone.id} at its place`, seen: away });
    }),
  );
  const [one, two, three, four] = world.ids;

  // when
  const fromMs = performance.now();
  const { id } = await ann.post('all', 'return');

  // then: the nearest of each pad returns, the others are told to hold, and by whom
  let closestM = Number.POSITIVE_INFINITY;
  let crossed = 0;
  const look = (): void => {
    for (const [i, a] of fleet.entries()) {
      for (const b of fleet.slice(i + 1)) {
        const [p, q] = [truth(a.drone, a.where), truth(b.drone, b.where)];
        if (Math.hypot(p.eastM - q.eastM, p.northM - q.northM) >= NEAR_M) continue;
        crossed++;
        closestM = Math.min(closestM, Math.abs(p.upM - q.upM));
      }
    }
  };
  const watch = setInterval(look, 50);
  t.teardown(() => clearInterval(watch));
  const fates = await ann.fates(id);
  const of = (drone: string | undefined) => fates.find((fate) => fate.drone === drone);
  t.match(of(one), { state: 'succeeded', reason: 'done', detail: { climbed: true } });
  t.match(of(three), { state: 'succeeded', reason: 'done', detail: { climbed: true } });
  t.match(of(two), { state: 'succeeded', reason: `pad-taken: ${one} returns to it first`, sentAs: 'hold' });
  t.match(of(four), { state: 'succeeded', reason: `pad-taken: ${three} returns to it first`, sentAs: 'hold' });
  const words = JSON.stringify(live.drones.get(two ?? '')?.commands);
  t.match(words, /another one has its pad/, 'the page says so');

  // and: they come home without meeting, each to a pad of its own
  const going = fleet.filter(({ drone }) => drone.id === one || drone.id === three);
  const landed = () => going.every(({ drone }) => drone.simulator.simulator.vehicle.body.upM < 0.3);
  await until(landed, {
    timeoutMs: HOME_WITHIN_MS,
    what: 'both at home',
    seen: () => going.map(({ drone, where }) => truth(drone, where)),
  });
  clearInterval(watch);
  measured(
    `home after ${seconds(performance.now() - fromMs)}; within ${NEAR_M} m ${crossed} times, never nearer in height than ${closestM.toFixed(1)} m`,
  );
  t.ok(crossed > 0, 'their ways crossed');
  t.ok(closestM >= APART_M, `${closestM.toFixed(1)} m`);
  for (const { drone, where } of going) {
    const { eastM, northM } = truth(drone, where);
    t.ok(Math.hypot(eastM - where.pad[0], northM - where.pad[1]) < 3, `${drone.id} on its pad`);
  }
  for (const { drone, where } of fleet.filter((each) => !going.includes(each))) {
    t.equal(modeOf(drone), 'GUIDED');
    const { eastM, northM, upM } = truth(drone, where);
    t.ok(Math.hypot(eastM - where.waits[0], northM - where.waits[1], upM - HEIGHT_M) < 5, `${drone.id} held`);
  }

  // and: a pad on which somebody stands stays taken, until one is sent there by name
  const again = await ann.post('all', 'return');
  const second = await ann.fates(again.id);
  t.match(
    second.find(({ drone }) => drone === two),
    { reason: `pad-taken: ${one} stands on it` },
  );
  t.match(
    second.find(({ drone }) => drone === one),
    { state: 'rejected', reason: 'already-on-ground' },
  );
  t.match(await ann.order(two ?? '', 'return'), { state: 'succeeded', reason: 'done' });
  t.equal(world.drones[1] && modeOf(world.drones[1]), 'RTL');
});
