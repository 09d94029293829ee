/** Situation 20 of docs/flight-rules.md: the transmitter out of range under both profiles; switched on in flight. */
import { Pilot } from '@skein/hardware/simulator';
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { fit } from '../kit/fit.ts';
import { measured, seconds } from '../kit/measured.ts';
import { allMoving } from '../kit/moving.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';

const PROFILES = ['bvlos', 'line-of-sight', 'bvlos'] as const;
const WITHIN_MS = 20_000;
const modeOf = ({ simulator }: InProcessDrone): string => simulator.simulator.autopilot.flight.mode.name;

t.test('the transmitter', { timeout: 200_000 }, async (t) => {
  // given: drones in the air with the parameters of their profile, under our control
  const world = await createInProcessWorld({
    drones: 3,
    agentsLater: true,
    agentFlags: ['--recorder.enabled=false'],
    agentFlagsOf: (index) => [`--profile=${PROFILES[index] ?? 'bvlos'}`],
  });
  t.teardown(() => world.close());
  for (const [index, { simulator }] of world.drones.entries()) {
    simulator.act((one) => {
      fit(one, PROFILES[index] ?? 'bvlos');
      one.autopilot.parameters.set('FENCE_ENABLE', 0);
    });
  }
  await Promise.all(world.drones.map((drone) => drone.startAgent()));
  const [far, near, third] = world.drones;
  if (!far || !near || !third) throw new Error('three drones wanted');
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await allMoving(live, world.ids);
  await Promise.all(
    world.drones.map(async ({ id }) => {
      await ann.order(id, 'hold');
      t.match(await ann.order(id, 'resume', { takeControl: true }), { state: 'succeeded' });
    }),
  );
  const control = ({ id }: InProcessDrone) => live.drones.get(id)?.control;
  const becomes = (drone: InProcessDrone, state: string) =>
    until(() => control(drone)?.state === state, {
      timeoutMs: WITHIN_MS,
      what: `${drone.id} to be under ${state}`,
      seen: () => control(drone),
    });
  const unheard = ({ id }: InProcessDrone) => live.drones.get(id)?.kinds.rc?.values.receiverHealthy === false;
  const switchOff = ({ simulator }: InProcessDrone) =>
    simulator.act(({ autopilot }) => new Pilot(autopilot).switchOff());

  await t.test('out of range, out of sight: the mission goes on, and it is ours', { timeout: 120_000 }, async (t) => {
    await becomes(far, 'skein');
    switchOff(far);
    await until(() => unheard(far), { timeoutMs: WITHIN_MS, what: 'the page to show no transmitter' });
    await until(() => far.simulator.simulator.autopilot.flight.failsafes.radio.tripped, {
      timeoutMs: WITHIN_MS,
      what: 'the failsafe to be due',
    });
    await becomes(far, 'skein');
    t.equal(modeOf(far), 'AUTO', 'it flies on');
    t.match(await ann.order(far.id, 'hold'), { state: 'succeeded' }, 'and obeys');
  });

  await t.test(
    'out of range, a pilot in command by profile: it comes back, and nobody undoes that',
    { timeout: 120_000 },
    async (t) => {
      await becomes(near, 'skein');
      switchOff(near);
      measured(`the failsafe was shown after ${seconds((await becomes(near, 'autopilot-failsafe')).tookMs)}`);
      t.equal(modeOf(near), 'RTL');
      t.match(await ann.order(near.id, 'hold'), { state: 'rejected', reason: /^failsafe/ });
      t.match(await ann.order(near.id, 'resume', { takeControl: true }), { state: 'rejected', reason: /^failsafe/ });
      t.equal(modeOf(near), 'RTL');
    },
  );

  await t.test('switched on in flight, its switch elsewhere: a pilot flies', { timeout: 120_000 }, async (t) => {
    await becomes(third, 'skein');
    const pilot = new Pilot(third.simulator.simulator.autopilot);
    third.simulator.act(() => pilot.switchOff());
    await until(() => unheard(third), { timeoutMs: WITHIN_MS, what: 'the page to show no transmitter' });
    third.simulator.act(() => {
      pilot.mode('Loiter');
      pilot.switchOn();
    });
    measured(`the pilot was noticed after ${seconds((await becomes(third, 'pilot')).tookMs)}`);
    t.equal(modeOf(third), 'LOITER');
    t.match(await ann.order(third.id, 'resume'), { state: 'rejected', reason: /^pilot/ });
    t.match(await ann.order(third.id, 'hold'), { state: 'rejected', reason: /^pilot/ });
    t.equal(modeOf(third), 'LOITER', 'the pilot is left alone');
  });
});
