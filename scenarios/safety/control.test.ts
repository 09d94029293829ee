/** Who flies: situations 2, 10 and 17 of docs/flight-rules.md. */
import { Pilot } from '@skein/hardware/simulator';
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import type { LiveFollower } from '../kit/live.ts';
import { measured, seconds } from '../kit/measured.ts';
import { allMoving } from '../kit/moving.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';

/** A heartbeat comes at once with a change of mode; the wait is for a busy machine. */
const WITHIN_MS = 10_000;

const controlOf = (live: LiveFollower, id: string): string => live.drones.get(id)?.control.state ?? 'nobody';
const modeOf = (drone: InProcessDrone): string => drone.simulator.simulator.autopilot.flight.mode.name;

async function controlBecomes(live: LiveFollower, id: string, state: string): Promise<number> {
  const { tookMs } = await until(() => controlOf(live, id) === state, {
    timeoutMs: WITHIN_MS,
    what: `${id} to be under control of ${state}`,
    seen: () => live.drones.get(id)?.control,
  });
  return tookMs;
}

t.test('who flies', async (t) => {
  // given: three drones in the air, found there by their agents
  const world = await createInProcessWorld({ drones: 3 });
  t.teardown(() => world.close());
  const [ann, bob] = [new Operator(world.httpUrl, 'Ann'), new Operator(world.httpUrl, 'Bob')];
  const live = world.live();
  await allMoving(live, world.ids);
  const [first, second, third] = world.drones;
  if (!first || !second || !third) throw new Error('three drones wanted');

  await t.test('10: an agent that starts in the air adopts the flight and writes nothing', async (t) => {
    t.equal(controlOf(live, first.id), 'unknown');
    t.match(await ann.order(first.id, 'resume'), { state: 'rejected', reason: /^adopted/ });
    t.match(await ann.order(first.id, 'goto', { latDeg: 47.4, lonDeg: 8.54, altRelM: 30 }), {
      state: 'rejected',
      reason: /^adopted/,
    });
    t.equal(modeOf(first), 'AUTO', 'it flies on as it did');
    const hold = await ann.order(second.id, 'hold');
    t.match(hold, { state: 'succeeded' }, 'what makes it safe goes all the same');
  });

  await t.test('2: a pilot flips the switch, and Skein is silent until told otherwise', async (t) => {
    // given: Ann has taken control
    await ann.order(first.id, 'hold');
    t.match(await ann.order(first.id, 'resume', { takeControl: true }), { state: 'succeeded' });
    await controlBecomes(live, first.id, 'skein');

    // when
    first.simulator.act(({ autopilot }) => new Pilot(autopilot).mode('Loiter'));

    // then
    measured(`pilot noticed after ${seconds(await controlBecomes(live, first.id, 'pilot'))}`);
    t.match(await ann.order(first.id, 'resume'), { state: 'rejected', reason: /^pilot/ });
    t.match(await ann.order(first.id, 'goto', { latDeg: 47.3977, lonDeg: 8.5456, altRelM: 30 }), {
      state: 'rejected',
      reason: /^pilot/,
    });
    t.equal(modeOf(first), 'LOITER', 'the pilot is left alone');
    t.match(await ann.order(first.id, 'return'), { state: 'succeeded' }, 'but Ann may still send it home');
    t.equal(modeOf(first), 'RTL');
  });

  await t.test('2: a pilot during our return takes it, and the return is not sent again', async (t) => {
    t.match(await ann.order(second.id, 'return'), { state: 'succeeded' });
    second.simulator.act(({ autopilot }) => new Pilot(autopilot).mode('Loiter'));
    await controlBecomes(live, second.id, 'pilot');
    t.equal(modeOf(second), 'LOITER');
  });

  await t.test('17: one commander; safe commands are open to all; the rest by taking over', async (t) => {
    await ann.order(third.id, 'hold');
    await ann.order(third.id, 'resume', { takeControl: true });
    await controlBecomes(live, third.id, 'skein');
    await ann.order(third.id, 'hold');
    const goto = { latDeg: 47.3865, lonDeg: 8.532, altRelM: 30 };
    t.match(await bob.order(third.id, 'goto', goto), { state: 'rejected', reason: 'in-command: Ann' });
    t.match(await bob.order(third.id, 'hold'), { state: 'succeeded' });
    t.match(await bob.order(third.id, 'goto', { ...goto, takeOver: true }), { state: 'succeeded', reason: 'done' });
    await until(() => live.drones.get(third.id)?.control.commander === 'Bob', {
      timeoutMs: WITHIN_MS,
      what: 'Bob to be shown in command',
    });
  });
});
