import t from 'tap';
import type { Asked } from '../shell/ask.ts';
import { readAnswer, type SearchAnswer } from './event.ts';
import { ALL } from './filter.ts';
import { createLog, MOST } from './log.ts';

const event = (n: number) => ({
  cursor: `c${n}`,
  entity: 'drone:d1',
  version: n,
  type: 'online',
  at: '2026-11-21T12:00:00Z',
});

/** Answers in turn; what was asked is kept. */
function given(answers: (object | string)[]) {
  const asked: string[] = [];
  const log = createLog({
    monoMs: () => asked.length,
    read: async (path): Promise<Asked<SearchAnswer>> => {
      asked.push(path.replace('/api/v1/events/search?', ''));
      const next = answers.shift() ?? 'nothing more was to be asked';
      if (typeof next === 'string') return { ok: false, trouble: { code: null, words: next, open: true } };
      const value = readAnswer({ events: [], newest: 'c9', next: null, searchedTo: null, ...next });
      if (value === null) throw new Error('no answer');
      return { ok: true, value };
    },
  });
  const cursors = () => log.events.value.map(({ cursor }) => cursor);
  return { log, asked, cursors };
}

t.test('newest first; what is newer is put above; never one twice', async (t) => {
  const { log, asked, cursors } = given([
    { events: [event(9), event(8)] },
    { events: [event(11), event(10)], newest: 'c11' },
    { newest: 'c11' },
  ]);
  await log.look();
  t.same(asked, [], 'nothing is asked before there is a filter');
  await log.start(ALL);
  await log.look();
  await log.look();
  t.same(cursors(), ['c11', 'c10', 'c9', 'c8']);
  t.same(asked, ['limit=100', 'limit=200&after=c9', 'limit=200&after=c11']);
  t.match(log.state.value, { busy: null, next: null, trouble: null, newTrouble: null });
});

t.test('a rare thing: some searches in a row, then it waits for the reader to say so', async (t) => {
  const none = { next: 'c5', searchedTo: '2026-11-20T00:00:00Z' };
  const { log, asked } = given([...Array.from({ length: 6 }, () => none), { events: [event(1)] }]);
  await log.start({ ...ALL, text: 'rare' });
  t.equal(asked.length, 6);
  t.match(log.state.value, { busy: null, next: 'c5', searchedToMs: Date.UTC(2026, 10, 20) });
  await log.further();
  t.equal(asked.length, 7);
  t.match(asked[6], /text=rare.*before=c5/);
  t.match(log.state.value, { busy: null, next: null });
  await log.further();
  t.equal(asked.length, 7, 'there is nothing further');
});

t.test('a search that fails says why, keeps what there is, and goes on from there', async (t) => {
  const { log, asked, cursors } = given([
    'no answer',
    { events: [event(9)], next: 'c9' },
    'busy',
    { events: [event(3)] },
  ]);
  await log.start(ALL);
  t.match(log.state.value, { busy: null, trouble: 'no answer', asOfMonoMs: null });
  await log.look();
  t.match(log.state.value, { busy: null, trouble: 'busy' }, 'it is tried again by itself');
  t.same(cursors(), ['c9']);
  await log.further();
  t.same(cursors(), ['c9', 'c3']);
  t.equal(asked.at(-1), 'limit=100&before=c9');
  t.equal(log.state.value.trouble, null);
});

t.test('news that cannot be had are said to be missing; too many at once begin anew', async (t) => {
  const { log, asked, cursors } = given([
    { events: [event(9)] },
    'no answer',
    { events: [event(900)], next: 'c700', newest: 'c900' },
    { events: [event(900)], newest: 'c900' },
  ]);
  await log.start(ALL);
  const asOf = log.state.value.asOfMonoMs;
  await log.look();
  t.match(log.state.value, { newTrouble: 'no answer', asOfMonoMs: asOf });
  await log.look();
  t.same(cursors(), ['c900']);
  t.equal(asked.at(-1), 'limit=100');
});

t.test('what comes for an earlier filter is thrown away', async (t) => {
  let answer: (value: Asked<SearchAnswer>) => void = () => {};
  const reads: string[] = [];
  const log = createLog({
    monoMs: () => 0,
    read: (path) => {
      reads.push(path);
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
  });
  const value = (n: number): Asked<SearchAnswer> => {
    const read = readAnswer({ events: [event(n)], newest: 'c9', next: null });
    if (read === null) throw new Error('no answer');
    return { ok: true, value: read };
  };
  const first = log.start(ALL);
  const late = answer;
  const second = log.start({ ...ALL, drone: 'd1' });
  answer(value(2));
  await second;
  late(value(1));
  await first;
  t.same(
    log.events.value.map(({ cursor }) => cursor),
    ['c2'],
  );
});

t.test('a page that is open for a day does not grow', async (t) => {
  const many = Array.from({ length: MOST - 1 }, (_, i) => event(i));
  const { log, cursors } = given([
    { events: many, next: 'x' },
    { events: [event(-1), event(-2)], newest: 'n' },
  ]);
  await log.start(ALL);
  await log.look();
  t.equal(cursors().length, MOST);
  t.match(log.state.value, { full: true, next: cursors().at(-1) ?? '' });
});
