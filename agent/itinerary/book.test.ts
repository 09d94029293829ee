import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import {
  type Book,
  bookText,
  custodyOf,
  EMPTY_BOOK,
  MAX_ENDED,
  parseBook,
  takenOver,
  withEnded,
  withParcel,
} from './book.ts';
import { BookFile, readBook } from './book-file.ts';
import { plan } from './testing/plans.ts';
import type { Parcel, Stand } from './types.ts';

const PARCEL: Parcel = {
  itinerary: 'it-1',
  version: 1,
  item: 2,
  name: 'P-1',
  step: 3,
  state: 'releasing',
  reason: '',
  begun: true,
  latDeg: 43.6,
  lonDeg: 7.07,
  detail: {},
};
const STAND: Stand = { id: 'it-1', version: 1, step: 7, state: 'releasing', reason: '', item: 2, detail: {} };
const BOOK: Book = {
  ...EMPTY_BOOK,
  parcels: [PARCEL],
  current: {
    itinerary: plan(),
    issuedBy: 'Ann',
    limits: {},
    stand: STAND,
    verification: null,
    foreign: null,
    givenAt: null,
    seq: 6,
  },
};

function inFolder(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'sk-book-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'itinerary.json');
}

t.test('a book comes back as it was', async (t) => {
  t.same(parseBook(bookText(BOOK)), BOOK);
});

t.test('a release under way when the agent ended is unproved, and what is said next has a higher number', async (t) => {
  const book = takenOver(BOOK);
  t.match(book.parcels[0], { state: 'unproved', begun: true });
  t.ok((book.parcels[0]?.step ?? 0) > PARCEL.step);
  t.ok((book.current?.stand.step ?? 0) > STAND.step);
  t.equal(custodyOf(book), 'unproved');
});

t.test('torn at every byte: nothing verified, custody unknown, never taken for delivered', async (t) => {
  const path = inFolder(t);
  const text = bookText(BOOK);
  for (let length = 0; length < text.length - 1; length += 1 + Math.floor(length / 40)) {
    writeFileSync(path, text.slice(0, length));
    const book = await readBook(path, false);
    if (book.current !== null || custodyOf(book) !== 'unknown') t.fail(`cut at ${length}: ${custodyOf(book)}`);
  }
  t.pass('all of them');
});

t.test('a book of another shape is damage too', async (t) => {
  for (const text of ['{}', '[]', 'null', '{"book":2}', bookText({ ...BOOK, parcels: [{} as Parcel] })])
    t.equal(parseBook(text), null);
});

t.test('no book: none is lost where none was, else custody is unknown', async (t) => {
  const path = inFolder(t);
  t.equal(custodyOf(await readBook(path, true)), 'none');
  t.equal(custodyOf(await readBook(path, false)), 'unknown');
});

t.test('what is over is bounded, parcels in custody are never forgotten', async (t) => {
  let book: Book = EMPTY_BOOK;
  for (let n = 0; n < MAX_ENDED + 50; n++) {
    book = withEnded(book, { stand: { ...STAND, id: `it-${n}`, state: 'completed' }, takenBack: false });
    book = withParcel(book, { ...PARCEL, itinerary: `it-${n}`, state: n === 0 ? 'unproved' : 'released' });
  }
  t.equal(book.ended.length, MAX_ENDED);
  t.ok(book.parcels.length < 150);
  t.ok(book.parcels.some(({ itinerary }) => itinerary === 'it-0'));
});

t.test('the file: kept when the disk has it, the newest wins, a disk that refuses is said', async (t) => {
  const path = inFolder(t);
  const problems: (string | null)[] = [];
  const file = new BookFile({ path, firstStart: true, onProblem: (problem) => problems.push(problem) });
  await file.start();
  for (let step = 1; step <= 20; step++) {
    file.change({ ...BOOK, current: { ...(BOOK.current as NonNullable<Book['current']>), seq: step } });
  }
  t.equal(await file.kept(), true);
  t.equal(parseBook(readFileSync(path, 'utf8'))?.current?.seq, 20);
  await file.close();
  t.same(problems, []);

  const lost = new BookFile({
    path: join(path, 'no-such-folder', 'x'),
    firstStart: true,
    onProblem: (problem) => problems.push(problem),
  });
  await lost.start();
  lost.change(BOOK);
  t.equal(await lost.kept(), false);
  t.match(lost.problem, /look at the disk/);
  await lost.close();
});
