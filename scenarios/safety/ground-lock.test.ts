/** Situation 22 of docs/flight-rules.md: the ground lock against an order from afar, and across everything that restarts. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import t from 'tap';
import { createOneDrone } from '../commands/one-drone.ts';
import { fit } from '../kit/fit.ts';
import { HeardOrders } from '../kit/heard-orders.ts';
import { measured } from '../kit/measured.ts';
import { programs } from '../kit/paths.ts';
import { countFromEnvironment, randomFrom, seedFromEnvironment } from '../kit/seed.ts';
import { until } from '../kit/until.ts';

const READY_WITHIN_MS = 60_000;
const WITHIN_MS = 20_000;
const CLI_WITHIN_MS = 60_000;
const ADMIN = { grants: ['admin'] };

/** Long enough for the first to be over. */
const FAR_APART_MS = 1_000;
/** What an order needs from here to the autopilot, its journal included, and a little more. */
const MEETING_MS = 60;

/** Hears from the agent's log when a lock comes into force. */
class LockMoments {
  #told: () => void = () => {};

  /** What `look` finds when the next lock is in force, and what had left before has arrived. */
  async next(look: () => number): Promise<number> {
    await new Promise<void>((resolve) => {
      this.#told = resolve;
    });
    // Agent and simulator are one process, and a frame of theirs needs a turn or two of it.
    for (let i = 0; i < 5; i++) await turn();
    return look();
  }

  info(fields: object): void {
    if ('event' in fields && fields.event === 'locked') this.#told();
  }
  warn(): void {}
  error(): void {}
}

interface Said {
  readonly code: number;
  readonly text: string;
}

t.test('the ground lock', { timeout: 240_000 }, async (t) => {
  // given: a drone on the ground, ready to be armed, and a technician beside it
  const locked = new LockMoments();
  const drone = await createOneDrone({ flags: ['--profile=bench'], ports: { log: locked } });
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
    'locked in the same second as an order to arm comes, either first: no motor starts once the lock is in force',
    { timeout: 180_000 },
    async (t) => {
      const random = randomFrom(seedFromEnvironment());
      t.comment(`SEED=${random.seed}`);
      const rounds = countFromEnvironment(6, 40);
      let won = 0;
      for (let round = 0; round < rounds; round++) {
        const lockFirst = round % 2 === 0;
        // The first two rounds are far apart, so that both ends are surely played; the rest meet.
        const apartMs = round < 2 ? FAR_APART_MS : Math.floor(random.between(0, MEETING_MS));
        const what = `${lockFirst ? 'lock' : 'arm'} first by ${apartMs} ms`;
        const before = heard.armsAtMs.length;
        const inForce = locked.next(() => heard.armsAtMs.length);
        const lock = () => drone.send('lock', { reason: 'a hand on the propeller' });
        const [first, second] = lockFirst ? [lock, () => drone.send('arm')] : [() => drone.send('arm'), lock];
        const firstId = first();
        await wait(apartMs);
        const secondId = second();
        const [lockId, armId] = lockFirst ? [firstId, secondId] : [secondId, firstId];

        const lockFate = await drone.fate(lockId);
        t.match(lockFate, { state: 'succeeded' }, what);
        const fate = await drone.fate(armId);
        t.equal(heard.armsAtMs.length, await inForce, `${what}: nothing was sent after the lock was in force`);
        const orders = heard.armsAtMs.length - before;
        if (fate.state === 'succeeded') {
          t.equal(orders, 1, `${what}: armed before`);
          t.not(JSON.parse(lockFate.detail ?? '{}').armed, false, 'who locks an armed vehicle is told that it may be');
          t.match(await drone.give('disarm'), { state: 'succeeded' }, 'and can be disarmed, locked or not');
        } else {
          won++;
          t.match(fate, { state: 'rejected', reason: /^ground-lock: a hand on the propeller/ }, what);
          t.equal(orders, 0, `${what}: the autopilot was not asked`);
        }
        t.match(await drone.give('arm'), { state: 'rejected', reason: /^ground-lock/ }, 'and afterwards always');
        t.equal(isArmed(), false);
        t.match(await drone.give('unlock', { reason: 'hand away' }), { state: 'succeeded' });
        await ready();
      }
      measured(`the lock was first in ${won} of ${rounds} rounds`);
      t.ok(won > 0 && won < rounds, 'both orders were played');
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
