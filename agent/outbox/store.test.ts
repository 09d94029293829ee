import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lane } from '@skein/protocol/fleet';
import { readEnvelope } from '@skein/protocol/telemetry';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { FIRST_EPOCH_NUMBER } from './database.ts';
import { rowKey } from './keys.ts';
import { isStorageError, problemFrom } from './problems.ts';
import { gapEntry } from './seal.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch } from './testkit.ts';

const BOOT = newBoot();

function make(test: Test, o: { budgetBytes?: number; keepAckedS?: number } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'outbox-'));
  const path = join(root, 'outbox.db');
  const open = () => new OutboxStore({ path, budgetBytes: 8 << 20, keepAckedS: 3600, ...o });
  const held = { store: open() };
  test.teardown(() => {
    held.store.close();
    rmSync(root, { recursive: true, force: true });
  });
  const reopen = () => {
    held.store.close();
    held.store = open();
    return held.store;
  };
  return { store: held.store, reopen, path };
}

const batches = (
  epoch: string,
  lane: Lane,
  from: number,
  count: number,
  o: { length?: number; droppable?: boolean } = {},
) =>
  Array.from({ length: count }, (_, i) =>
    oneBatch({
      epoch,
      boot: BOOT,
      lane,
      seq: from + i,
      monoUs: 1_000 + from + i,
      length: o.length ?? 40,
      droppable: o.droppable ?? false,
    }),
  );

/** `3` for a batch, `4-9 reason` for a gap. */
function shape(store: OutboxStore, epoch: string, lane: Lane, from = 1): string[] {
  return store.read(epoch, lane, from, 1 << 20).map((row) => {
    const read = readEnvelope(row.bytes);
    if (!read.ok) return read.reason;
    return read.gap ? `${read.gap.from}-${read.gap.to} ${read.gap.reason}` : String(read.header.seq);
  });
}

const span = { reason: 'queue-full', samples: 4, monoFromUs: 1, monoToUs: 9 } as const;

t.test('gaps merge with neighbours of the same reason, never across what is acked', async (t) => {
  const { store } = make(t);
  const epoch = newEpoch();
  const place = { epoch, boot: BOOT, lane: 'history' } as const;
  store.write([...batches(epoch, 'history', 1, 1), gapEntry(place, 2, 2, span), gapEntry(place, 3, 4, span)], 0);
  t.same(shape(store, epoch, 'history'), ['1', '2-4 queue-full']);
  store.write([gapEntry(place, 5, 5, { ...span, reason: 'restart' })], 0);
  t.same(shape(store, epoch, 'history'), ['1', '2-4 queue-full', '5-5 restart']);
  store.ack(epoch, 'history', 5);
  store.write([gapEntry(place, 6, 6, { ...span, reason: 'restart' })], 0);
  t.same(shape(store, epoch, 'history'), ['1', '2-4 queue-full', '5-5 restart', '6-6 restart']);
});

t.test(
  'a commit of unknown outcome is written again: what lies in a gap by now, or is gone, stays so (voyage 647)',
  async (t) => {
    const { store } = make(t);
    const epoch = newEpoch();
    const place = { epoch, boot: BOOT, lane: 'history' } as const;
    const again = batches(epoch, 'history', 1, 9);
    store.write(again, 0);
    store.write([gapEntry(place, 4, 4, span), gapEntry(place, 5, 7, span)], 0);
    const held = ['1', '2', '3', '4-7 queue-full', '8', '9'];
    t.same(shape(store, epoch, 'history'), held);
    store.write(again, 0);
    store.write([gapEntry(place, 5, 6, { ...span, reason: 'thinned' })], 0);
    t.same(shape(store, epoch, 'history'), held, 'batches and gaps inside a gap');
    store.write([gapEntry(place, 3, 5, { ...span, reason: 'not-durable' })], 0);
    t.same(
      shape(store, epoch, 'history'),
      ['1', '2', '3-7 not-durable', '8', '9'],
      'one that reaches into another takes it up',
    );
    store.write([gapEntry(place, 7, 8, { ...span, reason: 'thinned' })], 0);
    t.same(shape(store, epoch, 'history'), ['1', '2', '3-7 not-durable', '8-8 thinned', '9']);
    store.ack(epoch, 'history', 8);
    store.giveBack(1 << 20);
    store.write(again, 0);
    t.same(shape(store, epoch, 'history'), ['9'], 'what was acked and removed does not come back');
    t.equal(store.losses.holes, 0);
  },
);

t.test('a gap that began before what is wanted is cut to the rest', async (t) => {
  const { store } = make(t);
  const epoch = newEpoch();
  const place = { epoch, boot: BOOT, lane: 'history' } as const;
  store.write([gapEntry(place, 1, 4, span), ...batches(epoch, 'history', 5, 1)], 0);
  t.same(shape(store, epoch, 'history', 3), ['3-4 queue-full', '5']);
  const [row] = store.read(epoch, 'history', 3, 1);
  t.match(readEnvelope(row?.bytes ?? new Uint8Array()), { ok: true, gap: { samples: 2 } });
});

