import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import t from 'tap';
import { batchesInDay } from '../testing/day-file.ts';
import { storeConformance } from './conformance.ts';
import { BOOT, batch, EPOCH, NOON_US, position } from './conformance-items.ts';
import { dayPath } from './day-files.ts';
import { chainHash, type EventRow } from './event-chain.ts';
import { backUp, SqliteStore } from './index.ts';
import { monotonicMs, QueryBound } from './query-bound.ts';

const freshDir = () => fs.mkdtempSync(path.join(os.tmpdir(), 'skein-store-'));

async function open(dataDir: string, more: { budgetBytes?: number; queryMs?: number } = {}): Promise<SqliteStore> {
  const store = new SqliteStore({ dataDir, budgetBytes: 1e9, keepDays: 30, syncCommits: true, ...more });
  await store.start();
  return store;
}

storeConformance(t, open, freshDir);

t.test('a day over the budget goes first, today never', async (t) => {
  const store = await open(freshDir(), { budgetBytes: 1 });
  t.teardown(() => store.close());
  await store.commit([batch(1)], NOON_US - 86_400e6);
  await store.commit([batch(2)], NOON_US);
  t.same(await store.retain(NOON_US), ['2026-11-20']);
});

t.test('the budget holds under a clock that jumped years back as well', async (t) => {
  const store = await open(freshDir(), { budgetBytes: 1 });
  t.teardown(() => store.close());
  await store.commit([batch(1)], NOON_US);
  await store.commit([batch(2)], NOON_US - 3650 * 86_400e6);
  t.same(await store.retain(NOON_US - 3650 * 86_400e6), ['2026-11-21']);
});

t.test('over the budget the oldest days go, and no more of them than must; what was acked stays so', async (t) => {
  const dir = freshDir();
  const noise = Array.from({ length: 400 }, (_, i) => position(1e6 + i, 40 + Math.random()));
  const fill = await open(dir);
  for (let day = 0; day < 5; day++) {
    await fill.commit([batch(day + 1, { samples: noise })], NOON_US - (4 - day) * 86_400e6);
  }
  await fill.close();
  const days = ['2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20', '2026-11-21'];
  const sizes = days.map((day) => fs.statSync(dayPath(dir, day)).size);
  const store = await open(dir, { budgetBytes: sizes.slice(2).reduce((sum, size) => sum + size, 0) + 100_000 });
  t.teardown(() => store.close());
  t.same(await store.retain(NOON_US), days.slice(0, 2));
  t.match(await store.stats(), { days: 3, oldestDay: '2026-11-19', reserveBytes: 0 });
  t.match(await store.positions('d1', [EPOCH]), [{ lane: 'history', upTo: 5 }]);
  t.match(await store.commit([batch(1, { samples: noise, verify: true })], NOON_US), { expired: 1, inserted: 0 });
});

t.test('the files are WAL with an fsync for each commit, tables and columns as documented', async (t) => {
  const dir = freshDir();
  const store = await open(dir);
  await store.commit([batch(1)], NOON_US);
  const db = new Database(dayPath(dir, '2026-11-21'), { readonly: true });
  t.equal(db.pragma('journal_mode', { simple: true }), 'wal');
  t.match(db.prepare('SELECT id, first_drone, last_drone FROM chunk').all(), [
    { id: 1, first_drone: 'd1', last_drone: 'd1' },
  ]);
  t.match([...batchesInDay(db)], [{ drone: 'd1', epoch: EPOCH, lane: 'history', seq: 1 }]);
  t.same(db.prepare('SELECT * FROM position').all(), [], 'not settled yet');
  await store.close();
  t.same(db.prepare('SELECT * FROM position').all(), [{ drone: 'd1', epoch: EPOCH, lane: 'history', up_to: 1 }]);
  t.match(db.prepare('SELECT * FROM place').all(), [
    { drone: 'd1', lane: 'history', seq_from: 1, seq_to: 1, boot: BOOT },
  ]);
  t.same(db.prepare('SELECT * FROM settled').all(), [{ up_to: 1 }]);
  db.close();
});

t.test('a second store on the same directory is refused in plain words', async (t) => {
  const dir = freshDir();
  const store = await open(dir);
  t.teardown(() => store.close());
  await t.rejects(open(dir), { code: 'locked', message: /second skein-controller/ });
});

t.test('what cannot be opened is said plainly', async (t) => {
  const file = path.join(freshDir(), 'file');
  fs.writeFileSync(file, '');
  await t.rejects(open(path.join(file, 'data')), { code: 'read-only', message: /dataDir/ });

  const damaged = freshDir();
  fs.writeFileSync(path.join(damaged, 'core.db'), 'this is no database, whatever its name may say. '.repeat(100));
  await t.rejects(open(damaged), { code: 'corrupt' });

  const newer = freshDir();
  const db = new Database(path.join(newer, 'core.db'));
  db.pragma('user_version = 999');
  db.close();
  await t.rejects(open(newer), { code: 'too-new' });
});

