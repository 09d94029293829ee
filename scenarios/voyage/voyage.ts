/**
 * One voyage: a controller and some drones through a minute or two of everything that can go wrong, then fair weather until
 * all has arrived. `SEED` makes all of it.
 */
import { SimAgent } from './agent.ts';
import { Card } from './card.ts';
import { SimController } from './controller.ts';
import { forged } from './impostor.ts';
import { type Fleet, misfortune } from './misfortunes.ts';
import { Broker } from './network.ts';
import { Orders } from './orders.ts';
import { SimStore } from './sim-store.ts';
import { Truth } from './truth.ts';
import { World } from './world.ts';

export interface Voyage {
  readonly seed: number;
  readonly wrong: readonly string[];
  readonly notes: readonly string[];
  readonly hash: string;
  readonly sealed: number;
  readonly durable: number;
  readonly faults: number;
  readonly commands: number;
  readonly events: number;
  readonly virtualS: number;
}

const S = 1e6;
/** From fair weather until everything that was durable is stored. */
export const DRAINED_WITHIN_S = 150;
/** What was on its way has come by then, and what was lost of it has been said again: the next presence has an ack repeated. */
const SETTLED_AFTER_S = 20;
/** A presence names no more; the others have their turn in the next ones. */
const NAMED_AT_ONCE = 31;
const PRESENCE_EVERY_S = 15;
const MB = 1 << 20;

export async function voyage(seed: number): Promise<Voyage> {
  const world = new World(seed);
  const truth = new Truth(world);
  const broker = new Broker(world, truth);
  const orders = new Orders(world, truth);
  const queueBytes = world.pick([MB, 32 * MB]);
  const store = new SimStore(world, truth);
  const shared = { world, truth, broker, store, queueBytes };
  const controller = new SimController({ ...shared, name: 'controller', onCommandSent: orders.sent });
  const spare = new SimController({ ...shared, name: 'spare', onCommandSent: () => {} });
  const small = world.chance(0.3);
  const settings = {
    budgetBytes: small ? world.whole(48, 160) << 10 : 64 * MB,
    keepAckedHours: world.chance(0.3) ? world.between(2, 30) / 3600 : 48,
    // More than a slow card takes, and than memory may hold.
    ...(world.chance(0.03)
      ? { everyMs: 25, longest: 25_000 }
      : { everyMs: world.pick([150, 400, 1_000]), longest: small ? 6_000 : 300 }),
  };
  const board = (drone: string, card: Card): SimAgent =>
    new SimAgent({ world, truth, broker, drone, board: world.hex(8), card, ...settings });
  const agents = Array.from({ length: world.whole(1, 3) }, (_, i) => board(`d${i + 1}`, new Card(world)));
  if (small) for (const { drone } of agents) for (const reason of ['budget', 'thinned']) truth.cause(drone, reason);
  const fleet: Fleet = { world, truth, broker, controller, spare, agents, board };

  if (world.chance(0.8)) {
    const { weather } = broker;
    weather.lose = world.pick([0, 0.01, 0.08]);
    weather.double = world.pick([0, 0.02, 0.1]);
    weather.delay = world.pick([0, 0.02, 0.15]);
    weather.delayMs = world.pick([50, 1_000, 12_000]);
  }
  controller.start();
  for (const agent of agents) world.after(world.between(0, 3) * S, () => agent.start());
  const storyS = world.between(25, 70);
  for (let n = world.whole(2, 14); n > 0; n--) world.after(world.between(3, storyS) * S, () => misfortune(fleet));
  for (let n = world.whole(1, 8); n > 0; n--) world.after(world.between(2, storyS) * S, () => orders.give(fleet));
  // Shortly before nothing goes wrong any more, so that what it hits is still remembered by whoever compares.
  if (world.chance(0.7)) world.after((storyS - world.between(0, 3)) * S, () => forged(fleet, world.pick(agents)));
  const stop = () => truth.wrong.length > 0;
  await world.run(storyS * S, stop);
  if (truth.wrong.length === 0) await fairWeather(fleet, stop);
  return {
    ...{ seed, wrong: truth.wrong, notes: world.notes, hash: world.hash, sealed: truth.sealed, faults: truth.faults },
    ...{ durable: truth.durableCount, commands: truth.commandsActed, events: world.events, virtualS: world.nowUs / S },
  };
}

async function fairWeather(
  { world, truth, broker, controller, spare, agents }: Fleet,
  stop: () => boolean,
): Promise<void> {
  world.note('fair weather');
  Object.assign(broker.weather, { lose: 0, double: 0, delay: 0 });
  const heal = () => {
    for (const agent of agents) {
      agent.feeding = false;
      agent.radio.dead = 'none';
      broker.radioChanged(agent.radio);
      Object.assign(agent.card.device, { failing: null, cutAfter: null, slowMs: 0, failNextSync: false });
      agent.start();
    }
    spare.crash('ends');
    Object.assign(controller.store.device, { failing: null, cutAfter: null, slowMs: 0 });
    controller.start();
  };
  const known = () => {
    const most = new Map<string, number>();
    for (const [stream, next] of agents.flatMap((agent) => agent.known)) {
      most.set(stream, Math.max(next, most.get(stream) ?? 0));
    }
    return most;
  };
  const endUs = world.nowUs + DRAINED_WITHIN_S * S;
  // What was begun before still has its end: it is put right again and again.
  while (world.nowUs < endUs && !stop()) {
    heal();
    await world.run(world.nowUs + 5 * S, stop);
    truth.sayForged((topic, bytes) => broker.inject(topic, bytes));
    const presences = Math.max(...agents.map((agent) => Math.ceil(agent.known.length / 2 / NAMED_AT_ONCE)));
    const settledAfterS = SETTLED_AFTER_S + (presences > 1 ? PRESENCE_EVERY_S * (presences + 1) : 0);
    const quiet = world.nowUs - truth.lastEventUs > settledAfterS * S;
    if (
      quiet &&
      agents.every((agent) => agent.isDrainedInto(controller.run)) &&
      controller.isIdle &&
      truth.forgedSeen(controller.store.days, known())
    )
      break;
  }
  if (stop()) return;
  for (const agent of agents) {
    if (!agent.isDrainedInto(controller.run))
      truth.broken(`${agent.drone} is not drained ${DRAINED_WITHIN_S} s after the last fault`);
    agent.checkBounds();
  }
  controller.checkBounds();
  spare.checkBounds();
  truth.judge(controller.store.days, known());
}
