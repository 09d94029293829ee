/** Situation 9 of docs/flight-rules.md: a ground station works through the agent and leaves. */
import path from 'node:path';
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { GroundStation } from '../kit/ground-station.ts';
import { post } from '../kit/http.ts';
import { measured, seconds } from '../kit/measured.ts';
import { Operator } from '../kit/operator.ts';
import { freePort } from '../kit/ports.ts';
import { until } from '../kit/until.ts';
import { known } from '../reboot/boards.ts';

const NAME = 'WPNAV_SPEED_DN';
const REAL32 = 9;
const ALL_STREAMS = 0;
const SLOW_HZ = 1;
const WITHIN_MS = 20_000;

t.test('a ground station through the agent', { timeout: 150_000 }, async (t) => {
  // given: one drone on the ground, and an end point where a station may be given control
  const url = `tcp://127.0.0.1:${await freePort()}`;
  const world = await createInProcessWorld({
    drones: 1,
    simulator: { start: 'ready' },
    agentFlags: ['--recorder.enabled=false'],
    agentFile: { station: [{ name: 'tent', url, mode: 'control' }] },
  });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (!drone) throw new Error('no drone');
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await known(live, world.ids);
  const { autopilot } = drone.simulator.simulator;
  const before = autopilot.parameters.value(NAME);
  const socketPath = path.join(drone.dir, 'agent.sock');
  const attitudes = () => drone.agent.status().vehicle.autopilot.streams.find(({ name }) => name === 'ATTITUDE');
  const ours = attitudes();
  const station = new GroundStation(url);
  t.teardown(() => station.close());
  const control = () => live.drones.get(drone.id)?.control.state;
  const write = (value: number) =>
    station.send('PARAM_SET', {
      target_system: 1,
      target_component: 1,
      param_id: NAME,
      param_value: value,
      param_type: REAL32,
    });

  await t.test('it reads: parameters, and streams at its own rate without touching ours', async (t) => {
    await until(() => station.isOpen, { timeoutMs: WITHIN_MS, what: 'the station to be connected' });
    station.send('PARAM_REQUEST_LIST', { target_system: 1, target_component: 1 });
    const list = await until(() => station.count('PARAM_VALUE') > 1_000, {
      timeoutMs: WITHIN_MS * 2,
      what: 'the parameter list',
      seen: () => station.count('PARAM_VALUE'),
    });
    measured(`station: over 1 000 parameters after ${seconds(list.tookMs)}`);
    const stream = { target_system: 1, target_component: 1, req_stream_id: ALL_STREAMS, start_stop: 1 };
    station.send('REQUEST_DATA_STREAM', { ...stream, req_message_rate: SLOW_HZ });
    await until(() => station.count('ATTITUDE') > 2, { timeoutMs: WITHIN_MS, what: 'attitudes at the station' });
    t.same(attitudes(), ours, 'our own rate stands');
  });

  await t.test('locked, it changes nothing', async (t) => {
    write(before + 10);
    const refused = () =>
      drone.agent
        .status()
        .stations.some(({ counters }) => Object.entries(counters).some(([why, n]) => why === 'listenOnly' && n > 0));
    await until(refused, { timeoutMs: WITHIN_MS, what: 'the write to be counted as refused' });
    t.equal(autopilot.parameters.value(NAME), before);
    t.equal(control(), 'skein');
  });

  await t.test('unlocked beside the drone it may, and everybody sees who writes', async (t) => {
    const unlocked = await post('http://agent/stations/unlock', { name: 'tent' }, { socketPath });
    t.equal(unlocked.status, 200);
    write(before + 20);
    await until(() => autopilot.parameters.value(NAME) === before + 20, {
      timeoutMs: WITHIN_MS,
      what: 'the parameter to be set',
    });
    const shown = await until(() => control() === 'other-station', {
      timeoutMs: WITHIN_MS,
      what: 'the station to be shown in control',
      seen: control,
    });
    measured(`station: shown in control after ${seconds(shown.tookMs)}`);
    t.match(await ann.order(drone.id, 'set-parameter', { name: NAME, value: before }), {
      state: 'rejected',
      reason: /^other-station/,
    });
  });

  await t.test('it leaves: control comes back on the ground, our streams never stopped', async (t) => {
    await station.close();
    await until(() => control() === 'skein', { timeoutMs: WITHIN_MS * 2, what: 'control to come back', seen: control });
    t.same(attitudes(), ours);
    t.match(await ann.order(drone.id, 'set-parameter', { name: NAME, value: before }), { state: 'succeeded' });
    t.equal(autopilot.parameters.value(NAME), before);
  });
});
