/**
 * given a damaged file that lies aside
 * when  the file that took its place is damaged too, before the first was salvaged
 * then  how far its epochs went is known to the third, and what the second alone held is found as ever
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { DamagedFile } from './damaged-file.ts';
import { setAsideAfter } from './owed.ts';
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

t.test('what is written there and cannot be read is not there', (t) => {
  const { path, open, write } = make(t);
  for (const text of ['', '{}', '[{"epoch":1}]', '[{"epoch":"a","boot":"b","next":{"urgent":1}}, null]']) {
    writeFileSync(`${path}.owed`, text);
    const store = open();
    write(store, newEpoch(), 1, 1);
    t.same(store.past, []);
    store.close();
  }
  t.end();
});
