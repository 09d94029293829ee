import t from 'tap';
import type { Attempt, Order } from './order.ts';
import { owedOf } from './owed.ts';
import type { Seen } from './seen.ts';
import { step } from './step.ts';
import { ATTEMPT, LEG, LOADING, seen } from './testing/given.ts';

t.test('a drone that waits to be loaded is given up when it has gone, not for a sample beside its pad', async (t) => {
  const state = (drone: Partial<Seen['drone']>) => step(LOADING, seen(drone)).state;
  t.equal(state({}), 'loading');
  t.equal(state({ at: { base: null } }), 'loading', 'some metres beside every pad');
  t.equal(state({ at: null }), 'loading', 'its position is not known now');
  t.equal(state({ at: { base: 'hardturm' } }), 'queued');
  t.equal(state({ armed: true, at: null }), 'queued');
});

const HOME_WITH_IT: Order = {
  ...{ ...LOADING, state: 'returning' },
  attempts: { 1: { ...ATTEMPT, phase: 'delivery', delivery: LEG, parcel: 'aboard' } },
};

t.test('a drone that came home with the parcel, and where it stands is not known at once', async (t) => {
  // given: landed, its last position is old, or some metres beside the pad
  const stand = { state: 'completed', words: null, answered: true, takingBack: false, parcel: null } as const;
  const at = (utcS: number, drone: Partial<Seen['drone']>) => ({ ...seen(drone), utcUs: utcS * 1e6, delivery: stand });
  for (const not of [{ at: null }, { at: { base: null } }]) {
    const waits = step(HOME_WITH_IT, at(100, not));
    t.match(waits, { state: 'returning', words: /where, is not known yet/ });
    t.equal(step(waits, at(130, not)), waits, 'nothing is written each second');
    // then: it is flown again once that is known, people are asked when it stays so
    const known = step(waits, at(130, {}));
    t.match(known, { state: 'ready', attempts: { 1: { delivery: null, landedUtcUs: null, flights: 1 } } });
    t.match(step(waits, at(161, not)), { state: 'unloading', words: /did not deliver/ });
  }
});

t.test(
  'while it is planned once more, the plan before is not taken back: its drone would refuse the next one',
  async (t) => {
    const before = { 1: LEG };
    const again: Order = {
      ...{ ...HOME_WITH_IT, state: 'ready' },
      attempts: { 1: { ...ATTEMPT, phase: 'delivery', parcel: 'aboard', before, plans: 1 } },
    };
    const held = { state: 'verified', words: null, answered: true, takingBack: false, parcel: null } as const;
    const owed = (order: Order) =>
      owedOf(order, () => ({ ferry: null, delivery: null, start: null, abort: null, standOf: () => held }), 1e6);
    t.same(owed(again), []);
    t.match(owed({ ...again, state: 'unloading' }), [{ do: 'take-back' }], 'it is not flown any more');
    t.match(owed({ ...again, cancel: { by: 'shop', why: null, atUtcUs: 0 } }), [{ do: 'take-back' }]);
  },
);

t.test(
  'a silent drone is given up by the time that stands in what it was given, when that is the later one',
  async (t) => {
    // given: on its way to the parcel since before the controller meant it to begin no more
    const ferry = { ...LEG, notAfterUtcUs: 60e6, itinerary: { ...LEG.itinerary, notAfter: '1970-01-01T00:16:00Z' } };
    const order: Order = { ...LOADING, state: 'assigned', attempts: { 1: { ...ATTEMPT, phase: 'ferry', ferry } } };
    const stand = { state: 'flying', words: null, answered: true, takingBack: false, parcel: null } as const;
    const at = (utcS: number) => ({
      ...seen({ silentS: 500, at: null }),
      utcUs: utcS * 1e6,
      clockErrUs: 2e6,
      ferry: stand,
    });
    // then
    t.match(step(order, at(100)), { attempt: 1, words: /may still begin/, dueUtcUs: 972e6 });
    t.match(step(order, at(971)), { attempt: 1 });
    t.match(step(order, at(973)), { attempt: null, state: 'queued' });
  },
);

