/** Webhooks of a whole controller: over HTTP, after a kill, and what of them may never be seen. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { configProblems } from './config.ts';
import { startController, tempDir, testConfig } from './testing/controller.ts';
import { type Mood, Receiver } from './testing/receiver.ts';
import { until } from './testing/until.ts';

const SECRET = Buffer.from('a secret of forty bytes for tests only..');
const WITHIN_MS = 90_000;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const kills = Number(process.env.COUNT ?? (process.env.SOAK === '1' ? 40 : 2));

async function given(t: Test) {
  const dir = tempDir();
  const secretFile = path.join(dir, 'shop.secret');
  fs.writeFileSync(secretFile, `whsec_${SECRET.toString('base64')}\n`);
  const receiver = new Receiver();
  await receiver.up();
  t.teardown(() => receiver.down());
  const webhook = { name: 'shop', url: `${receiver.url}/path-that-is-a-secret`, kinds: ['stop'], secretFile };
  return { dataDir: path.join(dir, 'data'), dir, secretFile, receiver, webhook };
}

interface Listed {
  readonly webhooks: readonly {
    readonly name: string;
    readonly state: string;
    readonly behind: number;
    readonly dead: number;
  }[];
}

t.test('events of its kinds are sent; dead letters are listed and sent again; secrets are nowhere', async (t) => {
  const { dataDir, receiver, webhook } = await given(t);
  const logged: unknown[] = [];
  const say = (...said: unknown[]) => void logged.push(said);
  const log = { info: say, warn: say, error: say };
  let isGone = false;
  receiver.mood = (_n, body): Mood => (isGone ? 410 : body.includes('gale') ? 404 : 200);
  // Its pauses are those of every day: a second or two until it is given up would be minutes with eight tries.
  const running = await startController(dataDir, { log }, [], { webhooks: [webhook] });
  t.teardown(() => running.controller.close());
  const stop = async (reason: string) => {
    const posted = await running.post('/api/v1/ground-stops', { reach: 'fleet', reason, issuedBy: 'Ann' });
    t.equal(posted.status, 201, JSON.stringify(posted.body));
  };
  await stop('storm');
  await until(() => receiver.taken.length === 1, 'the storm', WITHIN_MS);
  const { events } = (await running.get('/api/v1/events?kind=stop')).body as { events: { cursor: string }[] };
  t.same(receiver.taken, events, 'just as in the feed');
  const [heard] = receiver.heard;
  const signed = `${events[0]?.cursor}.${heard?.headers['webhook-timestamp']}.${heard?.body}`;
  const signature = createHmac('sha256', SECRET).update(signed).digest('base64');
  t.equal(heard?.headers['webhook-signature'], `v1,${signature}`);

  const shop = async () => (await running.get('/api/v1/webhooks/shop')).body;
  await until(async () => (await shop()).behind === 0, 'that it knows', WITHIN_MS);
  t.match(await shop(), { name: 'shop', state: 'ok', origin: new URL(receiver.url).origin, kinds: ['stop'], dead: 0 });
  t.match(await running.get('/api/v1/webhooks/other'), { status: 404, body: { code: 'unknown-webhook' } });
  t.match(await running.get('/api/v1/webhooks/shop/dead-letters'), { body: { deadLetters: [], next: null } });
  t.match(await running.post('/api/v1/webhooks/shop/dead-letters/resend', { cursors: ['?'] }), { status: 400 });
  t.match(await running.post('/api/v1/webhooks/shop/dead-letters/resend'), { status: 202, body: { marked: 0 } });

  isGone = true;
  await stop('fog');
  await until(async () => (await shop()).state === 'disabled', 'that it is disabled', WITHIN_MS);
  t.match(await running.get('/healthz'), { body: { messages: [/^webhook shop: disabled/] } });
  t.match(await shop(), { trouble: { words: /^answered 410: .*enable/, tries: 1, at: /^20/ } }, 'and it says why');
  t.equal(await running.metric('webhooks_disabled'), 1);
  await until(
    async () => {
      const { body } = await running.get('/api/v1/events?kind=controller&limit=1000');
      return JSON.stringify(body).includes('webhook-gone');
    },
    'the alert',
    WITHIN_MS,
  );
  isGone = false;
  t.match(await running.post('/api/v1/webhooks/shop/enable', { issuedBy: 'Ann' }), {
    status: 200,
    body: { state: 'ok' },
  });
  await until(() => receiver.taken.length === 2, 'the fog', WITHIN_MS);

  const docs = (await running.get('/docs/json')).body;
  t.match(docs, { paths: { '/api/v1/webhooks/{name}/dead-letters': { get: {} } } });
  const all = [logged, docs, await shop(), (await running.get('/api/v1/webhooks')).body as unknown as Listed];
  const everything = JSON.stringify([
    ...all,
    (await running.get('/api/v1/events?limit=1000')).body,
    await running.get('/healthz'),
  ]);
  for (const secret of [SECRET.toString('base64'), SECRET.toString('hex'), 'path-that-is-a-secret']) {
    t.notOk(everything.includes(secret), secret);
  }
});

t.test('dead letters over HTTP: listed page by page, sent again, thrown away, also after a restart', async (t) => {
  const { dataDir, receiver, webhook } = await given(t);
  receiver.mood = (_n, body) => (body.includes('gale') ? 404 : 200);
  const webhookPatience = { tries: 2, firstPauseMs: 5, longestPauseMs: 10 };
  const start = () => startController(dataDir, { webhookPatience }, [], { webhooks: [webhook] });
  let running = await start();
  t.teardown(() => running.controller.close());
  const at = '/api/v1/webhooks/shop/dead-letters';
  const shop = async () => (await running.get('/api/v1/webhooks/shop')).body;
  interface Page {
    readonly deadLetters: readonly { cursor: string; tries: number; reason: string; resend: boolean; at: string }[];
    readonly next: string | null;
  }
  const list = async (query = '') => (await running.get(`${at}${query}`)).body as unknown as Page;
  const cursors = async () => (await list()).deadLetters.map(({ cursor }) => cursor);

  // given: five that the receiver does not want, between others that it takes
  for (const reason of ['gale 1', 'storm', 'gale 2', 'gale 3', 'fog', 'gale 4', 'gale 5']) {
    await running.post('/api/v1/ground-stops', { reach: 'fleet', reason, issuedBy: 'Ann' });
  }
  await until(async () => (await shop()).behind === 0, 'all settled', WITHIN_MS);
  t.match(await shop(), { state: 'trying', dead: 5, delivered: 2, dropped: 0 });
  const { events } = (await running.get('/api/v1/events?kind=stop')).body as { events: { cursor: string }[] };
  const unwanted = events.filter((event) => JSON.stringify(event).includes('gale'));

  // then: they are listed, in the order of the feed, which has them
  const all = await list();
  t.same(
    await cursors(),
    unwanted.map(({ cursor }) => cursor),
  );
  t.match(all.deadLetters[0], { tries: 2, reason: /404/, resend: false, at: /^20\d\d-.*Z$/ });
  t.equal(all.next, null);
  const first = await list('?limit=3');
  t.same([first.deadLetters, first.next], [all.deadLetters.slice(0, 3), all.deadLetters[2]?.cursor]);
  t.same(await list(`?limit=3&after=${first.next}`), { deadLetters: all.deadLetters.slice(3), next: null });
  t.match(await running.get(`${at}?after=nonsense`), { status: 400, body: { code: 'bad-cursor' } });
  t.match(await running.get('/api/v1/webhooks/other/dead-letters'), { status: 404, body: { code: 'unknown-webhook' } });

  // when: one is sent again in vain, and then two to a receiver that wants them
  const [one = '', two = '', three = ''] = await cursors();
  t.match(await running.post(`${at}/resend`, { cursors: [one], issuedBy: 'Ann' }), {
    status: 202,
    body: { marked: 1 },
  });
  await until(async () => (await list()).deadLetters[0]?.tries === 3, 'one try more', WITHIN_MS);
  t.match((await list()).deadLetters[0], { cursor: one, reason: /404/, resend: false });
  receiver.mood = () => 200;
  t.match(await running.post(`${at}/resend`, { cursors: [two, three] }), { status: 202, body: { marked: 2 } });
  await until(async () => (await shop()).dead === 3, 'that they were taken', WITHIN_MS);
  t.same(receiver.taken.slice(-2), [unwanted[1], unwanted[2]], 'just as in the feed, and no other');
  t.match(await shop(), { state: 'ok', trouble: null, delivered: 4 });

  // and: what is left outlasts the controller, is thrown away when somebody says so, and stays in the feed
  await running.controller.close();
  running = await start();
  const left = await cursors();
  t.same(
    left,
    [unwanted[0], unwanted[3], unwanted[4]].map((event) => event?.cursor),
  );
  t.match(await running.post(`${at}/discard`, {}), { status: 400, body: { detail: /cursors, or all: true/ } });
  t.match(await running.post(`${at}/discard`, { cursors: ['?'] }), { status: 400, body: { code: 'bad-cursor' } });
  t.match(await running.post('/api/v1/webhooks/other/dead-letters/discard', { all: true }), { status: 404 });
  const discard = { cursors: [left[1], two], issuedBy: 'Ann' };
  t.match(await running.post(`${at}/discard`, discard), { status: 200, body: { discarded: 1 } });
  t.match(await shop(), { dead: 2, dropped: 0 });
  t.match(await running.post(`${at}/discard`, { all: true }), { status: 200, body: { discarded: 2 } });
  t.match(await running.post(`${at}/discard`, { all: true }), { status: 200, body: { discarded: 0 } });
  t.match(await running.post(`${at}/resend`), { status: 202, body: { marked: 0 } });
  t.match(await shop(), { dead: 0, delivered: 4 });
  t.equal(await running.metric('webhooks_discarded_total'), 3);
  t.same((await running.get('/api/v1/events?kind=stop')).body.events, events);
  const told = async () => JSON.stringify((await running.get('/api/v1/events?kind=controller&limit=1000')).body);
  const asked = /"by":\{"kind":"operator","name":"Ann"\}[^{]*\{"webhook":"shop","asked":"discard"/;
  await until(async () => asked.test(await told()), 'who threw them away', WITHIN_MS);
});

t.test(`killed again and again: no event is passed over # SEED=${seed} COUNT=${kills}`, async (t) => {
  const { dataDir, dir, receiver, webhook } = await given(t);
  const config = path.join(dir, 'controller.toml');
  const lines = [
    '[[webhooks]]',
    ...Object.entries(webhook).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
  ];
  fs.writeFileSync(config, `${lines.join('\n')}\n`);
  let random = seed;
  const next = (below: number) => {
    random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
    return random % below;
  };
  receiver.mood = (n) => (n % 7 === 3 ? 'drop' : n % 5 === 2 ? { slowMs: 30 } : 200);
  const reasons: string[] = [];
  for (let round = 0; round <= kills; round++) {
    const { child, exited, url } = await program(t, config, dataDir);
    const kill = round < kills;
    const until9 = setTimeout(() => kill && child.kill('SIGKILL'), 200 + next(1500));
    for (let i = 0; i < 8; i++) {
      const reason = `round ${round}, ${i}`;
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ reach: 'fleet', reason, issuedBy: 'Ann' });
      const posted = await fetch(`${url}/api/v1/ground-stops`, { method: 'POST', headers, body }).catch(() => null);
      if (posted?.status === 201) reasons.push(reason);
    }
    if (kill) {
      await exited;
      clearTimeout(until9);
      continue;
    }
    const feed = async () => {
      const answer = await fetch(`${url}/api/v1/events?kind=stop&limit=1000`);
      return ((await answer.json()) as { events: { cursor: string }[] }).events.map(({ cursor }) => cursor);
    };
    const stored = await feed();
    t.ok(stored.length >= reasons.length && reasons.length > 0, `${stored.length} events`);
    const first = () => [...new Set(receiver.taken.map(({ cursor }) => cursor))];
    await until(() => first().length === stored.length, 'all of them', WITHIN_MS);
    t.same(first(), stored, 'each, in the order of the feed');
    t.comment(`${receiver.heard.length} POSTs for ${stored.length} events`);
    child.kill('SIGTERM');
    await exited;
  }
});

async function program(t: Test, config: string, dataDir: string) {
  const shim = path.join(import.meta.dirname, 'skein-controller.js');
  const flags = ['--http.port=0', '--broker.port=0', '--log.stderr=false', '--store.reserveMB=1'];
  const args = [shim, 'run', `--config=${config}`, `--dataDir=${dataDir}`, ...flags];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'close');
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let said = '';
  child.stdout?.on('data', (bytes) => {
    said += bytes;
  });
  await until(() => said.includes('\n'), 'its line', WITHIN_MS);
  return { child, exited, url: (JSON.parse(said) as { http: string }).http };
}

t.test('what cannot be is said at the start, with what to write', async (t) => {
  const { dataDir, secretFile, webhook } = await given(t);
  const start = (more: object) => startController(dataDir, {}, [], { webhooks: [{ ...webhook, ...more }] });
  await t.rejects(start({ secretFile: '/nowhere' }), { message: /webhooks: shop: secretFile cannot be read/ });
  fs.writeFileSync(secretFile, 'hunter2');
  await t.rejects(start({}), { message: /shop\.secret: .*openssl rand/ });
  t.notMatch(String(await start({}).catch((error: unknown) => error)), /hunter2/);
  const problems = (...webhooks: object[]) =>
    configProblems({ ...testConfig('x'), webhooks: webhooks.map((one) => ({ ...webhook, ...one })) });
  t.match(problems({}, {}), [/shop is there twice/]);
  t.match(problems({ url: 'http://a:b@c/' }), [/no user or password/]);
  t.match(problems({ url: 'http://[' }), [/cannot be read/]);
  t.same(problems({}, { name: 'other' }), []);
});
