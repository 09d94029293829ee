/** What may befall agents, cards, controller, broker and radio, each by chance and each with its end. */

import type { SimAgent } from './agent.ts';
import type { Card } from './card.ts';
import type { SimController } from './controller.ts';
import type { Failing } from './device.ts';
import { forged } from './impostor.ts';
import type { Broker } from './network.ts';
import { placeOf } from './store-thread.ts';
import type { Truth } from './truth.ts';
import type { World } from './world.ts';

export interface Fleet {
  readonly world: World;
  readonly truth: Truth;
  readonly broker: Broker;
  readonly controller: SimController;
  /** Another one on the same store, now and then. */
  readonly spare: SimController;
  readonly agents: SimAgent[];
  /** Puts a second board with this card on the air. */
  readonly board: (drone: string, card: Card) => SimAgent;
}

type Misfortune = (fleet: Fleet, agent: SimAgent) => void;

const ms = 1e3;

/** Comes back after a while, unless somebody was quicker. */
function startLater({ world }: Fleet, agent: SimAgent | SimController, mostMs: number): void {
  world.after(world.between(200, mostMs) * ms, () => agent.start());
}

const dead: Misfortune = ({ world, truth, broker }, agent) => {
  const how = world.pick(['up', 'down', 'both'] as const);
  const forMs = world.pick([800, 4_000, 25_000, 50_000]) * world.between(0.5, 1);
  truth.fault(`${agent.drone}: radio dead (${how}) for ${Math.round(forMs)} ms`);
  agent.radio.dead = how;
  broker.radioChanged(agent.radio);
  world.after(forMs * ms, () => {
    agent.radio.dead = 'none';
    broker.radioChanged(agent.radio);
  });
};

const killed: Misfortune = (fleet, agent) => {
  agent.crash('kill', 'kill -9', 0);
  startLater(fleet, agent, 4_000);
};

const powerCut: Misfortune = (fleet, agent) => {
  agent.crash('power', 'unplugged', 0);
  startLater(fleet, agent, 8_000);
};

/** In the middle of one of the next writes; it is found dead and started. */
const cutWhileWriting: Misfortune = (fleet, agent) => {
  const { world } = fleet;
  agent.card.device.cutAfter = world.whole(0, 6);
  world.after(world.between(2_000, 6_000) * ms, () => {
    agent.card.device.cutAfter = null;
    agent.start();
  });
};

const lyingCard: Misfortune = (fleet, agent) => {
  const lies = fleet.world.whole(1, 8);
  agent.crash('power', 'unplugged', lies);
  startLater(fleet, agent, 4_000);
};

/** Found out at the next read or write, or at the next start. */
const damagedFile: Misfortune = (fleet, agent) => {
  fleet.truth.fault(`${agent.drone}: its outbox is damaged`);
  agent.card.rows.damage();
  if (fleet.world.chance(0.5)) powerCut(fleet, agent);
};

const stopped: Misfortune = (fleet, agent) => {
  void agent.stop();
  fleet.world.after(fleet.world.between(6_000, 9_000) * ms, () => agent.start());
};

const syncFails: Misfortune = ({ truth }, agent) => {
  truth.fault(`${agent.drone}: a sync fails`);
  agent.card.device.failNextSync = true;
};

const cardFails: Misfortune = ({ world, truth }, agent) => {
  const how = world.pick<Failing>(['full', 'io', 'read-only', 'locked']);
  const forMs = world.between(500, 12_000);
  truth.fault(`${agent.drone}: card ${how} for ${Math.round(forMs)} ms`);
  agent.card.device.failing = how;
  world.after(forMs * ms, () => {
    agent.card.device.failing = null;
  });
};

const slowCard: Misfortune = ({ world, truth }, agent) => {
  const slowMs = world.pick([200, 1_000, 5_000]);
  truth.fault(`${agent.drone}: ${slowMs} ms a sync`);
  agent.card.device.slowMs = slowMs;
  world.after(world.between(1_000, 15_000) * ms, () => {
    agent.card.device.slowMs = 0;
  });
};

/** What a damaged file held is put back while the card fails again. */
const salvageDisturbed: Misfortune = (fleet, agent) => {
  const { world, truth } = fleet;
  truth.fault(`${agent.drone}: its outbox is damaged, and its card fails again soon`);
  agent.card.rows.damage();
  agent.crash('power', 'unplugged', 0);
  const startMs = world.between(200, 4_000);
  world.after(startMs * ms, () => agent.start());
  world.after((startMs + world.between(5, 200)) * ms, () => world.pick([syncFails, cutWhileWriting])(fleet, agent));
};

/** The card as it was some time ago. */
const restoredCard: Misfortune = (fleet, agent) => {
  const { world, truth } = fleet;
  const then = agent.card.content();
  truth.fault(`${agent.drone}: its card is copied`);
  world.after(world.between(2_000, 15_000) * ms, () => {
    agent.crash('power', 'its card is put back to the copy', 0);
    agent.card.restore(then);
    truth.cardIs(
      agent.drone,
      agent.card.rows.peek().rows.map((row) => placeOf(agent.drone, row)),
    );
    truth.journalIs(agent.drone, new Set(agent.card.journal.peek().entries.map(({ id }) => id)));
    startLater(fleet, agent, 2_000);
  });
};

