/** What is not news is neither written down nor told again: an order may wait, or be owed something, for days. */
import t from 'tap';
import { BY, PLANNED, scene, WISH } from './testing/scene.ts';

t.test('an order waits, and each answer has other figures', async (t) => {
  // given: ready in so many minutes, counted from now
  let words = 'no drone with';
  let pct = 0;
  const { orders, seen, seconds } = scene({
    plan: () => ({ kind: 'wait', words: `${words} ${++pct} %`, untilUtcUs: seen.nowUs + 600e6, why: [] }),
  });
  await orders.place(WISH, BY);
  // when
  await seconds(600);
  // then: as often as its figures are told, once a minute
  const waits = () => seen.changes.filter(({ type }) => type === 'waits').length;
  t.ok(waits() >= 9 && waits() <= 11, `${waits()} events in ten minutes`);
  // other words are news
  const before = waits();
  words = 'the wind is';
  await seconds(6);
  t.equal(waits(), before + 1);
});

t.test('a database that fails as a drone is told ends nothing: it is told later', async (t) => {
  const plan = () => ({ kind: 'fly', drone: 'd', ferry: PLANNED, delivery: PLANNED, why: [] }) as const;
  const { orders, seen, seconds } = scene({ plan }, true);
  await orders.place(WISH, BY);
  await seconds(3);
  await orders.deed('one', { do: 'cancel', why: null }, BY);
  await seconds(60);
  t.ok(seen.takenBack >= 10, `asked ${seen.takenBack} times in a minute`);
});

t.test('an order is over, and its drone cannot be told', async (t) => {
  const { orders, seen, seconds } = scene({
    plan: () => ({ kind: 'fly', drone: 'd', ferry: PLANNED, delivery: PLANNED, why: [] }),
  });
  await orders.place(WISH, BY);
  await seconds(3);
  await orders.deed('one', { do: 'cancel', why: null }, BY);
  // when
  await seconds(60);
  // then: tried again, at its pace
  t.ok(seen.takenBack >= 10 && seen.takenBack <= 13, `told ${seen.takenBack} times in a minute`);
});

t.test('nothing of an order that is put away is remembered', async (t) => {
  const { orders, seconds } = scene(
    { plan: () => ({ kind: 'fly', drone: 'd', ferry: PLANNED, delivery: PLANNED, why: [] }) },
    false,
    // A plan that breaks a rule, which is known of no drone.
    { stand: () => null, give: async () => ({ ok: false, words: 'no take-off', never: true }) },
  );
  await orders.place(WISH, BY);
  await seconds(3);
  t.ok(orders.remembered > 0);
  await orders.deed('one', { do: 'cancel', why: null }, BY);
  await seconds(10);
  t.equal(orders.open, 0);
  t.equal(orders.remembered, 0);
});

t.test('after a restart, what a drone has of an older plan is asked for before its order is put away', async (t) => {
  // given: over while it was between two plans; what the drone said is not in memory yet
  let isRead = false;
  const stand = { state: 'verified', words: null, answered: true, takingBack: false, parcel: null } as const;
  const plan = () => ({ kind: 'wait', words: '', untilUtcUs: null, why: [] }) as const;
  const { seen, seconds, apply } = scene({ plan }, false, {
    known: () => isRead,
    stand: () => (isRead ? stand : null),
  });
  const older = { ...PLANNED, itinerary: { id: 'order-one-1', version: 1, items: [] }, drone: 'd' };
  const attempt = {
    n: 1,
    drone: 'd',
    phase: 'delivery',
    parcel: 'off',
    before: { 1: older },
    end: { how: 'unloaded' },
  };
  apply({
    ...{ id: 'one', type: 'moved', by: BY, open: true },
    set: { wish: WISH, state: 'closed', outcome: 'expired', sinceUtcUs: seen.nowUs, attempts: { 1: attempt } },
  });
  // when
  await seconds(3);
  t.same([seen.takenBack, seen.changes.length], [0, 0], 'it waits to be known');
  isRead = true;
  await seconds(1);
  // then
  t.equal(seen.takenBack, 1);
});

