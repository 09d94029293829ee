/**
 * What a strange agent can do to the store, over raw MQTT: each case says what is stored afterwards, row by row, and which
 * counters have moved. The same whatever broker lies between; only our own has a guard who hangs up.
 */
import fs from 'node:fs';
import path from 'node:path';
import { crc32c, sealGap } from '@skein/protocol/telemetry';
import Database from 'better-sqlite3';
import type { Test } from 'tap';
import { INGEST_COUNTERS } from '../ingest/index.ts';
import { type Running, startController, tempDir } from './controller.ts';
import { batchesInDay } from './day-file.ts';
import { BOOT, FakeAgent, type FakeAgentOptions, position } from './fake-agent.ts';
import { until } from './until.ts';

const EPOCH = '00000000000000a1';
const SESSION = 'aaaaaaaa00000001';
/** More than ingest remembers checksums of (crc-memory.ts). */
const MANY = 300;
const REACHED_WITHIN_MS = 15_000;

interface Given {
  readonly dir: string;
  readonly running: Running;
  /** A controller of the same settings, on the same files. */
  readonly again: () => Promise<Running>;
  readonly connected: (o?: Partial<FakeAgentOptions>, to?: Running) => Promise<FakeAgent>;
}

/** `brokerUrl`: an external broker; left out: the controller's own. Each case has topics of its own. */
async function given(t: Test, brokerUrl: string | undefined): Promise<Given> {
  const dir = tempDir();
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const root = `skein/${path.basename(dir)}`;
  const flags = [`--broker.topicRoot=${root}`, ...(brokerUrl === undefined ? [] : [`--broker.url=${brokerUrl}`])];
  const again = async (): Promise<Running> => {
    const one = await startController(dir, {}, flags);
    t.teardown(() => one.controller.close());
    await until(async () => (await one.get('/readyz')).status === 200, 'the controller to be on its broker');
    return one;
  };
  const running = await again();
  return {
    ...{ dir, running, again },
    async connected(o = {}, to = running) {
      const agent = new FakeAgent({ drone: 'd1', session: SESSION, epoch: EPOCH, root, ...o });
      await agent.connectTo(to.addresses.mqtt);
      t.teardown(() => agent.kill());
      agent.presence();
      await until(() => agent.ack('history') !== undefined && agent.ack('urgent') !== undefined, 'the first acks');
      return agent;
    },
  };
}

/** Rows of all day files, as text: `drone epoch lane seq`, gaps with `from–to reason`, quarantine with `!`. */
function stored(dir: string): string[] {
  const days = path.join(dir, 'telemetry');
  return fs
    .readdirSync(days)
    .filter((name) => name.endsWith('.db'))
    .flatMap((name) => {
      const db = new Database(path.join(days, name), { readonly: true });
      const all = (sql: string) => db.prepare(sql).pluck().all() as string[];
      const key = `drone || ' ' || epoch || ' ' || lane || ' '`;
      const rows = [
        ...Array.from(batchesInDay(db), (row) => `${row.drone} ${row.epoch} ${row.lane} ${row.seq}`),
        ...all(`SELECT ${key} || from_seq || '–' || to_seq || ' ' || reason FROM gap`),
        ...all(`SELECT ${key} || seq || '!' FROM quarantine`),
      ];
      db.close();
      return rows;
    })
    .sort();
}