/** More starts than a presence can name while nobody hears it. */
const restartsUnheard: Misfortune = (fleet, agent) => {
  const { world, truth, broker } = fleet;
  truth.fault(`${agent.drone}: forty starts while nobody hears it`);
  agent.radio.dead = 'both';
  broker.radioChanged(agent.radio);
  for (let n = 1; n <= 40; n++) {
    world.after(n * world.between(450, 550) * ms, () => {
      agent.crash(n % 5 === 0 ? 'power' : 'kill', 'again', 0);
      agent.start();
    });
  }
  world.after(22_000 * ms, () => {
    agent.radio.dead = 'none';
    broker.radioChanged(agent.radio);
  });
};

/** The outbox stays; the command journal is gone, and with it what it had done. */
const newJournal: Misfortune = (fleet, agent) => {
  agent.crash('power', 'its journal is lost', 0);
  agent.card.loseJournal();
  fleet.truth.journalLost(agent.drone);
  startLater(fleet, agent, 3_000);
};

const clonedCard: Misfortune = ({ world, truth, board, agents }, agent) => {
  const copy = agent.card.clone();
  truth.fault(`${agent.drone}: a second board with a copy of its card`);
  truth.cloned(agent.drone);
  const other = board(agent.drone, copy);
  agents.push(other);
  other.start();
  world.after(world.between(5_000, 20_000) * ms, () => {
    other.feeding = false;
  });
};

const controllerDies: Misfortune = (fleet) => {
  fleet.controller.crash('kill -9');
  startLater(fleet, fleet.controller, 5_000);
};

const controllerCut: Misfortune = ({ world, controller }) => {
  controller.store.device.cutAfter = world.whole(0, 12);
  world.after(world.between(1_000, 5_000) * ms, () => {
    controller.store.device.cutAfter = null;
    controller.start();
  });
};

const storeFails: Misfortune = ({ world, truth, controller }) => {
  const how = world.pick<Failing>(['full', 'io', 'read-only', 'locked']);
  const forMs = world.between(500, 15_000);
  truth.fault(`controller: store ${how} for ${Math.round(forMs)} ms`);
  controller.store.device.failing = how;
  world.after(forMs * ms, () => {
    controller.store.device.failing = null;
  });
};

const storeSlow: Misfortune = ({ world, truth, controller }) => {
  const slowMs = world.pick([100, 800, 8_000]);
  truth.fault(`controller: ${slowMs} ms a commit`);
  controller.store.device.slowMs = slowMs;
  world.after(world.between(1_000, 15_000) * ms, () => {
    controller.store.device.slowMs = 0;
  });
};

const restoredController: Misfortune = (fleet) => {
  const { world, truth, controller } = fleet;
  controller.store.backUp();
  truth.fault('controller: backed up');
  world.after(world.between(3_000, 25_000) * ms, () => {
    for (const one of [...controller.store.users]) one.crash('its database is put back to the backup');
    if (!controller.store.restore()) return;
    startLater(fleet, controller, 3_000);
  });
};

/** For a while there are two, each of which takes itself for the owner of all drones. */
const twoControllers: Misfortune = ({ world, truth, controller, spare }) => {
  truth.fault('a second controller on the same store');
  spare.utcErrorUs = controller.utcErrorUs;
  spare.start();
  world.after(world.between(3_000, 40_000) * ms, () => spare.crash('ends'));
};

const clockStep: Misfortune = ({ world, truth, controller }) => {
  const years = world.pick([-1, -1 / 365, 1 / 365, 3]);
  truth.fault(`controller: its clock is set by ${years} years`);
  controller.utcErrorUs += years * 365 * 86_400e6;
};

const brokerRestarts: Misfortune = ({ world, truth, broker }) => {
  truth.fault('the broker restarts');
  broker.restart(world.between(100, 6_000));
};

/** While a command is under way is when these hurt. */
const ON_COMMAND: readonly Misfortune[] = [killed, powerCut, newJournal, newJournal];

export function whileOrdered(fleet: Fleet, agent: SimAgent): void {
  const { world } = fleet;
  const happens = world.pick(ON_COMMAND);
  world.after(world.between(100, 2_500) * ms, () => happens(fleet, agent));
}

/** The command's time runs out while nobody can be told, and our clock says otherwise. */
export function clockSetBack({ world, truth, broker, controller }: Fleet, agent: SimAgent, lifetimeMs: number): void {
  truth.fault('controller: its clock is set back while a command waits');
  agent.radio.dead = 'both';
  broker.radioChanged(agent.radio);
  controller.utcErrorUs -= 3600e6;
  world.after((lifetimeMs + world.between(1_000, 15_000)) * ms, () => {
    agent.radio.dead = 'none';
    broker.radioChanged(agent.radio);
  });
}

const MISFORTUNES: readonly (readonly [weight: number, Misfortune])[] = [
  [6, dead],
  [4, killed],
  [3, powerCut],
  [5, cutWhileWriting],
  [1, lyingCard],
  [1.5, damagedFile],
  [2, salvageDisturbed],
  [1, stopped],
  [2, syncFails],
  [3, cardFails],
  [2, slowCard],
  [1, restoredCard],
  [1, newJournal],
  [0.5, clonedCard],
  [0.2, restartsUnheard],
  [4, controllerDies],
  [3, controllerCut],
  [2, storeFails],
  [2, storeSlow],
  [2, restoredController],
  [1, clockStep],
  [1.5, twoControllers],
  [2, brokerRestarts],
  [1, forged],
];

export function misfortune(fleet: Fleet): void {
  const { world, agents } = fleet;
  const total = MISFORTUNES.reduce((sum, [weight]) => sum + weight, 0);
  let at = world.random() * total;
  for (const [weight, happens] of MISFORTUNES) {
    at -= weight;
    if (at > 0) continue;
    happens(fleet, world.pick(agents));
    return;
  }
}
