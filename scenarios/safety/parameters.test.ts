/** Situation 24 of docs/flight-rules.md: a parameter for several drones, of which one is armed, one away, one refuses. */
import t from 'tap';
import { createOneDrone } from '../commands/one-drone.ts';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { known } from '../reboot/boards.ts';

const NAME = 'WPNAV_SPEED_DN';
const WITHIN_MS = 20_000;
const valueAt = ({ simulator }: InProcessDrone): number => simulator.simulator.autopilot.parameters.value(NAME);

t.test('a parameter', { timeout: 200_000 }, async (t) => {
  // given: four drones on the ground; one is armed, one loses its power for a while, one keeps its own value
  const world = await createInProcessWorld({
    drones: 4,
    simulator: { start: 'ready' },
    agentFlags: ['--recorder.enabled=false'],
  });
  t.teardown(() => world.close());
  const [good, armed, rebooting, refusing] = world.drones;
  if (!good || !armed || !rebooting || !refusing) throw new Error('four drones wanted');
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await known(live, world.ids);
  const before = valueAt(good);
  const wanted = before + 25;
  armed.simulator.act(({ autopilot }) => {
    autopilot.parameters.set('DISARM_DELAY', 0);
    autopilot.flight.arm(autopilot.vehicle.body, autopilot.nowMs);
  });
  refusing.simulator.simulator.stage('stubborn').stage.meddle({
    received: (message, _frame, port) => {
      if (message?.name !== 'PARAM_SET') return false;
      const { param_id, param_type } = message.fields;
      const rest = { param_type, param_count: 1_400, param_index: 65_535 };
      port.send('PARAM_VALUE', { param_id, param_value: before, ...rest });
      return true;
    },
  });
  await until(() => live.drones.get(armed.id)?.kinds.status?.values.armed === true, {
    timeoutMs: WITHIN_MS,
    what: 'one to be armed',
  });

  let given = '';
  await t.test('each has its own fate', { timeout: 120_000 }, async (t) => {
    rebooting.simulator.act((simulator) => simulator.fault('power-cut'));
    await until(() => !rebooting.agent.status().vehicle.autopilot.alive, {
      timeoutMs: WITHIN_MS,
      what: 'one to be silent',
    });
    const { id } = await ann.post(world.ids, 'set-parameter', { params: { name: NAME, value: wanted } });
    given = id;
    const fates = await ann.fates(id);
    const of = (drone: InProcessDrone) => fates.find((fate) => fate.drone === drone.id);
    t.match(of(good), { state: 'succeeded', reason: 'done', detail: { name: NAME, before, after: wanted } });
    t.match(of(armed), { state: 'rejected', reason: /(^|; )armed/ });
    t.match(of(rebooting), { state: 'rejected', reason: /^no-autopilot/ });
    t.match(of(refusing), { state: 'failed', reason: `not-taken: ${NAME}`, detail: { before, after: before } });
    rebooting.simulator.act((simulator) => simulator.clear('power-cut'));
    t.same(world.drones.map(valueAt), [wanted, before, before, before], 'and only one was changed');
  });

  await t.test('it cannot be sent to a whole group', { timeout: 120_000 }, async (t) => {
    await t.rejects(ann.post('all', 'set-parameter', { params: { name: NAME, value: wanted } }), /names-its-drones/);
  });

  await t.test('undone by its id: the old value, where it was changed', { timeout: 120_000 }, async (t) => {
    const undo = { name: NAME, value: 0, undo: given };
    t.match(await ann.order(good.id, 'set-parameter', undo), {
      state: 'succeeded',
      detail: { name: NAME, before: wanted, after: before },
    });
    t.equal(valueAt(good), before);
    t.match(await ann.order(good.id, 'set-parameter', { ...undo, undo: '01JE0000000000000000000000' }), {
      state: 'rejected',
      reason: /^not-found/,
    });
  });
});

t.test('what weakens safety needs the right to do so, also at the drone', async (t) => {
  const drone = await createOneDrone({});
  t.teardown(() => drone.close());
  const { parameters } = drone.simulator.autopilot;
  await until(() => drone.agent().status().vehicle.autopilot.alive, { timeoutMs: WITHIN_MS, what: 'an autopilot' });
  const off = { name: 'FS_THR_ENABLE', value: 0 };

  t.match(await drone.give('set-parameter', off), { state: 'rejected', reason: 'not-granted: safety-parameters' });
  t.equal(parameters.value('FS_THR_ENABLE'), 1);
  const set = await drone.give('set-parameter', off, { grants: ['safety-parameters'] });
  t.match(set, { state: 'succeeded', reason: 'done' });
  t.equal(parameters.value('FS_THR_ENABLE'), 0);
  const undo = { ...off, undo: String(set.command) };
  t.match(await drone.give('set-parameter', undo), { state: 'rejected', reason: 'not-granted: safety-parameters' });
  t.match(await drone.give('set-parameter', undo, { grants: ['safety-parameters'] }), { state: 'succeeded' });
  t.equal(parameters.value('FS_THR_ENABLE'), 1);
});
