/** One agent, one simulator in real time, and a hand that plays the controller: what a command becomes, from end to end. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { until } from '../kit/until.ts';
import { createOneDrone, type OneDrone } from './one-drone.ts';

async function given(test: Test, o: Parameters<typeof createOneDrone>[0]): Promise<OneDrone> {
  const drone = await createOneDrone(o);
  test.teardown(() => drone.close());
  await until(
    () => drone.presence()?.autopilotBoot != null && drone.agent().status().commanding.battery.reportedPct !== null,
    {
      timeoutMs: 10_000,
      what: 'an autopilot whose boot and charge are known',
      seen: () => drone.presence(),
    },
  );
  return drone;
}

const detailOf = (answer: { readonly detail: string | null }): Record<string, unknown> =>
  JSON.parse(answer.detail ?? '{}') as Record<string, unknown>;

t.test('each target is rebooted once, proved, and answered by whoever lives then', { timeout: 120_000 }, async (t) => {
  const drone = await given(t, { flags: [`--reboot.companionCommand=${process.execPath},-e,0`] });
  // when the autopilot is told to
  const before = drone.presence()?.autopilotBoot ?? '';
  const rebooted = await drone.give('reboot', { target: 'autopilot', ifBoot: before });
  // then it is proved by its age, and what named the old boot names nothing any more
  t.match(rebooted, { state: 'succeeded', reason: 'proved' });
  t.equal(detailOf(rebooted).before, before);
  t.not(detailOf(rebooted).after, before);
  t.ok(Number(detailOf(rebooted).downtimeMs) > 0);
  t.match(await drone.give('reboot', { target: 'autopilot', ifBoot: before }), { reason: /^other-boot/ });
  t.notOk(
    drone.texts.some((text) => /restarted by itself/.test(text)),
    'an order is no alarm',
  );

  // when the agent is told to
  await until(() => drone.simulator.nowMs > 0 && drone.agent().status().vehicle.autopilot.alive, {
    timeoutMs: 10_000,
    what: 'the autopilot back',
  });
  const session = drone.presence()?.session ?? '';
  await settled(drone);
  const restarted = drone.command('reboot', { target: 'agent', ifSession: session });
  drone.post(restarted);
  const answer = await drone.fate(restarted.id);
  t.match(answer, { state: 'succeeded', reason: 'proved' });
  t.equal(detailOf(answer).before, session);
  t.equal(detailOf(answer).after, drone.agent().status().session);
  // and the same order again finds its outcome
  await until(() => drone.presence() !== null, { timeoutMs: 10_000, what: 'presence' });
  const now = drone.presence()?.session ?? '';
  drone.post({ ...restarted, session: now, heard: { session: now, monoMs: drone.presence()?.bootAgeMs ?? 0 } });
  await until(() => drone.answers.filter(({ command, step }) => command === restarted.id && step === 5).length > 1, {
    timeoutMs: 10_000,
    what: 'the recorded answer',
  });
  t.equal(drone.restarts(), 1);

  // when the companion is told to, and comes back with another kernel
  await settled(drone);
  const board = drone.send('reboot', { target: 'companion', ifBoot: drone.boot });
  await until(() => drone.answers.some(({ command, state }) => command === board && state === 'executing'), {
    timeoutMs: 10_000,
    what: 'the order taken',
    seen: () => drone.answers.slice(-3),
  });
  await drone.stopAgent();
  const oldBoot = drone.boot;
  drone.boot = 'ffffffff-4a59-4e68-8777-0123456789ab';
  await drone.startAgent();
  const back = await drone.fate(board, 40_000);
  t.match(back, { state: 'succeeded', reason: 'proved' });
  t.match(detailOf(back), { before: oldBoot, after: drone.boot });
});

/** The agent knows that the vehicle is disarmed on the ground. */
async function settled(drone: OneDrone): Promise<void> {
  await until(() => drone.presence()?.autopilotBoot != null && drone.presence()?.control.state === 'skein', {
    timeoutMs: 15_000,
    what: 'a vehicle that is known',
  });
  const landed = () => drone.simulator.nowMs;
  const since = landed();
  await until(() => landed() - since > 3_000, { timeoutMs: 10_000, what: 'three seconds of telemetry' });
}

