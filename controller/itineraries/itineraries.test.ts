/** Itineraries through a whole controller: real store, real broker, agents on raw sockets. */
import type { Itinerary } from '@skein/protocol/fleet';
import t from 'tap';
import { type Running, startController, tempDir } from '../testing/controller.ts';
import { DONE, FakeAgent } from '../testing/fake-agent.ts';
import { until } from '../testing/until.ts';
import type { ItineraryView } from './view.ts';

const dir = tempDir();
const running = await startController(dir);
t.teardown(() => running.controller.close());

const PLAN: Omit<Itinerary, 'id' | 'version'> = {
  base: { latDeg: 47.3977, lonDeg: 8.5456 },
  items: [
    { do: 'take-off', altM: 30 },
    { do: 'deliver', latDeg: 47.4, lonDeg: 8.547, altM: 40, frame: 'home', how: 'place', parcel: 'P-1' },
    { do: 'return' },
  ],
};
const plan = (id: string, version = 1, more: Partial<Itinerary> = {}): Itinerary => ({ id, version, ...PLAN, ...more });

async function connected(
  at: Running,
  drone: string,
  o: { session?: string; epoch?: string; online?: boolean } = {},
): Promise<FakeAgent> {
  const number = drone.replace(/\D/g, '').padStart(8, '0');
  const session = o.session ?? `aaaaaaaa${number}`;
  const agent = new FakeAgent({ drone, session, epoch: o.epoch ?? `aaaaee00${number}`, n: 1 });
  agent.obey = () => DONE;
  agent.more = { journal: 'j1' };
  await agent.connectTo(at.addresses.mqtt);
  agent.presence();
  await until(() => agent.ack('urgent') !== undefined, 'the first ack');
  agent.time();
  await until(() => agent.times.length > 0, 'the first time answer');
  return agent;
}
const view = (body: unknown) => body as ItineraryView;
const read = async (id: string, at = running): Promise<ItineraryView> =>
  view((await at.get(`/api/v1/itineraries/${id}`)).body);
const stand = async (id: string, drone: string, at = running) =>
  (await read(id, at)).drones.findLast((one) => one.drone === drone);
const give = (body: object, query = '', headers: Record<string, string> = {}) =>
  running.post(`/api/v1/itineraries${query}`, body, headers);

t.test('assigned, sent until it is answered, followed to its end, with its parcel and its evidence', async (t) => {
  const agent = await connected(running, 'd1');
  await give(plan('round'));
  const assigned = await running.post('/api/v1/itineraries/round/assign', { targets: ['d1'], issuedBy: 'Ann' });
  t.match(assigned, {
    status: 200,
    body: { drones: [{ drone: 'd1', state: 'assigned', answered: false, issuedBy: 'Ann' }] },
  });
  await until(() => agent.itineraries.length > 0, 'the itinerary');
  t.match(agent.itineraries[0], {
    id: 'round',
    version: 1,
    itinerary: plan('round'),
    issuedBy: 'Ann',
    limits: { ceilingM: 120 },
  });
  await until(() => agent.itineraries.length > 1, 'it again, as nothing was answered', 5000);

  const say = (step: number, state: string, more: object = {}) =>
    agent.tell('itinerary', { itinerary: 'round', version: 1, step, state, ...more } as never);
  say(1, 'received');
  say(2, 'verified');
  await until(async () => (await stand('round', 'd1'))?.state === 'verified', 'verified');
  const sent = agent.itineraries.length;
  agent.presence();
  say(3, 'flying', { item: 0 });
  say(4, 'at-gate', { item: 1 });
  agent.tell('delivery', {
    itinerary: 'round',
    version: 1,
    item: 1,
    step: 1,
    state: 'released',
    reason: 'seen-released',
    latDeg: 47.4,
    lonDeg: 8.547,
    detail: '{"sensor":"gripper"}',
  });
  say(5, 'completed');
  await until(async () => (await stand('round', 'd1'))?.state === 'completed', 'the end');
  t.equal(agent.itineraries.length, sent, 'not sent again once it was answered');
  const done = await stand('round', 'd1');
  t.same(
    done?.steps.map(({ state, by }) => `${state} ${by}`),
    ['assigned Ann', 'received drone', 'verified drone', 'flying drone', 'at-gate drone', 'completed drone'],
  );
  t.match(done?.deliveries, [
    {
      item: 1,
      parcel: 'P-1',
      state: 'released',
      words: 'the parcel was seen to leave',
      latDeg: 47.4,
      evidence: { sensor: 'gripper' },
    },
  ]);
  const drone = await running.get('/api/v1/drones/d1');
  t.match(drone.body, {
    itinerary: { id: 'round', version: 1, state: 'completed', items: 3, item: null },
    delivery: { itinerary: 'round', item: 1, parcel: 'P-1', state: 'released' },
  });
  const ofRound = async () =>
    ((await running.get('/api/v1/events?limit=1000')).body.events as { entity: string; type: string }[])
      .filter(({ entity }) => entity === 'itinerary:round')
      .map(({ type }) => type);
  await until(async () => (await ofRound()).length >= 9, 'its events');
  t.same((await ofRound()).slice(0, 3), ['given', 'asked', 'stand']);
  agent.kill();
});

