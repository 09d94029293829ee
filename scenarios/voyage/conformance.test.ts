/**
 * given the files of the simulation and the real ones in SQLite
 * when  the same is done to both
 * then  both hold the same, refuse the same, and have the same after they were opened again
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { budgetOf } from '../../agent/outbox/budget.ts';
import { FIRST_EPOCH_NUMBER, openDatabase } from '../../agent/outbox/database.ts';
import { laneEnd, laneStart, rowKey } from '../../agent/outbox/keys.ts';
import type { OutboxRows } from '../../agent/outbox/rows.ts';
import { SqlRows } from '../../agent/outbox/sql-rows.ts';
import { CoreDb } from '../../controller/store/core-db.ts';
import { DayContents } from '../../controller/store/day-contents.ts';
import { DayFiles } from '../../controller/store/day-files.ts';
import { TelemetryWriter } from '../../controller/store/telemetry-writer.ts';
import { type Random, randomFrom, seedFromEnvironment } from '../kit/seed.ts';
import { Card } from './card.ts';
import { Device } from './device.ts';
import { BOOT, item, NOON_US } from './items.ts';
import { MemoryDays, streamName } from './memory-days.ts';
import { MemoryEvents } from './memory-events.ts';
import { MemoryRows } from './memory-rows.ts';
import { World } from './world.ts';

const seed = seedFromEnvironment();
/** Of the first epoch. */
const N = FIRST_EPOCH_NUMBER;
const LANES = ['urgent', 'history'] as const;
const DAY_US = 86_400e6;

