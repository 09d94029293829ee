/** Cards that lose what they had said was written: the last commits, the log, a part of it, or all since a copy was made. */
import { cpSync, existsSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32c, readEnvelope } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { systemTimers } from '../timers.ts';
import { LANE_NAMES } from './keys.ts';
import { Outbox } from './outbox.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch, textSample } from './testkit.ts';

const BOOT = newBoot();
const BUDGET = 8 << 20;

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'faults-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

function copy(from: string, to: string): void {
  for (const suffix of ['', '-wal']) {
    rmSync(`${to}${suffix}`, { force: true });
    if (existsSync(`${from}${suffix}`)) cpSync(`${from}${suffix}`, `${to}${suffix}`);
  }
}

const open = (path: string) => new OutboxStore({ path, budgetBytes: BUDGET, keepAckedS: 3600 });

/** Every number of a file with the checksum of what it stands for. */
function numbersOf(store: OutboxStore): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const { epoch, lanes } of store.states()) {
    for (const lane of LANE_NAMES) {
      let expected = lanes[lane].first;
      for (;;) {
        const page = store.read(epoch, lane, expected, 1 << 20);
        if (page.length === 0) break;
        for (const row of page) {
          const read = readEnvelope(row.bytes);
          if (!read.ok || row.seq !== expected) throw new Error(`${lane} ${row.seq} where ${expected} is due`);
          if (read.gap === null) numbers.set(`${epoch}/${lane}/${row.seq}`, crc32c(row.bytes, 0, row.bytes.length));
          expected = row.to + 1;
        }
      }
      if (expected !== lanes[lane].next) throw new Error(`${lane} ends at ${expected}, not ${lanes[lane].next}`);
    }
  }
  return numbers;
}

function write(store: OutboxStore, epoch: string, from: number, count: number): void {
  for (let seq = from; seq < from + count; seq++) {
    store.write([oneBatch({ epoch, boot: BOOT, lane: 'history', seq, monoUs: seq, length: 600 })], 0);
  }
}

/** An outbox that has written so many batches, as it would lie there were the power cut now; and as it was some commits before. */
const template = mkdtempSync(join(tmpdir(), 'faults-'));
t.teardown(() => rmSync(template, { recursive: true, force: true }));
const epoch = newEpoch();
{
  const path = join(template, 'live.db');
  const store = open(path);
  write(store, epoch, 1, 400);
  copy(path, join(template, 'before.db'));
  write(store, epoch, 401, 300);
  copy(path, join(template, 'after.db'));
  store.close();
}

function lived(test: Test) {
  const root = scratch(test);
  const [before, after] = [join(root, 'before.db'), join(root, 'after.db')];
  copy(join(template, 'before.db'), before);
  copy(join(template, 'after.db'), after);
  return { before, after };
}

t.test('the last commits are gone, a copy was put back, a card was cloned: no number is used twice', async (t) => {
  const { before, after } = lived(t);
  const all = new Map<string, number>();
  // The card as it should be, two clones of how it was, and one of these started twice.
  for (const path of [after, before, `${before}.clone`, before]) {
    if (!existsSync(path)) copy(before, path);
    const store = open(path);
    const mine = newEpoch();
    const held = store.states().find((state) => state.epoch === epoch)?.lanes.history.next ?? 0;
    t.equal(held, path === after ? 701 : 401);
    write(store, mine, 1, 50);
    for (const [key, crc] of numbersOf(store)) {
      if ((all.get(key) ?? crc) !== crc) t.fail(`${key} stands for two batches`);
      all.set(key, crc);
    }
    store.close();
  }
  t.equal(all.size, 700 + 4 * 50);
});

for (const [how, hurt] of [
  ['missing', (log: string) => rmSync(log)],
  ['cut in its middle', (log: string) => truncateSync(log, statSync(log).size >> 1)],
  ['cut inside a frame', (log: string) => truncateSync(log, (statSync(log).size >> 1) + 77)],
  ['cut to its header', (log: string) => truncateSync(log, 32)],
  ['empty', (log: string) => truncateSync(log, 0)],
] as const) {
  t.test(`the log is ${how}: what it held since it was last folded back is gone, the rest is whole`, async (t) => {
    const { after } = lived(t);
    hurt(`${after}-wal`);
    const store = open(after);
    t.teardown(() => store.close());
    const held = (store.states().find((state) => state.epoch === epoch)?.lanes.history.next ?? 1) - 1;
    t.ok(held < 700);
    const mine = newEpoch();
    write(store, mine, 1, 3);
    t.equal(numbersOf(store).size, held + 3, `${held} of 700 are left, without a hole`);
    t.equal(store.losses.holes, 0);
  });
}

t.test('what the controller has of an earlier start and the card has not is shown', async (t) => {
  const { before } = lived(t);
  const outbox = new Outbox({
    path: before,
    budgetBytes: BUDGET,
    keepAckedHours: 48,
    boot: BOOT,
    drawEpoch: newEpoch,
    nowUs: () => Number(process.hrtime.bigint() / 1000n),
    timers: systemTimers,
  });
  t.teardown(() => outbox.close());
  await outbox.start();
  t.equal(outbox.status().aheadOfCard, 0);
  outbox.ack(epoch, 'history', 400);
  t.equal(outbox.status().aheadOfCard, 0, 'all that is here');
  outbox.append('history', [textSample(1, 10)]);
  outbox.ack(outbox.epoch, 'history', 1);
  t.equal(outbox.status().aheadOfCard, 0, 'this start may be acked before it is durable');
  outbox.ack(epoch, 'urgent', 2);
  t.match(
    outbox.status(),
    { aheadOfCard: 0, sentUnwritten: 2 },
    'urgent alone may have been sent before it was written',
  );
  outbox.ack(epoch, 'history', 700);
  t.match(outbox.status(), { aheadOfCard: 302, sentUnwritten: 0 }, 'history never is: the card lost both');
});
