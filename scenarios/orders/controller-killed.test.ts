/**
 * The controller is killed in the middle of an order, at each of its steps, and goes on where it was: the parcel is
 * delivered once, each flight is begun once, each state is told, and the drone is free afterwards.
 */
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { measured } from '../kit/measured.ts';
import { countFromEnvironment, isSoak, type Random, randomFrom, seedFromEnvironment } from '../kit/seed.ts';
import { until } from '../kit/until.ts';
import { createTown, type OrderSeen, type Town } from './town.ts';

const STEPS = [
  'queued',
  'assigned',
  'ferrying',
  'loading',
  'ready',
  'starting',
  'outbound',
  'releasing',
  'returning',
] as const;
type Step = (typeof STEPS)[number];
/** How long after a step was seen the controller may still live, ms. */
const WITHIN_MS = 400;
const KILLS = 3;
const DRONE = 'heron-01';
/** The drone comes over from elsewhere. */
const [SHOP, YARD, DOOR] = [
  [0, 0],
  [-70, 0],
  [0, 45],
] as const;

const seed = seedFromEnvironment();
const random = randomFrom(seed);
const kills = isSoak() ? STEPS.length : KILLS;

// Two minutes of flights; the virtual runs of every `make test` kill the controller too.
const skip = isSoak() || process.env.COUNT !== undefined ? false : 'in make soak, or with COUNT=';

t.test(
  `the controller is killed at ${kills} steps of an order; SEED=${seed}`,
  { timeout: 3_600_000, skip },
  async (t) => {
    const flights = countFromEnvironment(1, 3);
    for (let n = 1; n <= flights; n += 1) {
      const steps = isSoak() ? STEPS : STEPS.toSorted(() => random.next() - 0.5).slice(0, KILLS);
      await t.test(`order ${n}: ${STEPS.filter((step) => steps.includes(step)).join(', ')}`, async (t) => {
        const began = performance.now();
        // given
        const town = await createTown(t, { drones: { [DRONE]: YARD }, bases: { shop: [SHOP], yard: [YARD] } });
        // when
        const { order, placed } = await throughKills(town, new Set(steps), random);
        // then
        t.equal(order.outcome, 'delivered', order.words ?? '');
        t.equal(order.attempts.length, 1, 'by the one drone that was chosen');
        t.match(await town.truth(DRONE), { releases: 1, massKg: 0 }, 'delivered once');
        const events = await town.events(order.id);
        const states = events.flatMap(({ data: { set } }) => set?.state ?? []);
        for (const step of [...STEPS, 'closed'])
          t.ok(states.includes(step), `${step} is written down: ${states.join(' ')}`);
        const plans = new Set<string>();
        for (const { data } of events) {
          for (const { ferry, delivery } of Object.values(data.set?.attempts ?? {})) {
            for (const one of [ferry, delivery]) {
              if (one?.itinerary?.version !== undefined)
                plans.add(`${one.itinerary.id ?? order.id}@${one.itinerary.version}`);
            }
          }
        }
        const { arms, uploads } = town.flown(DRONE);
        t.equal(uploads, plans.size, `each plan was uploaded once: ${[...plans].join(', ')}`);
        t.equal(arms, 2, 'armed for the way to the parcel and for the delivery, and never else');
        const { commands } = await town.api.get<{ commands: readonly Started[] }>('/commands?limit=100');
        const starts = commands.filter(({ type }) => type === 'start');
        t.equal(
          starts.filter(({ deliveries }) => deliveries[0]?.state === 'succeeded').length,
          2,
          JSON.stringify(starts),
        );
        t.equal(placed, 1, 'no order is lost or made twice');
        // and: its drone is free for the next one
        const next = await town.order(SHOP, DOOR);
        const waits = await town.becomes(next.id, 'to be loaded', ({ state }) => state === 'loading', {
          timeoutMs: 30_000,
        });
        t.equal(waits.drone, DRONE);
        await town.api.post(`/orders/${next.id}/cancel`, { issuedBy: 'shop' });
        await until(
          async () => {
            const { orders } = await town.api.get<{ orders: readonly OrderSeen[] }>('/orders?open=true');
            return orders.length === 0;
          },
          { timeoutMs: 30_000, what: 'nothing open' },
        );
        measured(`an order with ${steps.length} kills in ${Math.round((performance.now() - began) / 1000)} s`);
      });
    }
  },
);

interface Started {
  readonly id: string;
  readonly type: string;
  readonly deliveries: readonly { readonly state: string }[];
}

/** The shop, the people at the pad, and whoever pulls the plug of the controller, until the order is over. */
async function throughKills(town: Town, steps: Set<Step>, random: Random) {
  const { controller } = town.world;
  const killed = async (): Promise<void> => {
    await pause(random.between(0, WITHIN_MS));
    await controller.program.kill9();
    await controller.start();
  };
  const wish = town.wish(SHOP, DOOR);
  const place = (): Promise<OrderSeen> => town.api.post<OrderSeen>('/orders', wish, 'one');
  if (steps.delete('queued')) {
    // Whoever does not hear an answer asks again, with the same key.
    const asked = place().catch(() => null);
    await pause(random.between(0, 50));
    await controller.program.kill9();
    await asked;
    await controller.start();
  }
  const { id } = await place();
  const { orders } = await town.api.get<{ orders: readonly OrderSeen[] }>('/orders?limit=10');
  let isLoaded = false;
  let now: OrderSeen | null = null;
  await until(
    async () => {
      now = await town.seen(id);
      const step = now.state as Step;
      if (now.state === 'loading' && !isLoaded) {
        const loaded = town.load(id, DRONE);
        if (steps.delete('loading')) {
          await Promise.all([loaded.catch(() => {}), killed()]);
          // Said again it changes nothing.
          await town.load(id, DRONE);
        } else await loaded;
        isLoaded = true;
      } else if (steps.delete(step)) await killed();
      return now.state === 'closed' || now.state === 'unproved' || now.state === 'unloading';
    },
    { timeoutMs: 400_000, everyMs: 40, what: 'an order that is over', seen: () => now },
  );
  if (steps.size > 0) throw new Error(`nobody saw it ${[...steps].join(', ')}`);
  return { order: await town.seen(id), placed: orders.length };
}
