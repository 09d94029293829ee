/** Settling (day-tables.ts) may fail at any time: what was committed before it stays so, it is told of, and done later. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { batch, DAY_US, EPOCH, gap, NOON_US } from './conformance-items.ts';
import { dayOf, dayPath } from './day-files.ts';
import { SqliteStore } from './sqlite-store.ts';
import { Writer } from './writer.ts';

/** Of one drone it is tried with every so many. */
const CHUNKS = 256;
/** Behind so many nothing is taken any more. */
const MOST_CHUNKS = 65_536;
/** And so many more only of what is urgent. */
const URGENT_CHUNKS = 16_384;
const options = { budgetBytes: 1e9, keepDays: 9, syncCommits: false, reserveBytes: 0 };
const FORBID = `CREATE TRIGGER forbid BEFORE INSERT ON place BEGIN SELECT RAISE(ABORT, 'not today'); END`;

const freshDir = () => fs.mkdtempSync(path.join(os.tmpdir(), 'skein-unsettled-'));

function inDay(dataDir: string, utcUs: number, sql: string): void {
  const db = new Database(dayPath(dataDir, dayOf(utcUs)));
  db.exec(sql);
  db.close();
}

function settledTo(dataDir: string, utcUs: number): number {
  const db = new Database(dayPath(dataDir, dayOf(utcUs)), { readonly: true });
  const upTo = db.prepare('SELECT up_to FROM settled').pluck().get();
  db.close();
  return Number(upTo);
}

function openWriter(t: Test, dataDir: string) {
  const told: string[] = [];
  const writer = new Writer({ dataDir, ...options }, (day, error) => told.push(`${day}: ${String(error)}`));
  writer.start();
  t.teardown(() => writer.close());
  let seq = 0;
  const commit = (utcUs = NOON_US) => writer.telemetry.commit([batch(++seq)], utcUs);
  return { writer, told, commit };
}

t.test('a commit that is durable stays committed when settling after it fails; it is told of, and tried again', (t) => {
  const dataDir = freshDir();
  const { writer, told, commit } = openWriter(t, dataDir);
  commit();
  inDay(dataDir, NOON_US, FORBID);
  for (let n = 1; n < 2 * CHUNKS; n++) t.match(commit(), { inserted: 1 });
  t.same(told, Array(2).fill(`${dayOf(NOON_US)}: SqliteError: not today`), 'not with each commit');
  t.equal(settledTo(dataDir, NOON_US), 0);
  t.match(writer.positions('d1', [EPOCH]), [{ upTo: 2 * CHUNKS }]);

  // when: what was in the way is gone
  inDay(dataDir, NOON_US, 'DROP TRIGGER forbid');
  for (let n = 0; n < CHUNKS; n++) commit();
  t.equal(settledTo(dataDir, NOON_US), 3 * CHUNKS);
  t.equal(told.length, 2);
  t.end();
});

t.test('a day that is over and cannot be settled is told of: at its end, at the next start, at close', (t) => {
  const dataDir = freshDir();
  const first = openWriter(t, dataDir);
  first.commit();
  inDay(dataDir, NOON_US, FORBID);
  t.match(first.commit(NOON_US + DAY_US), { inserted: 1 }, 'the next day begins all the same');
  t.equal(first.told.length, 1);
  first.writer.close();
  t.equal(first.told.length, 2);
  const second = openWriter(t, dataDir);
  t.equal(second.told.length, 1);
  inDay(dataDir, NOON_US, 'DROP TRIGGER forbid');
  second.writer.close();
  t.same([second.told.length, settledTo(dataDir, NOON_US)], [1, 1]);
  t.end();
});

t.test(
  'what is never settled has a bound: then no more history is taken until it is; what is urgent has a reserve',
  (t) => {
    const dataDir = freshDir();
    const { writer, commit } = openWriter(t, dataDir);
    commit();
    writer.close();
    inDay(
      dataDir,
      NOON_US,
      `UPDATE settled SET up_to = 0; DELETE FROM place;
     WITH RECURSIVE more(id) AS (SELECT 2 UNION ALL SELECT id + 1 FROM more WHERE id < ${MOST_CHUNKS})
       INSERT INTO chunk SELECT more.id, first_drone, last_drone, bytes FROM more, chunk WHERE chunk.id = 1;
     ${FORBID}`,
    );
    const again = openWriter(t, dataDir);
    const more = () => again.writer.telemetry.commit([batch(2)], NOON_US);
    t.throws(more, { code: 'unsettled', message: /not today/ });
    t.equal(again.told.length, 2);
    let seq = 0;
    const urgent = () => again.writer.telemetry.commit([batch(++seq, { lane: 'urgent' })], NOON_US);
    t.match(urgent(), { inserted: 1 });
    t.throws(() => again.writer.telemetry.commit([batch(2), batch(2, { lane: 'urgent' })], NOON_US), {
      code: 'unsettled',
    });
    for (let n = 1; n < URGENT_CHUNKS; n++) urgent();
    t.throws(urgent, { code: 'unsettled' }, 'the reserve has a bound as well');
    inDay(dataDir, NOON_US, 'DROP TRIGGER forbid');
    t.match(more(), { inserted: 1 });
    t.equal(settledTo(dataDir, NOON_US), MOST_CHUNKS + URGENT_CHUNKS);
    t.end();
  },
);

t.test(
  'a gap behind the last batch of what is not settled counts after the next start, settled by then or not',
  (t) => {
    const dataDir = freshDir();
    const first = openWriter(t, dataDir);
    first.writer.telemetry.commit([batch(1), batch(2), gap(3, 5), batch(1, { drone: 'd2' })], NOON_US);
    inDay(dataDir, NOON_US, FORBID);
    first.writer.close();
    const stands = (writer: Writer) => {
      t.match(writer.positions('d1', [EPOCH]), [{ upTo: 5 }]);
      t.match(writer.positions('d2', [EPOCH]), [{ upTo: 1 }]);
      t.match(writer.telemetry.commit([gap(4, 5)], NOON_US), { duplicates: 1, gaps: 0 }, 'and is not written twice');
    };
    const second = openWriter(t, dataDir);
    stands(second.writer);
    inDay(dataDir, NOON_US, 'DROP TRIGGER forbid');
    second.writer.close();
    const third = openWriter(t, dataDir);
    stands(third.writer);
    t.match(third.writer.telemetry.commit([batch(6)], NOON_US), { inserted: 1 });
    t.end();
  },
);

t.test('the thread that writes tells of it', async (t) => {
  const dataDir = freshDir();
  const told: string[] = [];
  const store = new SqliteStore({ dataDir, ...options, onUnsettled: (why) => told.push(why) });
  await store.start();
  await store.commit([batch(1)], NOON_US);
  inDay(dataDir, NOON_US, FORBID);
  await store.close();
  t.match(told, [new RegExp(`^${dayOf(NOON_US)}: not today`)]);
});
