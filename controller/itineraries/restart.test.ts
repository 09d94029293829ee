/** What survives the end of this process, and a database that does not take what it is given. */
import path from 'node:path';
import { DEFAULT_LIMITS, type Itinerary, unknownAircraft } from '@skein/protocol/fleet';
import Database from 'better-sqlite3';
import t from 'tap';
import { Keys, WriteQueue } from '../commands/index.ts';
import { startController, tempDir } from '../testing/controller.ts';
import { FakeAgent } from '../testing/fake-agent.ts';
import { until } from '../testing/until.ts';
import { systemTimers } from '../timers.ts';
import type { ItineraryEvent, Said, StoredItinerary } from './ports.ts';
import { Itineraries } from './service.ts';
import type { ItineraryView } from './view.ts';

const PLAN: Itinerary = {
  ...{ id: 'round', version: 1, base: { latDeg: 47.3977, lonDeg: 8.5456 } },
  items: [
    { do: 'take-off', altM: 30 },
    { do: 'deliver', latDeg: 47.4, lonDeg: 8.547, altM: 40, frame: 'home', how: 'place' },
    { do: 'return' },
  ],
};

async function agentAt(mqtt: string, session: string, epoch: string): Promise<FakeAgent> {
  const agent = new FakeAgent({ drone: 'd1', session, epoch, n: Number(session.at(-1)) });
  await agent.connectTo(mqtt);
  agent.presence();
  await until(() => agent.ack('urgent') !== undefined, 'the first ack');
  agent.time();
  await until(() => agent.times.length > 0, 'the time');
  return agent;
}

t.test('a restart: what was not answered is sent again, what was said stands, also in the live view', async (t) => {
  const dir = tempDir();
  const before = await startController(dir);
  const first = await agentAt(before.addresses.mqtt, 'aaaaaaaa00000001', '00000000000000a1');
  await before.post('/api/v1/itineraries', PLAN, { 'idempotency-key': 'k' });
  await before.post('/api/v1/itineraries/round/assign', { targets: ['d1'] });
  await until(() => first.itineraries.length > 0, 'the itinerary');
  first.kill();
  await before.controller.close();

  const after = await startController(dir);
  t.teardown(() => after.controller.close());
  const view = async () => (await after.get('/api/v1/itineraries/round')).body as unknown as ItineraryView;
  t.match((await view()).drones, [{ drone: 'd1', state: 'assigned', answered: false, sentAt: String }]);
  t.match((await after.get('/api/v1/drones/d1')).body, { itinerary: { id: 'round', state: 'assigned' } });
  const again = await agentAt(after.addresses.mqtt, 'aaaaaaaa00000002', '00000000000000a2');
  await until(() => again.itineraries.length > 0, 'it again');
  t.match(again.itineraries[0], { id: 'round', version: 1, itinerary: PLAN, session: 'aaaaaaaa00000002' });
  t.match(await after.post('/api/v1/itineraries', PLAN, { 'idempotency-key': 'k' }), { status: 200 });
  t.match(await after.post('/api/v1/itineraries', {}, { 'idempotency-key': 'k' }), {
    status: 409,
    body: { code: 'key-reused' },
  });
});

t.test('a drone killed before its disk had what it said that it has: its next session gets it again', async (t) => {
  const running = await startController(tempDir());
  t.teardown(() => running.controller.close());
  const view = async () => (await running.get('/api/v1/itineraries/round')).body as unknown as ItineraryView;
  const first = await agentAt(running.addresses.mqtt, 'aaaaaaaa00000001', '00000000000000a1');
  await running.post('/api/v1/itineraries', PLAN);
  await running.post('/api/v1/itineraries/round/assign', { targets: ['d1'] });
  await until(() => first.itineraries.length > 0, 'the itinerary');
  first.tell('itinerary', { itinerary: 'round', version: 1, step: 1, state: 'received' } as never);
  await until(async () => (await view()).drones[0]?.state === 'received', 'its word');
  first.kill();
  const again = await agentAt(running.addresses.mqtt, 'aaaaaaaa00000002', '00000000000000a2');
  again.more = { itinerary: null };
  const isSent = () => {
    again.presence();
    return again.itineraries.length > 0;
  };
  await until(isSent, 'it again', 20_000);
  t.match(again.itineraries[0], { id: 'round', itinerary: PLAN, session: 'aaaaaaaa00000002' });
  t.match((await view()).drones[0], { state: 'assigned', reason: 'forgotten: it has none' });
  again.tell('itinerary', { itinerary: 'round', version: 1, step: 1, state: 'received' } as never);
  await until(async () => (await view()).drones[0]?.state === 'received', 'its word, counted anew');
});

t.test('a locked database: nothing is assigned, nothing goes out, also not later', async (t) => {
  const dir = tempDir();
  const running = await startController(dir);
  t.teardown(() => running.controller.close());
  const agent = await agentAt(running.addresses.mqtt, 'aaaaaaaa00000001', '00000000000000a1');
  await running.post('/api/v1/itineraries', PLAN);
  const other = new Database(path.join(dir, 'core.db'), { timeout: 30_000 });
  other.exec('BEGIN IMMEDIATE');
  const answer = await running.post('/api/v1/itineraries/round/assign', { targets: ['d1'] });
  t.match(answer, { status: 503, body: { code: 'store-unavailable' } });
  agent.presence();
  other.exec('ROLLBACK');
  other.close();
  await until(async () => (await running.metric('itineraries_unwritten')) === 0, 'everything to be written', 15_000);
  agent.presence();
  agent.time();
  await until(() => agent.times.length > 1, 'the time');
  t.same(agent.itineraries, []);
  const { drones } = (await running.get('/api/v1/itineraries/round')).body as unknown as ItineraryView;
  t.match(drones, [{ drone: 'd1', state: 'cancelled', sentAt: null }]);
  t.match(await running.post('/api/v1/itineraries/round/assign', { targets: ['d1'] }), { status: 200 });
  await until(() => agent.itineraries.length > 0, 'what was assigned last');
});

