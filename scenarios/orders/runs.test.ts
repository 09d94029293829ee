/** Orders through all that can go wrong, in virtual time: no parcel delivered twice, none forgotten. */
import t from 'tap';
import { measured } from '../kit/measured.ts';
import { countFromEnvironment, seedFromEnvironment } from '../kit/seed.ts';
import { isApplicable } from '../voyage/mutate.ts';
import { MUTATIONS } from './mutations.ts';
import { runOrders } from './run-orders.ts';

t.test('random runs', async (t) => {
  const seed = process.env.SEED === undefined ? seedFromEnvironment() % 1e9 : seedFromEnvironment();
  const count = countFromEnvironment(60, 1000);
  let orders = 0;
  let faults = 0;
  for (let one = seed; one < seed + count; one++) {
    const result = await runOrders(one);
    orders += result.orders;
    faults += result.faults;
    if (!t.same(result.wrong, [], `SEED=${one} COUNT=1`)) return;
  }
  measured(`${count} runs from SEED=${seed}: ${orders} orders, ${faults} faults`);
  t.ok(orders > 0 && faults > 0);
});

t.test('random runs with pads, planned by the product', async (t) => {
  const seed = process.env.SEED === undefined ? seedFromEnvironment() % 1e9 : seedFromEnvironment();
  const count = countFromEnvironment(8, 300);
  let busy = 0;
  for (let one = seed; one < seed + count; one++) {
    const { wrong, inAir } = await runOrders(one, { pads: true });
    if (inAir >= 2) busy++;
    if (!t.same(wrong, [], `PADS=1 SEED=${one} node scenarios/orders/run.ts`)) return;
  }
  measured(`${count} runs with pads from SEED=${seed}, in ${busy} two or more in the air at once`);
});

t.test('a seed replays', async (t) => {
  for (const pads of [false, true]) t.same(await runOrders(7, { pads }), await runOrders(7, { pads }));
});

t.test('the mutations fit the source', async (t) => {
  for (const mutation of MUTATIONS) t.doesNotThrow(() => isApplicable(mutation), mutation.name);
});
