import t from 'tap';
import { clockWords } from './clock-words.ts';

const plain = (text: string | null) => text?.replaceAll('\u202f', ' ') ?? null;
const clock = { source: 'controller', errUs: 12_000, standing: 'agreed', outvoted: [], boardUs: 200_000 };

t.test('who tells the time, to what error, and who is not believed', async (t) => {
  t.equal(plain(clockWords(clock).words), 'controller ± 12 ms');
  t.equal(clockWords(clock).level, undefined);
  t.match(clockWords({ source: 'unset', errUs: null }), { words: 'not set', level: 'attention' });
  const lied = clockWords({ ...clock, outvoted: ['gps'] });
  t.equal(plain(lied.words), 'controller ± 12 ms; not believed: GPS');
  t.equal(lied.level, 'attention');
  const split = clockWords({ ...clock, standing: 'split', errUs: 3600e6 });
  t.equal(plain(split.words), 'controller ± 1 h 0 min, sources disagree');
  t.match(clockWords({ source: 'gps', errUs: 5 }), { level: undefined, board: null }, 'an agent of before says less');
});

t.test("the board's own clock is named when it is off", async (t) => {
  t.equal(clockWords(clock).board, null);
  t.equal(plain(clockWords({ ...clock, boardUs: -1.4e15 }).board), '16203 d 16 h behind');
  t.equal(plain(clockWords({ ...clock, boardUs: 90e6 }).board), '1 min ahead');
});