function folder(test: Test): string {
  const made = mkdtempSync(join(tmpdir(), 'conformance-'));
  test.teardown(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

interface File {
  rows: OutboxRows;
  reopen(): void;
}

function files(test: Test): Readonly<Record<'SQLite' | 'the model', File>> {
  const path = join(folder(test), 'outbox.db');
  const sqlRows = () => new SqlRows(openDatabase(path, budgetOf(1 << 20)));
  const card = new Card(new World(1));
  const memoryRows = () => new MemoryRows({ tape: card.rows });
  const file = (open: () => OutboxRows): File => {
    const made: File = {
      rows: open(),
      reopen: () => {
        made.rows.close();
        made.rows = open();
      },
    };
    return made;
  };
  const both = { SQLite: file(sqlRows), 'the model': file(memoryRows) };
  test.teardown(() => both.SQLite.rows.close());
  return both;
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : error);

/** Everything that can be read of it, as text. */
function content(rows: OutboxRows): string {
  const spans = rows
    .epochs()
    .flatMap(({ number }) => LANES.map((lane): [number, number] => [laneStart(number, lane), laneEnd(number, lane)]));
  const plain = (found: Iterable<{ id: number; upto: number | null; atS: number; bytes: Uint8Array }>) =>
    [...found].map(({ id, upto, atS, bytes }) => [id, upto, atS, Buffer.from(bytes).toString('hex')]);
  return JSON.stringify({
    epochs: rows.epochs(),
    lanes: spans.map(([from, to]) => ({
      each: plain(rows.each(from, to)),
      first: plain(rows.first(from, to, 3)),
      edges: [...rows.edges(from, to, 4)].map(({ id, upto, atS, size }) => [id, upto, atS, size]),
      last: rows.last(from, to)?.id ?? null,
      gaps: plain(rows.gaps(from, to)),
      batches: plain(rows.batches(from, to, 5)),
      bytes: rows.bytes(from, to),
    })),
    droppable: plain(rows.droppable(6)),
    thin: [2, 4].map((every) => plain(rows.notEvery(every, 0, 7))),
  });
}

type Step = (rows: OutboxRows) => void;

/** One change, as both are to make it. */
function change(random: Random): Step {
  const number = FIRST_EPOCH_NUMBER + Math.floor(random.next() * 4);
  const lane = random.pick(LANES);
  const seq = 1 + Math.floor(random.next() * 40);
  const atS = Math.floor(random.next() * 100);
  const bytes = Buffer.alloc(1 + Math.floor(random.next() * 200), seq);
  const id = rowKey(number, lane, seq);
  const to = seq + Math.floor(random.next() * 5);
  const acks = { urgent: seq, history: to };
  return random.pick<Step>([
    (rows) => rows.addBatch(id, atS, lane === 'urgent' && seq % 3 === 0, bytes),
    (rows) => rows.addBatch(id, atS, false, bytes),
    (rows) => {
      rows.remove(id, rowKey(number, lane, to));
      rows.addGap(id, to, atS, bytes);
    },
    (rows) => rows.remove(id, rowKey(number, lane, to)),
    (rows) => rows.saveAcks(number, acks, { urgent: 0, history: seq }),
    (rows) => rows.markStopped(rows.epochs()[0]?.epoch ?? '', atS),
    (rows) => {
      if (rows.epochs().length < 4) rows.addEpoch(`e-${atS}-${seq}`, BOOT);
    },
    // Of a file that was salvaged: below the others.
    (rows) => {
      if (rows.epochs().length < 4) rows.addEpoch(`e-${atS}-${seq}`, BOOT, N - 1 - (seq % 7));
    },
    (rows) => {
      if (rows.epochs().length > 3) rows.removeEpoch(rows.epochs()[0]?.number ?? 0);
    },
  ]);
}

t.test(`outbox: random changes, taken back, failed, opened again (SEED=${seed})`, (t) => {
  const random = randomFrom(seed);
  const both = files(t);
  const names = new Set<string>();
  for (let n = 0; n < 400; n++) {
    const steps = Array.from({ length: 1 + Math.floor(random.next() * 4) }, () => change(random));
    const fails = random.next() < 0.15;
    for (const file of Object.values(both)) {
      try {
        file.rows.transaction(() => {
          for (const step of steps) step(file.rows);
          if (fails) throw new Error('taken back');
        });
      } catch (error) {
        if (!/taken back|UNIQUE/.test(String(error))) throw error;
      }
      if (n % 37 === 0) file.reopen();
    }
    const [real, model] = [content(both.SQLite.rows), content(both['the model'].rows)];
    if (real !== model) t.equal(model, real, `after step ${n}`);
    for (const { epoch } of both.SQLite.rows.epochs()) names.add(epoch);
  }
  t.ok(names.size > 3, 'epochs came and went');
  t.end();
});

for (const which of ['SQLite', 'the model'] as const) {
  t.test(`outbox, ${which}: what every file must do`, (t) => {
    const file = files(t)[which];
    const put = (seq: number, size: number) =>
      file.rows.transaction(() => file.rows.addBatch(rowKey(N, 'history', seq), 0, false, Buffer.alloc(size, 1)));
    file.rows.transaction(() => file.rows.addEpoch('e1', BOOT));
    put(1, 10);
    put(1, 20);
    t.equal(file.rows.get(rowKey(N, 'history', 1))?.bytes.length, 10, 'a batch that is there is left as it is');
    file.rows.cap(64 << 10);
    let code: unknown = null;
    try {
      for (let seq = 2; seq < 200; seq++) put(seq, 1_000);
    } catch (error) {
      code = codeOf(error);
    }
    t.equal(code, 'SQLITE_FULL', 'no further than it may grow');
    t.ok(file.rows.usedBytes() <= 64 << 10);
    const held = [...file.rows.each(laneStart(N, 'history'), laneEnd(N, 'history'))].length;
    t.ok(held > 40 && held < 64, `${held} rows of a kilobyte`);
    file.reopen();
    t.equal(
      [...file.rows.each(laneStart(N, 'history'), laneEnd(N, 'history'))].length,
      held,
      'and all are found again',
    );
    file.rows.transaction(() => {
      file.rows.remove(laneStart(N, 'urgent'), laneEnd(N, 'history'));
      file.rows.removeEpoch(N);
    });
    file.reopen();
    let number = 0;
    file.rows.transaction(() => {
      number = file.rows.addEpoch('e2', BOOT);
    });
    t.equal(number, N + 1, 'the number of an epoch is never given again');
    t.end();
  });
}

t.test(`telemetry: the same groups, on several days, with restarts (SEED=${seed})`, (t) => {
  const random = randomFrom(seed);
  const dir = folder(t);
  const core = new CoreDb(dir, false);
  let real = new DayFiles(dir, false);
  real.start();
  t.teardown(() => {
    real.close();
    core.close();
  });
  const world = new World(1);
  const device = new Device(world);
  const model = new MemoryDays({ world, device, onStored: () => {} });
  const events = new MemoryEvents(device);
  const writers = () => [new TelemetryWriter(real, core), new TelemetryWriter(model, events)] as const;
  let [onReal, onModel] = writers();
  let day = 0;
  let taken = 0;
  for (let n = 0; n < 600; n++) {
    const group = Array.from({ length: 1 + Math.floor(random.next() * 5) }, () => item(random));
    if (random.next() < 0.02) day++;
    if (random.next() < 0.1) {
      if (random.next() < 0.5) real.close();
      // Killed: nothing is put in order.
      else for (const [, db] of real.all()) db.close();
      real = new DayFiles(dir, false);
      real.start();
      [onReal, onModel] = writers();
    }
    if (random.next() < 0.05) for (const tables of real.allTables()) tables.settle();
    const nowUtcUs = NOON_US + day * DAY_US;
    const outcome = onReal.commit(group, nowUtcUs);
    taken += outcome.inserted;
    t.same(onModel.commit(group, nowUtcUs), outcome, `group ${n}`);
  }
  for (const epoch of ['00000000000000e1', '00000000000000e2']) {
    for (const lane of LANES) {
      for (const drone of ['d1', 'd2']) {
        const key = { drone, epoch, lane };
        t.equal(onModel.position(key), onReal.position(key));
        for (let seq = 1; seq < 40; seq++) {
          const held = (tables: readonly { crcOf: DayCrc; hasGap: DayGap }[]) =>
            tables.map((one) => [one.crcOf(key, seq) ?? null, one.hasGap(key, seq)]);
          t.same(held(model.allTables()), held(real.allTables()));
        }
      }
    }
  }
  t.ok(taken > 20, `${taken} batches were stored`);
  // As a reader finds them: by time, each once.
  const stored = [...model.streams()].flatMap(({ key, batches }) =>
    [...batches.keys()].map((seq) => `${streamName(key)}/${seq}`),
  );
  const ever = { fromUs: 0, toUs: 1e12, spanUs: 0, arrivedFromUtcUs: 0, onDamaged: () => t.fail('nothing is damaged') };
  const found = real
    .all()
    .flatMap(([, db]) =>
      ['d1', 'd2'].flatMap((drone) => [...new DayContents(db).batches({ drone, boot: BOOT, ...ever })]),
    );
  t.same(found.map(({ stream, seq }) => `${stream}/${seq}`).sort(), stored.sort());
  t.end();
});

type Key = { readonly drone: string; readonly epoch: string; readonly lane: 'urgent' | 'history' };
type DayCrc = (key: Key, seq: number) => number | undefined;
type DayGap = (key: Key, seq: number) => boolean;

t.test(
  'the model’s storage: what was synced is kept, what was not may be torn, and then nothing behind it counts',
  (t) => {
    let torn = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const world = new World(seed);
      const card = new Card(world);
      const rows = new MemoryRows({ tape: card.rows });
      rows.transaction(() => rows.addEpoch('e1', BOOT));
      const put = (seq: number) =>
        rows.transaction(() => rows.addBatch(rowKey(N, 'history', seq), 0, false, Buffer.alloc(1_500, seq)));
      put(1);
      put(2);
      card.device.cutAfter = world.whole(0, 3);
      t.throws(() => put(3));
      card.rows.powerCut(0);
      card.device.cutAfter = null;
      const after = new MemoryRows({ tape: card.rows });
      const seqs = [...after.each(laneStart(N, 'history'), laneEnd(N, 'history'))].length;
      t.ok(seqs === 2 || seqs === 3, `${seqs} rows`);
      if (seqs === 2) torn++;
    }
    t.ok(torn > 30, 'most of them are torn');
    const card = new Card(new World(3));
    const rows = new MemoryRows({ tape: card.rows });
    rows.transaction(() => rows.addEpoch('e1', BOOT));
    t.equal(card.rows.powerCut(1).length <= 1, true, 'a card that lied about its last sync may have lost it');
    t.end();
  },
);