const seqs = (from: number, to: number, drone = 'd1', epoch = EPOCH): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${drone} ${epoch} history ${from + i}`);

/** All counters of ingest that are not 0, but for those that only count traffic. */
async function counters(running: Running): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const name of Object.keys(INGEST_COUNTERS)) {
    if (['messages', 'groups', 'acks'].includes(name)) continue;
    const snake = name.replaceAll(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
    const value = await running.metric(`ingest_${snake}_total`);
    if (value !== 0) counted[name] = value;
  }
  return counted;
}

async function reaches(running: Running, wanted: Record<string, number>): Promise<void> {
  let seen = '';
  const isThere = async () => {
    seen = JSON.stringify(await counters(running));
    return seen === JSON.stringify(wanted);
  };
  await until(isThere, JSON.stringify(wanted), REACHED_WITHIN_MS).catch((error: Error) => {
    throw new Error(`${error.message}; seen: ${seen}`);
  });
}

const of = (agent: FakeAgent, seq: number, latDeg = 47) => agent.batch('history', seq, [position(seq * 1e6, latDeg)]);

/** The cases, as tests of `t`. */
export function strangeAgents(t: Test, brokerUrl?: string): void {
  t.test('all of it three times over, long after it was acked: once', async (t) => {
    const { dir, running, connected } = await given(t, brokerUrl);
    const agent = await connected();
    const batches = Array.from({ length: MANY }, (_, i) => of(agent, i + 1));
    agent.send('history', ...batches);
    await agent.acked('history', MANY);
    for (let again = 0; again < 2; again++) agent.send('history', ...batches);
    await reaches(running, { accepted: MANY, committed: MANY, duplicate: 2 * MANY });
    t.same(stored(dir), seqs(1, MANY).sort());
    t.equal(agent.ack('history')?.upTo, MANY);
  });

  t.test('backwards: only what follows on is taken, the rest when it comes again', async (t) => {
    const { dir, running, connected } = await given(t, brokerUrl);
    const agent = await connected();
    for (const seq of [5, 4, 3, 2, 1]) agent.send('history', of(agent, seq));
    await agent.acked('history', 1);
    await reaches(running, { accepted: 1, committed: 1, ahead: 4 });
    t.same(stored(dir), seqs(1, 1));
    agent.send('history', ...[2, 3, 4, 5].map((seq) => of(agent, seq)));
    await agent.acked('history', 5);
    t.same(stored(dir), seqs(1, 5));
  });

  t.test('an old session plays everything again to a controller that was started anew', async (t) => {
    const { dir, running, connected, again } = await given(t, brokerUrl);
    const agent = await connected();
    agent.send('history', of(agent, 1), of(agent, 2), of(agent, 3));
    await agent.acked('history', 3);
    agent.kill();
    await running.controller.close();

    const second = await again();
    const newer = await connected({ session: 'bbbbbbbb00000002', epoch: '00000000000000b2', n: 2 }, second);
    const old = await connected({}, second);
    old.send('history', of(old, 1), of(old, 2), of(old, 3));
    newer.send('history', of(newer, 1));
    await newer.acked('history', 1);
    await reaches(second, { accepted: 1, committed: 1, duplicate: 3 });
    t.same(stored(dir), [...seqs(1, 3), ...seqs(1, 1, 'd1', '00000000000000b2')]);
    t.match((await second.get('/api/v1/drones/d1')).body, { session: newer.o.session });
  });

  t.test('foreign: an epoch that nobody announced, and that of another drone', async (t) => {
    const { dir, running, connected } = await given(t, brokerUrl);
    const agent = await connected();
    const other = await connected({ drone: 'd2', session: 'dddddddd00000001', epoch: '00000000000000d1' });
    const stranger = new FakeAgent({ drone: 'd1', session: SESSION, epoch: '00000000000000ff' });
    other.send('history', of(agent, 1));
    agent.send('history', of(stranger, 1));
    await reaches(running, { unannounced: 2 });
    agent.send('history', of(agent, 1));
    await agent.acked('history', 1);
    t.same(stored(dir), seqs(1, 1));

    if (brokerUrl === undefined) {
      other.publish(agent.up('history'), of(agent, 2));
      await until(() => other.closed, 'the connection that speaks for another to be closed');
    }
    agent.send('history', of(agent, 2));
    await agent.acked('history', 2);
    t.same(stored(dir), seqs(1, 2));
  });

  t.test(
    'other content under a number that was taken: at once, long after, and while the first is on its way',
    async (t) => {
      const { dir, running, connected } = await given(t, brokerUrl);
      const agent = await connected();
      const batches = Array.from({ length: MANY }, (_, i) => of(agent, i + 1));
      agent.send('history', ...batches, of(agent, MANY, 80));
      await agent.acked('history', MANY);
      agent.send('history', of(agent, 1, 81));
      await reaches(running, { accepted: MANY, committed: MANY, conflict: 2 });
      agent.send('history', of(agent, 1, 81));
      await reaches(running, { accepted: MANY, committed: MANY, conflict: 3 });
      const strange = [1, MANY].map((seq) => `d1 ${EPOCH} history ${seq}!`);
      t.same(stored(dir), [...seqs(1, MANY), ...strange].sort(), 'kept beside, once each');
      t.match((await running.get('/api/v1/drones/d1')).body, { conflict: { reason: 'checksum' } });
      t.equal(agent.ack('history')?.upTo, MANY, 'and acked: the drone goes on');
      agent.send('history', of(agent, MANY + 1));
      await agent.acked('history', MANY + 1);
    },
  );

  t.test(
    'hundreds of contents under one number: all counted, some kept as evidence, the disk not filled',
    async (t) => {
      const { dir, running, connected } = await given(t, brokerUrl);
      const agent = await connected();
      agent.send('history', of(agent, 1));
      await agent.acked('history', 1);
      for (let i = 0; i < 300; i++) agent.send('history', of(agent, 1, 10 + i / 1000));
      await reaches(running, { accepted: 1, committed: 1, conflict: 300 });
      t.equal(stored(dir).length, 1 + 100);
    },
  );

  t.test('gaps: over what comes, over what is there, and a batch that comes after its gap', async (t) => {
    const { dir, running, connected } = await given(t, brokerUrl);
    const agent = await connected();
    const gap = (from: number, to: number) =>
      sealGap({
        ...{ lane: 'history', epoch: EPOCH, boot: BOOT, from, to },
        ...{ reason: 'thinned', samples: 9, monoFromUs: from * 1e6, monoToUs: to * 1e6 },
      });
    agent.send('history', of(agent, 1), gap(2, 6), of(agent, 7));
    await agent.acked('history', 7);
    agent.send('history', gap(2, 6), gap(1, 1), of(agent, 4), of(agent, 4));
    await reaches(running, { accepted: 3, committed: 2, gaps: 1, duplicate: 3, filled: 1 });
    t.same(stored(dir), [
      ...seqs(1, 1),
      `d1 ${EPOCH} history 2–3 thinned`,
      ...seqs(4, 4),
      `d1 ${EPOCH} history 5–6 thinned`,
      ...seqs(7, 7),
    ]);

    // a gap that reaches back over what is there covers only what is new
    agent.send('history', gap(5, 9), of(agent, 10));
    await agent.acked('history', 10);
    t.ok(stored(dir).includes(`d1 ${EPOCH} history 8–9 thinned`));
  });

  t.test('a seq of 0, the wrong lane, live data that wants to be kept, a broken one between good ones', async (t) => {
    const { dir, running, connected } = await given(t, brokerUrl);
    const agent = await connected();
    agent.send('history', agent.batch('history', 0, [position(1e6)]));
    agent.send('history', agent.batch('urgent', 1, [position(1e6)]));
    agent.send('urgent', agent.batch('history', 1, [position(1e6)]));
    agent.send('history', agent.batch('live', 0, [position(1e6)]));
    const broken = Buffer.from(of(agent, 2));
    broken[40] = (broken[40] ?? 0) ^ 1;
    agent.send('history', of(agent, 1), broken, of(agent, 3));
    await agent.acked('history', 1);
    await reaches(running, { accepted: 1, committed: 1, ahead: 1, wrongLane: 3, malformed: 1 });
    // its checksum is right, but it says more rows than it has
    const lying = Buffer.from(of(agent, 2));
    lying.writeUInt32LE(1_000_000, 53);
    lying.writeUInt32LE(crc32c(lying.subarray(0, -4)), lying.length - 4);
    agent.send('history', lying);
    await agent.acked('history', 2);
    agent.send('history', of(agent, 2));
    await until(async () => (await running.metric('ingest_conflict_total')) === 1, 'the conflict');
    t.same(
      stored(dir),
      [...seqs(1, 2), `d1 ${EPOCH} history 2!`],
      'kept as it came: nothing is expanded on the way in',
    );
    const { body } = await running.get('/api/v1/drones/d1/telemetry?kind=position&from=2000-01-01T00:00:00Z');
    t.match(body, { rows: 2, unreadable: 0 }, 'what its body holds is shown, whatever its header claims');
  });

  t.test('a presence that has lost nearly every number there is', async (t) => {
    const { dir, connected } = await given(t, brokerUrl);
    const agent = await connected();
    const last = 0xffff_fffe;
    agent.first.history = last;
    agent.next.history = last;
    agent.presence();
    await agent.acked('history', last - 1);
    agent.send('history', of(agent, last));
    await agent.acked('history', last);
    t.same(stored(dir), [`d1 ${EPOCH} history 1–${last - 1} evicted`, `d1 ${EPOCH} history ${last}`].sort());
  });
}