t.test('ended between the commit of a word and the writing of its step: the next run finds it', async (t) => {
  const utcUs = Date.now() * 1e3;
  const about = { itinerary: PLAN, issuedBy: 'Ann', source: 'skein', warnings: [], notes: [] };
  const stand = {
    drone: 'd1',
    version: 1,
    state: 'verified',
    open: true,
    answered: 2,
    heard: true,
    sentUtcUs: utcUs - 9e6,
    atUtcUs: utcUs - 5e6,
  };
  const stored: StoredItinerary = {
    id: 'round',
    versions: [{ version: 1, atUtcUs: utcUs - 10e6, about }],
    stands: [stand],
  };
  const said: Said[] = [
    { kind: 'itinerary', values: { itinerary: 'round', version: 1, step: 2, state: 'verified' } },
    { kind: 'itinerary', values: { itinerary: 'round', version: 1, step: 3, state: 'flying', item: 0 } },
    { kind: 'delivery', values: { itinerary: 'round', version: 1, item: 1, step: 1, state: 'at-gate' } },
    { kind: 'itinerary', values: { itinerary: 7 } },
  ];
  const events: ItineraryEvent[] = [];
  const counts = new Map<string, number>();
  const asked: number[] = [];
  const service = new Itineraries({
    clock: { utcUs: () => utcUs, monoUs: () => 0 },
    store: {
      itinerary: async () => stored,
      itineraries: async () => [stored],
      openItineraries: async () => [stored],
      lastStands: async () => [],
      itineraryKeys: async () => [],
    },
    writing: new WriteQueue({
      run: 'r',
      timers: systemTimers,
      store: { append: async (more) => events.push(...more) },
      onFailure: () => {},
    }),
    settings: { limits: DEFAULT_LIMITS },
    drones: { contact: () => ({ session: null }), known: () => ({ aircraft: unknownAircraft('ardupilot') }) },
    ...{
      keys: new Keys(),
      newId: () => 'x',
      settle: async () => null,
      settleEnd: async () => null,
      publish: () => {},
      onBriefs: () => {},
    },
    ...{ onAlert: () => {}, onProblem: () => {} },
    saidSince: async (_drone, fromUtcUs) => {
      asked.push(fromUtcUs);
      return said;
    },
    count: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
  });
  await service.start();
  t.teardown(() => service.close());
  await until(() => events.length >= 2, 'what was found');
  t.match((await service.get('round'))?.drones, [
    { state: 'flying', item: 0, deliveries: [{ item: 1, state: 'at-gate' }] },
  ]);
  t.ok((asked[0] ?? utcUs) < utcUs - 60e6, 'from well before its last change');
  t.equal(counts.get('oldAnswers'), 1, 'what was known already changes nothing');
  t.equal(counts.get('badAnswers'), 1);
});

const ENDED = [
  ['agreed', `UPDATE delivery SET open = 0, body = json_set(body, '$.state', 'succeeded') WHERE command = ?`],
  ['known no more', 'DELETE FROM delivery WHERE command = ?'],
] as const;
for (const [how, sql] of ENDED)
  t.test(
    `a settling that ended while nobody listened (${how}): found at the next start, nothing waits for it`,
    async (t) => {
      const dir = tempDir();
      const before = await startController(dir);
      const agent = await agentAt(before.addresses.mqtt, 'aaaaaaaa00000001', '00000000000000a1');
      agent.more = { journal: 'j1' };
      await before.post('/api/v1/itineraries', PLAN);
      await before.post('/api/v1/itineraries/round/assign', { targets: ['d1'] });
      const words = { itinerary: 'round', version: 1, step: 1 };
      agent.tell('delivery', { ...words, item: 1, state: 'unproved' } as never);
      agent.tell('itinerary', { ...words, state: 'completed' } as never);
      const parcelOf = async (at: typeof before) => {
        const { drones } = (await at.get('/api/v1/itineraries/round')).body as unknown as ItineraryView;
        return drones[0]?.deliveries[0];
      };
      await until(async () => (await parcelOf(before))?.state === 'unproved', 'unproved');
      agent.kill();
      await before.post('/api/v1/itineraries/round/deliveries/d1/1/settle', { word: 'released', issuedBy: 'Cy' });
      const command = (await parcelOf(before))?.settled?.command ?? '';
      t.match(await parcelOf(before), { settling: true });
      await before.controller.close();

      // The command was ended, and this process killed before the stand knew it.
      const core = new Database(path.join(dir, 'core.db'));
      t.equal(core.prepare(sql).run(command).changes, 1);
      core.close();
      const after = await startController(dir);
      t.teardown(() => after.controller.close());
      const settled = how === 'agreed' ? {} : { refused: /unknown/ };
      t.match(await parcelOf(after), {
        ...{ state: how === 'agreed' ? 'settled' : 'unproved', settling: false },
        settled: { word: 'released', by: 'Cy', ...settled },
      });
    },
  );
