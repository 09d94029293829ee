/** A parcel that hangs on a drone hangs there, whatever was decided while it was hung there. */
import t from 'tap';
import {
  type Attempt,
  closed,
  currentOf,
  ended,
  isOver,
  newOrder,
  type Order,
  type Wish,
  withAttempt,
} from './order.ts';
import { load, unload } from './people.ts';
import type { Seen } from './seen.ts';
import { takenDrones } from './taken.ts';
import { orderView } from './view.ts';

const PLACE = { latDeg: 47.4, lonDeg: 8.5 };
const WISH: Wish = {
  ...{ pickup: PLACE, base: 'letten', dropOff: PLACE, payloadKg: 1, priority: 5, how: 'winch', contact: null },
  ...{ notBeforeUtcUs: null, notAfterUtcUs: null },
};
const ATTEMPT: Attempt = {
  ...{ n: 1, drone: 'stork-11', phase: 'load', ferry: null, delivery: null, before: {}, flights: 0, plans: 0 },
  ...{ parcel: 'none', loadedBy: null, deliveredUtcUs: null, landedUtcUs: null, chosenUtcUs: 0, why: [] },
  ...{ preflight: null, end: null },
};
const LOADING: Order = { ...newOrder(WISH, 'shop', 0), state: 'loading', attempt: 1, attempts: { 1: ATTEMPT } };
const GIVEN_UP_US = 1e9;
const GIVEN_UP: Order = {
  ...ended(LOADING, 'silent', 'stork-11 is silent', GIVEN_UP_US),
  ...{ state: 'queued', avoid: { 'stork-11': GIVEN_UP_US + 300e6 } },
};
const SAID = { by: 'Ann', drone: null, utcUs: GIVEN_UP_US + 5e6, isTaken: () => false };
const ON_THE_GROUND = { drone: { armed: false }, utcUs: GIVEN_UP_US + 60e6 } as Seen;

function done(answer: ReturnType<typeof load>): Order {
  if (!answer.ok) throw new Error(answer.detail);
  return answer.order;
}

t.test('loaded on a drone that was given up just before: it flies it', async (t) => {
  for (const drone of [null, 'stork-11']) {
    const order = done(load(GIVEN_UP, { ...SAID, drone }));
    t.match(currentOf(order), { n: 1, parcel: 'aboard', phase: 'delivery', loadedBy: 'Ann', end: null });
    t.same(order.avoid, {}, 'it is asked for its flight');
    t.equal(done(load(order, SAID)), order, 'said again');
  }
});

t.test('loaded on a drone that cannot fly it any more: it is taken off, and nobody else has it before', async (t) => {
  // given: the order went to another one; is over; is to be cancelled; the drone has another order
  const second = { ...ATTEMPT, n: 2, drone: 'heron-3' };
  const atOnce = { ...withAttempt(GIVEN_UP, second), attempt: 2, state: 'loading' } as const;
  const cases: Readonly<Record<string, Order>> = {
    another: atOnce,
    over: closed(GIVEN_UP, 'expired', 'too late', GIVEN_UP_US),
    cancelled: { ...GIVEN_UP, cancel: { by: 'shop', why: null, atUtcUs: 0 } },
    taken: GIVEN_UP,
  };
  for (const [name, before] of Object.entries(cases)) {
    const said = { ...SAID, drone: 'stork-11', isTaken: () => name === 'taken' };
    // when
    const order = done(load(before, said));
    // then
    t.match(order.attempts[1], { parcel: 'aboard', loadedBy: 'Ann' }, name);
    t.match(takenDrones([['o', order]]).get('stork-11'), /take it off/, name);
    t.equal(isOver(order), name === 'over');
    t.equal(done(load(order, said)), order, 'said again');
    if (name === 'another')
      t.match(load(order, { ...SAID, drone: 'heron-3' }), { ok: false, detail: /aboard stork-11/ });
    // and taken off it is free
    const off = done(unload(order, ON_THE_GROUND, null));
    t.equal(takenDrones([['o', off]]).get('stork-11'), undefined, name);
    if (name === 'another') t.equal(currentOf(done(load(off, { ...SAID, drone: 'heron-3' })))?.parcel, 'aboard');
  }
});

t.test('what nobody waited for is not taken for loaded', async (t) => {
  t.match(load(newOrder(WISH, 'shop', 0), SAID), { ok: false, detail: /no drone waits/ });
  t.match(load(LOADING, { ...SAID, drone: 'heron-3' }), { ok: false, detail: /heron-3 does not wait/ });
  t.match(load(GIVEN_UP, { ...SAID, utcUs: GIVEN_UP_US + 3600e6 }), { ok: false }, 'an hour later, and no drone named');
  const ferry = {
    ...GIVEN_UP,
    attempts: { 1: { ...ATTEMPT, phase: 'ferry', end: GIVEN_UP.attempts[1]?.end ?? null } },
  };
  t.match(load(ferry as Order, SAID), { ok: false }, 'it never came to wait');
});

t.test('two drones may have parcels of an order: people say which they took it off', async (t) => {
  // given: the first one is lost with its parcel, another parcel went; that hangs on a drone which was given up too
  const { 1: first } = GIVEN_UP.attempts;
  const end = { how: 'relaunched', words: 'Ann: relaunch', atUtcUs: 0 } as const;
  const attempts = {
    1: { ...ATTEMPT, phase: 'delivery', parcel: 'aboard', end },
    2: { ...ATTEMPT, n: 2, drone: 'heron-3', phase: 'load', parcel: 'aboard', end: first?.end ?? null },
  } as const;
  const order: Order = { ...GIVEN_UP, attempts };
  const parcels = (after: Order) => [after.attempts[1]?.parcel, after.attempts[2]?.parcel];
  t.equal(orderView('o', order).leftOn, 'heron-3', 'the one that is there comes first');
  t.same(parcels(done(unload(order, ON_THE_GROUND, null))), ['aboard', 'off']);
  const off = done(unload(order, ON_THE_GROUND, 'heron-3'));
  t.same(parcels(off), ['aboard', 'off']);
  t.equal(done(unload(off, ON_THE_GROUND, 'heron-3')), off, 'said again it changes nothing');
  t.equal(orderView('o', off).leftOn, 'stork-11');
  t.same(parcels(done(unload(off, ON_THE_GROUND, 'stork-11'))), ['off', 'off']);
  t.match(unload(off, ON_THE_GROUND, 'kite-5'), { ok: false, detail: /kite-5 has no parcel/ });
});
