/** What operators do last counts: parcels settled, plans taken back and assigned again, through a whole controller. */
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

t.test('a parcel that came home is settled as well: until then its drone takes no other', async (t) => {
  const agent = await connected(running, 'd9');
  await give(plan('shut'));
  await running.post('/api/v1/itineraries/shut/assign', { targets: ['d9'] });
  const words = { itinerary: 'shut', version: 1 };
  agent.tell('itinerary', { ...words, step: 1, state: 'at-gate' } as never);
  agent.tell('delivery', { ...words, item: 1, step: 1, state: 'aboard' } as never);
  const url = '/api/v1/itineraries/shut/deliveries/d9/1/settle';
  await until(async () => (await stand('shut', 'd9'))?.deliveries[0]?.state === 'aboard', 'aboard');
  t.match(await running.post(url, { word: 'aboard' }), { status: 409 }, 'not while it is under way');
  agent.tell('itinerary', { ...words, step: 2, state: 'aborted', reason: 'gate-closed: link-lost' } as never);
  await until(async () => (await stand('shut', 'd9'))?.state === 'aborted', 'aborted');
  t.match(await running.post(url, { word: 'aboard', issuedBy: 'Cy' }), { status: 200 });
  await until(() => agent.commands.some(({ type }) => type === 'settle'), 'the command');
  t.match(agent.commands.at(-1)?.params, { itinerary: 'shut', item: 1, released: false });
  t.match(await running.post(url, { word: 'released' }), { status: 409 }, 'it is decided');
});

t.test('an unproved parcel stays open until an operator says what became of it; the drone is told', async (t) => {
  const agent = await connected(running, 'd8');
  await give(plan('doubt'));
  await running.post('/api/v1/itineraries/doubt/assign', { targets: ['d8'] });
  const say = (step: number, state: string) =>
    agent.tell('itinerary', { itinerary: 'doubt', version: 1, step, state } as never);
  const parcel = (step: number, state: string, reason: string | null = null) =>
    agent.tell('delivery', { itinerary: 'doubt', version: 1, item: 1, step, state, reason } as never);
  say(1, 'releasing');
  const url = '/api/v1/itineraries/doubt/deliveries/d8/1/settle';
  t.match(await running.post(url, { word: 'aboard' }), { status: 404, body: { code: 'unknown-delivery' } });
  parcel(1, 'releasing');
  await until(async () => (await stand('doubt', 'd8'))?.deliveries[0]?.state === 'releasing', 'releasing');
  t.match(await running.post(url, { word: 'aboard' }), { status: 409, body: { code: 'not-unproved' } });
  parcel(2, 'unproved', 'not-seen');
  say(2, 'completed');
  await until(async () => (await stand('doubt', 'd8'))?.state === 'completed', 'completed');
  // The drone has not answered: it still answers for the parcel.
  agent.obey = null;
  const settled = await running.post(url, { word: 'released', issuedBy: 'Cy' });
  const word = { word: 'released', by: 'Cy', command: String };
  t.match(settled.body.drones, [{ deliveries: [{ state: 'unproved', settled: word, settling: true }] }]);
  const live = async () => (await running.get('/api/v1/drones/d8')).body.delivery;
  t.match(await live(), { state: 'unproved', settling: 'released' });
  t.match(
    await running.post(url, { word: 'aboard' }),
    { status: 409 },
    'another word waits for the answer to the first',
  );
  // Another delivery given at once would be refused for good: it waits.
  await give(plan('next'));
  await running.post('/api/v1/itineraries/next/assign', { targets: ['d8'] });
  await until(async () => (await stand('next', 'd8'))?.reason !== null, 'why it waits');
  t.match(await stand('next', 'd8'), { state: 'assigned', sentAt: null, reason: /^still-aboard: .* doubt/ });
  const started = await running.post('/api/v1/commands', { targets: ['d8'], type: 'start', params: {} });
  t.match(
    started.body.deliveries,
    [
      {
        state: 'rejected',
        reason: /^not-verified: next version 1 was given to it since, and waits: the parcel is still/,
      },
    ],
    'what it has is not what was given last',
  );
  agent.presence();
  await until(() => agent.commands.some(({ type }) => type === 'settle'), 'the command');
  t.match(agent.commands.at(-1), {
    type: 'settle',
    issuedBy: 'Cy',
    params: { itinerary: 'doubt', item: 1, released: true },
  });
  t.notOk(
    agent.itineraries.some(({ id }) => id === 'next'),
    'not sent while the drone would refuse it',
  );
  parcel(3, 'unproved', 'not-seen');
  parcel(4, 'settled', 'operator-word');
  await until(async () => (await stand('doubt', 'd8'))?.deliveries[0]?.reason === 'operator-word', 'the drone knows');
  t.same(
    (await stand('doubt', 'd8'))?.deliveries[0]?.steps.map(({ state, by }) => `${state} ${by}`),
    ['releasing drone', 'unproved drone', 'settled drone'],
  );
  t.match((await stand('doubt', 'd8'))?.deliveries[0], { state: 'settled', settling: false });
  await until(() => agent.itineraries.some(({ id }) => id === 'next'), 'the next one goes out');
  t.match(await stand('next', 'd8'), { state: 'assigned', reason: null });
  t.match(await running.post('/api/v1/commands', { targets: ['d8'], type: 'settle', params: {} }), {
    status: 400,
    body: { code: 'unknown-command-type', detail: /settle by POST/ },
  });
});

