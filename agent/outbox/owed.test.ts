/**
 * given a damaged file that lies aside
 * when  the file that took its place is damaged too, before the first was salvaged
 * then  how far its epochs went is known to the third, and what the second alone held is found as ever
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { finishSettingAside, setAside } from './aside.ts';
import { DamagedFile } from './damaged-file.ts';
import { readOwed, setAsideAfter } from './owed.ts';
import { MAX_PAST, type PastEpoch } from './past.ts';
import { asideBeside } from './reach.ts';
import { Salvage } from './salvage.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch } from './testkit.ts';

const BOOT = newBoot();

function make(t: Test) {
  const root = mkdtempSync(join(tmpdir(), 'owed-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'outbox.db');
  const open = () => new OutboxStore({ path, budgetBytes: 8 << 20, keepAckedS: 3600 });
  const write = (store: OutboxStore, epoch: string, from: number, to: number) => {
    const seqs = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const entries = seqs.map((seq) => oneBatch({ epoch, boot: BOOT, lane: 'history', seq, monoUs: seq, length: 500 }));
    store.write(entries, 1);
  };
  /** Stands for damage: it is closed and set aside. */
  const damaged = (store: OutboxStore) => {
    store.close();
    setAsideAfter(path, asideBeside(path));
  };
  const next = (store: OutboxStore, epoch: string) =>
    store.states().find((one) => one.epoch === epoch)?.lanes.history.next;
  /** One after the other, with so many rows. */
  const both = (...[one, other]: readonly [string, string]) => {
    const first = open();
    write(first, one, 1, 40);
    damaged(first);
    const second = open();
    write(second, other, 1, 30);
    damaged(second);
  };
  return { path, open, write, damaged, next, both };
}

t.test('a damaged file that had to make place for another one', (t) => {
  const { path, open, write, next, both } = make(t);
  const [old, middle, young] = [newEpoch(), newEpoch(), newEpoch()];
  both(old, middle);
  t.ok(existsSync(`${path}.owed`));

  const third = open();
  write(third, young, 1, 1);
  t.ok(existsSync(`${path}.owed`), 'the second is looked through first');
  const work = new Salvage(new DamagedFile(path), third);
  while (work.step());
  t.equal(next(third, middle), 31);
  t.match(third.losses, { salvaged: 30, unsalvaged: 0, asideGivenUp: 1 });
  t.match(third.past, [{ epoch: old, boot: BOOT, next: { urgent: 1, history: 41 } }]);
  write(third, young, 2, 2);
  t.notOk(existsSync(`${path}.owed`), 'and is known');
  third.close();
  const again = open();
  t.match(again.past, [{ epoch: old, next: { history: 41 } }]);
  again.close();
  t.end();
});

t.test(
  'of an epoch that both held, what the second held comes back, and as far as the first knew of it is a gap',
  (t) => {
    const { path, open, write, damaged } = make(t);
    const epoch = newEpoch();
    const first = open();
    write(first, epoch, 1, 40);
    damaged(first);
    const second = open();
    write(second, epoch, 20, 30);
    damaged(second);
    const third = open();
    const work = new Salvage(new DamagedFile(path), third);
    while (work.step());
    t.match(third.losses, { salvaged: 11, unsalvaged: 10 });
    t.match(third.states(), [{ epoch, lanes: { history: { first: 20, next: 41 } } }]);
    third.close();
    t.end();
  },
);

t.test('no room for what the second held: how far each went is kept', (t) => {
  const { open, both } = make(t);
  const [old, middle] = [newEpoch(), newEpoch()];
  both(old, middle);
  const third = open();
  t.ok(third.giveUpAside());
  t.match(third.past, [
    { epoch: old, next: { history: 41 } },
    { epoch: middle, next: { history: 31 } },
  ]);
  third.close();
  t.end();
});

const past = (urgent: number, history: number): PastEpoch => ({
  ...{ epoch: newEpoch(), boot: BOOT },
  next: { urgent, history },
});

t.test('a disk that fails: what lies there stays until how far it went is written down', (t) => {
  const { path } = make(t);
  for (const file of [path, `${path}.aside`]) writeFileSync(file, file);
  const reach = [past(3, 4)];
  mkdirSync(`${path}.owed.new`);
  t.throws(() => setAsideAfter(path, { reach: () => reach }), { code: 'EISDIR' });
  t.ok(existsSync(`${path}.aside`));
  rmSync(`${path}.owed.new`, { recursive: true });
  setAsideAfter(path, { reach: () => reach });
  t.same(readOwed(path), reach);
  t.equal(readFileSync(`${path}.aside`, 'utf8'), path);
  t.end();
});

