import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvelope } from '@skein/protocol/telemetry';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { systemTimers } from '../timers.ts';
import type { EarlierEnd } from './epochs.ts';
import type { OutboxOptions } from './options.ts';
import { Outbox } from './outbox.ts';
import { newBoot, newEpoch, textSample } from './testkit.ts';

const nowUs = (): number => Number(process.hrtime.bigint() / 1000n);

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'outbox-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** An outbox, and a way to wait for a condition on it that is looked at whenever it reports something. */
function make(test: Test, o: Partial<OutboxOptions> & { path: string }) {
  const waiting: { ready: () => boolean; resolve: () => void }[] = [];
  const look = () => {
    for (const entry of [...waiting]) {
      if (!entry.ready()) continue;
      waiting.splice(waiting.indexOf(entry), 1);
      entry.resolve();
    }
  };
  const opened: (EarlierEnd | null)[] = [];
  const outbox = new Outbox({
    budgetBytes: 8 << 20,
    keepAckedHours: 48,
    boot: newBoot(),
    drawEpoch: newEpoch,
    nowUs,
    timers: systemTimers,
    ...o,
    onOpened: (earlier) => opened.push(earlier),
    onReadable: look,
    onProblem: look,
  });
  test.teardown(() => outbox.close());
  const until = (ready: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      waiting.push({ ready, resolve });
      look();
    });
  return { outbox, until, opened };
}

const durable = (outbox: Outbox, lane: 'urgent' | 'history'): number =>
  (outbox.readable().find((entry) => entry.epoch === outbox.epoch && entry.lane === lane)?.end ?? 1) - 1;

t.test('append, read back, ack, close in order, start again', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  const boot = newBoot();
  const first = make(t, { path, boot });
  await first.outbox.start();
  t.same(first.opened, [null]);
  const { epoch } = first.outbox;
  for (let i = 0; i < 5; i++) first.outbox.append('history', [textSample(1000 + i, 50)]);
  first.outbox.append('urgent', [textSample(1010, 20)]);
  await first.until(() => durable(first.outbox, 'history') === 5 && durable(first.outbox, 'urgent') === 1);
  const rows = await first.outbox.read(epoch, 'history', 2, 1 << 20);
  t.same(
    rows?.map((row) => row.seq),
    [2, 3, 4, 5],
  );
  first.outbox.ack(epoch, 'history', 3);
  t.equal(first.outbox.status().backlogRows, 3);
  t.equal(first.outbox.status().counters.batches, 6);
  t.ok(first.outbox.status().longestCommitMs > 0);
  first.outbox.append('history', [textSample(1020, 50)]);
  await first.outbox.close();

  const second = make(t, { path, boot });
  await second.outbox.start();
  const [earlier] = second.opened;
  t.equal(earlier?.epoch, epoch);
  t.equal(earlier?.lastMonoUs, 1020);
  t.ok((earlier?.stoppedMonoUs ?? 0) > 1020, 'it was closed in order, with everything written');
  t.not(second.outbox.epoch, epoch, 'a start never continues an earlier epoch');
  t.same(second.outbox.ranges(), [
    { epoch: second.outbox.epoch, lanes: { urgent: { first: 1, next: 1 }, history: { first: 1, next: 1 } } },
    { epoch, lanes: { urgent: { first: 1, next: 2 }, history: { first: 1, next: 7 } } },
  ]);
  const drained = await second.outbox.read(epoch, 'history', 4, 1 << 20);
  t.same(
    drained?.map((row) => row.seq),
    [4, 5, 6],
    'an earlier epoch can be drained',
  );
  t.equal(second.outbox.status().backlogRows, 4, 'the ack was kept');
});

t.test('a file that another program holds: said plainly, data waits in memory, goes on when it is free', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  const other = new Database(path);
  other.exec('CREATE TABLE held (x); BEGIN EXCLUSIVE');
  const { outbox, until } = make(t, { path });
  await outbox.start();
  t.equal(outbox.status().problem?.code, 'locked');
  t.match(outbox.status().problem?.message, /Close the other program/);
  outbox.append('history', [textSample(5, 50)]);
  t.ok(outbox.status().volatileBytes > 0);
  const rows = await outbox.read(outbox.epoch, 'history', 1, 1000);
  t.equal(rows?.length, 1, 'it can be sent from memory');
  other.exec('ROLLBACK; DROP TABLE held');
  other.close();
  await until(() => outbox.status().state === 'ok' && durable(outbox, 'history') === 1);
  t.equal(outbox.status().volatileBytes, 0);
});

