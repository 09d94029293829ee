/**
 * given epochs whose last row was acked and removed
 * when  the file is opened again, fails, is salvaged, or a controller begins anew
 * then  how far they went is known, and told to each start of a controller once
 */
import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { setAside } from './aside.ts';
import { DamagedFile } from './damaged-file.ts';
import { noLosses } from './entry.ts';
import { Mirror } from './mirror.ts';
import { MAX_PAST, PastEpochs } from './past.ts';
import { Salvage } from './salvage.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch } from './testkit.ts';

const BOOT = newBoot();
const HOUR_S = 3600;

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'past-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return join(root, 'outbox.db');
}

const open = (path: string) => new OutboxStore({ path, budgetBytes: 8 << 20, keepAckedS: HOUR_S });

function write(store: OutboxStore, epoch: string, count: number, runningS = 0): void {
  const batch = (_: unknown, i: number) =>
    oneBatch({ epoch, boot: BOOT, lane: 'history', seq: i + 1, monoUs: i, length: 20 });
  store.write(Array.from({ length: count }, batch), runningS);
}

/** Acked whole and removed for its age, by a newer one. */
function emptied(store: OutboxStore, epoch: string, count: number): void {
  write(store, epoch, count);
  store.ack(epoch, 'history', count);
  write(store, newEpoch(), 1, 2 * HOUR_S);
  write(store, newEpoch(), 1, 2 * HOUR_S);
}

const damage = (path: string) => {
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.alloc(100, 0x5a), 0, 100, 0);
  closeSync(fd);
};

function salvaged(test: Test, path: string): OutboxStore {
  damage(path);
  setAside(path);
  const store = open(path);
  test.teardown(() => store.close());
  const salvage = new Salvage(new DamagedFile(path), store);
  while (salvage.step());
  return store;
}

const PAST = (epoch: string, count: number) => [{ epoch, boot: BOOT, next: { urgent: 1, history: count + 1 } }];

t.test(
  'how far an emptied epoch went is kept, also over a start, and in a file that takes the place of a damaged one',
  (t) => {
    const path = scratch(t);
    const old = newEpoch();
    let store = open(path);
    emptied(store, old, 7);
    t.notOk(store.states().some(({ epoch }) => epoch === old));
    t.match(store.past, PAST(old, 7));
    store.close();
    store = open(path);
    t.match(store.past, PAST(old, 7));
    const { past } = store;
    store.close();

    copyFileSync(path, `${path}.copy`);
    damage(path);
    setAside(path);
    store = open(path);
    store.adopt([], past);
    t.match(store.past, PAST(old, 7), 'the agent knew it');
    store.close();

    copyFileSync(`${path}.copy`, path);
    store = salvaged(t, path);
    t.match(store.past, PAST(old, 7), 'the damaged file knew it');
    // What was given a number then and written only now goes on where that ended.
    store.write([oneBatch({ epoch: old, boot: BOOT, lane: 'history', seq: 8, monoUs: 8, length: 20 })], 3 * HOUR_S);
    t.match(store.states().find(({ epoch }) => epoch === old)?.lanes.history, { first: 8, next: 9, acked: 7 });
    t.same(store.past, []);
    t.end();
  },
);

t.test('an epoch that was acked whole and is held in a file that is damaged is past then', (t) => {
  const path = scratch(t);
  const epoch = newEpoch();
  let store = open(path);
  write(store, epoch, 9);
  store.ack(epoch, 'history', 9);
  write(store, newEpoch(), 1, 60);
  const known = store.states();
  store.close();
  damage(path);
  copyFileSync(path, `${path}.copy`);
  setAside(path);
  store = open(path);
  store.adopt(known);
  t.match(store.past, PAST(epoch, 9), 'the agent knew it (voyage 15)');
  store.close();
  rmSync(path);
  copyFileSync(`${path}.copy`, path);
  t.match(salvaged(t, path).past, PAST(epoch, 9), 'the damaged file knew it');
  t.end();
});

