/** The controller's clock is set back: nothing waits for it to come round again. */
import t from 'tap';
import type { Order } from './order.ts';
import { owedOf } from './owed.ts';
import { step } from './step.ts';
import { ATTEMPT, LEG, LOADING, seen } from './testing/given.ts';
import { BY, scene, WISH } from './testing/scene.ts';

t.test('the clock was set back by an hour since a flight was planned: nobody waits for it that long', async (t) => {
  // given: planned to start ten minutes later, in air that is kept for then
  const HOUR = 3600;
  const leg = { ...LEG, plannedUtcUs: HOUR * 1e6, startUtcUs: (HOUR + 600) * 1e6, notAfterUtcUs: (HOUR + 900) * 1e6 };
  const planned = { ...leg, starts: 0, startedUtcUs: null };
  const stand = (state: 'verified' | 'cancelled') => ({
    ...{ state, words: 'taken back', answered: true, takingBack: false, parcel: null },
  });
  const loaded: Order = {
    ...{ ...LOADING, state: 'ready' },
    attempts: { 1: { ...ATTEMPT, phase: 'delivery', delivery: planned, parcel: 'aboard', plans: 1 } },
  };
  const at = (utcS: number) => ({ ...seen({}), utcUs: utcS * 1e6, delivery: stand('verified') });
  t.match(step(loaded, at(HOUR + 1)), { words: /starts when the air is free/, dueUtcUs: leg.startUtcUs });
  t.match(
    step(loaded, at(HOUR - 30)),
    { words: /starts when the air is free/ },
    'by half a minute: it waits so much longer',
  );
  // when
  const back = step(loaded, at(1));
  // then: planned anew
  t.match(back, { state: 'ready', words: /the clock was set back/, attempts: { 1: { delivery: null } } });
  // and a ferry is taken back; on its drone's word another is looked for
  const ferry: Order = {
    ...{ ...LOADING, state: 'assigned' },
    attempts: { 1: { ...ATTEMPT, phase: 'ferry', ferry: planned } },
  };
  const owed = (utcS: number) => {
    const held = { ferry: stand('verified'), delivery: null, start: null, abort: null, standOf: () => null };
    return owedOf(ferry, () => held, utcS * 1e6);
  };
  t.same(owed(HOUR + 1), []);
  t.match(owed(1), [{ do: 'take-back', leg: { startUtcUs: leg.startUtcUs } }]);
  t.match(step(ferry, { ...seen({}), utcUs: 1e6, ferry: stand('verified') }), { attempt: 1, words: /set back/ });
  const given = step(ferry, { ...seen({}), utcUs: 1e6, ferry: stand('cancelled') });
  t.match(given, { state: 'queued', attempt: null });
  // and a start that came to nothing is tried again
  const tried = { ...planned, starts: 1, startedUtcUs: (HOUR + 700) * 1e6, plannedUtcUs: 0, startUtcUs: 0 };
  const told: Order = { ...loaded, attempts: { 1: { ...ATTEMPT, ...loaded.attempts[1], delivery: tried } } };
  const start = { final: true, state: 'rejected', words: 'not now' };
  t.match(step(told, { ...at(1), start }), { attempts: { 1: { delivery: { starts: 2 } } } });
});

t.test('the clock of the controller is set back by an hour: orders that wait are looked at all the same', async (t) => {
  let plans = 0;
  const plan = () => ({ kind: 'wait', words: `no drone: ${++plans} %`, untilUtcUs: null, why: [] }) as const;
  const { orders, seen, seconds } = scene({ plan });
  await orders.place(WISH, BY);
  await seconds(20);
  t.ok(plans >= 3, `${plans} looks`);
  seen.nowUs -= 3600e6;
  const before = { plans, changes: seen.changes.length };
  await seconds(130);
  t.ok(plans - before.plans >= 20, `${plans - before.plans} looks`);
  t.ok(seen.changes.length > before.changes, 'and its words go on');
});