t.test('a row whose bytes rotted becomes a gap, in the page and in the file', async (t) => {
  const { store, path, reopen } = make(t);
  const epoch = newEpoch();
  store.write(batches(epoch, 'history', 1, 5), 0);
  store.close();
  const raw = new Database(path);
  raw.prepare('UPDATE rows SET bytes = zeroblob(100) WHERE id = ?').run(rowKey(FIRST_EPOCH_NUMBER, 'history', 3));
  raw.close();
  const again = reopen();
  t.same(shape(again, epoch, 'history'), ['1', '2', '3-3 corrupt', '4', '5']);
  t.equal(again.losses.corruptRows, 1);
  t.same(shape(again, epoch, 'history'), ['1', '2', '3-3 corrupt', '4', '5']);
  t.equal(again.losses.corruptRows, 1, 'replaced, not found again');
});

t.test('acked rows go after keepAckedHours of running time, across starts; unacked ones never', async (t) => {
  const { store, reopen } = make(t, { keepAckedS: 100 });
  const epoch = newEpoch();
  store.write(batches(epoch, 'history', 1, 10), 0);
  store.ack(epoch, 'history', 6);
  store.write(batches(epoch, 'history', 11, 1), 90);
  t.equal(store.states()[0]?.lanes.history.first, 1);
  const later = reopen();
  const next = newEpoch();
  later.ack(epoch, 'history', 6);
  later.write(batches(next, 'history', 1, 1), 20);
  t.match(later.states(), [{ epoch: next }, { epoch, lanes: { history: { first: 7, next: 12, acked: 6 } } }]);
});

t.test('an epoch that is emptied is forgotten; what was given out in it never comes back', async (t) => {
  const { store, reopen } = make(t, { keepAckedS: 0 });
  const [old, young] = [newEpoch(), newEpoch()];
  store.write(batches(old, 'urgent', 1, 3), 0);
  store.ack(old, 'urgent', 3);
  store.write(batches(young, 'urgent', 1, 2), 10);
  t.same(
    store.states().map(({ epoch }) => epoch),
    [young],
  );
  store.ack(young, 'urgent', 2);
  store.write([], 20);
  t.match(
    store.states(),
    [{ epoch: young, lanes: { urgent: { first: 3, next: 3 } } }],
    'the newest stays, with its numbers',
  );
  t.match(reopen().states(), [{ epoch: young, lanes: { urgent: { first: 3, next: 3 } } }]);
});

t.test('urgent has its reserve; texts go before anything else of it, and the rest is never dropped', async (t) => {
  const { store } = make(t, { budgetBytes: 1 << 20 });
  const epoch = newEpoch();
  for (let seq = 1; seq <= 400; seq += 20) store.write(batches(epoch, 'history', seq, 20, { length: 3000 }), 0);
  t.ok(store.losses.thinned > 0);
  let texts = 0;
  let answers = 0;
  let next = 1;
  const fill = () => {
    for (;;) {
      const droppable = next <= 60;
      store.write(batches(epoch, 'urgent', next, 4, { length: 3000, droppable }), 0);
      next += 4;
      if (droppable) texts += 4;
      else answers += 4;
    }
  };
  const error = (() => {
    try {
      return fill();
    } catch (caught) {
      return caught;
    }
  })();
  t.ok(
    isStorageError(error) &&
      problemFrom(error, store.fits(batches(epoch, 'urgent', next, 4, { length: 3000 }))).code === 'budget',
  );
  t.ok(texts > 0 && answers > 60, `${answers} answers found room`);
  let from = 1;
  const kept = { batches: 0, dropped: 0 };
  for (
    let page = store.read(epoch, 'urgent', from, 1 << 18);
    page.length > 0;
    page = store.read(epoch, 'urgent', from, 1 << 18)
  ) {
    for (const row of page) {
      const read = readEnvelope(row.bytes);
      if (read.ok && read.gap) {
        kept.dropped += row.to - row.seq + 1;
        t.ok(row.to <= 60, 'only texts');
      } else kept.batches++;
      from = row.to + 1;
    }
  }
  t.equal(kept.batches + kept.dropped, next - 1, 'every seq is accounted for');
  t.equal(kept.dropped, 60);
});

t.test(
  'the end of an epoch is that of its history: a text committed later hides no history that was lost',
  async (t) => {
    const { store, reopen } = make(t);
    const epoch = newEpoch();
    const at = (lane: Lane, monoUs: number) => oneBatch({ epoch, boot: BOOT, lane, seq: 1, monoUs, length: 40 });
    store.write([at('urgent', 5_000)], 1);
    const first = reopen();
    t.equal(first.earlier?.lastMonoUs, 0, 'no history was ever durable');
    first.write([at('history', 4_000)], 2);
    t.equal(reopen().earlier?.lastMonoUs, 4_000);
  },
);
