/** Many drones at a time, and the controller killed in the middle: real store, real broker, agents on raw sockets. */
import fs from 'node:fs';
import { performance } from 'node:perf_hooks';
import t, { type Test } from 'tap';
import type { DroneEntry } from '../live/index.ts';
import { type Running, startController, tempDir } from '../testing/controller.ts';
import { DONE, FakeAgent, type Reply } from '../testing/fake-agent.ts';
import { until } from '../testing/until.ts';
import type { CommandView } from './view.ts';

const DRONES = Number(process.env.DRONES ?? 200);
const AIM_MS = 2000;

async function fleet(
  running: Running,
  count: number,
  obey: (drone: string) => FakeAgent['obey'],
): Promise<FakeAgent[]> {
  const agents = Array.from({ length: count }, (_, i) => {
    const number = String(i).padStart(8, '0');
    const drone = `d${i}`;
    const agent = new FakeAgent({ drone, session: `aaaaaaaa${number}`, epoch: `000000ee${number}` });
    agent.obey = obey(drone);
    agent.more = { journal: `j${i}` };
    return agent;
  });
  await Promise.all(agents.map((agent) => join(running, agent)));
  return agents;
}

async function join(running: Running, agent: FakeAgent): Promise<void> {
  const before = { acks: agent.acks.length, times: agent.times.length };
  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  agent.time();
  await until(() => agent.acks.length > before.acks && agent.times.length > before.times, 'acks and time', 15_000);
}

async function read(running: Running, id: string): Promise<CommandView> {
  return (await running.get(`/api/v1/commands/${id}`)).body as unknown as CommandView;
}
async function finished(running: Running, id: string): Promise<CommandView> {
  await until(async () => (await read(running, id)).state === 'done', `the end of ${id}`, 30_000);
  return read(running, id);
}

t.test(`a command to ${DRONES} drones: every one delivered, each once`, async (t: Test) => {
  const running = await startController(tempDir());
  t.teardown(() => running.controller.close());
  const agents = await fleet(running, DRONES, () => () => DONE);
  const from = performance.now();
  const { body } = await running.post('/api/v1/commands', { targets: 'all', type: 'hold' });
  const postedMs = performance.now() - from;
  const done = await finished(running, String(body.id));
  t.same(done.counts, { succeeded: DRONES });
  const latencies = done.deliveries.map((one) => Date.parse(one.at) - Date.parse(done.issuedAt)).sort((a, b) => a - b);
  const at = (share: number) => latencies[Math.min(DRONES - 1, Math.floor(DRONES * share))] ?? Number.NaN;
  const firstMs = (await running.metric('commands_first_answer_seconds_sum')) / DRONES;
  t.comment(`posted ${postedMs.toFixed(0)} ms; succeeded p50 ${at(0.5)} p99 ${at(0.99)} max ${latencies.at(-1)} ms`);
  t.comment(`first word of a drone after ${(firstMs * 1e3).toFixed(0)} ms on average`);
  t.ok(at(0.99) <= AIM_MS, `p99 ${at(0.99)} ms, aim ${AIM_MS} ms`);
  for (const agent of agents) {
    const ids = new Set(agent.commands.map((one) => one.id));
    t.equal(ids.size, 1);
    agent.kill();
  }
});

t.test('the controller is killed in the middle: every delivery is kept, and none is carried out twice', async (t) => {
  const dir = tempDir();
  const first = await startController(dir);
  const carriedOut = new Map<string, number>();
  let answering = false;
  const obey = (drone: string) => (): readonly Reply[] => {
    carriedOut.set(drone, (carriedOut.get(drone) ?? 0) + 1);
    return answering ? DONE : [{ state: 'delivered' }];
  };
  const agents = await fleet(first, 20, obey);
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) {
    ids.push(String((await first.post('/api/v1/commands', { targets: 'all', type: 'ping' })).body.id));
  }
  await until(() => agents.every((agent) => agent.commands.length >= 5), 'the commands to have come', 15_000);
  const staggered = await first.post('/api/v1/commands', { targets: 'all', type: 'ping', staggerMs: 3_600_000 });
  // What a crash would leave on the disk at this moment.
  const image = tempDir();
  fs.cpSync(dir, image, { recursive: true });
  await first.controller.close();
  for (const agent of agents) {
    agent.kill();
    agent.next.urgent = 1;
  }

  const second = await startController(image);
  t.teardown(() => second.controller.close());
  answering = true;
  for (const id of ids) t.equal((await read(second, id)).deliveries.length, 20, 'all there');
  const waiting = await read(second, String(staggered.body.id));
  t.equal(waiting.deliveries.filter((one) => one.sentAt === null).length, 19, 'the stagger is kept');
  for (const [i, agent] of agents.entries()) {
    // A new start of each agent: its journal is the same, so it repeats what it has recorded.
    const number = String(i).padStart(8, '0');
    const again = new FakeAgent({
      drone: agent.o.drone,
      session: `bbbbbbbb${number}`,
      epoch: `000000ff${number}`,
      n: 2,
    });
    again.more = agent.more;
    again.obey = (command) => {
      const known = agent.commands.some((one) => one.id === command.id);
      if (!known) return obey(agent.o.drone)();
      return [{ state: 'delivered' }, { state: 'accepted' }, { state: 'succeeded', reason: 'done' }];
    };
    await join(second, again);
  }
  for (const id of ids) t.same((await finished(second, id)).counts, { succeeded: 20 });
  const counts = [...carriedOut.values()];
  t.equal(counts.length, 20);
  t.ok(
    counts.every((count) => count >= 5 && count <= 7),
    `each command once: ${counts.join(' ')}`,
  );
});

