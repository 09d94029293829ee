import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lane } from '@skein/protocol/fleet';
import t from 'tap';
import { setAside } from './aside.ts';
import { asideBeside } from './reach.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch } from './testkit.ts';

t.test('a damaged file that has to go before it was looked at: how far its epochs went is still told', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'reach-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const o = { path: join(root, 'outbox.db'), budgetBytes: 300_000, keepAckedS: 1 };
  const boot = newBoot();
  const batch = (epoch: string, seq: number, length: number, lane: Lane = 'history') =>
    oneBatch({ epoch, boot, lane, seq, monoUs: seq, length });

  // given: a file of an epoch of which all that was urgent, and all history but the last, is acked and removed
  const before = new OutboxStore(o);
  const epoch = newEpoch();
  before.write(
    Array.from({ length: 30 }, (_, i) => batch(epoch, i + 1, 1_000)),
    0,
  );
  before.write(
    [1, 2, 3].map((seq) => batch(epoch, seq, 40, 'urgent')),
    0,
  );
  before.ack(epoch, 'history', 25);
  before.ack(epoch, 'urgent', 3);
  before.write([batch(epoch, 31, 1_000)], 1_000);
  t.same(before.read(epoch, 'urgent', 1, 1 << 20), [], 'only the table of epochs knows of it');
  before.close();
  setAside(o.path);

  // when: its bytes are needed at once
  const store = new OutboxStore(o);
  t.teardown(() => store.close());
  t.ok(store.asideBytes > 0);
  const next = newEpoch();
  for (let seq = 1; store.losses.asideGivenUp === 0 && seq < 1_000; seq++) store.write([batch(next, seq, 2_000)], seq);

  // then
  t.equal(store.asideBytes, 0);
  t.match(store.past, [{ epoch, boot, next: { urgent: 4, history: 32 } }]);
});

t.test('seed 3165 of the voyages: of a large file too, whose last rows lie far behind its table of epochs', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'reach-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'outbox.db');
  const store = new OutboxStore({ path, budgetBytes: 16e6, keepAckedS: 1 });
  const boot = newBoot();
  const epoch = newEpoch();
  const last = 60;
  for (let seq = 1; seq <= last; seq++) {
    store.write([oneBatch({ epoch, boot, lane: 'history', seq, monoUs: seq, length: 100_000 })], seq);
  }
  store.close();
  setAside(path);
  t.match(asideBeside(path).reach(), [{ epoch, boot, next: { history: last + 1 } }]);
  t.end();
});
