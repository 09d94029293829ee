import { readdirSync, readFileSync, statSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { until } from '../testing/until.ts';
import { hostAllowed, onLink } from './guard.ts';
import { RecentLines } from './recent.ts';
import { PageServer, type PageServerOptions } from './server.ts';
import { addressOf } from './settings.ts';

const MOST_BYTES = 60_000;

interface Got {
  readonly code: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

async function serve(test: Test, change: Partial<PageServerOptions> = {}) {
  const orders: unknown[] = [];
  const page = new PageServer({
    ...{ address: { host: '127.0.0.1', port: 0 }, names: ['kite-1.local'], nowMs: () => performance.now() },
    view: () => ({ drone: 'kite-1' }),
    order: (what, body) => {
      orders.push([what, body]);
      return { code: 200, body: { kept: true } };
    },
    onProblem: (message) => test.comment(message),
    ...change,
  });
  test.teardown(() => page.close());
  page.start();
  await until(() => page.status().open, 'the page to be served');
  const url = page.status().url ?? '';
  const ask = (path: string, o: { headers?: Record<string, string>; body?: string; method?: string } = {}) =>
    new Promise<Got>((resolve, reject) => {
      const method = o.method ?? (o.body === undefined ? 'GET' : 'POST');
      const asked = request(`${url}${path}`, { method, headers: o.headers ?? {}, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ code: response.statusCode ?? 0, headers: response.headers, text }));
      });
      asked.on('error', reject);
      asked.end(o.body);
    });
  return { page, url, ask, orders };
}

const OWN = { 'content-type': 'application/json', 'x-skein-page': '1' };
const REASON = '{"reason":"changing propellers"}';

