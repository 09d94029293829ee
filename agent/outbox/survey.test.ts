import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lane } from '@skein/protocol/fleet';
import { readEnvelope } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { OutboxStore } from './store.ts';
import { surveyOutbox } from './survey.ts';
import { newBoot, newEpoch, oneBatch } from './testkit.ts';

const BOOT = newBoot();

function given(test: Test, budgetBytes = 8e6) {
  const root = mkdtempSync(join(tmpdir(), 'survey-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'outbox.db');
  const store = new OutboxStore({ path, budgetBytes, keepAckedS: 1e9 });
  const write = (epoch: string, lane: Lane, from: number, to: number, length = 500) => {
    for (let seq = from; seq <= to; seq += 50) {
      const some = Array.from({ length: Math.min(50, to - seq + 1) }, (_, i) =>
        oneBatch({ epoch, boot: BOOT, lane, seq: seq + i, monoUs: (seq + i) * 1e6, length }),
      );
      store.write(some, seq);
    }
  };
  return { root, path, store, write };
}

/** What the store itself has to send, by epoch and lane. */
function owed(store: OutboxStore) {
  return store.states().flatMap(({ epoch, lanes }) =>
    (['urgent', 'history'] as const).map((lane) => {
      const { acked, next } = lanes[lane];
      let [batches, bytes, missing] = [0, 0, 0];
      for (let from = acked + 1; from < next; ) {
        const rows = store.read(epoch, lane, from, 1 << 20);
        for (const row of rows) {
          const read = readEnvelope(row.bytes);
          if (!read.ok) throw new Error(read.reason);
          if (read.gap === null) {
            batches++;
            bytes += row.bytes.length;
          } else missing += row.to - row.seq + 1;
        }
        from = (rows.at(-1)?.to ?? next) + 1;
      }
      return { epoch, lane, batches, bytes, missing };
    }),
  );
}

/** The same, as the survey sees it. */
function seen(path: string) {
  return surveyOutbox(path).lanes.map(({ epoch, lane, batches, bytes, gaps }) => {
    return { epoch, lane, batches, bytes, missing: gaps.reduce((sum, { seqs }) => sum + seqs, 0) };
  });
}

const sorted = (lanes: ReturnType<typeof owed>) =>
  lanes
    .filter(({ batches, missing }) => batches + missing > 0)
    .sort((a, b) => `${a.epoch}${a.lane}`.localeCompare(`${b.epoch}${b.lane}`));

t.test('two starts, two lanes, acks: while it is open and after, and nothing is written', async (t) => {
  const { root, path, store, write } = given(t);
  const [one, two] = [newEpoch(), newEpoch()];
  write(one, 'history', 1, 120);
  write(one, 'urgent', 1, 7);
  write(two, 'history', 1, 300);
  store.ack(one, 'history', 100);
  store.ack(two, 'history', 20);
  write(two, 'history', 301, 350);
  const wanted = sorted(owed(store));
  const acks = surveyOutbox(path, (epoch, lane) => (epoch === one && lane === 'history' ? 119 : null));
  t.match(
    acks.lanes.find(({ epoch, lane }) => epoch === one && lane === 'history'),
    { batches: 1, acked: 119, oldestMonoUs: 120e6, newestMonoUs: 120e6 },
    'acks that a running agent knows',
  );
  store.markStopped(two, 400e6, 400);
  t.same(sorted(seen(path)), wanted, 'while it is open');
  store.close();
  const before = readdirSync(root).map((name) => [name, statSync(join(root, name)).mtimeMs]);
  const survey = surveyOutbox(path);
  t.same(sorted(seen(path)), wanted);
  t.equal(survey.keptBatches, 120);
  t.equal(survey.asideBytes, null);
  t.ok(survey.beginsWell);
  const noDatabase = join(root, 'other.db');
  writeFileSync(noDatabase, 'no database');
  t.match(surveyOutbox(noDatabase), { beginsWell: false, lanes: [] });
  writeFileSync(noDatabase, '');
  t.ok(surveyOutbox(noDatabase).beginsWell, 'as SQLite begins one');
  rmSync(noDatabase);
  t.same(
    readdirSync(root).map((name) => [name, statSync(join(root, name)).mtimeMs]),
    before,
  );
});

t.test('what was thinned and given up for room: each cause, and no number twice', async (t) => {
  const { path, store, write } = given(t, 4e6);
  const [one, two] = [newEpoch(), newEpoch()];
  write(one, 'history', 1, 2_000, 2_000);
  write(two, 'history', 1, 3_000, 2_000);
  write(two, 'urgent', 1, 50, 2_000);
  store.markStopped(two, 9e9, 9_000);
  const wanted = sorted(owed(store));
  store.close();
  t.ok(wanted.some(({ missing }) => missing > 1_000));
  t.same(sorted(seen(path)), wanted);
  const reasons = surveyOutbox(path).lanes.flatMap(({ gaps }) => gaps.map(({ reason }) => reason));
  t.ok(reasons.includes('thinned') || reasons.includes('budget'), reasons.join());
});

t.test('a damaged file gives what is whole in it, and one that is none nothing', async (t) => {
  const { path, store, write } = given(t);
  write(newEpoch(), 'history', 1, 400);
  store.close();
  const bytes = readFileSync(path);
  bytes.fill(0xa7, 40_000, 60_000);
  writeFileSync(path, bytes);
  const [lane] = surveyOutbox(path).lanes;
  t.ok((lane?.batches ?? 0) > 300 && (lane?.batches ?? 0) < 400, `${lane?.batches} batches`);
  writeFileSync(path, 'no database');
  t.same(surveyOutbox(path).lanes, []);
  t.throws(() => surveyOutbox(`${path}.none`), /ENOENT/);
});
