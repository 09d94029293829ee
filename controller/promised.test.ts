/** A drone that charges for one order is left to it by those after it in the turn, and no longer than that order waits. */
import t from 'tap';
import { DEFAULT_RULES, type Decision, type OrderWish } from './planning/index.ts';
import { Promised } from './promised.ts';

const HERE = { latDeg: 47, lonDeg: 8 };
const order = (id: string, priority: number): OrderWish => ({
  ...{ id, priority, pickup: HERE, dropOff: HERE, payloadKg: 1, placedUtcUs: 0, how: 'winch' },
  ...{ notBeforeUtcUs: null, notAfterUtcUs: null },
});
const waits = (id: string): Decision => ({
  ...{ kind: 'wait', words: '', reasons: [], untilUtcUs: null, why: [] },
  claim: { order: id, drone: 'heron', fromUtcUs: 1 },
});

t.test('to those after it, while it waits', async (t) => {
  const promised = new Promised();
  const [heavy, light, urgent] = [order('heavy', 5), order('light', 4), order('urgent', 6)];
  const before = (one: OrderWish, open = true) =>
    promised.before(one, 1e6, DEFAULT_RULES, () => open).map(({ drone }) => drone);
  promised.take(heavy, waits('heavy'));
  t.same(before(light), ['heron']);
  t.same(before(urgent), []);
  t.same(before(heavy), []);
  promised.take(heavy, { kind: 'infeasible', reasons: [] });
  t.same(before(light), [], 'it waits no longer');
  promised.take(heavy, waits('heavy'));
  t.same(before(light, false), [], 'it is over');
  t.same(before(light), [], 'and forgotten');
});
