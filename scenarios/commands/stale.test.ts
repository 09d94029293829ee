/** Situation 13 of flight-rules.md: orders that come late are not obeyed. */
import { monotonicUs } from '@skein/hardware/board';
import type { Command, CommandType } from '@skein/protocol/fleet';
import t from 'tap';
import { until } from '../kit/until.ts';
import { createOneDrone } from './one-drone.ts';

const HOUR_MS = 3_600_000;
const utc = (agoMs: number): string => new Date(Date.now() - agoMs).toISOString();
const PLACE = { latDeg: 43.6155, lonDeg: 7.0719, altRelM: 20 };

t.test('late orders', { timeout: 120_000 }, async (t) => {
  // given
  // Its board has run for hours, whatever this one has: an hour before a young board's boot would be no time at all.
  const drone = await createOneDrone({ ports: { nowUs: () => monotonicUs() + 2 * HOUR_MS * 1000 } });
  t.teardown(() => drone.close());
  await until(() => drone.presence()?.control.state === 'skein' && drone.presence()?.autopilotBoot, {
    timeoutMs: 20_000,
    what: 'a drone at rest that is known',
    seen: () => drone.presence(),
  });
  const armed = () => drone.simulator.autopilot.flight.armed;
  const heardNow = () => drone.command('ping').heard ?? { session: '', monoMs: 0 };
  /** As it left an hour ago: what the controller had heard by then, and what was its wall clock. */
  const anHourOld = (type: CommandType, params: object): Command => {
    const heard = heardNow();
    return drone.command(type, params, {
      issuedAt: utc(HOUR_MS),
      sentAt: utc(HOUR_MS),
      expiresAt: utc(HOUR_MS - 10_000),
      heard: { ...heard, monoMs: heard.monoMs - HOUR_MS },
    });
  };

  await t.test('an hour in a half-open connection: stale, whatever it was', async (t) => {
    const orders: readonly (readonly [CommandType, object])[] = [
      ['arm', {}],
      ['start', {}],
      ['goto', PLACE],
      ['land', {}],
      ['return', {}],
      ['hold', {}],
      ['reboot', { target: 'autopilot', ifBoot: drone.presence()?.autopilotBoot }],
    ];
    for (const [type, params] of orders) {
      const command = anHourOld(type, params);
      drone.post(command);
      t.match(await drone.fate(command.id), { state: 'rejected', reason: 'stale' }, type);
    }
    t.equal(armed(), false);
    t.equal(drone.simulator.autopilot.boots, 1);
  });

  await t.test('what was heard is recent, but its time is over: expired', async (t) => {
    for (const type of ['arm', 'start'] as const) {
      const command = drone.command(type, {}, { issuedAt: utc(HOUR_MS), sentAt: utc(HOUR_MS), expiresAt: utc(1_000) });
      drone.post(command);
      t.match(await drone.fate(command.id), { state: 'expired', reason: 'expired' }, type);
    }
    t.equal(armed(), false);
  });

  await t.test('six seconds late is too late for arm, not for hold', async (t) => {
    const late = () => ({ heard: { ...heardNow(), monoMs: heardNow().monoMs - 6_000 } });
    t.match(await drone.give('arm', {}, late()), { state: 'rejected', reason: 'stale' });
    t.match(await drone.give('ping', {}, late()), { state: 'succeeded' });
    t.equal(armed(), false);
  });

  await t.test('a broker that was restored says everything again: answered from the journal, not done', async (t) => {
    const once = drone.command('reboot', { target: 'autopilot', ifBoot: drone.presence()?.autopilotBoot });
    drone.post(once);
    t.match(await drone.fate(once.id, 60_000), { state: 'succeeded' });
    const told = () =>
      drone.answers.filter(({ command, state }) => command === once.id && state === 'succeeded').length;
    const before = told();
    drone.post(once);
    await until(() => told() > before, { timeoutMs: 10_000, what: 'what became of it, again' });
    t.equal(drone.simulator.autopilot.boots, 2);

    // and when the agent was restarted: it was for another session, and nobody hears it
    const arm = drone.command('arm');
    await drone.stopAgent();
    await drone.startAgent();
    await until(() => drone.presence()?.session === drone.agent().status().session, {
      timeoutMs: 10_000,
      what: 'presence of the new session',
      seen: () => drone.presence(),
    });
    drone.post(arm);
    drone.post(once);
    t.match(await drone.give('ping'), { state: 'succeeded' });
    t.notOk(drone.answers.some(({ command }) => command === arm.id));
    t.equal(drone.agent().status().commanding.commands.counters.otherSession, 2);
    t.equal(armed(), false);
    t.equal(drone.simulator.autopilot.boots, 2);
  });
});
