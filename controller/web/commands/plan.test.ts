import t from 'tap';
import { planOf } from './plan.ts';
import { flying, standing } from './testing/situation.ts';

const words = (...args: Parameters<typeof planOf>): string[] =>
  planOf(...args).map(
    ({ outcome, words, drones }) => `${outcome}: ${drones.join(' ')} ${words.replace(/\u202f/g, ' ')}`,
  );

t.test('hold: who stops, who waits, who refuses', async (t) => {
  const all = [
    flying({ id: 'a' }),
    flying({ id: 'b' }),
    flying({ id: 'c', control: 'pilot' }),
    flying({ id: 'd', online: false, freshness: 'lost', ageMs: 60_000 }),
  ];
  t.same(words('hold', all), [
    'now: a b stop and hover where they are',
    'waits: d offline: queued 60 s',
    'refused: c refuse: a pilot flies',
  ]);
});

t.test('reboot: the armed refuse, those away are asked later', async (t) => {
  const all = [standing({ id: 'a' }), flying({ id: 'b' }), standing({ id: 'c', online: false, freshness: 'lost' })];
  t.same(words('reboot', all), [
    'now: a restart, one after another',
    'waits: c offline: queued 10 min 00 s',
    'refused: b refuse: it is armed: never restarted',
  ]);
});

t.test('a page that is not live: who is there is not known; that a pilot flew is not forgotten', async (t) => {
  const deaf = [flying({ id: 'a', pageLive: false }), flying({ id: 'b', pageLive: false, control: 'pilot' })];
  t.match(words('hold', deaf), [/^waits: a b this page is not live/]);
  t.match(words('return', deaf), [/^pilot: b/, /^waits: a this page is not live/]);
  t.match(words('ping', deaf), [/^waits: a b this page is not live/]);
});
