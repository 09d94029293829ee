/** An order, from the customer to the door and home: by a drone at the pickup, and by one that has to come there first. */
import t from 'tap';
import { readyFleet } from '../flights/fleet.ts';
import { getJson } from '../kit/http.ts';
import { measured } from '../kit/measured.ts';
import { placeOf } from '../kit/places.ts';
import { until } from '../kit/until.ts';

const M_PER_DEG = 111_320;
const LIMITS = ['--itineraries.batteryWh=400', '--orders.emptyKg=4'];

interface OrderView {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly words: string | null;
  readonly drone: string | null;
  readonly parcel: string | null;
}

t.test('from the order to the door and home', async (t) => {
  // given: two drones, each on the pad of a base of its own
  const { world, flyers } = await readyFleet(
    t,
    [{ simulator: { winch: true, payloadKg: 0 } }, { simulator: { winch: true, payloadKg: 0 } }],
    { controllerFlags: LIMITS },
  );
  const call = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${world.httpUrl}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
  const homes = flyers.map((_, n) => placeOf(n).home);
  for (const [n, place] of homes.entries()) {
    const { latDeg, lonDeg } = place;
    const pads = [
      { id: 'a', place: { latDeg, lonDeg } },
      { id: 'b', place: { latDeg: latDeg - 20 / M_PER_DEG, lonDeg } },
    ];
    await call('PUT', `/bases/base-${n}`, {
      name: `Base ${n}`,
      place: { latDeg, lonDeg },
      groundAmslM: place.altM,
      pads,
    });
  }
  const [near] = homes;
  // Else the order is rightly another's.
  await until(
    async () => {
      const list = await getJson<{ verdict: string }>(`${world.httpUrl}/api/v1/drones/${flyers[0]?.id}/preflight`);
      return list.verdict === 'ok';
    },
    { timeoutMs: 60_000, everyMs: 200, what: 'the one at the pickup to be ready as the controller knows it' },
  );
  const order = await call<OrderView>('POST', '/orders', {
    pickup: { latDeg: near?.latDeg, lonDeg: near?.lonDeg },
    dropOff: { latDeg: (near?.latDeg ?? 0) + 60 / M_PER_DEG, lonDeg: near?.lonDeg },
    payloadKg: 0.6,
    issuedBy: 'shop',
  });
  t.equal(order.state, 'queued', order.words ?? '');
  let seen: OrderView = order;
  const becomes = async (state: string, timeoutMs: number) =>
    until(
      async () => {
        seen = await getJson<OrderView>(`${world.httpUrl}/api/v1/orders/${order.id}`);
        return seen.state === state;
      },
      { timeoutMs, everyMs: 200, what: `an order that is ${state}`, seen: () => seen },
    );
  // then: the one at the pickup waits to be loaded
  await becomes('loading', 20_000);
  t.equal(seen.drone, flyers[0]?.id);
  // when: people load it, and say so
  flyers[0]?.drone.simulator.act((simulator) => simulator.payload.load(0.6));
  await call('POST', `/orders/${order.id}/loaded`, { issuedBy: 'Ann' });
  const began = performance.now();
  await becomes('outbound', 90_000);
  await becomes('closed', 300_000);
  // then
  t.equal(seen.outcome, 'delivered', JSON.stringify(seen));
  t.equal(flyers[0]?.drone.simulator.simulator.payload.releases, 1);
  measured(`an order flown and home in ${Math.round((performance.now() - began) / 1000)} s`);
});
