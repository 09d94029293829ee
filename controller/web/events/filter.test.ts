import t from 'tap';
import { ALL, askedOf, eventsHash, type Filter, isAll, readFilter, writeFilter } from './filter.ts';

const FULL: Filter = {
  ...{ text: 'hold "now" & then', kinds: ['order', 'alert'], drone: 'heron-01', entity: 'order:01JD6X' },
  ...{ actor: 'people', by: 'Ann Lee', type: 'placed', fromMs: 1_795_000_000_000, toMs: 1_795_000_060_000 },
};

t.test('a link holds all that is asked for, and nothing else', async (t) => {
  t.same(readFilter(writeFilter(FULL)), FULL);
  t.equal(writeFilter(ALL), '');
  t.equal(isAll(readFilter('')), true);
  t.equal(eventsHash(), '#/events');
  t.equal(eventsHash({ by: 'Ann Lee' }), '#/events?by=Ann+Lee');
});

t.test('what a link says wrongly is not asked for', async (t) => {
  t.same(readFilter('kind=Order&kind=%3Cb%3E&drone=../x&actor=god&from=noon&to=&other=1'), ALL);
  t.equal(readFilter(`text=${'x'.repeat(999)}`).text.length, 200);
  t.equal(readFilter('kind=a&'.repeat(40)).kinds.length, 16);
});

t.test('the controller is asked for the same, people by their kinds', async (t) => {
  const asked = new URLSearchParams(askedOf(FULL, { before: 'c1', limit: 50 }).split('?')[1]);
  t.same(asked.getAll('actor'), ['operator', 'integrator']);
  t.same([asked.get('before'), asked.get('after'), asked.get('limit')], ['c1', null, '50']);
  t.equal(asked.get('from'), '2026-11-18T11:06:40.000Z');
  t.equal(asked.get('text'), FULL.text);
  t.match(
    askedOf({ ...ALL, text: 'a b c d e f g h i' }, { limit: 1 }),
    /text=a\+b\+c\+d\+e\+f\+g\+h&/,
    'no more words than may be',
  );
  t.match(askedOf({ ...ALL, actor: 'drone' }, { limit: 1 }), /actor=drone/);
});
