/**
 * given a backup, and more events and telemetry stored after it
 * when  a file of the directory is cut short, overwritten, or gone
 * then  it is detected; what is restored is sound; what is missing is said exactly
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t, { type Test } from 'tap';
import { backUp } from './backup.ts';
import { keyPath } from './checkpoint-files.ts';
import { Checkpointer } from './checkpointer.ts';
import { batch, DAY_US, EPOCH, NOON_US } from './conformance-items.ts';
import { corePath } from './core-db.ts';
import { dayPath } from './day-files.ts';
import { keepAllOut } from './directory-lock.ts';
import type { NewEvent } from './port.ts';
import { restoreData } from './restore.ts';
import { SqliteStore } from './sqlite-store.ts';
import { verifyData } from './verify.ts';

const by = { kind: 'operator', name: 'Ann' } as const;
/** Large enough that the events fill pages of their own. */
const order = (n: number): NewEvent => ({
  ...{ entity: `order:${n}`, type: 'posted', atUtcUs: NOON_US, by, cause: 'request' },
  data: { set: { n, words: 'x'.repeat(1500) } },
});

async function open(dataDir: string): Promise<SqliteStore> {
  const store = new SqliteStore({ dataDir, budgetBytes: 1e9, keepDays: 30, syncCommits: true, utcUs: () => NOON_US });
  await store.start();
  return store;
}

/** Forty events in the backup, forty after it, of which the checkpoint signs all; two days of telemetry, the second after it. */
async function given(t: Test) {
  const base = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-restore-'));
  t.teardown(() => fs.rmSync(base, { recursive: true }));
  const [old, backup, dataDir] = ['old', 'backup', 'new'].map((name) => path.join(base, name)) as [
    string,
    string,
    string,
  ];
  const store = await open(old);
  const signing = new Checkpointer({
    ...{ dataDir: old, keyFile: '', store, utcUs: () => NOON_US, event: () => {}, count: () => {} },
    log: { info: () => {}, warn: () => {} },
  });
  signing.start();
  for (let n = 1; n <= 40; n++) await store.append([order(n)]);
  await store.commit([batch(1), batch(2), batch(1, { drone: 'd2' })], NOON_US);
  await backUp(old, backup, { keyFile: keyPath(old), at: new Date(NOON_US / 1e3).toISOString() });
  for (let n = 41; n <= 80; n++) await store.append([order(n)]);
  await store.commit([batch(3)], NOON_US);
  await store.commit([batch(4), batch(5)], NOON_US + DAY_US);
  await signing.daily();
  await store.close();
  return { old, backup, dataDir, put: () => restoreData({ from: backup, damaged: old, dataDir, nowUtcUs: NOON_US }) };
}

const lane = { drone: 'd1', epoch: EPOCH, lane: 'history' };

t.test('core.db cut short: told at the start; the events that can be read are saved, the rest is named', async (t) => {
  const { old, dataDir, put } = await given(t);
  const { size } = fs.statSync(corePath(old));
  fs.truncateSync(corePath(old), Math.floor((size * 0.7) / 4096) * 4096);
  await t.rejects(open(old), { code: 'corrupt', message: /core\.db.*skein-controller restore/ });
  t.match(verifyData(old), { ok: false, findings: [{ code: 'corrupt', where: { file: corePath(old) } }] });
  const done = put();
  t.match(done, { core: 'backup', lostBatches: [] });
  t.same(
    done.days.map(({ of }) => of),
    ['damaged directory', 'damaged directory'],
    'telemetry was sound: none of it is taken from the backup',
  );
  t.equal(done.events + (done.lostEvents === null ? 0 : done.lostEvents.to - done.lostEvents.from + 1), 80);
  t.ok(
    done.salvaged > 0,
    `${done.salvaged} after the backup: a file that is shorter than it says is read all the same`,
  );
  t.same(done.lostEvents, { from: 40 + done.salvaged + 1, to: 80 });
  t.match(verifyData(dataDir), { ok: true, events: done.events + 1 });
  const store = await open(dataDir);
  t.teardown(() => store.close());
  const [next] = await store.append([order(99)]);
  t.equal(next?.id, 82, 'no id is used twice: a cursor beyond the loss stays good');
  t.match(await store.document(`order:${done.events}`), { doc: { n: done.events } });
});

