import websocket from '@fastify/websocket';
import Fastify from 'fastify';
import t, { type Test } from 'tap';
import type { SnapshotMessage } from '../../live/messages.ts';
import { until } from '../../testing/until.ts';
import { connectLive } from './connection.ts';
import { createFleet } from './fleet.ts';

const SNAPSHOT: SnapshotMessage = {
  ...{ type: 'snapshot', seq: 1, serverUtcUs: 50_000_000, controller: { name: 'c', start: 's', version: '0' } },
  ...{ limits: { freshMs: 3000, lostMs: 30000 }, health: { store: 'ok', message: null }, drones: [] },
};

/** What the connection needs of a browser besides its WebSocket, which Node has. */
async function given(t: Test) {
  const said: (readonly string[])[] = [];
  let tell: (message: object) => void = () => {};
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  Object.assign(globalThis, { document: page, window: new EventTarget() });
  const app = Fastify();
  await app.register(websocket);
  app.register(async (api) => {
    api.get('/live', { websocket: true }, (socket) => {
      tell = (message) => socket.send(JSON.stringify(message));
      tell(SNAPSHOT);
      socket.on('message', (data) => said.push(JSON.parse(data.toString()).drones));
    });
  });
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const fleet = createFleet({ monoMs: () => performance.now(), onFrame: (flush) => flush() });
  const connection = connectLive(`${address.replace('http', 'ws')}/live`, fleet);
  t.teardown(async () => {
    connection.close();
    await app.close();
  });
  await until(() => fleet.connection.value.state === 'open', 'the page to be live');
  const show = (visibilityState: string): void => {
    page.visibilityState = visibilityState;
    page.dispatchEvent(new Event('visibilitychange'));
  };
  return { connection, fleet, said, show, tell: (message: object) => tell(message) };
}

t.test('a machine that slept: what it shows is older by that, and not live, until it is heard again', async (t) => {
  const { fleet } = await given(t);
  const states: { readonly state: string; readonly heardS: number; readonly nowS: number }[] = [];
  const [wallMs, eightHoursMs] = [Date.now, 8 * 3_600_000];
  t.teardown(() => {
    Date.now = wallMs;
  });
  fleet.connection.subscribe((connection) => {
    const heardMs = connection.state === 'reconnecting' ? performance.now() - connection.sinceMonoMs : 0;
    states.push({ state: connection.state, heardS: heardMs / 1e3, nowS: (fleet.nowMs.peek() ?? 0) / 1e3 });
  });
  Date.now = () => wallMs() + eightHoursMs;
  await until(() => states.at(-1)?.state === 'open' && states.length > 1, 'it to be live again');
  const slept = states.find(({ state }) => state === 'reconnecting');
  t.ok((slept?.heardS ?? 0) >= 28_800, `nothing heard for ${slept?.heardS} s`);
  t.ok((slept?.nowS ?? 0) >= 28_850, 'ages are of now');
  await until(() => (fleet.nowMs.peek() ?? 0) < 28_000_000, 'the controller’s own time');
});

t.test('what lay in the machine while it slept does not pass for news', async (t) => {
  const { fleet, tell } = await given(t);
  const stores: string[] = [];
  const states: string[] = [];
  fleet.health.subscribe(({ store }) => stores.push(store));
  fleet.connection.subscribe(({ state }) => states.push(state));
  const wallMs = Date.now;
  t.teardown(() => {
    Date.now = wallMs;
  });
  Date.now = () => wallMs() + 60_000;
  tell({ type: 'delta', seq: 2, serverUtcUs: 50_250_000, drones: [], health: { store: 'slow', message: null } });
  await until(() => states.at(-1) === 'open' && states.length > 1, 'it to be live again');
  t.notOk(stores.includes('slow'));
});

t.test('a page that stood still is not live when it is woken, before it has heard anything', async (t) => {
  const { fleet, show } = await given(t);
  const [wallMs, monoMs] = [Date.now, performance.now];
  t.teardown(() => Object.assign(performance, { now: monoMs }) && Object.assign(Date, { now: wallMs }));
  performance.now = () => monoMs.call(performance) + 10_000;
  Date.now = () => wallMs() + 10_000;
  show('hidden');
  t.equal(fleet.connection.value.state, 'reconnecting');
  const heardMs = () =>
    performance.now() - ('sinceMonoMs' in fleet.connection.value ? fleet.connection.value.sinceMonoMs : 0);
  t.ok(heardMs() < 20_000, `nothing heard for ${heardMs()} ms`);
  Date.now = () => wallMs() + 3_610_000;
  show('hidden');
  t.ok(heardMs() > 3_600_000, 'and for as long as it then slept');
});

t.test('who is looked at is said only while the page can be seen', async (t) => {
  const { connection, said, show } = await given(t);
  connection.select(['d1']);
  show('hidden');
  connection.select(['d2']);
  show('visible');
  await until(() => said.length >= 5, 'what it said');
  t.same(said.slice(0, 5), [[], ['d1'], [], [], ['d2']]);
});