t.test('a database locked by another program fails the commit, untouched, until it is released', async (t) => {
  const dir = freshDir();
  const store = await open(dir);
  t.teardown(() => store.close());
  await store.commit([batch(1)], NOON_US);
  const other = new Database(dayPath(dir, '2026-11-21'));
  other.exec('BEGIN IMMEDIATE');
  await t.rejects(store.commit([batch(2)], NOON_US), { code: 'locked' });
  other.exec('ROLLBACK');
  other.close();
  t.match(await store.commit([batch(2)], NOON_US), { inserted: 1 });
});

t.test('released versions of the files are read and brought up to date', async (t) => {
  const dir = freshDir();
  const golden = path.join(import.meta.dirname, 'testdata', 'v1');
  fs.cpSync(golden, dir, { recursive: true });
  const store = await open(dir);
  t.teardown(() => store.close());
  const positions = await store.positions('d1', [EPOCH]);
  t.equal(positions.find((one) => one.lane === 'history')?.upTo, 3);
  const range = { fromUtcUs: 0, toUtcUs: NOON_US * 2, maxPoints: 100 };
  const series = await store.series({ drone: 'd1', kind: 'position', ...range });
  t.equal(series.rows, 2);
  t.equal(series.gaps.length, 1);
  t.match(await store.commit([batch(4)], NOON_US), { inserted: 1 });
  const events = await store.events({ afterId: 0, limit: 100 });
  t.ok(events.length > 0);
  let hash = '';
  for (const event of events) {
    const { id, entity, version, type, atUtcUs: at_us } = event;
    const none = { key: null, stamp: null, cause: null, actor_kind: null, actor_name: null };
    const row = { id, entity, version, type, at_us, data: JSON.stringify(event.data), form: 1, ...none };
    hash = chainHash(hash, row) ?? 'unknown form';
    t.equal(event.hash, hash, `the chain holds at version ${version}`);
  }
  t.same(await store.commands({ limit: 10 }), [], 'it knew none');
  t.equal(await store.rebuild(), 0);
});

t.test('a released version with commands in it', async (t) => {
  const dir = freshDir();
  fs.cpSync(path.join(import.meta.dirname, 'testdata', 'v2'), dir, { recursive: true });
  const store = await open(dir);
  t.teardown(() => store.close());
  const read = await store.commands({ limit: 10 });
  t.match(read, [
    {
      command: { id: '01JD0000000000000000000001', type: 'hold', issuedBy: 'Ann', targets: ['d1', 'd2'] },
      deliveries: [
        {
          drone: 'd1',
          state: 'succeeded',
          steps: [{ state: 'queued' }, { state: 'delivered' }, { state: 'succeeded' }],
        },
        { drone: 'd2', state: 'queued' },
      ],
    },
  ]);
  t.equal(await store.rebuild(), 3);
  t.same(await store.commands({ limit: 10 }), read);
});

t.test('a released version with itineraries in it', async (t) => {
  const dir = freshDir();
  fs.cpSync(path.join(import.meta.dirname, 'testdata', 'v3'), dir, { recursive: true });
  const store = await open(dir);
  t.teardown(() => store.close());
  const read = await store.itinerary('morning-round');
  t.match(read, {
    versions: [{ version: 1, about: { itinerary: { id: 'morning-round' }, issuedBy: 'Ann' } }],
    stands: [{ drone: 'd1', state: 'completed', parcels: { 1: { state: 'released' } } }],
  });
  t.equal(await store.rebuild(), 3);
  t.same(await store.itinerary('morning-round'), read);
});

t.test('a released version with documents in it, and a chain of both forms', async (t) => {
  const dir = freshDir();
  fs.cpSync(path.join(import.meta.dirname, 'testdata', 'v4'), dir, { recursive: true });
  const raw = () => {
    const db = new Database(path.join(dir, 'core.db'), { readonly: true });
    const tables = [
      'document',
      'document_key',
      'itinerary',
      'stand',
      'itinerary_key',
      'command',
      'delivery',
      'command_key',
    ];
    const rows = tables.map((table) => JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all()));
    const chain = db.prepare('SELECT * FROM event ORDER BY id').all() as EventRow[];
    db.close();
    return { rows, chain };
  };
  const before = raw();
  const store = await open(dir);
  t.teardown(() => store.close());
  t.match(await store.documents({ kind: 'order', open: true, limit: 10 }), [
    { version: 2, doc: { state: 'assigned', drone: 'd1', pickup: { base: 'oerlikon' }, payloadKg: 1.2 } },
  ]);
  t.match(await store.document('base:oerlikon'), { open: false, doc: { pads: [{ lat: 47.41, lon: 8.54 }] } });
  t.match(await store.documentKeys({ kind: 'order', sinceUtcUs: 0, limit: 10 }), [{ key: 'k1', hash: 'h1' }]);
  await store.append([{ entity: 'itinerary:morning-round', type: 'asked', atUtcUs: NOON_US, data: {} }]);
  const heads = new Map<string, string>();
  for (const row of raw().chain) {
    t.equal(row.hash, chainHash(heads.get(row.entity) ?? '', row), `${row.entity}@${row.version}, form ${row.form}`);
    heads.set(row.entity, row.hash);
  }
  t.same([...new Set(raw().chain.map(({ form }) => form))], [1, 2]);
  // One more than there was, less the one of a drone.
  t.equal(await store.rebuild(), before.chain.length);
  t.same(raw().rows, before.rows, 'the same bytes');
});

