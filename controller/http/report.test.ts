import t, { type Test } from 'tap';
import type { HttpPorts, SeriesAnswer, SeriesRequest } from './ports.ts';
import { buildHttp } from './server.ts';

const NOON_US = Date.UTC(2026, 10, 21, 12) * 1e3;
const at = (s: number): number => NOON_US + s * 1e6;
const NONE: SeriesAnswer = {
  ...{ timesUtcUs: [], columns: {}, boots: [], gaps: [], filledLater: [], rows: 0, unreadable: 0 },
};
const seconds = Array.from({ length: 121 }, (_, i) => i);
const FLOWN: Readonly<Record<string, SeriesAnswer>> = {
  status: {
    ...NONE,
    timesUtcUs: seconds.map(at),
    columns: {
      armed: seconds.map((s) => s >= 10 && s < 110),
      landed: seconds.map((s) => (s >= 10 && s < 110 ? 'in-air' : 'on-ground')),
      mode: seconds.map((s) => (s < 60 ? 'AUTO' : '<b>RTL</b>')),
      system: seconds.map(() => 'active'),
    },
    gaps: [{ fromUtcUs: at(30), toUtcUs: at(32), reason: 'restart', lane: 'history', samples: 9 }],
    filledLater: [{ fromUtcUs: at(20), toUtcUs: at(25) }],
    rows: 121,
  },
  position: {
    ...NONE,
    timesUtcUs: seconds.map(at),
    columns: {
      latDeg: seconds.map((s) => 43.6 + s / 10_000),
      lonDeg: seconds.map(() => 7),
      altRelM: seconds.map(() => 30),
    },
    rows: 500,
  },
  itinerary: {
    ...NONE,
    timesUtcUs: [at(12)],
    columns: { itinerary: ['it-1'], version: [2], state: ['flying'], reason: [''] },
    rows: 1,
  },
};

/** Only what is asked of it; a port that is not there throws. */
async function given(t: Test, change: object = {}) {
  const asked: SeriesRequest[] = [];
  const errors: unknown[] = [];
  const ports = {
    drone: (id: string) => (id === 'd1' ? { id } : null),
    series: async (request: SeriesRequest) => {
      asked.push(request);
      return FLOWN[request.kind] ?? NONE;
    },
    itineraries: {
      get: async () => ({
        ...{ id: 'it-1', version: 2 },
        itinerary: {
          name: 'to the <i>door</i>',
          base: { latDeg: 43.6, lonDeg: 7 },
          items: [{ do: 'take-off' }, { do: 'deliver', latDeg: 43.61, lonDeg: 7 }, { do: 'return' }],
        },
      }),
    },
    ...{ configuration: {}, orders: {}, places: {}, alerts: {}, webhooks: {}, commands: {}, feed: {} },
    map: { tilesPath: null, view: async () => ({ tiles: null, style: null }) },
    utcUs: () => at(600),
    count: () => {},
    onError: (error: unknown) => errors.push(error),
    ...change,
  } as unknown as HttpPorts;
  const app = await buildHttp({ ports, version: '1', webDir: '/nowhere', allowedHosts: [] });
  t.teardown(() => app.close());
  const get = (query: string) =>
    app.inject({ url: `/api/v1/drones/d1/report${query}`, headers: { host: 'localhost' } });
  return { app, get, asked, errors };
}

