import fs from 'node:fs';
import path from 'node:path';
import type { Sample } from '@skein/protocol/telemetry';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import type { SnapshotMessage } from './live/index.ts';
import { type Running, startController, tempDir } from './testing/controller.ts';
import { clockSample, FakeAgent, position, textSample } from './testing/fake-agent.ts';
import { until } from './testing/until.ts';

const ALL = 'from=2000-01-01T00:00:00Z&to=2200-01-01T00:00:00Z';

async function given(t: Test, flags: readonly string[] = []) {
  const running = await startController(tempDir(), {}, flags);
  t.teardown(() => running.controller.close());
  return running;
}

async function connected(running: Running, o: Partial<FakeAgent['o']> = {}): Promise<FakeAgent> {
  const agent = new FakeAgent({ drone: 'd1', session: 'aaaaaaaa00000001', epoch: '00000000000000a1', ...o });
  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  await until(() => agent.ack('history') !== undefined && agent.ack('urgent') !== undefined, 'the first acks');
  return agent;
}

async function rows(running: Running, drone = 'd1'): Promise<number> {
  const { body } = await running.get(`/api/v1/drones/${drone}/telemetry?kind=position&${ALL}`);
  return Number(body.rows);
}

async function eventTypes(running: Running): Promise<string[]> {
  const { body } = await running.get('/api/v1/events?limit=1000');
  return (body.events as { type: string }[]).map((event) => event.type);
}

t.test('an agent is greeted, acked, shown and kept', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  t.equal(agent.ack('history')?.upTo, 0);
  t.ok((agent.ack('history')?.window ?? 0) > 0, 'there is room');

  agent.time();
  await until(() => agent.times.length > 0, 'an answer to the time message');
  t.match(agent.times[0], { leaseS: 15, liveHz: 1, session: agent.o.session });

  agent.send('history', agent.batch('history', 1, [position(1e6)]), agent.batch('history', 2, [position(2e6)]));
  agent.send('urgent', agent.batch('urgent', 1, [textSample(2e6, 'PreArm: something')]));
  await agent.acked('history', 2);
  await agent.acked('urgent', 1);
  t.equal(await rows(running), 2);

  agent.live([position(agent.monoUs(), 48)]);
  await until(async () => {
    const { body } = await running.get('/api/v1/drones/d1');
    return (body as { freshness: { state: string } }).freshness.state === 'fresh';
  }, 'a fresh drone');
  await until(async () => (await eventTypes(running)).includes('autopilot-text'), 'the text in the feed');
});

t.test('live data and a time request that overtake their presence are not lost', async (t) => {
  const running = await given(t);
  const agent = new FakeAgent({ drone: 'd1', session: 'aaaaaaaa00000001', epoch: '00000000000000a1' });
  await agent.connectTo(running.addresses.mqtt);
  agent.time();
  agent.live([position(agent.monoUs())]);
  agent.presence();
  await until(() => agent.times.length === 1, 'the answer');
  t.match((await running.get('/api/v1/drones/d1')).body, { freshness: { state: 'fresh' } });
});

t.test('duplicates, disorder and other content under one number', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  const batch = (seq: number, latDeg = 47) => agent.batch('history', seq, [position(seq * 1e6, latDeg)]);
  agent.send('history', batch(2));
  agent.send('history', batch(1));
  agent.send('history', batch(1));
  agent.send('history', batch(2), batch(3));
  await agent.acked('history', 3);
  t.equal(await rows(running), 3);
  t.equal(await running.metric('ingest_ahead_total'), 1);
  t.equal(await running.metric('ingest_duplicate_total'), 1);

  agent.send('history', batch(2, 80));
  await until(async () => (await running.metric('ingest_conflict_total')) === 1, 'the conflict to be counted');
  t.equal(await rows(running), 3);
  const { body } = await running.get('/api/v1/drones/d1');
  t.match(body.conflict, { reason: 'checksum' });
  await until(async () => (await eventTypes(running)).includes('identity-conflict'), 'the event');
  agent.send('history', batch(4));
  await agent.acked('history', 4);
});