t.test('a disk that fails: a gap whose first part the controller has is sent from where it has it to', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  mkdirSync(path);
  const { outbox } = make(t, { path });
  await outbox.start();
  for (let i = 1; i <= 150; i++) outbox.append('history', [textSample(i, 50_000)]);
  const [whole] = (await outbox.read(outbox.epoch, 'history', 1, 1)) ?? [];
  const lost = whole?.to ?? 0;
  t.ok(lost > 30);
  outbox.ack(outbox.epoch, 'history', 20);
  const [part, next] = (await outbox.read(outbox.epoch, 'history', 21, 60_000)) ?? [];
  t.match(part, { seq: 21, to: lost });
  t.match(readEnvelope(part?.bytes ?? new Uint8Array()), { ok: true, gap: { from: 21, samples: lost - 20 } });
  t.equal(next?.seq, lost + 1);
});

t.test('a folder where the file should be: memory is bounded, what does not fit becomes one gap', async (t) => {
  const root = scratch(t);
  const path = join(root, 'outbox.db');
  mkdirSync(path);
  const { outbox, until } = make(t, { path });
  await outbox.start();
  t.equal(outbox.status().state, 'failing');
  for (let i = 0; i < 120; i++) outbox.append('history', [textSample(i + 1, 50_000)]);
  const { pendingBytes, counters } = outbox.status();
  t.ok(pendingBytes <= 4 << 20, `${pendingBytes} bytes wait`);
  t.ok(counters.notDurableBatches > 30);
  t.equal(counters.notDurableSamples, counters.notDurableBatches);
  const rows = await outbox.read(outbox.epoch, 'history', 1, 1);
  const first = readEnvelope(rows?.[0]?.bytes ?? new Uint8Array());
  t.match(first, { ok: true, gap: { from: 1, to: counters.notDurableBatches, reason: 'not-durable' } });
  rmSync(path, { recursive: true });
  await until(() => durable(outbox, 'history') === 120);
  t.equal(outbox.status().counters.notDurableBatches, counters.notDurableBatches, 'nothing more was lost');
});

t.test('a damaged file is set aside and a new one begun', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  writeFileSync(path, 'this is no database, but long enough to be looked at '.repeat(100));
  const { outbox, until } = make(t, { path });
  await outbox.start();
  t.equal(outbox.status().counters.setAside, 1);
  outbox.append('urgent', [textSample(1, 10)]);
  await until(() => durable(outbox, 'urgent') === 1);
  await until(() => outbox.status().asideBytes === 0);
  t.notOk(existsSync(`${path}.aside`), 'nothing can be had of it');
});

t.test('a file damaged while it is open: what it alone held becomes a gap, a new epoch begins', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  const { outbox, until } = make(t, { path });
  await outbox.start();
  const old = outbox.epoch;
  // More than SQLite keeps in memory, or it would never look at the file again.
  for (let i = 1; i <= 1200; i++) {
    outbox.append('history', [textSample(i, 3000)]);
    if (i % 100 === 0) await until(() => durable(outbox, 'history') === i);
  }
  outbox.ack(old, 'history', 10);
  for (const name of [path, `${path}-wal`]) {
    const { size } = statSync(name);
    writeFileSync(name, Buffer.alloc(size, 0x5a), { flag: 'r+' });
  }
  t.equal((await outbox.read(old, 'history', 11, 1 << 20)) === null, true);
  await until(() => outbox.status().counters.setAside === 1 && outbox.epoch !== old);
  outbox.append('history', [textSample(2000, 10)]);
  await until(() => durable(outbox, 'history') === 1 && outbox.status().asideBytes === 0);
  t.match(outbox.status().counters, { salvaged: 0, unsalvaged: 1190 });
  const rows = (await outbox.read(old, 'history', 11, 1 << 20)) ?? [];
  const first = readEnvelope(rows[0]?.bytes ?? new Uint8Array());
  t.match(first, { ok: true, gap: { from: 11, to: 1200, reason: 'corrupt' } });
});