t.test(
  'a drone on its way to the pickup flies on when its order is cancelled: its air and its pad stay kept',
  async (t) => {
    const { orders, seen, seconds } = scene(
      { plan: () => ({ kind: 'fly', drone: 'd', ferry: PLANNED, delivery: PLANNED, why: [] }) },
      false,
      { stand: () => ({ state, words: null, answered: true, takingBack: false, parcel: null }) },
    );
    let state: 'flying' | 'completed' = 'flying';
    await orders.place(WISH, BY);
    await seconds(3);
    await orders.deed('one', { do: 'cancel', why: null }, BY);
    // when
    await seconds(60);
    // then: what plans for others sees it
    t.match(await orders.get('one'), { state: 'closed', outcome: 'cancelled' });
    t.equal(orders.open, 1);
    t.equal(seen.changes.filter(({ type }) => type === 'put-away').length, 0);
    state = 'completed';
    await seconds(2);
    t.equal(orders.open, 0);
  },
);

t.test(
  'called off after its drone was told to start, and is not heard since: it may stand where it was sent',
  async (t) => {
    // given: the start was posted, and nothing came back
    let silentS = 0;
    let isTakenBack = false;
    const posted: string[] = [];
    const { orders, seen, seconds } = scene(
      {
        plan: () => ({ kind: 'fly', drone: 'd', ferry: PLANNED, delivery: PLANNED, why: [] }),
        againstStart: () => null,
      },
      false,
      {
        stand: () => ({ state: 'verified', words: null, answered: true, takingBack: isTakenBack, parcel: null }),
        takeBack: async () => {
          isTakenBack = true;
          return { ok: true };
        },
        command: async ({ type, itinerary: { id, version } }) => {
          posted.push(`${type} ${id} ${version}`);
          return { ok: true, id: 'c' };
        },
      },
      { seen: () => ({ silentS, armed: null, at: null, energyUntilUtcUs: null }) },
    );
    await orders.place(WISH, BY);
    await seconds(3);
    await orders.deed('one', { do: 'cancel', why: null }, BY);
    for (silentS = 1; silentS < 120; silentS++) await seconds(1);
    // then: what plans for others keeps clear of it, until it is heard
    t.same(posted, ['start order-one-1-ferry 1'], 'what it is to start is named');
    t.match(await orders.get('one'), { state: 'closed', outcome: 'cancelled' });
    t.equal(orders.open, 1);
    t.equal(seen.changes.filter(({ type }) => type === 'put-away').length, 0);
    silentS = 0;
    await seconds(2);
    t.equal(orders.open, 0);
  },
);

t.test('cancelled while its plan is being given: the drone is told once the plan is known to have gone', async (t) => {
  let given = () => {};
  let isGiven = false;
  const stand = { state: 'verified', words: null, answered: true, takingBack: false, parcel: null } as const;
  const { orders, seen, seconds } = scene(
    { plan: () => ({ kind: 'fly', drone: 'd', ferry: PLANNED, delivery: PLANNED, why: [] }) },
    false,
    {
      stand: () => (isGiven ? stand : null),
      give: () =>
        new Promise((resolve) => {
          given = () => {
            isGiven = true;
            resolve({ ok: true });
          };
        }),
    },
  );
  await orders.place(WISH, BY);
  await seconds(3);
  await orders.deed('one', { do: 'cancel', why: null }, BY);
  await seconds(3);
  // when
  given();
  await seconds(2);
  // then
  t.ok(seen.takenBack > 0, 'it is not left on the drone');
});

t.test('no order is placed while too much waits for the database', async (t) => {
  const { orders, seen } = scene({ plan: () => ({ kind: 'wait', words: '', untilUtcUs: null, why: [] }) });
  seen.isFull = true;
  t.match(await orders.place(WISH, BY), { ok: false, code: 'store-unavailable', detail: /^not placed/ });
  t.same(seen.changes, []);
});

t.test('an order that cannot be planned because of a bug holds up no other, and says so', async (t) => {
  let looks = 0;
  const { orders, seen, seconds, apply } = scene({
    plan: ({ id }) => {
      if (id === 'one') throw new Error('not a pad');
      looks++;
      return { kind: 'wait', words: 'no drone', untilUtcUs: null, why: [] };
    },
  });
  await orders.place(WISH, BY);
  const { doc } = seen.held.get('one') ?? { doc: {} };
  apply({ id: 'two', type: 'placed', set: doc, open: true, by: BY });
  await seconds(20);
  t.match(await orders.get('one'), { state: 'queued', words: /could not be planned \(not a pad\)/ });
  t.ok(looks >= 3);
  t.ok((seen.counts.get('bugs') ?? 0) >= 3);
});