t.test('a settle that the drone refuses ends: it may be said again, another way', async (t) => {
  const agent = await connected(running, 'd10');
  await give(plan('odd'));
  await running.post('/api/v1/itineraries/odd/assign', { targets: ['d10'] });
  const words = { itinerary: 'odd', version: 1 };
  agent.tell('delivery', { ...words, item: 1, step: 1, state: 'unproved' } as never);
  agent.tell('itinerary', { ...words, step: 1, state: 'completed' } as never);
  await until(async () => (await stand('odd', 'd10'))?.state === 'completed', 'completed');
  agent.obey = () => [{ state: 'rejected', reason: 'active-leg: odd' }];
  const url = '/api/v1/itineraries/odd/deliveries/d10/1/settle';
  await running.post(url, { word: 'released', issuedBy: 'Cy' });
  const parcel = async () => (await stand('odd', 'd10'))?.deliveries[0];
  await until(async () => (await parcel())?.settling === false, 'its refusal');
  t.match(await parcel(), { state: 'unproved', settled: { word: 'released', refused: /active-leg/ } });
  agent.obey = () => DONE;
  t.match(await running.post(url, { word: 'aboard', issuedBy: 'Cy' }), { status: 200 });
  await until(async () => (await parcel())?.state === 'settled', 'agreed');
  t.match(await parcel(), { reason: 'operator-word: aboard, Cy' });
});

t.test('what nobody here gave can be taken back: the drone is asked', async (t) => {
  const agent = await connected(running, 'd11');
  agent.tell('itinerary', { itinerary: 'alien', version: 4, step: 9, state: 'verified' } as never);
  await until(async () => (await running.get('/api/v1/itineraries/alien')).status === 200, 'the record');
  await running.post('/api/v1/itineraries/alien/cancel', { issuedBy: 'Bo' });
  await until(() => agent.itineraries.some(({ id }) => id === 'alien'), 'the taking back');
  t.match(agent.itineraries.at(-1), { id: 'alien', version: 4, itinerary: null, issuedBy: 'Bo' });
  agent.tell('itinerary', { itinerary: 'alien', version: 4, step: 10, state: 'cancelled' } as never);
  await until(async () => (await stand('alien', 'd11'))?.state === 'cancelled', 'cancelled');
});

t.test(
  'assigned once more: anew where the drone never had it, again where it is void, refused where it is over',
  async (t) => {
    const away = await connected(running, 'd12');
    away.kill();
    await until(async () => (await running.get('/api/v1/drones/d12')).body.online === false, 'gone');
    await give(plan('again'));
    const assign = (id: string, drone: string) =>
      running.post(`/api/v1/itineraries/${id}/assign`, { targets: [drone] });
    await assign('again', 'd12');
    await running.post('/api/v1/itineraries/again/cancel');
    t.match(
      (await assign('again', 'd12')).body.drones,
      [{ state: 'assigned', sentAt: null }],
      'taken back, then assigned',
    );

    const agent = await connected(running, 'd13');
    const say = (step: number, state: string) =>
      agent.tell('itinerary', { itinerary: 'here', version: 1, step, state } as never);
    await give(plan('here'));
    await assign('here', 'd13');
    say(1, 'verified');
    say(2, 'void');
    await until(async () => (await stand('here', 'd13'))?.state === 'void', 'void');
    const before = agent.itineraries.length;
    t.match(await assign('here', 'd13'), { status: 200 });
    await until(() => agent.itineraries.length > before, 'it again');
    say(3, 'replaced');
    await until(async () => (await stand('here', 'd13'))?.state === 'replaced', 'replaced');
    t.match(await assign('here', 'd13'), {
      status: 409,
      body: { code: 'itinerary-over', detail: /version 1 is replaced on "d13": give it under a higher version/ },
    });
  },
);