t.test('for each drone by itself: ceilings with its own home, another itinerary under way', async (t) => {
  const busy = await connected(running, 'd2');
  const high = await connected(running, 'd3');
  const home = { latDeg: 47.3977, lonDeg: 8.5456, altAmslM: 400 };
  high.live([{ kind: 'home', monoUs: high.monoUs(), bootMs: null, values: home }]);
  await until(async () => JSON.stringify((await running.get('/api/v1/drones/d3')).body).includes('"home"'), 'its home');
  await give(plan('first'));
  await running.post('/api/v1/itineraries/first/assign', { targets: ['d2'] });
  busy.tell('itinerary', { itinerary: 'first', version: 1, step: 1, state: 'flying', item: 0 });
  await until(async () => (await stand('first', 'd2'))?.state === 'flying', 'flying');
  const items: Itinerary['items'] = [
    { do: 'take-off', altM: 30 },
    { do: 'waypoint', latDeg: 47.4, lonDeg: 8.547, altM: 540, frame: 'amsl' },
    { do: 'return' },
  ];
  t.match(await give(plan('second', 1, { items })), { status: 201 }, 'with no home known the height cannot be judged');
  const answer = await running.post('/api/v1/itineraries/second/assign', { targets: ['d2', 'd3'] });
  t.match(answer.body.drones, [
    { drone: 'd2', state: 'refused', reason: 'other-active: first' },
    {
      drone: 'd3',
      state: 'refused',
      reason: /bad-itinerary/,
      refusals: [{ item: 1, rule: 'ceiling', value: 140, limit: 120 }],
    },
  ]);
  t.match(await running.post('/api/v1/itineraries/second/assign', { targets: ['d99'] }), {
    status: 404,
    body: { code: 'unknown-drone' },
  });
  t.match(await running.post('/api/v1/itineraries/none/assign', { targets: ['d2'] }), {
    status: 404,
    body: { code: 'unknown-itinerary' },
  });
  t.match(
    await running.post('/api/v1/itineraries/first/cancel'),
    { status: 200, body: { underWay: ['d2'] } },
    'abort it first',
  );
  t.same(high.itineraries, []);
});

t.test('taken back: at once where it was never sent, by asking where it was', async (t) => {
  const away = await connected(running, 'd4');
  away.kill();
  await until(async () => (await running.get('/api/v1/drones/d4')).body.online === false, 'gone');
  const here = await connected(running, 'd5');
  await give(plan('back'));
  await running.post('/api/v1/itineraries/back/assign', { targets: ['d4', 'd5'] });
  await until(() => here.itineraries.length > 0, 'it came');
  const answer = await running.post('/api/v1/itineraries/back/cancel', { issuedBy: 'Bo' });
  t.match(answer.body.drones, [
    { drone: 'd4', state: 'cancelled', reason: 'taken-back' },
    { drone: 'd5', state: 'assigned', takingBack: true },
  ]);
  await until(() => here.itineraries.some((one) => one.itinerary === null), 'the taking back');
  t.match(here.itineraries.at(-1), { id: 'back', version: 1, itinerary: null, issuedBy: 'Bo' });
  here.tell('itinerary', { itinerary: 'back', version: 1, step: 1, state: 'cancelled', reason: 'taken-back' });
  await until(async () => (await stand('back', 'd5'))?.state === 'cancelled', 'cancelled');
  const again = await connected(running, 'd4', { session: 'bbbbbbbb00000004', epoch: 'bbbbee0000000004' });
  again.presence();
  await until(() => again.times.length > 0, 'time');
  t.same(again.itineraries, [], 'never sent afterwards');
});

t.test('a drone that is away is given it when it comes; a newer version follows', async (t) => {
  const first = await connected(running, 'd6');
  first.kill();
  await until(async () => (await running.get('/api/v1/drones/d6')).body.online === false, 'gone');
  await give(plan('later'));
  t.match(await running.post('/api/v1/itineraries/later/assign', { targets: ['d6'] }), {
    body: { drones: [{ sentAt: null }] },
  });
  const agent = await connected(running, 'd6', { session: 'bbbbbbbb00000006', epoch: 'bbbbee0000000006' });
  await until(() => agent.itineraries.length > 0, 'it came');
  agent.tell('itinerary', { itinerary: 'later', version: 1, step: 1, state: 'verified' });
  await give(plan('later', 2));
  await running.post('/api/v1/itineraries/later/assign', { targets: ['d6'] });
  await until(() => agent.itineraries.some((one) => one.version === 2), 'version 2');
  agent.tell('itinerary', { itinerary: 'later', version: 1, step: 2, state: 'replaced' });
  agent.tell('itinerary', { itinerary: 'later', version: 2, step: 1, state: 'verified' });
  await until(async () => (await stand('later', 'd6'))?.state === 'verified', 'version 2 verified');
  t.match((await read('later')).drones, [
    { version: 1, state: 'replaced' },
    { version: 2, state: 'verified' },
  ]);
});

t.test('nobody here gave it: a record of its own, and an alert', async (t) => {
  const agent = await connected(running, 'd7');
  agent.tell('itinerary', { itinerary: 'strange', version: 4, step: 9, state: 'flying', item: 2 });
  await until(async () => (await running.get('/api/v1/itineraries/strange')).status === 200, 'the record');
  t.match(await read('strange'), {
    untargeted: true,
    itinerary: null,
    version: 4,
    drones: [{ drone: 'd7', state: 'flying', untargeted: true }],
  });
  const alerts = async () => JSON.stringify((await running.get('/api/v1/events?limit=1000')).body.events);
  await until(async () => (await alerts()).includes('untargeted-itinerary'), 'the alert');
  t.match(await give(plan('strange', 4)), { status: 201 }, 'and its content can be given');
});
