import t from 'tap';
import { FOR_HOURS, groupNames, hoursWords, reachOf, requestOf, whom } from './stop.ts';

t.test('whom it holds is chosen and said', async (t) => {
  t.equal(reachOf('fleet'), 'fleet');
  t.same(reachOf('base:nice-port'), { base: 'nice-port' });
  t.same(reachOf('group:north'), { group: 'north' });
  for (const none of ['', 'base:', 'drone:heron']) t.equal(reachOf(none), null);
  t.same(['fleet' as const, { base: 'b' }, { group: 'g' }].map(whom), ['the whole fleet', 'base b', 'group g']);
});

t.test('an end is by the clock of the controller; without one it lasts until it is lifted', async (t) => {
  const nowMs = Date.UTC(2026, 10, 28, 12);
  t.same(requestOf({ reach: 'fleet', reason: ' wind ', hours: 0.5 }, nowMs), {
    ...{ reach: 'fleet', reason: 'wind', until: '2026-11-28T12:30:00.000Z' },
  });
  t.same(requestOf({ reach: { base: 'b' }, reason: 'pad', hours: null }, nowMs), {
    ...{ reach: { base: 'b' }, reason: 'pad' },
  });
  t.equal(new Set(FOR_HOURS.map(hoursWords)).size, FOR_HOURS.length);
  t.equal(
    hoursWords(FOR_HOURS[0] ?? null),
    'until it is lifted',
    'first, for an end that nobody thought of lets drones start',
  );
});

t.test('groups of an answer that is none are none', async (t) => {
  t.same(groupNames({ groups: [{ name: 'north' }, null, { name: 7 }] }), ['north']);
  for (const none of [null, 'x', {}, { groups: 'x' }]) t.same(groupNames(none), []);
});