t.test('a newer version assigned over a taking back that nobody answered: it is what the drone gets', async (t) => {
  const agent = await connected(running, 'd14');
  await give(plan('newer'));
  await running.post('/api/v1/itineraries/newer/assign', { targets: ['d14'] });
  await until(() => agent.itineraries.length > 0, 'version 1');
  agent.kill();
  await until(async () => (await running.get('/api/v1/drones/d14')).body.online === false, 'gone');
  await running.post('/api/v1/itineraries/newer/cancel');
  await give(plan('newer', 2));
  await running.post('/api/v1/itineraries/newer/assign', { targets: ['d14'] });
  const back = await connected(running, 'd14', { session: 'bbbbbbbb00000014', epoch: 'bbbbee0000000014' });
  await until(() => back.itineraries.length > 0, 'what it is to fly');
  t.match(back.itineraries[0], { version: 2, itinerary: { version: 2 } });
  back.tell('itinerary', { itinerary: 'newer', version: 2, step: 1, state: 'verified' } as never);
  await until(async () => (await read('newer')).drones[0]?.state === 'replaced', 'the older has ended');
  t.match((await read('newer')).drones[0], {
    version: 1,
    takingBack: false,
    reason: 'newer: version 2',
  });
  back.presence();
  t.notOk(
    back.itineraries.some(({ version }) => version === 1),
    'neither the plan that was taken back, nor what would take back what was given last',
  );
});

t.test('a newer version that the drone refuses: the older one stays taken back', async (t) => {
  const agent = await connected(running, 'd15');
  await give(plan('kept-back'));
  const assign = () => running.post('/api/v1/itineraries/kept-back/assign', { targets: ['d15'] });
  await assign();
  await until(() => agent.itineraries.length > 0, 'version 1');
  agent.kill();
  await until(async () => (await running.get('/api/v1/drones/d15')).body.online === false, 'gone');
  await running.post('/api/v1/itineraries/kept-back/cancel', { issuedBy: 'Bo' });
  await give(plan('kept-back', 2));
  await assign();
  t.match((await read('kept-back')).drones[0], { version: 1, takingBack: true }, 'it is still wanted');
  const back = await connected(running, 'd15', { session: 'bbbbbbbb00000015', epoch: 'bbbbee0000000015' });
  await until(() => back.itineraries.length > 0, 'the newer one');
  t.ok(
    back.itineraries.every(({ version }) => version === 2),
    'first the newer one: a taking back before it would have it refused',
  );
  back.tell('itinerary', {
    ...{ itinerary: 'kept-back', version: 2, step: 1, state: 'refused', reason: 'bad-itinerary' },
  } as never);
  await until(() => back.itineraries.some(({ version }) => version === 1), 'what is asked of the older');
  const older = back.itineraries.filter(({ version }) => version === 1);
  t.match(older[0], { itinerary: null, issuedBy: 'Bo' }, 'it is taken back, and never sent as a plan');
  back.tell('itinerary', { itinerary: 'kept-back', version: 1, step: 1, state: 'cancelled' } as never);
  await until(async () => (await read('kept-back')).drones[0]?.state === 'cancelled', 'cancelled');
});

t.test('a newer version that is refused here at once: the older one is taken back all the same', async (t) => {
  const agent = await connected(running, 'd16');
  await give(plan('still'));
  await running.post('/api/v1/itineraries/still/assign', { targets: ['d16'] });
  await until(() => agent.itineraries.length > 0, 'version 1');
  agent.tell('itinerary', { itinerary: 'still', version: 1, step: 1, state: 'verified' } as never);
  agent.tell('itinerary', { itinerary: 'another', version: 1, step: 1, state: 'flying' } as never);
  await until(async () => (await running.get('/api/v1/itineraries/another')).status === 200, 'another under way');
  await running.post('/api/v1/itineraries/still/cancel', { issuedBy: 'Bo' });
  await give(plan('still', 2));
  const { body } = await running.post('/api/v1/itineraries/still/assign', { targets: ['d16'] });
  t.match(body.drones, [
    { version: 1, takingBack: true },
    { version: 2, state: 'refused', reason: 'other-active: another' },
  ]);
  const since = agent.itineraries.length;
  agent.presence();
  await until(() => agent.itineraries.length > since, 'it is asked again');
  const firstAsked = agent.itineraries.findIndex(({ itinerary }) => itinerary === null);
  t.not(firstAsked, -1, 'it is taken back');
  t.ok(
    agent.itineraries.slice(firstAsked).every(({ itinerary }) => itinerary === null),
    'and no plan of it goes out',
  );
});