t.test('a released version with chunks, as a controller that was killed left it', async (t) => {
  const dir = freshDir();
  fs.cpSync(path.join(import.meta.dirname, 'testdata', 'v5'), dir, { recursive: true });
  const store = await open(dir);
  t.teardown(() => store.close());
  // 1 … 3 as the first version stored them, 4 … 6 settled, 7 … 9 in the tail; 2 came after its gap, 8, 10 and 11 are gaps.
  t.match(await store.positions('d1', [EPOCH]), [
    { lane: 'urgent', upTo: 1 },
    { lane: 'history', upTo: 11 },
  ]);
  const series = await store.series({
    drone: 'd1',
    kind: 'position',
    fromUtcUs: 0,
    toUtcUs: NOON_US * 2,
    maxPoints: 99,
  });
  t.equal(series.rows, 8);
  t.equal(series.gaps.length, 2);
  const again = Array.from({ length: 9 }, (_, i) => batch(i + 1, { verify: true })).filter((_, i) => i !== 7);
  t.match(await store.commit(again, NOON_US), { duplicates: 8, inserted: 0 });
  t.match(await store.commit([batch(8, { verify: true }), batch(12)], NOON_US), { filled: 1, inserted: 1 });
});

t.test('a released version with webhooks, one of them with dead letters', async (t) => {
  const dir = freshDir();
  fs.cpSync(path.join(import.meta.dirname, 'testdata', 'v6'), dir, { recursive: true });
  const store = await open(dir);
  t.teardown(() => store.close());
  t.match(await store.webhooks(), [
    { name: 'audit', position: 1, disabled: '0123456789abcdef' },
    { name: 'shop', position: 2, delivered: 1, dead: 1, dropped: 0 },
  ]);
  t.match(await store.deadLetters({ name: 'shop', afterEvent: 0, limit: 9 }), [{ event: 2, tries: 8, resend: true }]);
});

t.test('a query of history ends at its deadline, in plain words, and the next one is answered', async (t) => {
  const store = await open(freshDir(), { queryMs: 0 });
  t.teardown(() => store.close());
  await store.commit([batch(1)], NOON_US);
  const query = { drone: 'd1', kind: 'position', fromUtcUs: 0, toUtcUs: NOON_US * 2, maxPoints: 100 };
  await t.rejects(store.series(query), { code: /^(busy|too-long)$/ });
  t.same(await store.commands({ limit: 1 }), []);
  const bound = new QueryBound('position of d1', monotonicMs() + 60_000);
  bound.check(1000);
  t.throws(() => bound.check(1e9), { code: 'too-long', message: /shorter time/ });
});

t.test('a backup of a store in use is whole, and a store of its own', async (t) => {
  const dir = freshDir();
  const store = await open(dir);
  t.teardown(() => store.close());
  await store.commit([batch(1)], NOON_US - 86_400e6);
  await store.commit([batch(2)], NOON_US);
  await store.append([{ entity: 'drone:d1', type: 'x', atUtcUs: NOON_US, data: {} }]);
  const to = path.join(freshDir(), 'of-today', 'copy/');
  t.match(await backUp(dir, to, { keyFile: null, at: '2026-11-21T12:00:00Z' }), { files: 3, vouchedId: 0 });
  t.match(await store.commit([batch(3)], NOON_US), { inserted: 1 }, 'the other goes on');
  const copy = await open(to);
  t.teardown(() => copy.close());
  t.match(await copy.positions('d1', [EPOCH]), [{ lane: 'history', upTo: 2 }]);
  t.equal((await copy.events({ afterId: 0, limit: 10 })).length, 1);
  t.match(await copy.commit([batch(3)], NOON_US), { inserted: 1 });
  const nothing = backUp(path.join(dir, 'nothing'), path.join(freshDir(), 'copy'), { keyFile: null, at: '' });
  await t.rejects(nothing, { name: 'StoreError' });
});