t.test(
  'in the air: adopted, held, resumed; nothing is restarted; a restart of the agent finds the flight',
  { timeout: 120_000 },
  async (t) => {
    const drone = await given(t, { simulator: { start: 'airborne' } });
    t.match(drone.agent().status().commanding.control, { adopted: true, state: 'unknown' });
    t.match(await drone.give('abort'), { state: 'rejected', reason: 'adopted' });
    for (const target of ['autopilot', 'agent', 'companion'] as const) {
      const named = target === 'agent' ? { ifSession: drone.presence()?.session } : {};
      const ifBoot = target === 'autopilot' ? drone.presence()?.autopilotBoot : drone.boot;
      const params = { target, ...(target === 'agent' ? named : { ifBoot }) };
      t.match(await drone.give('reboot', params), { state: 'rejected', reason: /^armed/ }, target);
      const forced = await drone.give('reboot', { ...params, force: true }, { grants: ['force'] });
      t.match(forced, { state: 'rejected', reason: /^armed/ }, `${target}, with force`);
    }
    t.match(await drone.give('resume', { takeControl: true }), { state: 'succeeded' });
    t.equal(drone.agent().status().commanding.control.state, 'skein');
    const held = await drone.give('hold');
    t.match(held, { state: 'succeeded' });
    t.match(await drone.give('hold', {}, { issuedBy: 'Bob' }), { state: 'succeeded' }, 'open to all');
    t.match(await drone.give('resume', {}, { issuedBy: 'Bob' }), { state: 'rejected', reason: 'in-command: Ann' });
    const resumed = await drone.give('resume');
    t.match(resumed, { state: 'succeeded' }, JSON.stringify(resumed));
    t.match(await drone.give('set-parameter', { name: 'WPNAV_SPEED', value: 400 }), { reason: /^armed/ });

    await drone.stopAgent();
    await drone.startAgent();
    await until(() => drone.agent().status().commanding.control.adopted, {
      timeoutMs: 10_000,
      what: 'the flight adopted',
    });
    t.equal(drone.agent().status().commanding.control.commander, 'Ann', 'who commands is still known');
  },
);

t.test('what nobody ordered is an alarm; what was in the pack is not forgotten', { timeout: 60_000 }, async (t) => {
  const drone = await given(t, {});
  drone.driver.act(() => drone.simulator.reboot());
  await until(() => drone.texts.some((text) => text === 'Skein: the autopilot restarted by itself'), {
    timeoutMs: 20_000,
    what: 'the alarm',
    seen: () => drone.texts,
  });
  t.match(drone.agent().status().problems, [/restarted by itself, 1 times/]);
  const journal = readFileSync(join(drone.dir, 'agent', 'journal.jsonl'), 'utf8');
  t.match(journal, /"k":"charge"/);
});

t.test('the lease ends: the ground link falls silent, presence goes on', { timeout: 60_000 }, async (t) => {
  const drone = await given(t, {});
  const commanding = () => drone.agent().status().commanding;
  await until(() => commanding().groundLink.sending, { timeoutMs: 15_000, what: 'the ground link' });
  drone.silent = true;
  await until(() => !commanding().groundLink.on, { timeoutMs: 25_000, what: 'the end of the lease' });
  const { heartbeatsSent } = drone.agent().status().vehicle.autopilot;
  await until(() => drone.agent().status().vehicle.autopilot.heartbeatsSent > heartbeatsSent + 1, {
    timeoutMs: 5_000,
    what: 'presence heartbeats',
  });
  t.match(await drone.give('arm'), { state: 'rejected' });
});
