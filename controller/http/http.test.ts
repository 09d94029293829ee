import net from 'node:net';
import t, { type Test } from 'tap';
import type { FeedEvent, HealthReport, HttpCounter, HttpPorts, SeriesAnswer, SeriesRequest } from './ports.ts';
import { buildHttp } from './server.ts';

const NOON_US = Date.UTC(2026, 10, 21, 12) * 1e3;
const EMPTY: SeriesAnswer = {
  ...{ timesUtcUs: [], columns: {}, boots: [], gaps: [], filledLater: [], rows: 0, unreadable: 0 },
};

const STORAGE = { telemetryBytes: 9, budgetBytes: 10, days: 1, oldestDay: '2026-11-21', reserveBytes: 2 };

const SAID: FeedEvent = {
  ...{ id: 7, entity: 'drone:d1', version: 1, type: 'session', atUtcUs: NOON_US, data: { rebooted: true } },
  ...{ by: null, cause: 'told', stamp: null, hash: 'h' },
};

const refuse = () => {
  throw new Error('not asked for');
};
const fail = async () => refuse();

async function given(t: Test, ports: Partial<HttpPorts> = {}, allowedHosts: string[] = []) {
  const asked: SeriesRequest[] = [];
  const counts = new Map<HttpCounter, number>();
  const errors: unknown[] = [];
  const events: FeedEvent[] = [1, 2, 3].map((id) => ({
    ...{ id, entity: 'drone:d1', version: id, type: 'online', atUtcUs: NOON_US, data: {}, hash: 'h' },
    ...{ by: { kind: 'operator', name: 'Ann' }, cause: null, stamp: '1764277200123456.0000' },
  }));
  const app = await buildHttp({
    ports: {
      drone: (id) =>
        (id === 'd1' ? { id, kinds: { clock: { values: { utcUs: 5 }, atUtcUs: NOON_US } } } : null) as never,
      drones: () => [{ id: 'd1' }],
      preflight: () => null,
      commands: { post: fail, cancel: fail, get: async () => null, list: async () => [] },
      itineraries: {
        ...{ give: fail, assign: fail, cancel: fail, settle: fail, files: { read: refuse, write: refuse } },
        ...{ get: async () => null, list: async () => [], write: async () => null },
      },
      orders: { ...{ place: fail, deed: fail }, get: async () => null, list: async () => [] },
      places: {
        ...{ put: fail, remove: fail, putZones: fail, stop: fail, lift: fail },
        ...{ list: () => [], get: () => null, zonesAsGeojson: () => ({}), stops: () => [] },
      },
      configuration: {
        ...{ putGroup: fail, removeGroup: fail, putSettings: fail, beginRollout: fail, cancelRollout: fail },
        ...{ inspected: fail, upkeep: () => null, calibration: () => null, packs: () => [], pack: () => null },
        ...{ parameters: () => null, parameterDiff: fail, putBaseline: fail, removeBaseline: fail },
        ...{ putPack: fail, fitPack: fail, packInspected: fail, retirePack: fail },
        ...{ rollout: async () => null, rollouts: async () => [] },
        ...{ groups: () => [], group: () => null, members: () => [], settings: () => null },
      },
      webhooks: {
        ...{ letters: async () => null, resend: fail, discard: fail, enable: fail },
        ...{ list: () => [], get: () => null },
      },
      alerts: { list: async () => [], get: async () => null, deed: fail },
      map: { tilesPath: null, view: async () => ({ tiles: null, style: null }) },
      series: async (request) => {
        asked.push(request);
        return EMPTY;
      },
      feed: {
        read: async ({ afterId, limit }) => {
          const found = events.filter((event) => event.id > afterId).slice(0, limit);
          return { events: found, next: found.at(-1)?.id ?? afterId };
        },
        beyond: async () => {},
      },
      searchEvents: fail,
      metrics: { text: async () => 'up 1\n', contentType: 'text/plain' },
      health: () => ({
        ...{ ready: true, store: 'ok', broker: 'ok', messages: [], queueBytes: 0, windowBytes: 1, storage: STORAGE },
      }),
      joinLive: () => null,
      utcUs: () => NOON_US,
      count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
      onError: (error) => errors.push(error),
      ...ports,
    },
    version: 'test',
    webDir: '/nowhere',
    allowedHosts,
  });
  t.teardown(() => app.close());
  const get = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await app.inject({ url, headers: { host: '127.0.0.1:8080', ...headers } });
    const isJson = /json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: isJson ? answer.json() : null,
    };
  };
  return { app, get, asked, counts, errors };
}

