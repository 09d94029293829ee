import t from 'tap';
import { type Attempt, newOrder, type Order, type Wish } from './order.ts';
import type { Seen } from './seen.ts';
import { step } from './step.ts';

const PLACE = { latDeg: 47.4, lonDeg: 8.5 };
const WISH: Wish = {
  ...{ pickup: PLACE, base: 'letten', dropOff: PLACE, payloadKg: 1, priority: 5, how: 'winch', contact: null },
  ...{ notBeforeUtcUs: null, notAfterUtcUs: null },
};
const ATTEMPT: Attempt = {
  ...{ n: 1, drone: 'stork-11', phase: 'load', ferry: null, delivery: null, before: {}, flights: 0, plans: 0 },
  ...{ parcel: 'none', loadedBy: null, deliveredUtcUs: null, chosenUtcUs: 0, why: [], preflight: null, end: null },
};
const LOADING: Order = { ...newOrder(WISH, 'shop', 0), state: 'loading', attempt: 1, attempts: { 1: ATTEMPT } };

function seen(drone: Partial<Seen['drone']>): Seen {
  const there = { silentS: 1, armed: false, at: { base: 'letten' }, energyUntilUtcUs: null };
  return {
    ...{ utcUs: 1e6, clockErrUs: 0, ferry: null, delivery: null, start: null, againstStart: null },
    drone: { ...there, ...drone },
  };
}

t.test('a drone that waits to be loaded is given up when it has gone, not for a sample beside its pad', async (t) => {
  const state = (drone: Partial<Seen['drone']>) => step(LOADING, seen(drone)).state;
  t.equal(state({}), 'loading');
  t.equal(state({ at: { base: null } }), 'loading', 'some metres beside every pad');
  t.equal(state({ at: null }), 'loading', 'its position is not known now');
  t.equal(state({ at: { base: 'hardturm' } }), 'queued');
  t.equal(state({ armed: true, at: null }), 'queued');
});
