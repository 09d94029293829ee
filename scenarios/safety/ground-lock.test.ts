/** Situation 22 of docs/flight-rules.md: the ground lock against an order from afar, and across everything that restarts. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import t from 'tap';
import { createOneDrone } from '../commands/one-drone.ts';
import { fit } from '../kit/fit.ts';
import { HeardOrders } from '../kit/heard-orders.ts';
import { measured } from '../kit/measured.ts';
import { programs } from '../kit/paths.ts';
import { countFromEnvironment } from '../kit/seed.ts';
import { until } from '../kit/until.ts';

const READY_WITHIN_MS = 60_000;
const WITHIN_MS = 20_000;
const CLI_WITHIN_MS = 60_000;
const ADMIN = { grants: ['admin'] };

interface Said {
  readonly code: number;
  readonly text: string;
}

t.test('the ground lock', { timeout: 240_000 }, async (t) => {
  // given: a drone on the ground, ready to be armed, and a technician beside it
  const drone = await createOneDrone({ flags: ['--profile=bench'] });
  t.teardown(() => drone.close());
  await drone.stopAgent();
  drone.driver.act(() => fit(drone.simulator, 'bench'));
  await drone.startAgent();
  const heard = new HeardOrders(drone.simulator);
  const dataDir = path.join(drone.dir, 'agent');
  const cli = (...words: readonly string[]): Promise<Said> =>
    new Promise((resolve) => {
      const args = [programs.agent, ...words, `--dataDir=${dataDir}`, '--drone=kite-1'];
      execFile(process.execPath, args, { timeout: CLI_WITHIN_MS }, (error, stdout, stderr) => {
        resolve({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          text: stdout + stderr,
        });
      });
    });
  const safety = () => drone.agent().status().safety;
  const isArmed = (): boolean => drone.simulator.autopilot.flight.armed;
  const ready = () =>
    until(() => safety().preflight.stops.length === 0, {
      timeoutMs: READY_WITHIN_MS,
      what: 'a drone that is ready',
      seen: () => safety().preflight.stops,
    });
  await ready();

  await t.test(
    'locked in the same second as an order to arm comes: never armed once the lock is told',
    { timeout: 120_000 },
    async (t) => {
      const rounds = countFromEnvironment(3, 30);
      let won = 0;
      for (let round = 0; round < rounds; round++) {
        const arm = drone.send('arm');
        const lock = await drone.give('lock', { reason: 'a hand on the propeller' });
        const lockedAtMs = performance.now();
        t.match(lock, { state: 'succeeded' });
        const fate = await drone.fate(arm);
        if (fate.state === 'succeeded') {
          t.ok(
            heard.armsAtMs.every((atMs) => atMs < lockedAtMs),
            'it was armed before the lock was told',
          );
          t.match(await drone.give('disarm'), { state: 'succeeded' }, 'and can be disarmed, locked or not');
        } else {
          won++;
          t.match(fate, { state: 'rejected', reason: /^ground-lock: a hand on the propeller/ });
        }
        t.match(await drone.give('arm'), { state: 'rejected', reason: /^ground-lock/ }, 'and afterwards always');
        t.equal(isArmed(), false);
        t.match(await drone.give('unlock', { reason: 'hand away' }), { state: 'succeeded' });
        await ready();
      }
      measured(`the lock was first in ${won} of ${rounds} rounds`);
    },
  );

  await t.test(
    'set at the drone: holds across a restart, and is removed there, or by an admin',
    { timeout: 120_000 },
    async (t) => {
      t.match(await cli('lock', '--reason', 'changing propellers'), { code: 0, text: /^Locked: changing propellers/ });
      for (const [type, params] of [
        ['arm', {}],
        ['reboot', { target: 'autopilot' }],
        ['reboot', { target: 'agent' }],
      ] as const) {
        t.match(await drone.give(type, params), { state: 'rejected', reason: /ground-lock/ }, type);
      }
      await drone.stopAgent();
      await drone.startAgent();
      await until(() => drone.presence(), { timeoutMs: WITHIN_MS, what: 'the agent to be back' });
      t.match(safety().lock, { reason: 'changing propellers', here: true }, 'locked from its first moment on');
      const { boots } = drone.simulator.autopilot;
      drone.driver.act(() => drone.simulator.reboot());
      await until(() => drone.simulator.autopilot.boots > boots, { timeoutMs: WITHIN_MS, what: 'another boot' });
      t.match(await drone.give('arm'), { state: 'rejected', reason: /ground-lock/ }, 'and across an autopilot’s');

      t.match(await drone.give('unlock', { reason: 'let it go' }), { state: 'rejected', reason: 'locked-by-drone' });
      t.ok(safety().lock, 'still locked');
      t.match(await drone.give('unlock', { reason: '' }, ADMIN), { state: 'rejected', reason: /^bad-params/ });
      t.match(await drone.give('unlock', { reason: 'I have asked there' }, ADMIN), { state: 'succeeded' });
      t.equal(safety().lock, null);
    },
  );

  await t.test('set by an operator: not removed at the drone', { timeout: 120_000 }, async (t) => {
    t.match(await drone.give('lock', { reason: 'crash to be looked into' }), { state: 'succeeded' });
    t.match(await cli('unlock', '--reason', 'in the way'), { text: /still locked/ });
    t.match(safety().lock, { reason: 'crash to be looked into', here: false });
    t.match(await drone.give('unlock', { reason: 'looked into' }), { state: 'succeeded' });
  });

  await t.test('set with the agent dead: in force from its first moment on', { timeout: 120_000 }, async (t) => {
    await drone.stopAgent();
    t.match(await cli('lock', '--reason', 'on the bench'), {
      code: 0,
      text: /No agent answered; the lock is in its file/,
    });
    await drone.startAgent();
    t.match(safety().lock, { reason: 'on the bench', here: true });
    await until(() => drone.presence(), { timeoutMs: WITHIN_MS, what: 'the agent to be back' });
    t.match(await drone.give('arm'), { state: 'rejected', reason: /ground-lock: on the bench/ });
    await drone.stopAgent();
    t.match(await cli('unlock', '--reason', 'done'), { code: 0, text: /Unlocked/ });
    await drone.startAgent();
    t.equal(safety().lock, null);
  });
});