t.test('a reboot of twenty: a tenth at a time, ended by the first that is not proved', async (t) => {
  const running = await startController(tempDir());
  t.teardown(() => running.controller.close());
  const underWay = new Set<string>();
  let most = 0;
  const later: (() => void)[] = [];
  const agents = await fleet(running, 20, (drone) => () => {
    underWay.add(drone);
    most = Math.max(most, underWay.size);
    later.push(() => {
      underWay.delete(drone);
      const agent = agents.find((one) => one.o.drone === drone);
      const command = agent?.commands[0];
      if (agent === undefined || command === undefined) throw new Error('no command');
      const proved: Reply = { state: 'succeeded', reason: 'proved', detail: { downtimeMs: 900 } };
      agent.answer(command, drone === 'd5' ? { state: 'failed', reason: 'unproved' } : proved);
    });
    return [{ state: 'delivered' }, { state: 'executing' }];
  });
  agents[18]?.kill();
  agents[19]?.kill();
  await until(async () => (await running.metric('fleet_online')) === 18, 'two to be offline');
  const { body } = await running.post('/api/v1/commands', {
    targets: 'all',
    type: 'reboot',
    params: { target: 'autopilot' },
  });
  t.match(body, { atATime: 2, maxFailures: 0 });
  const id = String(body.id);
  while ((await read(running, id)).state === 'open') {
    await until(async () => later.length > 0 || (await read(running, id)).state === 'done', 'the next ones', 15_000);
    for (const go of later.splice(0)) go();
  }
  const done = await read(running, id);
  t.equal(most, 2);
  t.equal(done.deliveries.find((one) => one.drone === 'd5')?.reason, 'unproved');
  t.match(
    done.deliveries.find((one) => one.drone === 'd19'),
    { state: 'cancelled', reason: 'max-failures', sentAt: null },
  );
  t.ok((done.counts.cancelled ?? 0) >= 12 && done.counts.failed === 1, JSON.stringify(done.counts));
});

t.test('a return of several: the nearest to a pad returns, who shares it is told to hold and by whom', async (t) => {
  const running = await startController(tempDir());
  t.teardown(() => running.controller.close());
  const places = { d0: 200, d1: 500, d2: 800 };
  const agents = await fleet(running, 3, () => () => DONE);
  for (const agent of agents) {
    const eastM = places[agent.o.drone as keyof typeof places];
    const monoUs = agent.monoUs();
    const common = { monoUs, bootMs: null };
    const lonDeg = 8.5 + (agent.o.drone === 'd2' ? 100 : 0) / 75_000;
    agent.live([
      {
        ...common,
        kind: 'position',
        values: { latDeg: 47.4, lonDeg: 8.5 + eastM / 75_000, altAmslM: 430, altRelM: 30, headingDeg: 0 },
      },
      { ...common, kind: 'home', values: { latDeg: 47.4, lonDeg, altAmslM: 400 } },
    ]);
  }
  await until(async () => {
    const entries = await Promise.all(Object.keys(places).map((id) => running.get(`/api/v1/drones/${id}`)));
    return entries.every(({ body }) => (body as unknown as DroneEntry).kinds.home !== undefined);
  }, 'their homes');
  const post = async (...targets: string[]) => {
    const { body } = await running.post('/api/v1/commands', { targets, type: 'return' });
    return finished(running, String(body.id));
  };
  const done = await post('d2', 'd1', 'd0');
  const { id } = done;
  t.match(done.deliveries, [
    { drone: 'd0', state: 'succeeded', reason: 'done', sentAs: null, added: { atLeastAltRelM: 60 } },
    { drone: 'd1', state: 'succeeded', sentAs: 'hold', reason: 'pad-taken: d0 returns to it first', added: {} },
    { drone: 'd2', state: 'succeeded', reason: 'done', sentAs: null, added: { atLeastAltRelM: 80 } },
  ]);
  const sent = Object.fromEntries(
    agents.map((agent) => [agent.o.drone, agent.commands.map((one) => [one.id, one.type, one.params])]),
  );
  t.same(sent, {
    d0: [[id, 'return', { atLeastAltRelM: 60 }]],
    d1: [[id, 'hold', {}]],
    d2: [[id, 'return', { atLeastAltRelM: 80 }]],
  });
  const entry = (await running.get('/api/v1/drones/d1')).body as unknown as DroneEntry;
  t.match(entry.commands?.[0], { type: 'return', words: /another one has its pad \(d0 returns to it first\)/ });
  // By name it goes, whoever has its pad.
  t.match((await post('d1')).deliveries, [{ reason: 'done', sentAs: null, added: {} }]);
  for (const agent of agents) agent.kill();
});
