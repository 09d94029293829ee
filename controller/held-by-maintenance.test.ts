/** What maintenance holds gets no order, whoever stands nearer or has more charge; over HTTP and MQTT, until it is free again. */
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { startController, tempDir } from './testing/controller.ts';
import { BASE, north, type Says } from './testing/quick-agent.ts';
import { until } from './testing/until.ts';
import { SteppedTime, Wired } from './testing/wired.ts';

/** So long a second takes, at least. */
const SAID_MS = 150;
const WITHIN_MS = 60_000;

interface OrderSeen {
  readonly state: string;
  readonly drone: string | null;
  readonly words: string | null;
  readonly attempts: readonly { readonly why: readonly object[] }[];
}

const stands = (northM: number, remainingPct: number): Says => ({
  status: { armed: false, landed: 'on-ground', mode: 'GUIDED', autopilot: 3 },
  position: { ...north(northM), altAmslM: 450, altRelM: 0 },
  trust: { state: 'trusted' },
  battery: { instance: 0, remainingPct },
  preflight: { verdict: 'ok', items: '[]' },
  safety: { locked: false },
});

t.test('a drone that maintenance holds gets no order before it is free again', async (t) => {
  // given: two at the pickup, the fuller one with a pack that people have put away
  const time = new SteppedTime();
  const flags = ['--itineraries.batteryWh=400', '--orders.emptyKg=4', '--maintenance.everyS=1'];
  const running = await startController(tempDir(), { clock: time.clock }, flags);
  t.teardown(() => running.controller.close());
  const wire = (drone: string, n: number) =>
    new Wired(running, time, { drone, session: `aaaaaaaa0000000${n}`, epoch: `00000000000000a${n}` });
  const all = [
    { wired: wire('held', 1), says: stands(0, 97) },
    { wired: wire('free', 2), says: stands(-20, 90) },
  ];
  await Promise.all(all.map(({ wired }) => wired.connect()));
  let isOver = false;
  const speaking = (async () => {
    while (!isOver) {
      time.s++;
      await Promise.all([pause(SAID_MS), ...all.map(({ wired, says }) => wired.second(says))]);
    }
  })();
  t.teardown(() => {
    isOver = true;
    return speaking;
  });
  const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const { status, body: said } = await running.post(`/api/v1/${path}`, body);
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(said)}`);
    return said;
  };
  const seen = async (id: string) => (await running.get(`/api/v1/orders/${id}`)).body as unknown as OrderSeen;
  const becomes = async (id: string, what: string, is: (order: OrderSeen) => boolean): Promise<OrderSeen> => {
    await until(async () => is(await seen(id)), `an order ${what}`, WITHIN_MS);
    return seen(id);
  };
  const base = {
    ...{ name: 'Letten', place: BASE, groundAmslM: 450 },
    pads: [0, -20].map((northM, n) => ({ id: `${n}`, place: north(northM) })),
  };
  const put = { method: 'PUT', url: '/api/v1/bases/letten', headers: { host: '127.0.0.1' }, payload: base } as const;
  t.equal((await running.controller.http.inject(put)).statusCode, 201);
  await post('drones/held/pack', { pack: 'P-7', issuedBy: 'Ann' });
  await post('packs/P-7/retired', { note: 'swollen' });
  const order = async () =>
    String((await post('orders', { pickup: BASE, dropOff: north(300), payloadKg: 0.5, issuedBy: 'shop' })).id);
  // when
  const first = await order();
  // then
  const chosen = await becomes(first, 'with a drone', ({ state }) => state === 'loading');
  t.equal(chosen.drone, 'free', chosen.words ?? '');
  const why = chosen.attempts[0]?.why.find((one) => 'drone' in one && one.drone === 'held');
  t.match(why, { rule: 'hold', words: /kept on the ground: maintenance: battery P-7: it is retired/ });
  // and: nobody else is free; the next one waits, and goes to it once it has another pack
  const second = await order();
  const waits = await becomes(second, 'that waits for a drone', ({ words }) =>
    /no drone can fly it now/.test(words ?? ''),
  );
  t.match(waits, { state: 'queued', drone: null, words: /1 kept on the ground/ });
  await post('drones/held/pack', { pack: 'P-8', issuedBy: 'Ann' });
  const free = await becomes(second, 'with a drone', ({ state }) => state === 'loading');
  t.equal(free.drone, 'held');
});