t.test('the last flight: found, read kind by kind, as a file that runs nothing', async (t) => {
  const { get, asked, errors } = await given(t);
  const answer = await get('?zone=Europe/Paris');
  t.equal(answer.statusCode, 200, answer.body.slice(0, 300));
  t.same(errors, []);
  t.match(answer.headers['content-type'], /text\/html/);
  t.match(answer.headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'; sandbox/);
  t.match(answer.headers['content-disposition'], /inline; filename="d1-20261121T1200\.html"/, 'its take-off');
  const [first, ...rest] = asked;
  t.match(first, { kind: 'status', fromUtcUs: at(600) - 86_400e6, toUtcUs: at(600) }, 'looked for in the last day');
  t.ok(rest.every(({ fromUtcUs, toUtcUs }) => fromUtcUs === at(-50) && toUtcUs === at(170)));
  t.match(answer.body, /took off<\/dt><dd>2026-11-21 13:00:10 UTC\+1<small>2026-11-21 12:00:10Z/);
  t.match(answer.body, /One stretch is lost for good \(restart\)/);
  t.match(answer.body, /came later/);
  t.match(answer.body, /from 121 of 500 positions/);
  t.match(answer.body, /class="planned"/);
  t.match(answer.body, /to the &lt;i&gt;door&lt;\/i&gt; \(it-1\)/);
  t.notMatch(answer.body, /<b>RTL/);
});

t.test('of another flight just before it nothing is shown, and nothing counted', async (t) => {
  const flying = seconds.map((s) => (s >= 5 && s < 40) || s >= 60);
  const status = { ...FLOWN.status?.columns, armed: flying, landed: flying.map((is) => (is ? 'in-air' : 'on-ground')) };
  const within = ({ fromUtcUs, toUtcUs, kind }: SeriesRequest): SeriesAnswer => {
    const all = kind === 'status' ? { ...NONE, ...FLOWN.status, columns: status } : (FLOWN[kind] ?? NONE);
    const kept = all.timesUtcUs.flatMap((one, i) => (one >= fromUtcUs && one <= toUtcUs ? [i] : []));
    const columns = Object.entries(all.columns).map(([name, values]) => [name, kept.map((i) => values?.[i] ?? null)]);
    return { ...all, timesUtcUs: kept.map((i) => all.timesUtcUs[i] ?? 0), columns: Object.fromEntries(columns) };
  };
  const { get } = await given(t, { series: async (request: SeriesRequest) => within(request) });
  const answer = await get('');
  t.match(answer.body, /took off<\/dt><dd>2026-11-21 12:01:00 UTC/);
  t.notMatch(answer.body, /in 2 parts/);
  t.match(answer.body, /looked at<\/dt><dd>2 min 20 s<small>2026-11-21 12:00:40/);
  t.match(answer.body, /distance over ground<\/dt><dd>667 m/, 'of 60 s at 11.1 m/s');
});

t.test('a time that is asked for is taken as it is; what is wrong is said', async (t) => {
  const { get, app, asked } = await given(t);
  t.equal((await get(`?from=${at(0) / 1e3}&to=${at(60) / 1e3}`)).statusCode, 200);
  t.ok(asked.every(({ fromUtcUs, toUtcUs }) => fromUtcUs === at(0) && toUtcUs === at(60)));
  for (const [query, code] of [
    ['?from=yesterday', 'bad-time'],
    ['?from=2026-11-21T12:00:00Z&to=2026-11-21T11:00:00Z', 'bad-range'],
    ['?from=2026-11-19T12:00:00Z&to=2026-11-21T11:00:00Z', 'too-long'],
    ['?zone=Mars/Olympus', 'bad-request'],
    ['?zone=../etc', 'bad-request'],
  ] as const) {
    t.equal((await get(query)).json().code, code, query);
  }
  const none = await given(t, { series: async () => NONE });
  t.match((await none.get('')).json(), { code: 'no-flight', status: 404 });
  const stranger = await app.inject({ url: '/api/v1/drones/x/report', headers: { host: 'localhost' } });
  t.equal(stranger.json().code, 'unknown-drone');
});

t.test('another version of its itinerary is not drawn as if it had been flown', async (t) => {
  const { get } = await given(t, { itineraries: { get: async () => ({ id: 'it-1', version: 3, itinerary: {} }) } });
  const answer = await get('');
  t.equal(answer.statusCode, 200);
  t.notMatch(answer.body, /class="planned"/);
});
