/** Restarts as flight-rules.md §5 has them: of the autopilot, the companion and the agent. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { measured, seconds } from '../kit/measured.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { Boards, bootsOf, known } from './boards.ts';

const TARGETS = ['autopilot', 'companion', 'agent'] as const;

t.test('restarts', async (t) => {
  // given: one drone in the air, one armed on the ground, four at rest
  const scratch = mkdtempSync(join(tmpdir(), 'skein-boards-'));
  t.teardown(() => rmSync(scratch, { recursive: true, force: true }));
  const helper = join(scratch, 'restarts');
  const boards = new Boards();
  const world = await createInProcessWorld({
    drones: 6,
    simulatorOf: (index) => ({ start: index === 0 ? 'airborne' : 'ready' }),
    agentFlags: [`--reboot.companionCommand=/bin/sh,-c,echo once >> ${helper}`],
    agentPorts: boards.portsOf,
  });
  t.teardown(() => world.close());
  boards.drones = world.drones;
  const ann = new Operator(world.httpUrl);
  const live = world.live();
  await known(live, world.ids);
  const [flying, armed, idle, alone, forgetful, hung] = world.drones;
  if (!flying || !armed || !idle || !alone || !forgetful || !hung) throw new Error('six drones wanted');
  const helped = (): number => {
    try {
      return readFileSync(helper, 'utf8').trim().split('\n').length;
    } catch {
      return 0;
    }
  };

  // An autopilot that says yes and does nothing takes a minute to be found out: it is asked first, and looked at last.
  hung.simulator.act((simulator) => simulator.fault('hollow-ack:PREFLIGHT_REBOOT_SHUTDOWN'));
  const hollow = await ann.post([hung.id], 'reboot', { params: { target: 'autopilot' } });

  await t.test('in the air and armed nothing restarts anything, force or not', async (t) => {
    armed.simulator.act(({ autopilot }) => {
      autopilot.parameters.set('DISARM_DELAY', 0);
      autopilot.flight.arm(autopilot.vehicle.body, autopilot.nowMs);
    });
    await until(() => live.drones.get(armed.id)?.kinds.status?.values.armed === true, {
      timeoutMs: 10_000,
      what: 'the armed drone to be seen armed',
      seen: () => live.drones.get(armed.id)?.kinds.status,
    });
    for (const drone of [flying, armed]) {
      for (const target of TARGETS) {
        for (const force of [false, true]) {
          const fate = await ann.order(drone.id, 'reboot', { target, force });
          t.match(fate, { state: 'rejected', reason: /^armed/ }, `${drone.id} ${target} ${force}`);
        }
      }
      t.equal(bootsOf(drone), 1);
    }
    t.same([boards.restarts[0], boards.restarts[1], helped()], [0, 0, 0]);
    t.equal(flying.simulator.simulator.autopilot.flight.armed, true);
  });

  await t.test('on the ground with a leg that is active: only with force', async (t) => {
    const legActive = async () => {
      const fate = await ann.order(idle.id, 'reboot', { target: 'agent', ifSession: 'ffffffffffffffff' });
      return /active-leg/.test(fate.reason ?? '');
    };
    const { stage, end } = idle.simulator.simulator.stage('a mission that is active');
    stage.meddle({
      sending: ({ name, fields }) =>
        name === 'MISSION_CURRENT' ? { fields: { ...fields, mission_state: 3 } } : 'send',
    });
    await until(legActive, { timeoutMs: 15_000, what: 'the mission to be seen active' });
    t.match(await ann.order(idle.id, 'reboot', { target: 'autopilot' }), { state: 'rejected', reason: 'active-leg' });
    t.equal(bootsOf(idle), 1);
    const forced = await ann.order(idle.id, 'reboot', { target: 'autopilot', force: true });
    t.match(forced, { state: 'succeeded', reason: 'proved' });
    t.equal(bootsOf(idle), 2);
    end();
    await until(async () => !(await legActive()), { timeoutMs: 15_000, what: 'the mission to be seen over' });
  });

  await t.test('each is proved: before, after, and how long it was away', async (t) => {
    await known(live, [idle.id]);
    const session = live.drones.get(idle.id)?.session;
    const agent = await ann.order(idle.id, 'reboot', { target: 'agent' });
    t.match(
      agent,
      { state: 'succeeded', reason: 'proved', detail: { before: session, downtimeMs: Number } },
      JSON.stringify(agent),
    );
    await until(() => live.drones.get(idle.id)?.session === agent.detail?.after, {
      timeoutMs: 10_000,
      what: 'the session that the answer names',
    });
    t.equal(boards.restarts[2], 1);

    await known(live, [idle.id]);
    const { id } = await ann.post([idle.id], 'reboot', { params: { target: 'companion' } });
    await until(() => helped() === 1, { timeoutMs: 15_000, what: 'the companion told to restart' });
    const before = boards.bootOf(2);
    await boards.restartBoard(2);
    const board = (await ann.fates(id))[0];
    t.match(board, { state: 'succeeded', reason: 'proved', detail: { before, after: boards.bootOf(2) } });
    t.equal(helped(), 1);
  });

  await t.test('the journal lost while the companion restarts: unknown, and not a second time', async (t) => {
    const { id } = await ann.post([forgetful.id], 'reboot', { params: { target: 'companion' } });
    await until(() => helped() === 2, { timeoutMs: 15_000, what: 'the companion told to restart' });
    await boards.restartBoard(4, () => rmSync(join(forgetful.dir, 'journal.jsonl')));
    t.match(await ann.fates(id), [{ state: 'unknown', reason: 'journal-changed' }]);
    await known(live, [forgetful.id]);
    t.match(await ann.order(forgetful.id, 'ping'), { state: 'succeeded' });
    t.equal(helped(), 2);
  });

  await t.test('the controller is away while it happens: it learns of it, and nothing happens twice', async (t) => {
    const { id } = await ann.post([alone.id], 'reboot', { params: { target: 'autopilot' } });
    await ann.reaches(id, ['executing']);
    await world.stopController();
    const { tookMs } = await until(
      () => bootsOf(alone) === 2 && alone.agent.status().commanding.commands.running.length === 0,
      {
        timeoutMs: 30_000,
        what: 'the autopilot back without a controller',
      },
    );
    measured(`autopilot back after ${seconds(tookMs)} with the controller away`);
    await world.startController();
    t.match(await ann.fates(id), [{ state: 'succeeded', reason: 'proved' }]);
    const counters = () => alone.agent.status().commanding.commands.counters;
    t.ok((counters().repeats ?? 0) > 0, 'it was sent again, and answered from the journal');
    t.equal(bootsOf(alone), 2);
  });

  await t.test('a yes without a restart is no success', async (t) => {
    t.match(await ann.fates(hollow.id, 120_000), [{ state: 'failed', reason: 'unproved' }]);
    t.equal(bootsOf(hung), 1);
  });
});