t.test('what the drone has lost is a gap, shown as one', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  agent.send('urgent', agent.batch('urgent', 1, [clockSample(1e6, Date.UTC(2026, 0, 1) * 1e3)]));
  agent.send('history', agent.batch('history', 1, [position(1e6)]));
  await agent.acked('history', 1);
  agent.first.history = 11;
  agent.next.history = 11;
  agent.presence();
  await agent.acked('history', 10);
  agent.send('history', agent.batch('history', 11, [position(11e6)]));
  await agent.acked('history', 11);
  await agent.acked('urgent', 1);
  const { body } = await running.get(`/api/v1/drones/d1/telemetry?kind=position&${ALL}`);
  t.match(body.gaps, [{ reason: 'evicted', from: '2026-01-01T00:00:00.000000Z', to: '2026-01-01T00:00:10.000000Z' }]);
  const track = await running.get(`/api/v1/drones/d1/track.geojson?${ALL}`);
  t.equal((track.body.geometry as { type: string }).type, 'MultiLineString');
});

t.test('an agent that comes back with a controller that came back goes on where the store stands', async (t) => {
  const dir = tempDir();
  const first = await startController(dir);
  const agent = await connected(first);
  agent.send('history', agent.batch('history', 1, [position(1e6)]), agent.batch('history', 2, [position(2e6)]));
  await agent.acked('history', 2);
  const { start } = agent.ack('history') ?? {};
  await first.controller.close();
  await until(() => agent.closed, 'the connection to end');

  const second = await startController(dir);
  t.teardown(() => second.controller.close());
  t.match((await second.get('/api/v1/drones/d1')).body, { online: false, session: agent.o.session });
  agent.acks.length = 0;
  await agent.connectTo(second.addresses.mqtt);
  agent.send('history', agent.batch('history', 3, [position(3e6)]));
  agent.presence();
  const ack = await agent.acked('history', 2);
  t.not(ack.start, start, 'another start');
  t.equal(await second.metric('ingest_unannounced_total'), 0, 'history is subscribed with the presence, not before');
  agent.send('history', agent.batch('history', 3, [position(3e6)]));
  await agent.acked('history', 3);
  t.equal(await rows(second), 3);
});

t.test('two boards with one identity: both are heard, named, and the older makes nothing fresh', async (t) => {
  const running = await given(t);
  const one = await connected(running, { board: 'x' });
  const other = { session: 'bbbbbbbb00000001', epoch: '00000000000000b1', n: 2, board: 'y' };
  const two = await connected(running, { ...other, boot: '99999999-2222-4333-8444-555555555555' });
  t.match((await running.get('/api/v1/drones/d1')).body, {
    session: two.o.session,
    conflict: { reason: 'two-boards', sessions: [two.o.session, one.o.session] },
  });
  one.live([position(one.monoUs())]);
  await until(async () => (await running.metric('fleet_live_old_session_total')) === 1, 'it to be counted');
  t.match((await running.get('/api/v1/drones/d1')).body, { freshness: { state: 'never' } });
  one.send('history', one.batch('history', 1, [position(1e6)]));
  two.send('history', two.batch('history', 1, [position(1e6)]));
  await Promise.all([one.acked('history', 1), two.acked('history', 1)]);
  one.kill();
  await until(async () => (await running.metric('fleet_old_offline_total')) === 1, 'the will of the older one');
  t.match((await running.get('/api/v1/drones/d1')).body, { online: true, session: two.o.session });
  two.kill();
  await until(async () => (await running.get('/api/v1/drones/d1')).body.online === false, 'going offline');
});

t.test('a page sees the fleet, and who it looks at is asked for more', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  const page = new WebSocket(`${running.addresses.http.replace('http', 'ws')}/api/v1/live`);
  const got: { type: string; drones: { id: string; kinds?: Record<string, unknown> }[] }[] = [];
  page.onmessage = (event) => got.push(JSON.parse(String(event.data)));
  await until(() => got.length > 0, 'the snapshot');
  const snapshot = got[0] as unknown as SnapshotMessage;
  t.match(snapshot, {
    type: 'snapshot',
    limits: { freshMs: 3000, lostMs: 30_000 },
    drones: [{ id: 'd1', online: true }],
  });
  agent.live([position(agent.monoUs())]);
  await until(() => got.some((one) => one.drones.some((drone) => drone.kinds?.position)), 'the position in a delta');
  page.send(JSON.stringify({ type: 'select', drones: ['d1'] }));
  await until(() => {
    agent.time();
    return agent.times.at(-1)?.liveHz === 5;
  }, 'the higher rate');
  const closed = new Promise((resolve) => {
    page.onclose = resolve;
  });
  page.close();
  await closed;
  await until(() => {
    agent.time();
    return agent.times.at(-1)?.liveHz === 1;
  }, 'the usual rate');
});

