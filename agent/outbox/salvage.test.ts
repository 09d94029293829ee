/** A damaged file is salvaged row by row: what is readable comes back, in its place and once; the rest is a gap. SEED=n replays. */
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Lane } from '@skein/protocol/fleet';
import { readEnvelope } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { asideBytes, setAside } from './aside.ts';
import { DamagedFile } from './damaged-file.ts';
import type { Entry } from './entry.ts';
import { LANE_NAMES } from './keys.ts';
import { Salvage } from './salvage.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch, randomFrom } from './testkit.ts';

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const BUDGET = 16 << 20;
const BOOT = newBoot();

function scratch(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'salvage-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

const open = (path: string, budgetBytes = BUDGET) => new OutboxStore({ path, budgetBytes, keepAckedS: 3600 });
const keyOf = (epoch: string, lane: Lane, seq: number) => `${epoch}/${lane}/${seq}`;

function fill(store: OutboxStore, epoch: string, o: { history: number; urgent: number; length: number }) {
  const held = new Map<string, Entry>();
  const write = (lane: Lane, count: number, length: number) => {
    for (let seq = 1; seq <= count; ) {
      const entries = Array.from({ length: Math.min(20, count - seq + 1) }, () => {
        return oneBatch({ epoch, boot: BOOT, lane, seq: seq++, monoUs: seq, length });
      });
      store.write(entries, 0);
      for (const entry of entries) held.set(keyOf(epoch, lane, entry.seq), entry);
    }
  };
  write('urgent', o.urgent, 80);
  write('history', o.history, o.length);
  return held;
}

/** All rows of a lane: `3` for a batch with its own bytes, `4-9 reason` for a gap. */
function lay(store: OutboxStore, epoch: string, lane: Lane, held: ReadonlyMap<string, Entry>) {
  const state = store.states().find((one) => one.epoch === epoch)?.lanes[lane];
  const batches: number[] = [];
  const gaps: string[] = [];
  let expected = state?.first ?? 1;
  for (;;) {
    const page = store.read(epoch, lane, expected, 1 << 20);
    if (page.length === 0) break;
    for (const row of page) {
      const read = readEnvelope(row.bytes);
      if (!read.ok || row.seq !== expected) throw new Error(`row ${row.seq} where ${expected} is due`);
      if (read.gap) gaps.push(`${read.gap.from}-${read.gap.to} ${read.gap.reason}`);
      else {
        const was = held.get(keyOf(epoch, lane, row.seq));
        if (was === undefined || Buffer.compare(was.bytes, row.bytes) !== 0)
          throw new Error(`row ${row.seq} is another`);
        batches.push(row.seq);
      }
      expected = row.to + 1;
    }
  }
  return { batches, gaps, next: expected };
}

/** Salvages to the end; looks at each step that both files together stay inside the budget. */
function salvage(path: string, store: OutboxStore, budget = BUDGET): void {
  const work = new Salvage(new DamagedFile(path), store);
  for (let more = true; more; ) {
    more = work.step();
    const bytes = ['', '-wal', '.aside', '.aside-wal'].reduce((sum, suffix) => {
      return sum + (statSync(`${path}${suffix}`, { throwIfNoEntry: false })?.size ?? 0);
    }, 0);
    if (bytes > budget) throw new Error(`${bytes} bytes on disk, ${budget} allowed`);
  }
}

/** As a kill would leave it: the log is not folded back. */
function leave(store: OutboxStore, from: string, to: string): void {
  for (const suffix of ['', '-wal']) if (existsSync(`${from}${suffix}`)) cpSync(`${from}${suffix}`, `${to}${suffix}`);
  store.close();
}

function damage(file: string, at: number, bytes: number): void {
  const fd = openSync(file, 'r+');
  writeSync(fd, Buffer.alloc(bytes, 0x5a), 0, bytes, at);
  closeSync(fd);
}

t.test('nothing damaged but the first page: every row comes back, below a new start', async (t) => {
  const [was, path] = [join(scratch(t), 'was.db'), join(scratch(t), 'outbox.db')];
  const old = newEpoch();
  const before = open(was);
  const held = fill(before, old, { history: 500, urgent: 40, length: 700 });
  before.ack(old, 'history', 120);
  before.write([], 40);
  leave(before, was, path);
  damage(path, 0, 100);
  setAside(path);
  const store = open(path);
  t.teardown(() => store.close());
  const young = newEpoch();
  const mine = fill(store, young, { history: 30, urgent: 2, length: 700 });
  salvage(path, store);
  t.equal(asideBytes(path), null, 'it is gone');
  t.same(
    store.states().map(({ epoch }) => epoch),
    [young, old],
    'the old start is older',
  );
  const history = lay(store, old, 'history', held);
  t.same(history.gaps, []);
  t.same(
    [history.batches[0], history.batches.length, history.next],
    [121, 380, 501],
    'what the controller has stays away',
  );
  t.equal(lay(store, old, 'urgent', held).batches.length, 40);
  t.equal(lay(store, young, 'history', mine).batches.length, 30);
  t.match(store.losses, { salvaged: 420, unsalvaged: 0, holes: 0 });
});

t.test(
  'what was committed and not told of before the agent was cut off is found, or written over what stands for it',
  (t) => {
    for (const rewritten of [false, true]) {
      const path = join(scratch(t), 'outbox.db');
      const epoch = newEpoch();
      let store = open(path);
      const held = fill(store, epoch, { history: 15, urgent: 3, length: 300 });
      store.close();
      setAside(path);
      store = open(path);
      const lanes = {
        urgent: { first: 1, next: 3, acked: 0 },
        history: { first: 1, next: 12, acked: 0 },
      };
      store.adopt([{ epoch, boot: BOOT, lanes }]);
      store.close();

      store = open(path);
      const work = new Salvage(new DamagedFile(path), store);
      work.step();
      work.step();
      t.match(store.states(), [{ lanes: { urgent: { next: 4, heldFrom: 1 }, history: { next: 16, heldFrom: 1 } } }]);
      const again = [...held.values()].filter(({ lane, seq }) => lane === 'history' && seq > 11);
      if (rewritten) store.write(again, 1);
      while (work.step());
      for (const [lane, count] of [
        ['urgent', 3],
        ['history', 15],
      ] as const) {
        const { batches, gaps } = lay(store, epoch, lane, held);
        t.same([batches.length, gaps], [count, []]);
      }
      t.match(store.losses, { salvaged: rewritten ? 14 : 18, unsalvaged: 0, holes: 0 });
      store.close();
    }
    t.end();
  },
);

t.test('without its log: what had been folded back comes back', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  const old = newEpoch();
  const before = open(`${path}.was`);
  const held = fill(before, old, { history: 3000, urgent: 5, length: 900 });
  leave(before, `${path}.was`, path);
  rmSync(`${path}-wal`);
  setAside(path);
  const store = open(path);
  t.teardown(() => store.close());
  salvage(path, store);
  const { batches, next } = lay(store, old, 'history', held);
  t.ok(batches.length > 1500, `${batches.length} rows`);
  t.equal(next - 1, batches.at(-1));
});

