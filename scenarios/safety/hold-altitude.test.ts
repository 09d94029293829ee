/** Situation 14 of docs/flight-rules.md, without missions: a hold keeps its height, whatever the sticks say. */
import { setTimeout as pause } from 'node:timers/promises';
import { Pilot } from '@skein/hardware/simulator';
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { measured } from '../kit/measured.ts';
import { allMoving } from '../kit/moving.ts';
import { Operator } from '../kit/operator.ts';
import { placeOf } from '../kit/places.ts';
import { until } from '../kit/until.ts';

const STICK_LOW_US = 1_000;
const WATCH_MS = 10_000;
const LOOK_MS = 100;
const MOST_M = 1;
const CASES = [
  { from: 'AUTO', rc: 'throttle stick low' },
  { from: 'AUTO', rc: 'no transmitter' },
  { from: 'GUIDED', rc: 'throttle stick low' },
  { from: 'GUIDED', rc: 'no transmitter' },
] as const;

const upM = ({ simulator }: InProcessDrone): number => simulator.simulator.vehicle.body.upM;
const modeOf = ({ simulator }: InProcessDrone): string => simulator.simulator.autopilot.flight.mode.name;

/** The lowest and the highest it was within ten seconds, m. */
async function heights(drone: InProcessDrone): Promise<{ readonly low: number; readonly high: number }> {
  let [low, high] = [upM(drone), upM(drone)];
  for (const endMs = performance.now() + WATCH_MS; performance.now() < endMs; ) {
    await pause(LOOK_MS);
    [low, high] = [Math.min(low, upM(drone)), Math.max(high, upM(drone))];
  }
  return { low, high };
}

/** Told beside the others, not after them. */
async function story(words: string, tell: () => Promise<void>): Promise<void> {
  await tell();
  measured(`told: ${words}`);
}

t.test('hold', { timeout: 200_000 }, async (t) => {
  // given: drones in the air whose transmitter lies somewhere with the stick down, or is off, and nobody minds
  const world = await createInProcessWorld({ drones: CASES.length, agentFlags: ['--recorder.enabled=false'] });
  t.teardown(() => world.close());
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await allMoving(live, world.ids);
  for (const [index, { rc }] of CASES.entries()) {
    world.drones[index]?.simulator.act(({ autopilot }) => {
      autopilot.parameters.set('FS_THR_ENABLE', 0);
      const pilot = new Pilot(autopilot);
      if (rc === 'no transmitter') pilot.switchOff();
      else pilot.stick('throttle', STICK_LOW_US);
    });
  }

  await Promise.all(
    CASES.map(({ from, rc }, index) =>
      story(`from ${from}, ${rc}`, async () => {
        const drone = world.drones[index];
        if (drone === undefined) throw new Error(`no drone ${index}`);
        const { home } = placeOf(index);
        if (from === 'GUIDED') {
          await ann.order(drone.id, 'hold');
          t.match(await ann.order(drone.id, 'resume', { takeControl: true }), { state: 'succeeded' });
          t.match(await ann.order(drone.id, 'hold'), { state: 'succeeded' });
          const to = { latDeg: home.latDeg + 0.004, lonDeg: home.lonDeg, altRelM: Math.round(upM(drone)) };
          t.match(await ann.order(drone.id, 'goto', to), { state: 'succeeded' });
          await until(() => (live.drones.get(drone.id)?.kinds.status?.values.mode ?? '') === 'GUIDED', {
            timeoutMs: 15_000,
            what: 'GUIDED',
          });
        }
        t.equal(modeOf(drone), from);

        // when
        t.match(await ann.order(drone.id, 'hold'), { state: 'succeeded' });

        // then
        const { low, high } = await heights(drone);
        measured(`hold from ${from}, ${rc}: ${low.toFixed(2)} to ${high.toFixed(2)} m for 10 s`);
        t.ok(high - low <= 2 * MOST_M, 'its height stays');
        t.notMatch(modeOf(drone), /LOITER|HOLD/, 'in no mode that follows the stick');
      }),
    ),
  );
});