t.test('what a drone flew of a plan before the last one counts, however late it says so', async (t) => {
  // given: nothing was heard while it flew; back on its pad it was taken not to have begun, and is planned anew
  const stand = (state: 'verified' | 'flying' | 'completed', parcel: string | null = null) => ({
    ...{ state, words: null, answered: true, takingBack: false },
    parcel: parcel === null ? null : { state: parcel, words: null },
  });
  const second = { ...LEG, itinerary: { ...LEG.itinerary, version: 2 }, starts: 0, startedUtcUs: null };
  const attempt = { ...ATTEMPT, phase: 'delivery', before: { 1: LEG }, parcel: 'aboard', plans: 2 } as const;
  for (const delivery of [null, second]) {
    const order: Order = { ...HOME_WITH_IT, state: 'ready', attempts: { 1: { ...attempt, delivery } } };
    const heard = (first: ReturnType<typeof stand>) => {
      const news = (now: Order): Seen => {
        const leg = now.attempts[1]?.delivery;
        const standOf: Seen['standOf'] = (one) => (one.itinerary.version === 1 ? first : stand('verified'));
        return { ...seen({}), standOf, delivery: leg ? standOf(leg) : null };
      };
      const once = step(order, news(order));
      return step(once, news(once));
    };
    // when
    const delivered = heard(stand('completed', 'released'));
    // then: it is not flown once more, empty
    t.match(delivered, { state: 'closed', outcome: 'delivered', attempts: { 1: { parcel: 'released' } } });
    t.match(heard(stand('completed', 'unproved')), { state: 'unproved' });
    t.match(heard(stand('flying')), {
      state: 'outbound',
      attempts: { 1: { delivery: { itinerary: { version: 1 } } } },
    });
    const aboard = heard(stand('completed', 'aboard')).attempts[1]?.delivery?.itinerary.version;
    t.equal(aboard, delivery?.itinerary.version, 'came home with it: that is known already');
  }
});

t.test('a drone that was held on its way is late from then on, whatever it does afterwards', async (t) => {
  const stand = (state: 'flying' | 'held' | 'interrupted') => ({
    ...{ state, words: null, answered: true, takingBack: false, parcel: null },
  });
  const out: Order = { ...HOME_WITH_IT, state: 'outbound' };
  const comes: Order = {
    ...{ ...LOADING, state: 'ferrying' },
    attempts: { 1: { ...ATTEMPT, phase: 'ferry', ferry: LEG } },
  };
  for (const [order, name] of [
    [out, 'delivery'],
    [comes, 'ferry'],
  ] as const) {
    const after = (state: Parameters<typeof stand>[0], of: Order) =>
      step(of, { ...seen({ at: null }), [name]: stand(state) });
    t.notOk(after('flying', order).attempts[1]?.[name]?.late);
    for (const state of ['held', 'interrupted'] as const)
      t.ok(after('flying', after(state, order)).attempts[1]?.[name]?.late, `${name} ${state}`);
  }
});

t.test(
  'what the words say of a flight that is held, flown by another, or cancelled while another is in command',
  async (t) => {
    const out = { state: 'outbound', ...{ attempts: HOME_WITH_IT.attempts } } as const;
    const flies: Order = { ...HOME_WITH_IT, ...out };
    const words = (order: Order, state: 'flying' | 'held' | 'interrupted', abort: Seen['abort'] = null) => {
      const stand = { state, words: null, answered: true, takingBack: false, parcel: null } as const;
      return step(order, { ...seen({ at: null }), delivery: stand, abort }).words ?? '';
    };
    // The dispatcher is in command of what it started: without `takeOver` a `resume` is rejected.
    t.match(words(flies, 'held'), /resume it, with “take over”/);
    t.match(words(flies, 'interrupted'), /resume it with “take control” and “take over”/);
    const cancelled: Order = { ...flies, cancel: { by: 'shop', why: null, atUtcUs: 0 } };
    t.match(words(cancelled, 'flying'), /^cancelled: it brings the parcel back/);
    t.match(words(cancelled, 'flying', { final: true, state: 'succeeded', words: null }), /it brings the parcel back/);
    const no = { final: true, state: 'rejected', words: 'another is in command (Ann)' };
    t.match(
      words(cancelled, 'flying', no),
      /does not bring the parcel back \(another is in command \(Ann\)\): return it/,
    );
    t.match(words(cancelled, 'held', no), /does not bring the parcel back/, 'resumed it would deliver');
  },
);

t.test(
  'a plan that the autopilot did not keep is given to it again, three times, each time with time to be read',
  async (t) => {
    const stand = { state: 'void', words: 'changed', answered: true, takingBack: false, parcel: null } as const;
    let now: Order = { ...HOME_WITH_IT, state: 'ready' };
    const told: number[] = [];
    for (let utcS = 1001; utcS <= 1060 && now.attempts[1]?.delivery; utcS++) {
      // As the engine looks: until nothing changes.
      for (let rounds = 0; rounds < 10; rounds++) now = step(now, { ...seen({}), utcUs: utcS * 1e6, delivery: stand });
      const repeats = now.attempts[1]?.delivery?.repeats ?? 0;
      if (repeats > told.length) told.push(utcS);
    }
    t.same(told, [1001, 1011, 1021]);
    t.match(now, { state: 'ready', words: /does not keep the plan/ });
  },
);

t.test('a drone came to the pickup, and where it stands stays unknown: another one is looked for', async (t) => {
  const stand = { state: 'completed', words: null, answered: true, takingBack: false, parcel: null } as const;
  const ferry: Order = {
    ...{ ...LOADING, state: 'ferrying' },
    attempts: { 1: { ...ATTEMPT, phase: 'ferry', ferry: LEG } },
  };
  const at = (utcS: number, drone: Partial<Seen['drone']>) => ({ ...seen(drone), utcUs: utcS * 1e6, ferry: stand });
  const waits = step(ferry, at(1000, { at: null }));
  t.match(waits, { state: 'ferrying', words: /where, is not known yet/ });
  t.equal(step(waits, at(1200, { at: null })), waits);
  t.match(step(waits, at(1200, {})), { state: 'loading', attempts: { 1: { landedUtcUs: null } } });
  t.match(step(waits, at(1301, { at: null })), { state: 'queued', attempt: null, words: /where, is not known/ });
});