t.test('times are RFC 3339 to the microsecond, telemetry values as they are', async (t) => {
  const { get } = await given(t);
  const { body } = await get('/api/v1/drones/d1');
  t.same(body, { id: 'd1', kinds: { clock: { values: { utcUs: 5 }, at: '2026-11-21T12:00:00.000000Z' } } });
});

t.test('telemetry: range, columns and defaults reach the store', async (t) => {
  const { get, asked } = await given(t);
  await get('/api/v1/drones/d1/telemetry?kind=position');
  const fallback = { fromUtcUs: NOON_US - 3600e6, toUtcUs: NOON_US, maxPoints: 1000 };
  t.same(asked[0], { drone: 'd1', kind: 'position', ...fallback });
  const query =
    'kind=battery&from=2026-11-21T11:00:00.000001Z&to=1795262400000&maxPoints=50&columns=voltageV&instance=1';
  await get(`/api/v1/drones/d1/telemetry?${query}`);
  const range = { fromUtcUs: NOON_US - 3600e6 + 1, toUtcUs: 1795262400000e3, maxPoints: 50 };
  t.same(asked[1], { drone: 'd1', kind: 'battery', ...range, columns: ['voltageV'], instance: 1 });
});

t.test('every refusal is a problem with a stable code', async (t) => {
  const { get, counts } = await given(t);
  const cases: [string, number, string][] = [
    ['/api/v1/nothing', 404, 'not-found'],
    ['/api/v1/drones/d9', 404, 'unknown-drone'],
    ['/api/v1/drones/d1/telemetry', 400, 'bad-request'],
    ['/api/v1/drones/d1/telemetry?kind=position&points=50', 400, 'bad-request'],
    ['/api/v1/drones/d1/telemetry?kind=x', 400, 'unknown-kind'],
    ['/api/v1/drones/d1/telemetry?kind=position&columns=x', 400, 'unknown-column'],
    ['/api/v1/drones/d1/telemetry?kind=position&from=yesterday', 400, 'bad-time'],
    ['/api/v1/drones/d1/telemetry?kind=position&from=0&to=999999999999999', 400, 'bad-time'],
    ['/api/v1/drones/d1/telemetry?kind=position&from=5&to=5', 400, 'bad-range'],
    ['/api/v1/drones/d1/telemetry?kind=position&maxPoints=1e9', 400, 'bad-request'],
    ['/api/v1/events?after=garbage', 400, 'bad-cursor'],
    [`/api/v1/drones/${'x'.repeat(99)}`, 400, 'bad-request'],
  ];
  for (const [url, status, code] of cases) {
    const answer = await get(url);
    t.equal(answer.status, status, url);
    t.equal(answer.headers['content-type'], 'application/problem+json; charset=utf-8');
    t.match(answer.body, { code, status, type: `urn:skein:problem:${code}`, title: String, instance: String });
  }
  t.equal(counts.get('problems'), cases.length);
});

t.test('an order for a time that has no whole microseconds is refused before anybody keeps it', async (t) => {
  const { app } = await given(t);
  const place = { latDeg: 47, lonDeg: 8 };
  const payload = { pickup: place, dropOff: place, payloadKg: 1, notAfter: '999999999999999' };
  const answer = await app.inject({
    method: 'POST',
    url: '/api/v1/orders',
    headers: { host: '127.0.0.1:8080' },
    payload,
  });
  t.match(answer.json(), { status: 400, code: 'bad-time' });
});

