/** Whom people are called for: out of how an order stands, and through the engine. */
import t from 'tap';
import { callsFor, needsPeople, withAsked } from './needs.ts';
import type { Attempt, Order } from './order.ts';
import { ATTEMPT, LEG, LOADING } from './testing/given.ts';
import { BY, PLANNED, scene, WISH } from './testing/scene.ts';

const left = (how: 'silent' | 'settled' | 'relaunched'): Order => ({
  ...{ ...LOADING, state: 'closed', outcome: 'delivered', attempt: null },
  attempts: { 1: { ...ATTEMPT, parcel: 'aboard', end: { how, words: '', atUtcUs: 0 } } },
});
const at = (utcS: number, silentS: number | null = 1, askAfterS = 900) => ({
  ...{ utcUs: utcS * 1e6, askAfterUs: askAfterS * 1e6, silentS: () => silentS },
});

t.test('whom people are called for, and when', async (t) => {
  t.equal(withAsked(LOADING, at(899)), LOADING);
  t.match(withAsked(LOADING, at(900)).asked, { what: 'load', drone: 'stork-11' });
  t.equal(withAsked(LOADING, at(1e6, 1, 0)), LOADING, 'nobody, where that is set');
  t.match(withAsked({ ...LOADING, sinceUtcUs: 3600e6 }, at(1)).asked, { what: 'load' }, 'the clock was set back');
  t.match(withAsked(left('silent'), at(900, null)).asked, { what: 'take-off' }, 'switched off, it can be found');
  // People have given it up; it is in a field, or at the bottom of a lake.
  for (const how of ['settled', 'relaunched'] as const) {
    t.equal(withAsked(left(how), at(1e6, 3600)).asked, null, how);
    t.match(withAsked(left(how), at(1e6, 1)).asked, { what: 'take-off' }, `${how}, and it has come home`);
  }
});

t.test('a drone that was told to start, is heard, and does not say whether it flies', async (t) => {
  const attempt: Attempt = { ...ATTEMPT, phase: 'delivery', parcel: 'aboard', delivery: { ...LEG, startedUtcUs: 1e6 } };
  const told: Order = { ...LOADING, state: 'starting', sinceUtcUs: 1e6, attempts: { 1: attempt } };
  t.equal(withAsked(told, at(900)), told);
  t.equal(withAsked(told, at(5000, 60)), told, 'silent: it is lost after a while, and people are called then');
  const asked = withAsked(told, at(901));
  t.match(asked.asked, { what: 'look', drone: 'stork-11' });
  t.match(callsFor(told, asked), [{ code: 'not-known-to-fly', words: /If it flies, return or land it; if it stands/ }]);
  t.equal(withAsked({ ...asked, state: 'outbound' }, at(902)).asked, null);
});

t.test('once, and until it is done', async (t) => {
  const asked = withAsked(LOADING, at(900));
  t.equal(withAsked(asked, at(5000)), asked);
  t.match(callsFor(LOADING, asked), [{ code: 'not-loaded', words: /stork-11 waits at letten/ }]);
  t.same(callsFor(asked, { ...asked, words: 'it waits' }), []);
  t.ok(needsPeople(asked));
  const loaded = withAsked({ ...asked, state: 'ready' }, at(901));
  t.same([loaded.asked, needsPeople(loaded)], [null, false]);
  // The parcel on the first drone comes before the second, which may not be loaded meanwhile.
  const both: Order = { ...LOADING, attempt: 2, attempts: { ...left('silent').attempts, 2: { ...ATTEMPT, n: 2 } } };
  t.match(withAsked(both, at(900)).asked, { what: 'take-off' });
  const lost: Order = { ...LOADING, state: 'lost', words: 'look for it' };
  t.match(callsFor(LOADING, lost), [{ code: 'lost', words: 'look for it' }]);
});

t.test('an order that waits for people is told of once, as an alert', async (t) => {
  const { orders, seen, seconds } = scene(
    {
      plan: () => ({ kind: 'fly', drone: 'd', ferry: null, delivery: PLANNED, why: [] }),
    },
    false,
    { stand: () => null },
  );
  await orders.place(WISH, BY);
  await seconds(2);
  await orders.deed('one', { do: 'loaded', drone: null }, BY);
  await orders.deed('one', { do: 'cancel', why: 'sold out' }, BY);
  await seconds(60);
  t.match(await orders.get('one'), { state: 'unloading' });
  t.same(seen.alerts, ['one unloading cancelled: take the parcel off, and say so']);
});

t.test('a drone waits to be loaded, and nobody comes: people are called once, until they have come', async (t) => {
  const { orders, seen, seconds, apply } = scene(
    { plan: () => ({ kind: 'fly', drone: 'd', ferry: null, delivery: PLANNED, why: [] }) },
    false,
    { stand: () => null },
  );
  seen.at = 'b';
  await orders.place(WISH, BY);
  await seconds(890);
  t.match(await orders.get('one'), { state: 'loading', asked: null });
  t.same(seen.alerts, []);
  // when: a quarter of an hour, and a day
  await seconds(20);
  const calls = ['one not-loaded d waits at b to be loaded, and nobody came'];
  t.same(seen.alerts, calls);
  t.match(await orders.get('one'), { state: 'loading', drone: 'd', asked: { what: 'load', drone: 'd' } });
  const written = seen.changes.length;
  await seconds(3600);
  t.same([seen.alerts, seen.changes.length], [calls, written], 'nobody is called twice, nothing is written');
  // and: somebody comes
  await orders.deed('one', { do: 'loaded', drone: null }, BY);
  await seconds(1);
  t.match(await orders.get('one'), { state: 'ready', asked: null });
  t.same(seen.alerts, calls);
  // and: an order that is over, and its parcel hangs on a drone that was given up
  const left = { n: 1, drone: 'd', phase: 'load', parcel: 'aboard', before: {}, ...{ ferry: null, delivery: null } };
  const end = { how: 'silent', words: 'silent', atUtcUs: seen.nowUs };
  const chosenUtcUs = seen.nowUs;
  const set = {
    state: 'closed',
    outcome: 'delivered',
    attempt: null,
    attempts: { 1: null, 2: { ...left, n: 2, chosenUtcUs, end } },
  };
  apply({ id: 'one', type: 'moved', set, open: true, by: BY });
  await seconds(910);
  t.same(seen.alerts.slice(1), ['one left-aboard d may have its parcel aboard still: take it off, and say so']);
  t.match(await orders.get('one'), { state: 'closed', leftOn: 'd', asked: { what: 'take-off', drone: 'd' } });
  await orders.deed('one', { do: 'unloaded', drone: null }, BY);
  await seconds(1);
  t.match(await orders.get('one'), { leftOn: null, asked: null });
  t.equal(seen.alerts.length, 2);
});
