/**
 * given a damaged file whose bytes are needed
 * when  it is given up on a disk that takes what has to be kept of it, is full, or fails
 * then  the file goes only when that is committed, or when nothing else can make room for it
 */
import t from 'tap';
import { noLosses } from './entry.ts';
import { EpochBook } from './epoch-book.ts';
import { LyingAside } from './lying-aside.ts';
import type { PastEpoch } from './past.ts';
import type { OutboxRows } from './rows.ts';
import { newBoot, newEpoch } from './testkit.ts';

const REACH: PastEpoch = { epoch: newEpoch(), boot: newBoot(), next: { urgent: 3, history: 14 } };

/** `answers`: what becomes of each commit, in order; well when there is none left. */
function make(answers: string[]) {
  const done: string[] = [];
  let bytes = 4096;
  const rows = { addEpoch: () => 1, saveAcks: () => {} } as unknown as OutboxRows;
  const book = new EpochBook(rows, { epochs: new Map(), past: [] });
  const losses = noLosses();
  const lying = new LyingAside({
    losses,
    aside: {
      bytes: () => bytes,
      reach: () => (bytes > 0 ? [REACH] : []),
      remove: () => {
        done.push('removed');
        const there = bytes > 0;
        bytes = 0;
        return there;
      },
      owed: () => [],
      paid: () => {},
    },
    commit: (past) => {
      const code = answers.shift();
      done.push(code ?? 'committed');
      if (code !== undefined) throw Object.assign(new Error('played'), { code });
      book.adoptPast(past);
    },
    onChanged: () => {},
  });
  return { lying, losses, done, book };
}

t.test('what is kept is committed before the file goes', (t) => {
  const { lying, losses, done, book } = make([]);
  t.ok(lying.want());
  lying.goIfWanted();
  t.same(done, ['committed', 'removed']);
  t.match(book.past, [REACH]);
  t.equal(losses.asideGivenUp, 1);
  lying.goIfWanted();
  t.notOk(lying.want(), 'there is none any more');
  t.notOk(lying.giveUp());
  t.equal(done.length, 2);
  t.end();
});

t.test('a full disk: the file makes room for it', (t) => {
  const { lying, done, book } = make(['SQLITE_FULL']);
  t.ok(lying.giveUp());
  t.same(done, ['SQLITE_FULL', 'removed', 'committed']);
  t.match(book.past, [REACH]);
  t.end();
});

t.test('full all the same: it is owed until a write goes through', (t) => {
  const { lying, done, book } = make(['SQLITE_FULL', 'SQLITE_FULL', 'SQLITE_FULL']);
  t.throws(() => lying.giveUp(), { code: 'SQLITE_FULL' });
  t.throws(() => lying.pay(), { code: 'SQLITE_FULL' });
  t.same(book.past, []);
  lying.pay();
  lying.pay();
  t.match(book.past, [REACH]);
  t.same(done, ['SQLITE_FULL', 'removed', 'SQLITE_FULL', 'SQLITE_FULL', 'committed']);
  t.end();
});

t.test('a disk that fails: the file stays', (t) => {
  const { lying, done } = make(['SQLITE_IOERR_WRITE']);
  t.throws(() => lying.giveUp(), { code: 'SQLITE_IOERR_WRITE' });
  t.same(done, ['SQLITE_IOERR_WRITE']);
  t.ok(lying.giveUp());
  t.same(done.slice(1), ['committed', 'removed']);
  t.end();
});