t.test('one kind alone is a kind, as several are', async (t) => {
  const asked: unknown[] = [];
  const read = async (query: object) => {
    asked.push(query);
    return { events: [], next: 0 };
  };
  const { get } = await given(t, { feed: { read, beyond: async () => {} } });
  t.equal((await get('/api/v1/events?kind=order')).status, 200);
  t.equal((await get('/api/v1/events?kind=order&kind=alert')).status, 200);
  t.equal((await get('/api/v1/events?kind=Order')).status, 400);
  t.match(asked, [{ kinds: ['order'] }, { kinds: ['order', 'alert'] }]);
});

t.test('events looked for: what is asked reaches the store, and where to go on comes back', async (t) => {
  const asked: unknown[] = [];
  const { get } = await given(t, {
    searchEvents: async (search) => {
      asked.push(search);
      return { events: [SAID], newestId: 9, nextId: asked.length === 1 ? 4 : null, backToUtcUs: NOON_US };
    },
  });
  const cursor = (id: number) => Buffer.from(`e1:${id}`).toString('base64url');
  const of = 'kind=order&actor=operator&drone=d1&by=Ann%20Lee&text=%20hold%20%20now&from=1&to=2026-11-21T12:00:00Z';
  const { body } = await get(`/api/v1/events/search?${of}&before=${cursor(7)}&limit=5`);
  t.same(asked[0], {
    ...{ limit: 5, look: 50_000, beforeId: 7, fromUtcUs: 1000, toUtcUs: NOON_US, drone: 'd1', by: 'Ann Lee' },
    ...{ kinds: ['order'], byKinds: ['operator'], words: ['hold', 'now'] },
  });
  t.match(body, {
    events: [{ cursor: cursor(7), type: 'session', words: 'd1 restarted', why: 'the drone told it' }],
    ...{ newest: cursor(9), next: cursor(4), searchedTo: '2026-11-21T12:00:00.000000Z' },
  });
  t.match((await get('/api/v1/events/search')).body, { next: null });
  for (const bad of ['before=x', 'from=noon', 'from=5&to=5', 'actor=god', 'limit=201', `text=${'a%20'.repeat(9)}`])
    t.equal((await get(`/api/v1/events/search?${bad}`)).status, 400, bad);
});

t.test('a store that fails is 503 with its words, a bug is 500 without', async (t) => {
  const failing = (code: string) => () =>
    Promise.reject(Object.assign(new Error('core.db: the disk is full'), { code }));
  const { get } = await given(t, { feed: { read: failing('disk-full'), beyond: async () => {} } });
  t.match((await get('/api/v1/events')).body, { code: 'store-unavailable', status: 503, detail: /disk is full/ });
  const busy = await given(t, { feed: { read: failing('busy'), beyond: async () => {} } });
  t.match((await busy.get('/api/v1/events')).body, { code: 'busy', status: 503 });
  const broken = await given(t, {
    feed: { read: () => Promise.reject(new Error('secret detail')), beyond: async () => {} },
  });
  const answer = await broken.get('/api/v1/events');
  t.match(answer.body, { code: 'internal', status: 500 });
  t.notMatch(answer.text, /secret/);
  t.equal(broken.errors.length, 1);
});

t.test('events by cursor', async (t) => {
  const { get } = await given(t);
  const first = (await get('/api/v1/events?limit=2')).body;
  t.equal(first.events.length, 2);
  const second = (await get(`/api/v1/events?after=${first.next}`)).body;
  t.equal(second.events.length, 1);
  const third = (await get(`/api/v1/events?after=${second.next}`)).body;
  t.same(third, { events: [], next: second.next }, 'the cursor stays good');
});

