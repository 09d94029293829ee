/**
 * Drones that are lost with an order in hand, all in one town: one before the pickup, which was only out of touch and comes
 * back when another has the order; one with the parcel aboard. The one that flies meanwhile has two operators, and the wind rises.
 */
import t, { type Test } from 'tap';
import { Desk } from '../kit/desk.ts';
import { measured } from '../kit/measured.ts';
import { isSoak } from '../kit/seed.ts';
import { until } from '../kit/until.ts';
import { createTown, type Metres, type OrderSeen, type Town } from './town.ts';

/** Flight rules §7, s. */
const MARGIN_S = 10;
const SHOP: Metres = [0, 0];
const SHOP_2: Metres = [0, -15];
const YARD: Metres = [-75, 0];
const MILL: Metres = [250, 0];
const DOOR: Metres = [0, 45];
const FAR_DOOR: Metres = [250, 400];

interface CommandSeen {
  readonly type: string;
  readonly issuedBy: string;
  readonly deliveries: readonly { readonly drone: string; readonly state: string }[];
}

// Three minutes of waiting; the virtual runs of every `make test` lose drones too.
const skip = isSoak() ? false : 'in make soak';

t.test('drones that are lost with an order', { timeout: 600_000, skip }, async (t) => {
  const began = performance.now();
  // given: two that stand at the shop and in its yard, one at the mill
  const town = await createTown(t, {
    drones: { 'heron-01': SHOP, 'ibis-02': YARD, 'kite-03': MILL },
    bases: { shop: [SHOP, SHOP_2], yard: [YARD], mill: [MILL] },
    cuttable: ['ibis-02'],
  });
  const [lost] = await Promise.all([withParcel(t, town), beforePickup(t, town)]);
  await settled(t, town, lost);
  const { orders } = await town.api.get<{ orders: readonly OrderSeen[] }>('/orders?open=true');
  const left = orders.map(({ id, state, leftOn }) => ({ id, state, leftOn }));
  t.same(left, [{ id: lost, state: 'closed', leftOn: 'kite-03' }], 'nothing waits but for the drone that is lost');
  measured(`told in ${Math.round((performance.now() - began) / 1000)} s`);
});

/** Silent for ever, the parcel aboard: people are asked. The order. */
async function withParcel(t: Test, town: Town): Promise<string> {
  const { id } = await town.order(MILL, FAR_DOOR);
  await town.becomes(id, 'to be loaded', ({ state }) => state === 'loading');
  await town.load(id, 'kite-03');
  await town.becomes(id, 'on its way', ({ state }) => state === 'outbound');
  const { agent, simulator } = town.drone('kite-03');
  await Promise.all([agent.program.kill9(), simulator.program.kill9()]);
  const silent = await town.becomes(id, 'silent', ({ words }) => /is silent/.test(words ?? ''), { timeoutMs: 90_000 });
  t.match(silent, { state: 'outbound', drone: 'kite-03', parcel: 'aboard' }, 'it keeps its parcel');
  const { value: alert } = await new Desk(town.world.controller.httpUrl).opens('kite-03', 'last-will', 60_000);
  t.match(alert, { open: true, drone: 'kite-03' }, `people are asked: ${alert.words}; ${alert.whatToDo}`);
  return id;
}

/** Whoever stood free meanwhile was not given it; people have looked for it, and say so. */
async function settled(t: Test, town: Town, id: string): Promise<void> {
  const silent = await town.seen(id);
  t.match(silent, { state: 'outbound', drone: 'kite-03', parcel: 'aboard', words: /is silent/ });
  t.equal(silent.attempts.length, 1, 'not given to another');
  await town.api.post(`/orders/${id}/settle`, { word: 'lost', issuedBy: 'Ann' });
  t.match(await town.seen(id), { state: 'closed', outcome: 'lost' });
}