t.test('an order that no drone flies for days asks ever more seldom, and does not grow', async (t) => {
  // given: two drones refuse all that they are given
  const stand = { state: 'refused', words: 'bad plan', answered: true, takingBack: false, parcel: null } as const;
  let now: Order = { ...LOADING, state: 'queued', attempt: null, attempts: {} };
  let n = 0;
  const asked = new Map<string, number>();
  for (let utcS = 1000; utcS < 1000 + 2 * 86_400; utcS += 10) {
    const drone = ['stork-11', 'stork-12'].find((one) => (now.avoid[one] ?? 0) <= utcS * 1e6);
    if (drone === undefined) continue;
    asked.set(drone, (asked.get(drone) ?? 0) + 1);
    const attempt: Attempt = { ...ATTEMPT, n: ++n, drone, phase: 'ferry', ferry: LEG };
    const given: Order = { ...now, state: 'assigned', attempt: n, attempts: { ...now.attempts, [n]: attempt } };
    now = step(given, { ...seen({}), utcUs: utcS * 1e6, ferry: stand, standOf: () => stand });
    if (now.state !== 'queued') throw new Error(now.state);
  }
  // then
  t.ok(Math.max(...asked.values()) < 60, `asked ${[...asked.values()]} times in two days`);
  t.ok(Object.keys(now.attempts).length <= 20, `${Object.keys(now.attempts).length} attempts are kept`);
  t.ok(now.attempts[n], 'the newest are');
});

t.test('a start of which nobody knows, and its drone is not heard since: it may fly, and is left alone', async (t) => {
  const leg = { ...LEG, startedUtcUs: 100e6, notAfterUtcUs: 103e6 };
  const order: Order = {
    ...{ ...HOME_WITH_IT, state: 'starting' },
    attempts: { 1: { ...ATTEMPT, phase: 'delivery', delivery: leg, parcel: 'aboard', plans: 1 } },
  };
  const stand = { state: 'verified', words: null, answered: true, takingBack: false, parcel: null } as const;
  const news = (silentS: number, state = 'unknown'): Seen => ({
    ...{ ...seen({ silentS, at: null }), utcUs: 115e6, delivery: stand },
    start: { final: true, state, words: 'no-answer' },
  });
  // then: neither planned once more nor given to people, who would walk to a pad that is empty
  for (const one of [order, { ...order, cancel: { by: 'shop', why: null, atUtcUs: 0 } }])
    t.match(step(one, news(12)), { state: 'starting', words: /not heard since/ });
  t.match(step(order, news(1)), { state: 'unloading' }, 'heard well after it, it has not begun');
  t.match(step(order, news(12, 'rejected')), { state: 'unloading' }, 'nor when it was not carried out');
  const offline = step(order, news(16, 'rejected'));
  t.match(
    offline,
    { state: 'starting', words: /not heard since/ },
    'one that is offline may fly by an earlier start (seed 863286936)',
  );
  const back = (one: Order, armed: boolean | null) => step(one, { ...news(0), drone: { ...news(0).drone, armed } });
  for (const one of [order, { ...order, cancel: { by: 'shop', why: null, atUtcUs: 0 } }]) {
    t.match(
      back(one, true),
      { state: 'starting', words: /is armed/ },
      'heard again, and not yet what it did meanwhile',
    );
    const words = /whether it is armed is not known.* If it flies, return or land it; if it stands there, disarm it/;
    t.match(back(one, null), { state: 'starting', words }, 'its presence has come, and no sample yet');
    t.match(back(one, false), { state: 'unloading' });
  }
  // The controller was restarted since, and knows of no start.
  const anew = (armed: boolean) => ({ ...news(0), utcUs: 135e6, start: null, drone: { ...news(0).drone, armed } });
  t.match(step(order, anew(true)), { state: 'starting', words: /is armed/ });
  t.match(step(order, anew(false)), { state: 'unloading' });
});

t.test('loaded, and silent for good before its flight was planned: people are asked', async (t) => {
  const attempts = { 1: { ...ATTEMPT, phase: 'delivery', parcel: 'aboard' } } as const;
  const order: Order = { ...LOADING, state: 'ready', words: 'stork-11 is not heard', attempts };
  t.equal(step(order, seen({ silentS: 3000, at: null })), order, 'what the planner says of it stays');
  const lost = step(order, seen({ silentS: 3700, at: null }));
  t.match(lost, { state: 'lost', words: /look for it/ });
  t.equal(step(lost, seen({ silentS: 3701, at: null })), lost);
  t.match(step(lost, seen({ silentS: 1 })), { state: 'ready' }, 'heard again it is flown');
});