t.test('the track is broken where something is missing', async (t) => {
  const at = (s: number) => NOON_US + s * 1e6;
  const series: SeriesAnswer = {
    ...EMPTY,
    timesUtcUs: [0, 1, 2, 4, 5, 60, 61].map(at),
    columns: { latDeg: [1, 2, 3, 4, 5, 6, 7], lonDeg: [1, 2, 3, 4, 5, 6, 7], altAmslM: [9, 9, 9, null, 9, 9, 9] },
    gaps: [{ fromUtcUs: at(2.5), toUtcUs: at(3.5), reason: 'budget', lane: 'history', samples: 3 }],
    rows: 7,
  };
  const { get } = await given(t, { series: async () => series });
  const { body, headers } = await get('/api/v1/drones/d1/track.geojson');
  t.match(headers['content-type'], 'application/geo+json');
  t.match(body, {
    type: 'Feature',
    geometry: { type: 'MultiLineString' },
    properties: { gaps: [{ reason: 'budget' }] },
  });
  t.same(
    body.geometry.coordinates.map((line: unknown[]) => line.length),
    [3, 2, 2],
  );
  t.same(body.geometry.coordinates[1][0], [4, 4], 'no altitude where there was none');
  t.equal(body.properties.times[2][0], '2026-11-21T12:01:00.000000Z');
});

t.test('other people’s pages get nothing', async (t) => {
  const { app, get, counts } = await given(t, {}, ['fleet.example']);
  t.match((await get('/api/v1/drones', { host: 'evil.example' })).body, { code: 'foreign-host', status: 403 });
  t.equal((await get('/api/v1/drones', { host: 'localhost:9999' })).status, 200);
  t.equal((await get('/api/v1/drones', { host: 'fleet.example' })).status, 200);
  await t.rejects(
    app.injectWS('/api/v1/live', { headers: { host: '127.0.0.1', origin: 'http://evil.example' } }),
    /403/,
  );
  t.equal(counts.get('foreign'), 2);
});

t.test('the page is not built: it says how', async (t) => {
  const { get } = await given(t);
  const { status, text, headers } = await get('/');
  t.equal(status, 200);
  t.match(text, /make build/);
  t.match(headers['content-security-policy'], /worker-src 'self' blob:/);
});

t.test('health, readiness, metrics, description', async (t) => {
  const health: HealthReport = {
    ...{ ready: true, messages: ['the disk is full'], queueBytes: 5, windowBytes: 0, storage: STORAGE },
    ...{ store: 'failed', broker: 'ok' },
  };
  const { get } = await given(t);
  t.match((await get('/healthz')).body, { status: 'ok' });
  t.equal((await get('/readyz')).status, 200);
  t.equal((await get('/metrics')).text, 'up 1\n');
  const { paths } = (await get('/docs/json')).body;
  for (const route of ['/api/v1/drones', '/api/v1/drones/{id}', '/api/v1/events', '/api/v1/live', '/healthz']) {
    t.ok(paths[route], `${route} is described`);
  }
  t.equal((await get('/docs')).status, 200);
  const other = await given(t, { health: () => health });
  t.match((await other.get('/healthz')).body, { status: 'degraded', store: 'failed', messages: ['the disk is full'] });
  t.equal((await other.get('/readyz')).status, 503);
});

t.test('closing does not wait for a page that is frozen', async (t) => {
  const { app } = await given(t, { joinLive: () => ({ message: () => {}, gone: () => {} }) });
  const { host, port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
  const page = net.connect(Number(port), '127.0.0.1');
  page.on('error', () => {});
  t.teardown(() => page.destroy());
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
  page.write(
    `GET /api/v1/live HTTP/1.1\r\nHost: ${host}\r\n${upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
  );
  await new Promise((resolve) => page.once('data', resolve));
  page.pause();
  const began = performance.now();
  await app.close();
  t.ok(performance.now() - began < 10_000, 'it is cut off');
});