t.test('what was known to be there is a gap until it is found, and nothing is sent from it meanwhile', async (t) => {
  const path = join(scratch(t), 'outbox.db');
  const old = newEpoch();
  const before = open(`${path}.was`);
  const held = fill(before, old, { history: 300, urgent: 0, length: 700 });
  before.ack(old, 'history', 50);
  const known = before.states();
  before.close();
  cpSync(`${path}.was`, path);
  damage(path, statSync(path).size >> 1, 20_000);
  setAside(path);
  let store = open(path);
  store.adopt(known);
  // What the agent had given out and not written when the file failed.
  store.write([oneBatch({ epoch: old, boot: BOOT, lane: 'history', seq: 301, monoUs: 1, length: 10 })], 0);
  t.match(store.states(), [{ epoch: old, lanes: { history: { first: 51, next: 302, heldFrom: 51 } } }]);
  t.same(store.read(old, 'history', 51, 1 << 20), [], 'held');
  store.close();
  // Killed before anything was salvaged: the next start knows by what lies aside.
  store = open(path);
  t.teardown(() => store.close());
  t.match(store.states(), [{ epoch: old, lanes: { history: { heldFrom: 51 } } }]);
  salvage(path, store);
  t.match(store.states(), [{ lanes: { history: { first: 51, next: 302 } } }]);
  const page = store.read(old, 'history', 51, 1 << 20);
  const reasons = page.map((row) => {
    const read = readEnvelope(row.bytes);
    return read.ok ? (read.gap?.reason ?? 'batch') : 'bad';
  });
  t.equal(reasons.filter((reason) => reason === 'corrupt').length, 1, 'one hole where the damage was');
  t.ok(store.losses.unsalvaged >= 20 && store.losses.unsalvaged < 60, `${store.losses.unsalvaged} lost`);
  t.equal(store.losses.salvaged + store.losses.unsalvaged, 250);
  t.equal(held.size, 300);
});