t.test('a file damaged in its middle while it is open: the rest of it comes back by itself', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  const { outbox, until } = make(t, { path, budgetBytes: 32 << 20 });
  await outbox.start();
  const old = outbox.epoch;
  for (let i = 1; i <= 1200; i++) {
    outbox.append('history', [textSample(i, 3000)]);
    if (i % 100 === 0) await until(() => durable(outbox, 'history') === i);
  }
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(60_000, 0x5a), 0, 60_000, size >> 2);
  // The first page of the tree too: without it SQLite finds nothing at all.
  writeSync(file, Buffer.alloc(512, 0x5a), 0, 512, 0);
  closeSync(file);
  const wal = openSync(`${path}-wal`, 'r+');
  writeSync(wal, Buffer.alloc(24, 0x5a), 0, 24, 32);
  closeSync(wal);
  for (let from = 1; from < 1200 && (await outbox.read(old, 'history', from, 1)) !== null; from += 10);
  await until(() => outbox.status().counters.setAside === 1 && outbox.epoch !== old);
  outbox.append('history', [textSample(2000, 10)]);
  await until(() => durable(outbox, 'history') === 1 && outbox.status().asideBytes === 0);
  const { salvaged, unsalvaged } = outbox.status().counters;
  t.equal(salvaged + unsalvaged, 1200);
  t.ok(unsalvaged < 900, `${salvaged} of 1200 came back; the log, damaged at its first frame, is lost whole`);
  t.ok(salvaged > 300);
  const kinds = [];
  for (let from = 1; from <= 1200; ) {
    const rows = (await outbox.read(old, 'history', from, 1 << 20)) ?? [];
    for (const row of rows) {
      const read = readEnvelope(row.bytes);
      if (row.seq !== from || !read.ok) throw new Error(`row ${row.seq} where ${from} is due`);
      kinds.push(read.gap?.reason ?? 'batch');
      from = row.to + 1;
    }
  }
  t.equal(kinds.filter((kind) => kind === 'batch').length, salvaged);
});

t.test('the queue to a busy worker is bounded at 1 MB, past it a gap', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  const { outbox, until } = make(t, { path });
  await outbox.start();
  // Within one turn of the loop nothing is answered: as if one fsync took for ever.
  for (let i = 0; i < 60; i++) outbox.append('history', [textSample(i + 1, 40_000)]);
  const { pendingBytes, counters } = outbox.status();
  t.ok(pendingBytes <= 1 << 20, `${pendingBytes} bytes wait`);
  t.ok(counters.queueFullBatches > 0);
  await until(() => durable(outbox, 'history') === 60);
  const kinds = [];
  for (let from = 1; from <= 60; ) {
    const rows = (await outbox.read(outbox.epoch, 'history', from, 1 << 20)) ?? [];
    for (const row of rows) {
      const read = readEnvelope(row.bytes);
      kinds.push(read.ok && read.gap ? `gap ${read.gap.reason}` : 'batch');
      from = row.to + 1;
    }
  }
  t.equal(kinds.filter((kind) => kind === 'gap queue-full').length, 1, 'neighbours merged');
  t.equal(kinds.filter((kind) => kind === 'batch').length, 60 - counters.queueFullBatches);
});

t.test('over budget: acked rows first, then thinning, urgent stays', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  const { outbox, until } = make(t, { path, budgetBytes: 2 << 20 });
  await outbox.start();
  outbox.append('urgent', [textSample(1, 100)]);
  for (let i = 1; i <= 400; i++) {
    outbox.append('history', [textSample(i, 3000)]);
    if (i % 20 === 0) await until(() => durable(outbox, 'history') === i);
    if (i === 100) outbox.ack(outbox.epoch, 'history', 50);
  }
  await until(() => durable(outbox, 'history') === 400);
  const { counters, usedBytes } = outbox.status();
  t.equal(counters.evictedAcked, 50);
  t.ok(counters.thinned > 100);
  t.ok(usedBytes <= 1.5 * (1 << 20), `${usedBytes} bytes used`);
  t.equal(outbox.ranges()[0]?.lanes.history.first, 51);
  t.equal(outbox.ranges()[0]?.lanes.urgent.first, 1);
});