t.test('closing ends pages and streams of events, and does not wait for them', async (t) => {
  const running = await startController(tempDir());
  const page = new WebSocket(`${running.addresses.http.replace('http', 'ws')}/api/v1/live`);
  const closed = new Promise<number>((resolve) => {
    page.onclose = (event) => resolve(event.code);
  });
  await new Promise((resolve) => {
    page.onopen = resolve;
  });
  const agent = await connected(running);
  const stream = await fetch(`${running.addresses.http}/api/v1/events`, { headers: { accept: 'text/event-stream' } });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('event: online')) text += (await reader?.read())?.value ?? '';
  t.match(text, /id: \S+\nevent: first-seen\ndata: \{/);
  const from = performance.now();
  await running.controller.close();
  t.ok(performance.now() - from < 5000);
  t.equal(await closed, 1001);
  await until(() => agent.closed, 'the agent to be let go');
});

t.test('garbage on MQTT and HTTP is counted and harms nobody', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  agent.publish(agent.up('presence'), 'not JSON');
  agent.publish(agent.up('presence'), '{"session":7}');
  agent.publish(agent.up('time'), Buffer.from([0xff, 0xfe]), 0);
  agent.publish(agent.up('live'), Buffer.alloc(100, 7), 0);
  agent.publish(agent.up('history'), Buffer.alloc(100, 7));
  agent.publish(agent.up('urgent'), '');
  agent.publish(agent.up('news'), 'of a later version');
  const batch = agent.batch('history', 1, [position(1e6)]);
  const broken = Buffer.from(batch);
  broken[70] = (broken[70] ?? 0) ^ 0xff;
  agent.send('history', broken);
  agent.send('history', batch);
  await agent.acked('history', 1);
  t.equal(await running.metric('router_bad_presence_total'), 2);
  t.equal(await running.metric('router_bad_time_total'), 1);
  t.equal(await running.metric('router_bad_live_total'), 1);
  t.equal(await running.metric('ingest_malformed_total'), 3);
  t.equal((await running.get('/healthz')).status, 200);
});

t.test(
  'a database locked by another program: said, drones told to wait, live goes on, all is well afterwards',
  async (t) => {
    const dir = tempDir();
    const running = await startController(dir);
    t.teardown(() => running.controller.close());
    const agent = await connected(running);
    agent.send('history', agent.batch('history', 1, [position(1e6)]));
    await agent.acked('history', 1);
    const [file = ''] = fs.readdirSync(path.join(dir, 'telemetry')).filter((name) => name.endsWith('.db'));
    const other = new Database(path.join(dir, 'telemetry', file));
    other.exec('BEGIN IMMEDIATE');

    agent.send('history', agent.batch('history', 2, [position(2e6)]));
    await until(() => agent.ack('history')?.window === 0, 'a closed window', 10_000);
    const health = (await running.get('/healthz')).body;
    t.match(health, { status: 'degraded', store: 'failed', messages: [/another program holds the database/] });
    t.equal((await running.get('/readyz')).status, 503);
    t.equal(await running.metric('store_state'), 2);
    agent.live([position(agent.monoUs())]);
    await until(async () => (await running.metric('fleet_live_samples_total')) === 1, 'live data all the same');

    other.exec('ROLLBACK');
    other.close();
    const ack = await agent.acked('history', 2);
    t.ok(ack.window > 0);
    t.match((await running.get('/healthz')).body, { status: 'ok', messages: [] });
  },
);

t.test('ports that are taken are named, with what to change', async (t) => {
  const running = await given(t);
  const port = new URL(running.addresses.mqtt).port;
  await t.rejects(
    startController(tempDir(), {}, [`--broker.port=${port}`]),
    /broker\.port: port \d+ on 127.0.0.1 is taken/,
  );
  const http = new URL(running.addresses.http).port;
  await t.rejects(
    startController(tempDir(), {}, [`--http.port=${http}`]),
    /http\.port: port \d+ on 127.0.0.1 is taken/,
  );
});

t.test('a long history is read while batches keep coming', async (t) => {
  const running = await given(t);
  const agent = await connected(running);
  const many = (seq: number): Sample[] => Array.from({ length: 500 }, (_, i) => position(seq * 1e6 + i * 1000));
  for (let seq = 1; seq <= 40; seq++) agent.send('history', agent.batch('history', seq, many(seq)));
  await agent.acked('history', 40);
  const query = running.get(`/api/v1/drones/d1/telemetry?kind=position&maxPoints=200&${ALL}`);
  agent.send('history', agent.batch('history', 41, many(41)));
  await agent.acked('history', 41);
  const { body } = await query;
  t.ok(Number(body.rows) >= 20_000);
  t.ok((body.times as string[]).length <= 200);
});