t.test('a full outbox is salvaged inside its budget', async (t) => {
  const budget = 8 << 20;
  const path = join(scratch(t), 'outbox.db');
  const old = newEpoch();
  const before = open(`${path}.was`, budget);
  const held = new Map<string, Entry>();
  for (let seq = 1; before.losses.thinned === 0; seq++) {
    const entry = oneBatch({ epoch: old, boot: BOOT, lane: 'history', seq, monoUs: seq, length: 700 });
    before.write([entry], 0);
    held.set(keyOf(old, 'history', seq), entry);
  }
  leave(before, `${path}.was`, path);
  damage(path, 0, 100);
  setAside(path);
  const store = open(path, budget);
  t.teardown(() => store.close());
  salvage(path, store, budget);
  const { batches } = lay(store, old, 'history', held);
  t.ok(batches.length > held.size * 0.6, `${batches.length} of ${held.size}; ${JSON.stringify(store.losses)}`);
});

t.test(`damage anywhere (SEED=${seed})`, async (t) => {
  const next = randomFrom(seed);
  const count = Number(process.env.COUNT ?? 6);
  for (let round = 0; round < count; round++) {
    const root = mkdtempSync(join(tmpdir(), 'salvage-'));
    const path = join(root, 'outbox.db');
    const epochs = Array.from({ length: 1 + Math.floor(next() * 3) }, newEpoch);
    const before = open(`${path}.was`);
    const held = new Map<string, Entry>();
    for (const epoch of epochs) {
      const o = {
        history: Math.floor(next() * 250),
        urgent: Math.floor(next() * 50),
        length: 20 + Math.floor(next() * 3000),
      };
      for (const [key, entry] of fill(before, epoch, o)) held.set(key, entry);
    }
    const gone = { thinned: before.losses.thinned, budget: before.losses.droppedBudget };
    leave(before, `${path}.was`, path);
    for (const file of [path, `${path}-wal`]) {
      const { size } = statSync(file);
      for (let hits = Math.floor(next() * 6); hits > 0; hits--) {
        damage(file, Math.floor(next() * size), 1 + Math.floor(next() * 5000));
      }
      if (next() < 0.2) truncateSync(file, Math.floor(next() * size));
    }
    setAside(path);
    const store = open(path);
    salvage(path, store);
    let found = 0;
    for (const { epoch } of store.states()) {
      for (const lane of LANE_NAMES) found += lay(store, epoch, lane, held).batches.length;
    }
    if (store.losses.holes > 0) t.fail('a hole');
    if (found > held.size) t.fail('invented');
    t.comment(
      `round ${round}: ${found} of ${held.size} rows found again, thinned ${gone.thinned}, dropped ${gone.budget}`,
    );
    store.close();
    rmSync(root, { recursive: true, force: true });
  }
  t.pass();
});
