/** Giving itineraries to a whole controller: versions, keys, files in and out. */
import type { Itinerary } from '@skein/protocol/fleet';
import t from 'tap';
import { startController, tempDir } from '../testing/controller.ts';
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

const give = (body: object, query = '', headers: Record<string, string> = {}) =>
  running.post(`/api/v1/itineraries${query}`, body, headers);

t.test(
  'given: checked, kept by version, the same again is the same, other content under a number is not',
  async (t) => {
    const first = await give(plan('given'), '', { 'x-skein-operator': 'Ann' });
    t.match(first, { status: 201, body: { id: 'given', version: 1, issuedBy: 'Ann', source: 'skein', drones: [] } });
    t.match(
      (first.body as unknown as ItineraryView).warnings.map(({ rule }) => rule),
      ['no-fence', 'energy-not-checked', 'wind-not-known'],
    );
    t.match(await give(plan('given')), { status: 200, body: { version: 1 } });
    t.match(await give(plan('given', 1, { name: 'other' })), { status: 409, body: { code: 'other-content' } });
    t.match(await give(plan('given', 3)), { status: 201, body: { version: 3, versions: [1, 3] } });
    t.match(await give(plan('given', 2)), { status: 409, body: { code: 'outdated-itinerary' } });
    const bad = await give(plan('bad', 1, { items: [...PLAN.items.slice(0, 2)] }));
    t.match(bad, {
      status: 400,
      body: {
        code: 'bad-itinerary',
        refusals: [{ item: 1, rule: 'ends-with-landing', value: 'deliver', limit: String, words: String }],
      },
    });
    t.equal((await running.get('/api/v1/itineraries/bad')).status, 404);
    const dry = await give(plan('dry'), '?dryRun=true');
    t.match(dry, { status: 200, body: { warnings: [{}], energy: { distanceM: Number } } });
    t.equal((await running.get('/api/v1/itineraries/dry')).status, 404, 'nothing was kept');
  },
);

t.test('a key: the same request twice is one itinerary; another under it is refused', async (t) => {
  const key = { 'idempotency-key': 'morning' };
  const [one, two] = [await give(PLAN, '', key), await give(PLAN, '', key)];
  t.equal(one.status, 201);
  t.match(two, { status: 200, body: { id: one.body.id } });
  t.match(await give(plan('third'), '', key), { status: 409, body: { code: 'key-reused' } });
});

t.test('files: a WPL in, a plan, a WPL and GeoJSON out; what they cannot say is refused by item', async (t) => {
  const wpl = `QGC WPL 110
0\t1\t0\t16\t0\t0\t0\t0\t47.3977\t8.5456\t440\t1
1\t0\t3\t22\t0\t0\t0\t0\t0\t0\t30\t1
2\t0\t3\t16\t0\t0\t0\t0\t47.3990\t8.5460\t40\t1
3\t0\t2\t20\t0\t0\t0\t0\t0\t0\t0\t1
`;
  const inject = (url: string, payload: string, type: string) =>
    running.controller.http.inject({
      method: 'POST',
      url,
      payload,
      headers: { host: '127.0.0.1', 'content-type': type },
    });
  t.match((await inject('/api/v1/itineraries?id=file', wpl, 'text/plain')).json(), {
    id: 'file',
    version: 1,
    source: 'wpl',
  });
  const jump = wpl.replace('2\t0\t3\t16', '2\t0\t3\t82');
  t.match((await inject('/api/v1/itineraries?id=file', jump, 'text/plain')).json(), {
    code: 'bad-itinerary',
    refusals: [{ item: 2, rule: 'format', value: 'NAV_SPLINE_WAYPOINT' }],
  });
  const get = async (format: string) =>
    running.controller.http.inject({
      url: `/api/v1/itineraries/file?format=${format}`,
      headers: { host: '127.0.0.1' },
    });
  t.match((await get('wpl')).body, /^QGC WPL 110\n0\t1\t0\t16/);
  t.match((await get('plan')).json(), {
    fileType: 'Plan',
    mission: { items: [{ command: 22 }, { command: 16 }, { command: 20 }] },
  });
  const geojson = await get('geojson');
  t.match(geojson.headers, { 'content-type': /geo\+json/, 'content-disposition': /file.geojson/ });
  const back = await inject('/api/v1/itineraries', geojson.body, 'application/geo+json');
  t.match([back.statusCode, back.json()], [200, { id: 'file', version: 1 }], 'the very same plan');
  const line = {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [[8.5, 47.4, 40]] } }],
  };
  t.match(await give(line), { status: 400, body: { refusals: [{ value: 'heightReference' }] } });
});

t.test('files for an editor: read and written, kept nowhere; every format that is written is read again', async (t) => {
  const send = async (route: string, payload: string | object, type = 'text/plain') => {
    const headers = { host: '127.0.0.1', ...(typeof payload === 'string' ? { 'content-type': type } : {}) };
    const answer = await running.controller.http.inject({
      method: 'POST',
      url: `/api/v1/itineraries/${route}`,
      payload,
      headers,
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  const draft = { ...plan('draft'), name: 'a draft' };
  for (const format of ['plan', 'wpl', 'geojson']) {
    const { status, body } = await send(`write?format=${format}&flavour=ardupilot`, draft);
    t.match([status, body], [200, { text: String, leftOut: Array }], format);
    const read = await send('read?id=again&heightReference=home', body.text);
    t.match(read, { status: 200, body: { source: format, notes: Array } }, format);
    t.match(read.body.itinerary.items, [{ do: 'take-off' }, { do: 'deliver', altM: 40 }, { do: 'return' }], format);
  }
  t.match(await send('read?id=again', JSON.stringify(draft)), {
    status: 200,
    body: { source: 'skein', itinerary: draft },
  });
  t.match(await send('read', draft), { status: 200, body: { itinerary: draft } }, 'as JSON, too');
  t.equal((await running.get('/api/v1/itineraries/draft')).status, 404, 'nothing was kept');
  // A draft that breaks a rule is a file all the same; what is no itinerary is none.
  t.match(await send('write?format=wpl', { ...draft, items: draft.items.slice(0, 1) }), { status: 200 });
  t.match(await send('write?format=wpl', { items: [7] }), {
    status: 400,
    body: { code: 'bad-itinerary', refusals: [{}] },
  });
  t.match(await send('write?format=kml', draft), { status: 400, body: { code: 'bad-request' } });
  for (const rubbish of [
    '',
    'hello',
    '7',
    'null',
    '{"a": 1}',
    '{"items": [7]}',
    '{"items": [null]}',
    '[]',
    '\ufeff{"items": 1}',
  ])
    t.match(
      await send('read', rubbish),
      { status: 400, body: { code: 'bad-itinerary', refusals: [{ words: String }] } },
      rubbish,
    );
  t.match(await send('read', 'x'.repeat(600_000)), { status: 413, body: { code: 'payload-too-large' } });
  const foreign = { 'sec-fetch-site': 'cross-site', origin: 'http://evil.example' };
  t.match(await running.post('/api/v1/itineraries/read', draft, foreign), { status: 403 });
  const { body } = await running.controller.http.inject({ url: '/metrics', headers: { host: '127.0.0.1' } });
  for (const [what, times] of [
    ['read', 5],
    ['written', 4],
    ['refused', 10],
  ])
    t.match(body, new RegExp(`^skein_controller_itineraries_files_${what}_total ${times}$`, 'm'));
});
