/** The thread ends, and its file is found damaged by the one that takes its place. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvelope } from '@skein/protocol/telemetry';
import t from 'tap';
import { systemTimers } from '../timers.ts';
import { Outbox } from './outbox.ts';
import { newBoot, newEpoch, textSample } from './testkit.ts';
import { type StoreWorker, spawnThread } from './thread.ts';

t.test('what can be read of the damaged file is sent as it was, and no gap before it is found', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'ended-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'outbox.db');
  const workers: StoreWorker[] = [];
  let look = () => {};
  const outbox = new Outbox({
    ...{ path, budgetBytes: 32 << 20, keepAckedHours: 48, boot: newBoot(), drawEpoch: newEpoch },
    nowUs: () => Number(process.hrtime.bigint() / 1000n),
    timers: systemTimers,
    spawn: (on) => {
      const worker = spawnThread(on);
      workers.push(worker);
      return worker;
    },
    onReadable: () => look(),
  });
  t.teardown(() => outbox.close());
  const until = (ready: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      look = () => ready() && resolve();
      look();
    });
  await outbox.start();
  const old = outbox.epoch;
  const firstOf = (epoch: string) =>
    outbox.readable().find((lane) => lane.epoch === epoch && lane.lane === 'history') ?? { first: 0, end: 0 };
  for (let i = 1; i <= 600; i++) {
    outbox.append('history', [textSample(i, 3000)]);
    if (i % 100 === 0) await until(() => firstOf(old).end === i + 1);
  }
  outbox.ack(old, 'history', 100);
  await workers[0]?.terminate();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(100, 0x5a), 0, 100, 0);
  closeSync(file);
  let early = false;
  await until(() => {
    const { asideBytes, counters } = outbox.status();
    const { first, end } = firstOf(old);
    if (asideBytes > 0 && end > first) early = true;
    return counters.setAside === 1 && asideBytes === 0;
  });
  t.notOk(early, 'nothing of it is sent before it has been looked through');
  t.equal(workers.length, 2);
  outbox.append('history', [textSample(2000, 10)]);
  await until(() => firstOf(outbox.epoch).end === 2);
  t.not(outbox.epoch, old);
  const { salvaged, unsalvaged } = outbox.status().counters;
  const reasons: string[] = [];
  for (let from = 101; from <= 600; ) {
    for (const row of (await outbox.read(old, 'history', from, 1 << 20)) ?? []) {
      const read = readEnvelope(row.bytes);
      if (row.seq !== from || !read.ok) throw new Error(`row ${row.seq} where ${from} is due`);
      for (; from <= row.to; from++) reasons.push(read.gap?.reason ?? 'batch');
    }
  }
  t.equal(salvaged + unsalvaged, 500, 'but what the controller has');
  t.ok(salvaged > 300, `${salvaged} came back`);
  t.equal(reasons.filter((reason) => reason === 'batch').length, salvaged);
  t.equal(reasons.filter((reason) => reason === 'corrupt').length, unsalvaged);
});
