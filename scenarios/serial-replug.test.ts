import fs from 'node:fs';
import t from 'tap';
import { measured, seconds } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';
import { until } from './kit/until.ts';
import { createWorld } from './world.ts';

const LIMIT_MS = 9_000;

t.test('a flight controller is unplugged and comes back as another device', async (t) => {
  // given: a drone whose agent reads a serial port by a name that stays (as under /dev/serial/by-id)
  const world = await createWorld({ drones: 1, link: 'pty' });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  const { agent, simulator, id } = drone;
  const live = world.live();
  await allMoving(live, [id]);
  const { pid } = agent.program;
  const before = fs.readlinkSync(simulator.devicePath);

  // when: the cable is pulled, and the autopilot comes back as another device behind the same name
  const now = await simulator.replug();
  const pluggedInAtMs = performance.now();
  const pluggedInUtcUs = live.serverNowUtcUs();
  t.not(now, before, 'it is another device');
  t.equal(fs.readlinkSync(simulator.devicePath), now, 'behind the same name');

  // then: the same process reads it again
  const isBack = (): boolean => (live.drones.get(id)?.kinds.position?.atUtcUs ?? 0) > pluggedInUtcUs;
  await until(isBack, { timeoutMs: 60_000, what: 'a position sampled after plugging in' });
  const tookMs = performance.now() - pluggedInAtMs;
  measured(`serial port back: a new position in the live view ${seconds(tookMs)} after plugging in (promised 3 s)`);
  t.ok(tookMs <= LIMIT_MS, 'in time');
  t.equal(agent.program.pid, pid, 'the agent never ended');
  await allMoving(live, [id]);
});
