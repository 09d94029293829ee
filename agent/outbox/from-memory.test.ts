/** What is sent of an outbox whose disk takes its time (docs/decisions/0020-answers-from-memory.md). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { systemTimers } from '../timers.ts';
import type { FromWorker } from './messages.ts';
import { Outbox } from './outbox.ts';
import { newBoot, newEpoch, textSample } from './testkit.ts';
import { type SpawnStore, spawnThread } from './thread.ts';

const durable = (outbox: Outbox, lane: 'urgent' | 'history'): number =>
  (outbox.readable().find((entry) => entry.epoch === outbox.epoch && entry.lane === lane)?.end ?? 1) - 1;

/** A disk that takes the file and then never ends a commit, until it is told to. */
function stuckDisk() {
  const held: (() => void)[] = [];
  const spawn: SpawnStore = ({ message, died }) => {
    const hold = (what: FromWorker) => (what.type === 'written' ? held.push(() => message(what)) : message(what));
    return spawnThread({ died, message: (what) => void hold(what) });
  };
  const go = () => {
    for (const pass of held.splice(0)) pass();
  };
  return { spawn, go };
}

t.test('a commit that does not end: what is urgent is sent all the same, history when it is durable', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'from-memory-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'outbox.db');
  const disk = stuckDisk();
  let told: () => void = () => {};
  const outbox = new Outbox({
    ...{ path, spawn: disk.spawn, budgetBytes: 8 << 20, keepAckedHours: 48, boot: newBoot(), drawEpoch: newEpoch },
    ...{ nowUs: () => Number(process.hrtime.bigint() / 1000n), timers: systemTimers, onReadable: () => told() },
  });
  t.teardown(() => outbox.close());
  await outbox.start();
  const { epoch } = outbox;
  outbox.append('history', [textSample(1, 20)]);
  outbox.append('urgent', [textSample(2, 20)]);
  outbox.append('urgent', [textSample(3, 20)]);
  t.equal(durable(outbox, 'history'), 0);
  t.equal(durable(outbox, 'urgent'), 2, 'may be sent');
  const sent = (await outbox.read(epoch, 'urgent', 1, 1 << 20)) ?? [];
  t.same(
    sent.map(({ seq }) => seq),
    [1, 2],
  );
  t.equal(outbox.status().volatileBytes, 0, 'the disk does not fail');
  outbox.ack(epoch, 'urgent', 2);
  const waiting = setInterval(() => disk.go(), 20);
  t.teardown(() => clearInterval(waiting));
  await new Promise<void>((resolve) => {
    told = () => {
      if (durable(outbox, 'history') === 1 && outbox.status().pendingBytes === 0) resolve();
    };
  });
  t.same(await outbox.read(epoch, 'urgent', 1, 1 << 20), sent, 'what becomes durable is what was sent');
  t.equal(outbox.status().backlogRows, 1, 'acked before it was durable, and not asked again');
});
