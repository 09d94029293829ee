/** Situation 18 of docs/flight-rules.md: two drones with one identity, a second companion, a swapped autopilot. */
import t from 'tap';
import { createInProcessWorld, type InProcessDrone } from '../in-process.ts';
import { Desk } from '../kit/desk.ts';
import { HeardOrders } from '../kit/heard-orders.ts';
import { measured, seconds } from '../kit/measured.ts';
import { Operator } from '../kit/operator.ts';
import { until } from '../kit/until.ts';
import { Boards } from '../reboot/boards.ts';

const WITHIN_MS = 60_000;
/** A second companion counts as gone after 10 s; three times that on a busy machine. */
const GONE_WITHIN_MS = 30_000;
const modeOf = (drone: InProcessDrone): string => drone.simulator.simulator.autopilot.flight.mode.name;

/** What the page shows as the drone's messages of the last minutes. */
async function textsOf(httpUrl: string, id: string): Promise<string> {
  const query = new URLSearchParams({ kind: 'text', from: new Date(Date.now() - 300_000).toISOString() });
  return (await fetch(`${httpUrl}/api/v1/drones/${id}/telemetry?${query}`)).text();
}

t.test('identities', { timeout: 200_000 }, async (t) => {
  // given: two boards that both say they are the first drone, and two others
  const boards = new Boards();
  const world = await createInProcessWorld({
    drones: 4,
    agentsLater: true,
    simulatorOf: (index) => ({ start: index === 3 ? 'ready' : 'airborne' }),
    agentFlags: ['--recorder.enabled=false'],
    agentFlagsOf: (index) => (index === 1 ? ['--drone=heron-01'] : []),
    agentPorts: boards.portsOf,
  });
  t.teardown(() => world.close());
  const [first, twin, accompanied, swapped] = world.drones;
  if (!first || !twin || !accompanied || !swapped) throw new Error('four drones wanted');
  const ann = new Operator(world.httpUrl);
  const desk = new Desk(world.httpUrl);
  const live = world.live();
  await Promise.all(world.drones.map((drone) => drone.startAgent()));
  const heron = () => live.drones.get(first.id);

  await t.test(
    'two boards, one identity: only what makes safe, only to the one picked',
    { timeout: 120_000 },
    async (t) => {
      const { tookMs } = await until(() => heron()?.conflict, {
        timeoutMs: WITHIN_MS,
        what: 'the conflict to be shown',
      });
      measured(`two boards noticed after ${seconds(tookMs)}`);
      const conflict = heron()?.conflict;
      t.equal(conflict?.reason, 'two-boards');
      t.equal(conflict?.sessions.length, 2);
      const { value: alert } = await desk.opens(first.id, 'identity', 5_000, ({ severity }) => severity === 'critical');
      t.match(alert, { words: 'Two boards claim to be this drone', whatToDo: /second board/, proposal: null });

      for (const type of ['ping', 'hold', 'resume', 'reboot']) {
        const params = type === 'reboot' ? { target: 'autopilot' } : {};
        t.match(await ann.order(first.id, type, params), { state: 'rejected', reason: 'identity-conflict' }, type);
      }
      const session = twin.agent.status().session;
      t.ok(conflict?.sessions.includes(session));
      const { id } = await ann.post([first.id], 'return', { session });
      t.match(await ann.fates(id), [{ state: 'succeeded' }]);
      t.equal(modeOf(twin), 'RTL', 'the one that was picked obeys');
      t.equal(modeOf(first), 'AUTO', 'the other flies on');
      await t.rejects(ann.post([first.id], 'arm', { session }), /one-drone-only/);
    },
  );

  await t.test(
    'a second companion with our name: nothing is sent, with an alarm, until it is gone',
    { timeout: 120_000 },
    async (t) => {
      const { id } = accompanied;
      const heard = new HeardOrders(accompanied.simulator.simulator);
      const control = () => live.drones.get(id)?.control;
      await until(() => control()?.state === 'unknown', { timeoutMs: WITHIN_MS, what: 'it to be adopted' });
      const sinceMs = performance.now();

      accompanied.simulator.act((simulator) => simulator.fault('companion'));
      const seen = await until(() => control()?.state === 'other-station', {
        timeoutMs: WITHIN_MS,
        what: 'the second companion to be shown',
        seen: control,
      });
      measured(`a second companion noticed after ${seconds(seen.tookMs)}`);
      t.match(control()?.why, /second companion/);
      const { value: alert } = await desk.opens(id, 'control-taken', 5_000);
      t.match(alert, {
        severity: 'warning',
        words: /^Another ground station flies it: .*second companion/,
        proposal: null,
      });
      await until(async () => /second companion.*only listens/.test(await textsOf(world.httpUrl, id)), {
        timeoutMs: WITHIN_MS,
        what: 'the alarm',
      });
      for (const type of ['hold', 'return', 'land']) {
        t.match(await ann.order(id, type), { state: 'rejected', reason: /^other-station.*second companion/ }, type);
      }
      t.equal(modeOf(accompanied), 'AUTO', 'it flies on');
      t.ok(heard.longestGapMs(191, sinceMs) < 3_000, 'our heartbeat goes on');

      accompanied.simulator.act((simulator) => simulator.clear('companion'));
      await until(() => control()?.state !== 'other-station', {
        timeoutMs: GONE_WITHIN_MS,
        what: 'it to be gone',
        seen: control,
      });
      t.match(await ann.order(id, 'return'), { state: 'succeeded' });
      const taken = (await desk.raised(id)).filter((name) => name === 'control-taken');
      t.equal(taken.length, 1, 'one alert: who flies is not known now, and that ends nothing');
    },
  );

  await t.test('another autopilot after a repair: it is said', { timeout: 120_000 }, async () => {
    await until(() => swapped.agent.status().vehicle.version !== null, {
      timeoutMs: WITHIN_MS,
      what: 'its hardware to be known',
    });
    await swapped.stopAgent();
    swapped.simulator.act((simulator) => {
      const other = Array.from({ length: 18 }, (_, index) => index + 1);
      simulator.stage('another board').stage.meddle({
        sending: ({ name, fields }) => (name === 'AUTOPILOT_VERSION' ? { fields: { ...fields, uid2: other } } : 'send'),
      });
      simulator.reboot();
    });
    await swapped.startAgent();
    let texts = '';
    const said = async (): Promise<boolean> => {
      texts = await textsOf(world.httpUrl, swapped.id);
      return /Another autopilot than before: .* → 0102/.test(texts);
    };
    await until(said, { timeoutMs: WITHIN_MS, what: 'the swap to be said', seen: () => texts });
  });

  for (const { id } of world.drones) {
    const raised = await desk.raised(id);
    t.same(raised, [...new Set(raised)], `${id}: each alert once: ${raised}`);
  }
  t.notOk((await desk.raised(swapped.id)).includes('identity'), 'an autopilot that was swapped is no second drone');
});