t.test('the page: a few files, light, that ask nobody else for anything', async (t) => {
  const { ask, page } = await serve(t);
  let bytes = 0;
  for (const path of ['/', '/page.css', '/page.js', '/icon.svg']) {
    const { code, headers, text } = await ask(path);
    t.equal(code, 200, path);
    bytes += Buffer.byteLength(text);
    t.match(headers['content-security-policy'], /default-src 'none'.*frame-ancestors 'none'/);
    t.notMatch(String(headers['content-security-policy']), /unsafe/);
    t.notOk(headers['access-control-allow-origin'], 'no other site may read it');
    t.notMatch(text.replaceAll('http://www.w3.org/2000/svg', ''), /https?:\/\//, 'it names no other server');
    t.notMatch(text, /innerHTML|insertAdjacent|document\.write|\beval\b|style=|\son[a-z]+="/, 'nothing becomes markup');
  }
  const view = await ask('/view.json');
  t.match(view, { code: 200, headers: { 'cache-control': 'no-store' } });
  t.match(JSON.parse(view.text), { ageMs: Number, view: { drone: 'kite-1' } });
  t.ok(bytes < MOST_BYTES, `${bytes} bytes in all`);
  t.equal((await ask('/nothing')).code, 404);
  t.equal((await ask('/..%2fserver.ts')).code, 404);
  t.equal((await ask('/lock')).code, 404, 'orders are not read');
  t.equal(page.status().counters.foreign, 0);
});

t.test('every file of it is plain and served', async (t) => {
  const files = readdirSync(import.meta.dirname).filter((name) => /\.(html|css|js|svg)$/.test(name));
  t.same(files.sort(), ['icon.svg', 'page.css', 'page.html', 'page.js']);
  const size = files.reduce((sum, name) => sum + statSync(join(import.meta.dirname, name)).size, 0);
  t.ok(size < MOST_BYTES, `${size} bytes`);
  const script = readFileSync(join(import.meta.dirname, 'page.js'), 'utf8');
  t.doesNotThrow(() => new Function(script), 'it can be read');
  t.notMatch(script, /=>|\b(let|const|async|await|class|import)\b|`|\?\./, 'also by browsers of ten years ago');
});

t.test('orders: from this page alone, by the rules of the command line', async (t) => {
  const { ask, url, orders, page } = await serve(t);
  for (const [what, headers] of [
    ['a form of another site', { 'content-type': 'text/plain' }],
    ['without our header', { 'content-type': 'application/json' }],
    ['another site', { ...OWN, origin: 'http://evil.example' }],
    ['no site', { ...OWN, origin: 'null' }],
    ['another port', { ...OWN, origin: 'http://127.0.0.1:1' }],
    ['as the browser says', { ...OWN, 'sec-fetch-site': 'cross-site' }],
    ['a sister of ours', { ...OWN, 'sec-fetch-site': 'same-site' }],
  ] as const) {
    t.match(await ask('/lock', { headers, body: REASON }), { code: 403, text: /foreign-origin/ }, what);
  }
  t.same(orders, []);
  t.equal(page.status().counters.foreign, 7);
  t.match(await ask('/lock', { headers: { ...OWN, origin: url }, body: REASON }), { code: 200, text: /kept/ });
  t.match(await ask('/unlock', { headers: OWN, body: REASON }), { code: 200 }, 'old browsers do not say whence');
  t.same(orders, [
    ['lock', { reason: 'changing propellers' }],
    ['unlock', { reason: 'changing propellers' }],
  ]);
  t.equal((await ask('/lock', { headers: OWN, body: '{' })).code, 400);
  t.equal((await ask('/lock', { headers: OWN, body: `{"reason":"${'x'.repeat(5_000)}"}` })).code, 400);
  const preflight = { ...OWN, origin: 'http://evil.example', 'access-control-request-method': 'POST' };
  t.equal((await ask('/lock', { method: 'OPTIONS', headers: preflight })).code, 404, 'no other site is let in');
  t.match(page.status().counters, { orders: 2, refusedOrders: 2 });
});

t.test('a refusal is told as it is; before the agent is up nothing is shown or done', async (t) => {
  const refused = { code: 409, body: { error: 'locked-by-operator', message: 'an operator has locked it' } };
  const { ask } = await serve(t, { order: () => refused });
  t.match(await ask('/unlock', { headers: OWN, body: REASON }), { code: 409, text: /an operator has locked it/ });
  const starting = await serve(t, { order: () => null, view: () => null });
  t.equal((await starting.ask('/view.json')).code, 503);
  t.equal((await starting.ask('/lock', { headers: OWN, body: REASON })).code, 503);
});

t.test('it answers to its own names alone: a site cannot make its name lead here', async (t) => {
  const { ask, page } = await serve(t);
  for (const host of ['evil.example', 'evil.example:8190', '127.0.0.1.evil.example', '10.0.0.1', 'kite-2.local']) {
    t.match(await ask('/view.json', { headers: { host } }), { code: 403, text: /foreign-host/ }, host);
  }
  t.equal(page.status().counters.foreign, 5);
  for (const host of ['127.0.0.1', '127.0.0.1:8190', 'localhost', 'KITE-1.local:80']) {
    t.equal((await ask('/view.json', { headers: { host } })).code, 200, host);
  }
  t.notOk(hostAllowed('localhost', '10.42.0.1', []), 'there nobody means the drone by it');
  t.ok(hostAllowed('[fd00::1]:8190', 'fd00::1', []));
  t.notOk(hostAllowed(undefined, '10.42.0.1', []));
});

t.test('only those on the same network, without a router between', async (t) => {
  const own = (address: string, cidr: string) =>
    ({ address, cidr, netmask: '', family: 'IPv4', mac: '', internal: false }) as const;
  const interfaces = { ap0: [own('10.42.0.1', '10.42.0.1/24')], wwan0: [own('10.64.3.9', '10.64.3.9/30')] };
  t.ok(onLink('10.42.0.77', '10.42.0.1', interfaces), 'the phone');
  t.ok(onLink('::ffff:10.42.0.77', '::ffff:10.42.0.1', interfaces));
  t.ok(onLink('10.42.0.1', '10.42.0.1', interfaces), 'the board itself');
  t.notOk(onLink('10.43.0.77', '10.42.0.1', interfaces), 'somebody behind a router');
  t.notOk(onLink('10.42.0.77', '10.64.3.9', interfaces), 'by the address of the modem');
  t.notOk(onLink('10.64.3.9', '192.168.1.1', interfaces), 'an address nobody has');
  t.notOk(onLink(undefined, '10.42.0.1', interfaces));
});

t.test('an address that is taken, or not there yet, is tried again and is no reason to stop', async (t) => {
  const first = await serve(t);
  const port = Number(new URL(first.url).port);
  const problems: string[] = [];
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  const second = new PageServer({
    ...{ address: { host: '127.0.0.1', port }, names: [], view: () => null, order: () => null, nowMs: () => 0 },
    retryMs: 1,
    onProblem: (message) => problems.push(message),
  });
  t.teardown(() => second.close());
  second.start();
  await until(() => problems.length > 0, 'the first try to fail');
  t.match(second.status(), { open: false, problem: /is taken/ });
  await until(() => second.status().counters.openFailures > 20, 'many tries');
  await first.page.close();
  await until(() => second.status().open, 'the address to be had');
  t.equal(second.status().problem, null);
  t.equal(problems.length, 1, 'said once');
  t.same(warnings, [], 'nothing grows with the tries');
  t.same(addressOf('[fd00::1]:8190'), { host: 'fd00::1', port: 8190 });
  t.equal(addressOf(''), null);
  t.equal(addressOf('10.42.0.1:70000'), null);
});

t.test('the newest lines of the log, bounded; the log goes on', async (t) => {
  const said: string[] = [];
  const say = (_fields: object, message: string) => void said.push(message);
  const recent = new RecentLines(() => 1_795_000_000_000_000);
  const log = recent.over({ info: say, warn: say, error: say });
  for (let i = 0; i < 100; i++) log.info({ part: 'uplink' }, `line ${i} ${'x'.repeat(1_000)}`);
  log.warn({ part: 'health' }, 'each minute');
  log.error({}, 'no part');
  t.equal(said.length, 102);
  const lines = recent.lines();
  t.equal(lines.length, 40);
  t.match(lines[0], { level: 'error', part: '', words: 'no part', timeMs: 1_795_000_000_000 });
  t.ok((lines[1]?.words.length ?? 0) < 310);
});