/** Out of touch before it has begun: its order waits for the end of what it was given, and it never begins it. */
async function beforePickup(t: Test, town: Town): Promise<void> {
  // given: the one at the shop has an order in hand, so that the one in the yard is sent for
  const other = await town.order(SHOP, DOOR);
  await town.becomes(other.id, 'to be loaded', ({ state }) => state === 'loading');
  const { id } = await town.order(SHOP, DOOR);
  await town.becomes(id, 'given', ({ drone }) => drone !== null, { everyMs: 20 });
  const stop = await town.api.post<{ id: string }>('/ground-stops', {
    reach: { base: 'shop' },
    reason: 'a dog',
    issuedBy: 'Ann',
  });
  const given = await town.becomes(id, 'kept on the ground', ({ words }) => /dog/.test(words ?? ''));
  t.match(given, { state: 'assigned', drone: 'ibis-02', parcel: 'none' });
  const plan = given.attempts[0]?.ferry?.itinerary ?? '';
  const { itinerary } = await town.api.get<{ itinerary: { notAfter: string } }>(`/itineraries/${plan}`);
  // when: it falls out of touch, and is told to start then
  town.drone('ibis-02').uplink?.cut();
  await town.api.post(`/ground-stops/${stop.id}/lift`, { issuedBy: 'Ann' });
  await until(async () => (await starts(town, 'ibis-02')).length > 0, {
    timeoutMs: 30_000,
    what: 'it to be told to start',
  });
  await town.api.post(`/orders/${other.id}/cancel`, { issuedBy: 'shop' });
  // then: another drone, which stands there, gets the order when the first one cannot begin any more, and not before
  const again = await town.becomes(id, 'given again', ({ attempts }) => attempts.length > 1, { timeoutMs: 180_000 });
  const second = again.attempts[1];
  t.equal(second?.drone, 'heron-01');
  const waitedS = (Date.parse(second?.chosenAt ?? '') - Date.parse(itinerary.notAfter)) / 1000;
  t.ok(waitedS >= MARGIN_S, `given again ${waitedS.toFixed(1)} s after ${itinerary.notAfter}`);
  measured(`given to another ${waitedS.toFixed(1)} s after the end of what the first one was given`);
  // when: the first one is back, with all that was sent to it on the way
  town.drone('ibis-02').uplink?.mend();
  await town.becomes(id, 'to be loaded', ({ state }) => state === 'loading');
  await town.load(id, 'heron-01');
  await twoOperators(t, town, id, 'heron-01');
  await windRises(t, town);
  const end = await town.becomes(id, 'over', ({ state }) => state === 'closed', { timeoutMs: 180_000 });
  t.equal(end.outcome, 'delivered', end.words ?? '');
  t.match(await town.truth('heron-01'), { releases: 1, massKg: 0 });
  // then: it has not begun, will not, and is free
  await until(
    async () => {
      const { drones } = await town.api.get<Given>(`/itineraries/${plan}`);
      return drones.every(({ state }) => state === 'cancelled' || state === 'refused');
    },
    { timeoutMs: 60_000, what: 'it to say that it does not fly what it was given' },
  );
  t.match(await town.truth('ibis-02'), { releases: 0 });
  t.equal(town.flown('ibis-02').arms, 0, 'never armed');
  t.notOk((await starts(town, 'ibis-02')).includes('succeeded'));
}

interface Given {
  readonly drones: readonly { readonly state: string }[];
}

async function starts(town: Town, drone: string): Promise<readonly string[]> {
  const { commands } = await town.api.get<{ commands: readonly CommandSeen[] }>('/commands?limit=100');
  return commands
    .filter(({ type }) => type === 'start')
    .flatMap(({ deliveries }) => deliveries.filter((one) => one.drone === drone).map(({ state }) => state));
}

/** Situation 17 of the flight rules, an order under way: either operator may hold it and let it go on; the order waits, and says so. */
async function twoOperators(t: Test, town: Town, id: string, drone: string): Promise<void> {
  const [ann, bob] = [town.operator('Ann'), town.operator('Bob')];
  await town.becomes(id, 'on its way', ({ state }) => state === 'outbound');
  t.match(await ann.order(drone, 'hold'), { state: 'succeeded' });
  const held = await town.becomes(id, 'held', ({ words }) => /held by an operator/.test(words ?? ''));
  t.match(held, { state: 'outbound', parcel: 'aboard', drone });
  t.match(await bob.order(drone, 'resume'), { state: 'rejected', reason: 'in-command: dispatcher' });
  t.match(await bob.order(drone, 'resume', { takeOver: true }), { state: 'succeeded' });
  t.notMatch(await town.becomes(id, 'let go on', ({ words }) => !/held/.test(words ?? '')), { words: /held/ });
}

/** Situation 23, as orders see it: too much wind for a start, one in the air. Who flies goes on; who would start waits, and says why. */
async function windRises(t: Test, town: Town): Promise<void> {
  await town.api.put('/weather/shop', { windFromDeg: 180, windMps: 17 });
  const { id } = await town.order(SHOP, DOOR);
  const waits = await town.becomes(id, 'kept by the wind', ({ words }) => /wind/.test(words ?? ''));
  t.match(waits, { state: 'queued', drone: null });
  await town.api.post(`/orders/${id}/cancel`, { issuedBy: 'shop' });
  t.match(await town.becomes(id, 'cancelled', ({ state }) => state === 'closed'), { outcome: 'cancelled' });
}