t.test('the newest are remembered', (t) => {
  const store = open(scratch(t));
  t.teardown(() => store.close());
  const epochs = Array.from({ length: MAX_PAST + 3 }, newEpoch);
  for (const [i, epoch] of epochs.entries()) {
    write(store, epoch, 2, i * HOUR_S);
    store.ack(epoch, 'history', 2);
  }
  write(store, newEpoch(), 1, 1000 * HOUR_S);
  for (let n = 1; n < 100; n++) write(store, newEpoch(), 0, (1000 + n) * HOUR_S);
  t.equal(store.past.length, MAX_PAST);
  t.equal(store.past.at(-1)?.epoch, epochs.at(-1));
  t.equal(store.past[0]?.epoch, epochs[3]);
  t.end();
});

t.test('acks that a damaged row of the table claims are not believed: what the controller lacks is sent', (t) => {
  const path = scratch(t);
  const epoch = newEpoch();
  let store = open(path);
  write(store, epoch, 30);
  store.ack(epoch, 'history', 10);
  write(store, epoch, 0, 60);
  store.close();
  const db = new Database(path);
  db.prepare('UPDATE epochs SET acked_history = 65536 + acked_history').run();
  db.close();
  copyFileSync(path, `${path}.copy`);

  store = open(path);
  t.match(store.states(), [{ lanes: { history: { first: 1, next: 31, acked: 0 } } }], 'nor where SQLite reads them');
  store.close();

  copyFileSync(`${path}.copy`, path);
  store = salvaged(t, path);
  t.match(store.states(), [{ epoch, lanes: { history: { first: 1, next: 31, acked: 0 } } }]);
  t.match(store.losses, { salvaged: 30, unsalvaged: 0 });
  t.end();
});

t.test('a file of an agent that knew no checksums is taken as it is', (t) => {
  const path = scratch(t);
  const epoch = newEpoch();
  open(path).close();
  const db = new Database(path);
  db.exec('ALTER TABLE epochs DROP COLUMN sum');
  db.prepare('INSERT INTO epochs (epoch, boot, acked_history, gone_history) VALUES (?, ?, 4, 4)').run(epoch, BOOT);
  db.close();
  const store = open(path);
  t.teardown(() => store.close());
  t.match(store.states(), [{ epoch, lanes: { history: { first: 5, next: 5, acked: 4 } } }]);
  t.end();
});

t.test('each start of a controller is told once, and last', (t) => {
  const mirror = new Mirror(BOOT, newEpoch());
  const past = Array.from({ length: 40 }, () => PAST(newEpoch(), 5)).flat();
  mirror.opened({ epochs: [], past, losses: noLosses(), usedBytes: 0, asideBytes: 0 });
  const named = () => mirror.ranges().slice(1);
  const hear = (start: string, upTo: number) => {
    mirror.past.answeredBy(start);
    for (const { epoch } of named()) {
      t.ok(mirror.past.heard({ epoch, lane: 'urgent', upTo: 0 }));
      t.ok(mirror.past.heard({ epoch, lane: 'history', upTo }));
    }
  };
  t.equal(named().length, 31);
  t.match(named()[0], { lanes: { urgent: { first: 1, next: 1 }, history: { first: 6, next: 6 } } });
  hear('aa', 4);
  t.equal(mirror.past.untold().length, 40, 'it does not know all of it yet');
  for (let n = 0; n < 3; n++) hear('aa', 5);
  t.equal(named().length, 0);
  mirror.past.answeredBy('bb');
  t.equal(named().length, 31, 'another one may know less');
  t.notOk(mirror.past.heard({ epoch: newEpoch(), lane: 'history', upTo: 9 }));
  const none = new PastEpochs();
  none.take(past);
  t.equal(none.untold().length, 40);
  t.end();
});
