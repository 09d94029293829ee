/** What becomes of a file that fails, with a disk of the test's. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { asideBytes, asideOf, setAside } from './aside.ts';
import { Keeper } from './keeper.ts';
import type { FromWorker } from './messages.ts';
import { salvageAside } from './salvage-aside.ts';
import { openRows } from './sql-rows.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch } from './testkit.ts';

const BOOT = newBoot();
const NOTHING = { epochs: [], past: [] };

function make(t: Test) {
  const root = mkdtempSync(join(tmpdir(), 'keeper-'));
  const path = join(root, 'outbox.db');
  const disk = { passes: 0, fails: 0, code: 'SQLITE_FULL', thenFails: false, isOutOfReach: false };
  const said: FromWorker[] = [];
  const keeper = new Keeper({
    files: {
      open: (o) =>
        new OutboxStore(o, (file, budget) => {
          const rows = openRows(file, budget);
          const { addBatch, transaction } = rows;
          rows.transaction = (run) => {
            const isNext = disk.thenFails && disk.fails === 0;
            disk.thenFails &&= !isNext;
            if (isNext) throw Object.assign(new Error('a bad disk'), { code: 'SQLITE_IOERR_WRITE' });
            transaction.call(rows, run);
          };
          rows.addBatch = (...row) => {
            if (disk.passes > 0) disk.passes--;
            else if (disk.fails > 0) {
              disk.fails--;
              throw Object.assign(new Error('a bad disk'), { code: disk.code });
            }
            addBatch.apply(rows, row);
          };
          return rows;
        }),
      setAside,
      salvage: (file, store) => (disk.isOutOfReach ? null : salvageAside(file, store)),
      isReadOnly: () => false,
    },
    say: (message) => said.push(message),
    nowMs: () => 0,
    onClosed: () => {},
  });
  keeper.take({ type: 'open', options: { path, budgetBytes: 8 << 20, keepAckedS: 1e6 }, known: NOTHING });
  t.teardown(() => {
    keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
    rmSync(root, { recursive: true, force: true });
  });
  const epoch = newEpoch();
  let seq = 0;
  const write = (o: { count?: number; ackTo?: number; pressing?: boolean } = {}) => {
    const entries = Array.from({ length: o.count ?? 1 }, () =>
      oneBatch({ epoch, boot: BOOT, lane: 'history', seq: ++seq, monoUs: seq, length: 3000 }),
    );
    const acks = o.ackTo === undefined ? [] : [{ epoch, lane: 'history' as const, upTo: o.ackTo }];
    keeper.take({ type: 'write', entries, acks, runningS: 0, pressing: o.pressing ?? false });
    const last = said.at(-1);
    if (last === undefined) throw new Error('nothing was said');
    return last;
  };
  return { disk, write, keeper, said, path };
}

t.test(
  'a disk that is full for a moment while a damaged file is salvaged: it goes on, nothing stays held',
  async (t) => {
    const { disk, write, keeper, said, path } = make(t);
    write({ count: 40 });
    keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
    setAside(path);
    keeper.take({ type: 'open', options: { path, budgetBytes: 8 << 20, keepAckedS: 1e6 }, known: NOTHING });
    t.equal(keeper.salvage(), 'more', 'looked');
    t.equal(keeper.salvage(), 'more', 'adopted');
    disk.fails = 1;
    t.equal(keeper.salvage(), 'later');
    for (let steps = 0; steps < 10 && keeper.salvage() !== 'over'; steps++);
    t.match(said.at(-1), { type: 'salvaged', losses: { salvaged: 40, unsalvaged: 0 }, asideBytes: 0 });
    t.match(said.at(-1), { epochs: [{ lanes: { history: { first: 1, next: 41, heldFrom: undefined } } }] });
  },
);

t.test(
  'a disk that is full before a damaged file was looked through: how far it went is kept, nothing stays held',
  async (t) => {
    const { disk, write, keeper, said, path } = make(t);
    write({ count: 40 });
    const options = { path, budgetBytes: 8 << 20, keepAckedS: 1e6 };
    const [{ epoch = '', lanes } = {}] = said.flatMap((one) => (one.type === 'written' ? one.epochs : []));
    t.equal(lanes?.history.next, 41);
    keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
    setAside(path);
    keeper.take({ type: 'open', options, known: NOTHING });
    const entry = oneBatch({ epoch: newEpoch(), boot: BOOT, lane: 'history', seq: 1, monoUs: 1, length: 3000 });
    disk.fails = 1;
    keeper.take({ type: 'write', entries: [entry], acks: [], runningS: 0, pressing: true });
    t.match(said.at(-1), { type: 'written', asideBytes: 0, losses: { asideGivenUp: 1 } });
    t.match(said.at(-1), { past: [{ epoch, boot: BOOT, next: { urgent: 1, history: 41 } }] });
    t.equal(keeper.salvage(), 'over');
    t.match(said.at(-1), { epochs: [{ lanes: { history: { next: 2, heldFrom: undefined } } }] });
  },
);

t.test('a disk that is full and then fails: a damaged file that stays is looked through all the same', async (t) => {
  const { disk, write, keeper, said, path } = make(t);
  write({ count: 40 });
  keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
  setAside(path);
  keeper.take({ type: 'open', options: { path, budgetBytes: 8 << 20, keepAckedS: 1e6 }, known: NOTHING });
  keeper.salvage();
  keeper.salvage();
  const held = { epochs: [{ lanes: { history: { next: 41, heldFrom: 1 } } }] };
  t.match(said.at(-1), held);
  const entry = oneBatch({ epoch: newEpoch(), boot: BOOT, lane: 'history', seq: 1, monoUs: 1, length: 3000 });
  Object.assign(disk, { fails: 1, thenFails: true });
  keeper.take({ type: 'write', entries: [entry], acks: [], runningS: 0, pressing: true });
  t.match(said.at(-1), { type: 'write-failed', problem: { code: 'full' }, held });
  for (let steps = 0; steps < 10 && keeper.salvage() !== 'over'; steps++);
  t.match(said.at(-1), { type: 'salvaged', losses: { salvaged: 40, unsalvaged: 0, asideGivenUp: 0 }, asideBytes: 0 });
});

t.test('a damaged file that cannot be opened now stays, and is salvaged once it can', async (t) => {
  const { disk, write, keeper, said, path } = make(t);
  write({ count: 40 });
  keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
  setAside(path);
  disk.isOutOfReach = true;
  keeper.take({ type: 'open', options: { path, budgetBytes: 8 << 20, keepAckedS: 1e6 }, known: NOTHING });
  t.equal(keeper.salvage(), 'later');
  const entry = oneBatch({ epoch: newEpoch(), boot: BOOT, lane: 'history', seq: 1, monoUs: 1, length: 3000 });
  keeper.take({ type: 'write', entries: [entry], acks: [], runningS: 0, pressing: false });
  t.match(said.at(-1), { type: 'written', losses: { unsalvaged: 0 } }, 'what is new goes on');
  disk.isOutOfReach = false;
  for (let steps = 0; steps < 10 && keeper.salvage() !== 'over'; steps++);
  t.match(said.at(-1), { type: 'salvaged', losses: { salvaged: 40, unsalvaged: 0 }, asideBytes: 0 });
});

t.test('a damaged file that had to go before it could be opened: its places are gaps, and are sent', async (t) => {
  const { disk, write, keeper, said, path } = make(t);
  write({ count: 40 });
  const options = { path, budgetBytes: 8 << 20, keepAckedS: 1e6 };
  const known = said.flatMap((one) => (one.type === 'written' ? one.epochs : []));
  keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
  setAside(path);
  disk.isOutOfReach = true;
  keeper.take({ type: 'open', options, known: { epochs: known, past: [] } });
  t.match(said.at(-1), { epochs: [{ lanes: { history: { heldFrom: 1 } } }] });
  const writeOf = (seq: number) => {
    const entry = oneBatch({
      epoch: known[0]?.epoch ?? '',
      boot: BOOT,
      lane: 'history',
      seq,
      monoUs: seq,
      length: 900_000,
    });
    keeper.take({ type: 'write', entries: [entry], acks: [], runningS: 0, pressing: false });
  };
  for (let seq = 41; seq < 52 && asideBytes(path) !== null; seq++) writeOf(seq);
  t.match(said.at(-1), { type: 'written', asideBytes: 0, losses: { asideGivenUp: 1, unsalvaged: 40 } });
  t.match(said.at(-1), { epochs: [{ lanes: { history: { heldFrom: undefined } } }] });
  t.equal(keeper.salvage(), 'over');
});

t.test('a commit that fails while the file is opened: nothing is salvaged into it (voyage 8260)', async (t) => {
  const { disk, write, keeper, said, path } = make(t);
  write({ count: 40 });
  const options = { path, budgetBytes: 8 << 20, keepAckedS: 1e6 };
  const known = { epochs: said.flatMap((one) => (one.type === 'written' ? one.epochs : [])), past: [] };
  keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
  setAside(path);
  disk.thenFails = true;
  keeper.take({ type: 'open', options, known });
  t.match(said.at(-1), { type: 'open-failed', problem: { code: 'io' } });
  t.equal(keeper.salvage(), 'over');
  t.not(asideBytes(path), null);
  keeper.take({ type: 'open', options, known });
  for (let steps = 0; steps < 10 && keeper.salvage() !== 'over'; steps++);
  t.match(said.at(-1), { type: 'salvaged', losses: { salvaged: 40, unsalvaged: 0 }, asideBytes: 0 });
});

t.test('what cannot be opened is left, a log alone is not', async (t) => {
  const { keeper, path } = make(t);
  keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
  const store = new OutboxStore({ path, budgetBytes: 8 << 20, keepAckedS: 1e6 });
  t.teardown(() => store.close());
  const socket = createServer().listen(asideOf(path));
  await once(socket, 'listening');
  t.equal(salvageAside(path, store), null);
  t.ok(existsSync(asideOf(path)), 'a name that cannot be opened (ENXIO)');
  socket.close();
  await once(socket, 'close');
  writeFileSync(`${asideOf(path)}-wal`, 'frames');
  t.equal(salvageAside(path, store), null);
  t.equal(asideBytes(path), null);
});

t.test('a full disk: others are asked first, then what the controller has goes; the file stays', async (t) => {
  const { disk, write } = make(t);
  t.match(write({ count: 100, ackTo: 0 }), { type: 'written', losses: { evictedAcked: 0 } });
  disk.fails = 1;
  t.match(write({ ackTo: 90 }), { type: 'write-failed', problem: { code: 'full' }, held: { asideBytes: 0 } });
  t.match(write(), { type: 'written', losses: { evictedAcked: 0 } }, 'somebody else made room');
  disk.fails = 1;
  t.match(write({ pressing: true }), { type: 'written', losses: { evictedAcked: 90 } }, 'nobody did');
  disk.fails = 2;
  t.match(write({ pressing: true }), { type: 'write-failed', problem: { code: 'full' }, held: { asideBytes: 0 } });
});

t.test('errors of the disk: the file is closed, and opened anew with the next attempt', async (t) => {
  const { disk, write } = make(t);
  write();
  disk.fails = 1;
  disk.code = 'SQLITE_IOERR_WRITE';
  t.match(write(), { type: 'write-failed', problem: { code: 'io', message: /Replace the card/ }, held: null });
});

t.test('a large group is written in parts: of one that fails what is in the file is told, to be sent', async (t) => {
  const { disk, write } = make(t);
  Object.assign(disk, { passes: 200, fails: 1 });
  const failed = write({ count: 250 });
  if (failed.type !== 'write-failed') throw new Error(failed.type);
  const { next = 0 } = failed.held?.epochs[0]?.lanes.history ?? {};
  t.ok(next > 1 && next <= 201, `up to ${next - 1}`);
  t.equal(failed.held?.entries, next - 1);
});
