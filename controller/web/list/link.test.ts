import t from 'tap';
import { linkOf } from './link.ts';

const one = { online: true, backlog: 0, oldestUnsentS: null };

t.test('the link of a drone in the list', async (t) => {
  t.same(linkOf(one, true), { words: '0', look: 'quiet', note: null });
  t.same(linkOf({ ...one, backlog: 9 }, true), { words: '9', look: '', note: 'queue 9' });
  t.same(linkOf({ ...one, backlog: 9, oldestUnsentS: 40 }, true), { words: '9', look: 'warn', note: 'queue 9' });
  t.same(linkOf({ ...one, online: false }, true), { words: 'off', look: 'warn', note: 'link off' });
});

t.test('a page that is not live claims no link and no empty queue', async (t) => {
  for (const online of [true, false])
    t.same(linkOf({ ...one, online }, false), { words: '–', look: 'quiet', note: 'not live' });
});