t.test('core.db overwritten in the middle: every event before it is saved', async (t) => {
  const { old, dataDir, put } = await given(t);
  const file = fs.openSync(corePath(old), 'r+');
  const { size } = fs.statSync(corePath(old));
  // The page in which the sixtieth event lies.
  const bytes = fs.readFileSync(corePath(old));
  const at = bytes.indexOf('{"set":{"n":60,');
  fs.writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, Math.floor(at / 4096) * 4096);
  fs.closeSync(file);
  t.ok(size > 0 && at > 0);
  t.equal(verifyData(old).ok, false);
  const done = put();
  t.match(done, { core: 'backup', lostEvents: { to: 80 } });
  t.match(verifyData(dataDir), { ok: true });
});

t.test(
  'a day of telemetry damaged: that day of the backup, the batches missing are named, events are kept',
  async (t) => {
    const { old, dataDir, put } = await given(t);
    const file = dayPath(old, '2026-11-21');
    fs.truncateSync(file, Math.floor(fs.statSync(file).size / 8192) * 4096);
    await t.rejects(open(old), { code: 'corrupt', message: /2026-11-21\.db/ });
    const done = put();
    t.match(done, { core: 'damaged directory', salvaged: 0, lostEvents: null });
    t.same(done.days, [
      { day: '2026-11-21', of: 'backup' },
      { day: '2026-11-22', of: 'left out' },
    ]);
    t.same(done.lostBatches, [{ ...lane, from: 3, to: 5 }]);
    t.match(verifyData(dataDir), { ok: true, events: 81 });
    const store = await open(dataDir);
    t.teardown(() => store.close());
    t.match(
      await store.commit([batch(3), batch(4), batch(5)], NOON_US),
      { inserted: 3, refused: [] },
      'the drone again',
    );
  },
);

t.test(
  'nothing of core.db can be read, and nothing else says how many there were: that is said, and no id is used twice',
  async (t) => {
    const { old, dataDir, put } = await given(t);
    fs.writeFileSync(corePath(old), Buffer.alloc(20_000, 0xa5));
    fs.rmSync(path.join(old, 'checkpoints'), { recursive: true });
    const done = put();
    t.match(done, { core: 'backup', salvaged: 0, lostAtMost: true, lostEvents: { from: 41 } });
    t.match(verifyData(dataDir), { ok: true }, 'the hole is told of');
    const store = await open(dataDir);
    t.teardown(() => store.close());
    const [next] = await store.append([order(99)]);
    t.ok(Number(next?.id) > 80);
    const again = `${dataDir}-backup`;
    await backUp(dataDir, again, { keyFile: keyPath(dataDir), at: new Date(NOON_US / 1e3).toISOString() });
    t.match(verifyData(again), { ok: true, vouchedId: next?.id, findings: [] }, 'a backup of it is good');
  },
);

t.test('all of it gone: the backup, and nothing is overwritten', async (t) => {
  const { old, backup, dataDir, put } = await given(t);
  fs.rmSync(old, { recursive: true });
  t.match(restoreData({ from: backup, dataDir, nowUtcUs: NOON_US }), { core: 'backup', events: 40, lostEvents: null });
  t.match(verifyData(dataDir), { ok: true, vouchedId: 40 });
  t.throws(put, { code: 'exists', message: /nothing is overwritten/ });
});

t.test(
  'a controller runs on one of the directories: refused, nothing is left behind; none can start meanwhile',
  async (t) => {
    const { old, backup, dataDir } = await given(t);
    const store = await open(old);
    for (const from of [{ from: backup, damaged: old }, { from: old }]) {
      t.throws(() => restoreData({ ...from, dataDir, nowUtcUs: NOON_US }), {
        code: 'running',
        message: /old: a skein-controller runs on this directory: stop it first/,
      });
    }
    t.same(
      fs.readdirSync(path.dirname(dataDir)).filter((name) => name.startsWith('new')),
      [],
    );
    await store.close();
    const letGo = keepAllOut([old, undefined, backup, old]);
    await t.rejects(open(old), { code: 'locked' });
    t.match(restoreData({ from: backup, damaged: old, dataDir, nowUtcUs: NOON_US }), { lostEvents: null });
    await t.rejects(open(old), { code: 'locked' }, 'still: who asked first has not let go');
    letGo();
    await (await open(old)).close();
  },
);