t.test('a file that ends where the disk does is not taken for all of it', (t) => {
  const { path } = make(t);
  for (const file of [path, `${path}.aside`]) writeFileSync(file, file);
  const owed = new URL('owed.ts', import.meta.url).href;
  const code = `import { setAsideAfter } from '${owed}';
    const next = { urgent: 1, history: 2 };
    setAsideAfter('${path}', { reach: () => Array.from({ length: 200 }, (_, n) => ({ epoch: 'e' + n, boot: 'b', next })) });`;
  // A limit of 1 kB writes as much as fits and says so, as a disk does that has as much left.
  const limited = `trap '' XFSZ; ulimit -f 1; exec "$@"`;
  const { NODE_COMPILE_CACHE: _, ...env } = process.env;
  const run = spawnSync('bash', ['-c', limited, 'bash', process.execPath, '--input-type=module', '-e', code], { env });
  t.match(String(run.stderr), /EFBIG/);
  t.ok(existsSync(`${path}.aside`) && existsSync(path), 'nothing went');
  t.end();
});

t.test('of one epoch that several tell of, the most counts, and it takes one place', (t) => {
  const { path } = make(t);
  const [one, ...others] = Array.from({ length: MAX_PAST }, () => past(1, 9));
  if (one === undefined) throw new Error('none');
  const again = { ...one, next: { urgent: 7, history: 5 } };
  for (const reach of [[one, ...others], [again]]) {
    for (const file of [path, `${path}.aside`]) writeFileSync(file, file);
    setAsideAfter(path, { reach: () => reach });
  }
  t.same(readOwed(path), [...others, { ...one, next: { urgent: 7, history: 9 } }]);
  t.end();
});

t.test('cut off while it is set aside: its log follows it, and it makes no place for itself', (t) => {
  const { path } = make(t);
  const begun = () => {
    for (const suffix of ['', '-wal']) writeFileSync(`${path}${suffix}`, suffix);
    writeFileSync(`${path}.aside-wal`, 'of an older one');
    renameSync(path, `${path}.aside`);
  };
  for (const goOn of [finishSettingAside, setAside, (file: string) => setAsideAfter(file, asideBeside(file))]) {
    begun();
    goOn(path);
    t.equal(readFileSync(`${path}.aside`, 'utf8'), '');
    t.equal(readFileSync(`${path}.aside-wal`, 'utf8'), '-wal');
    t.notOk(existsSync(`${path}-wal`));
  }
  t.end();
});

t.test('an epoch that is here already, as far as another file knew: what is owed of it goes further', (t) => {
  const { open, write, damaged, next } = make(t);
  const [held, gone] = [newEpoch(), newEpoch()];
  const first = open();
  write(first, held, 1, 40);
  write(first, gone, 1, 20);
  damaged(first);
  // As the main thread knew them: of two commits it had not been told.
  const second = open();
  const known = { boot: BOOT, lanes: { urgent: { first: 1, next: 1, acked: 0 } } };
  second.adopt(
    [{ ...known, epoch: held, lanes: { ...known.lanes, history: { first: 1, next: 40, acked: 0 } } }],
    [{ epoch: gone, boot: BOOT, next: { urgent: 1, history: 20 } }],
  );
  t.ok(second.giveUpAside());
  t.equal(next(second, held), 41);
  t.match(
    second.read(held, 'history', 40, 1 << 20).map(({ seq, to }) => [seq, to]),
    [[40, 40]],
  );
  t.match(second.past, [{ epoch: gone, next: { history: 21 } }]);
  second.close();
  const again = open();
  t.equal(next(again, held), 41);
  t.match(again.past, [{ epoch: gone, next: { history: 21 } }]);
  again.close();
  t.end();
});

t.test('a commit that nobody had been told of, in an epoch of which the controller had all the rest, is found', (t) => {
  const { path, open, write, damaged } = make(t);
  const epoch = newEpoch();
  const first = open();
  write(first, epoch, 1, 15);
  damaged(first);
  const second = open();
  const lanes = { urgent: { first: 1, next: 1, acked: 0 }, history: { first: 1, next: 12, acked: 11 } };
  second.adopt([{ epoch, boot: BOOT, lanes }]);
  t.match(second.past, [{ epoch, next: { history: 12 } }], 'nothing is held of it');
  const work = new Salvage(new DamagedFile(path), second);
  while (work.step());
  t.same(
    second.read(epoch, 'history', 1, 1 << 20).map(({ seq }) => seq),
    [12, 13, 14, 15],
  );
  t.match(second.losses, { salvaged: 4, unsalvaged: 0 });
  second.close();
  t.end();
});

t.test('what is written there and cannot be read is not there', (t) => {
  const { path, open, write } = make(t);
  const good = [past(2, 2)];
  for (const file of [path, `${path}.aside`]) writeFileSync(file, file);
  setAsideAfter(path, { reach: () => good });
  t.same(readOwed(path), good);
  const text = readFileSync(`${path}.owed`, 'latin1');
  for (let at = 0; at < text.length; at++) {
    const flipped = Buffer.from(text, 'latin1');
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    writeFileSync(`${path}.owed`, flipped);
    t.same(readOwed(path), []);
  }
  rmSync(`${path}.aside`);
  for (const text of ['', '{}', '[{"epoch":1}]', '[{"epoch":"a","boot":"b","next":{"urgent":1}}, null]']) {
    writeFileSync(`${path}.owed`, text);
    const store = open();
    write(store, newEpoch(), 1, 1);
    t.same(store.past, []);
    store.close();
  }
  t.end();
});
