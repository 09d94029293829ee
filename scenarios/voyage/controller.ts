/**
 * The controller of the simulation: router, fleet, ingest, commands and the writer of the store are the real ones; clock,
 * broker and storage are played.
 */
import { downTopic, readPresence } from '@skein/protocol/fleet';
import { expandBatch } from '@skein/protocol/telemetry';
import type { Bus } from '../../controller/broker/index.ts';
import { type CommandStore, Commands } from '../../controller/commands/index.ts';
import { expand } from '../../controller/expand.ts';
import { Fleet } from '../../controller/fleet/index.ts';
import { Ingest } from '../../controller/ingest/index.ts';
import { Router } from '../../controller/router.ts';
import { ShortAnswers } from '../../controller/short-answers.ts';
import type { Broker } from './network.ts';
import type { SimStore } from './sim-store.ts';
import type { Truth } from './truth.ts';
import { ProcessTimers, type World } from './world.ts';

export const ROOT = 'skein/1';
/** 2026-11-21T12:00:00Z */
const EPOCH_UTC_US = Date.UTC(2026, 10, 21, 12) * 1e3;

interface Running {
  /** Names this run of it. */
  readonly start: string;
  readonly timers: ProcessTimers;
  readonly fleet: Fleet;
  readonly ingest: Ingest;
  readonly commands: Commands;
}

export interface ControllerOptions {
  readonly world: World;
  readonly truth: Truth;
  readonly broker: Broker;
  readonly store: SimStore;
  readonly name: string;
  readonly queueBytes: number;
  readonly onCommandSent: (drone: string, message: string) => void;
}

export class SimController {
  readonly #o: ControllerOptions;
  #running: Running | null = null;
  /** Its wall clock is off by this. */
  utcErrorUs = 0;
  mostQueuedBytes = 0;
  starts = 0;

  constructor(o: ControllerOptions) {
    this.#o = o;
  }

  get store(): SimStore {
    return this.#o.store;
  }

  get commands(): Commands | null {
    return this.#running?.commands ?? null;
  }

  get fleet(): Fleet | null {
    return this.#running?.fleet ?? null;
  }

  get run(): string | null {
    return this.#running?.start ?? null;
  }

  get isIdle(): boolean {
    return this.#running !== null && this.#running.ingest.depthItems === 0;
  }

  checkBounds(): void {
    const { truth, queueBytes } = this.#o;
    if (this.mostQueuedBytes > queueBytes) truth.broken(`${this.mostQueuedBytes} B waited in the controller`);
  }

  readonly #clock = {
    utcUs: () => Math.round(EPOCH_UTC_US + this.#o.world.nowUs + this.utcErrorUs),
    monoUs: () => Math.round(this.#o.world.nowUs + 5e9),
  };

  start(): void {
    if (this.#running !== null) return;
    const { world, truth, broker, store, name } = this.#o;
    store.use(this);
    const timers = new ProcessTimers(world);
    this.starts++;
    truth.lastEventUs = world.nowUs;
    const start = world.hex(8);
    const bus = this.#watched(broker.bus(timers), () => fleet);
    const clock = this.#clock;
    const count = () => {};
    const fleet = new Fleet({ clock, count, onEvent: () => {}, maxDrones: 100 });
    const stored = this.#stored(timers);
    const commands = new Commands({
      ...{ clock, timers, count, store: stored, fleet: { contact: (id) => fleet.contact(id), ids: () => fleet.ids } },
      random: world.random,
      publish: (drone, message) => {
        this.#o.onCommandSent(drone, message);
        bus.publish(downTopic(ROOT, drone, 'command'), message, 1);
      },
      answersSince: async (drone) => this.#answers(drone),
      onBriefs: () => {},
      onAlert: () => {},
      onProblem: () => {},
    });
    const answers = new ShortAnswers();
    const ingest = new Ingest({
      ...{ clock, timers, count, expand, lingerMs: 5, slowMs: 1_000, budgetBytes: this.#o.queueBytes },
      store: {
        commit: (items, nowUtcUs) => store.commit(timers, items, nowUtcUs),
        positions: (drone, epochs) =>
          store.ask(timers, (writer) =>
            epochs.flatMap((epoch) =>
              (['urgent', 'history'] as const).flatMap((lane) => {
                const upTo = writer.position({ drone, epoch, lane });
                return upTo > 0 ? [{ drone, epoch, lane, upTo }] : [];
              }),
            ),
          ),
      },
      sendAck: ({ drone, ...ack }) => {
        truth.acked({ drone, epoch: ack.epoch, lane: ack.lane }, ack.upTo);
        bus.publish(downTopic(ROOT, drone, 'ack'), answers.write(drone, { start, ...ack }), 1);
      },
      onProgress: (...progress) => fleet.progress(...progress),
      onConflict: (drone) => fleet.checksumConflict(drone),
      onHealth: () => {},
      onUrgent: (drone, bytes) => {
        for (const one of answersIn(bytes)) commands.answer(drone, one);
      },
    });
    const router = new Router({
      ...{ bus, fleet, ingest, answers, clock, count, expand, topicRoot: ROOT, controller: { name, start } },
      onProblem: () => {},
      onContact: (drone, presence) => commands.contact(drone, presence),
    });
    this.#running = { start, timers, fleet, ingest, commands };
    void commands.start().then(async () => {
      if (!timers.alive) return;
      ingest.start();
      await router.start();
      timers.every(1_000, () => {
        fleet.tick();
        this.mostQueuedBytes = Math.max(this.mostQueuedBytes, ingest.depthBytes);
      });
    });
  }

  /** Whatever an `offline` of another session says, the current one stays what it was. */
  #watched(bus: Bus, fleet: () => Fleet): Bus {
    return {
      ...bus,
      subscribe: (filters, handler) =>
        bus.subscribe(filters, (message) => {
          const said = message.topic.endsWith('/presence') ? readPresence(message.payload) : null;
          const drone = message.topic.split('/')[2] ?? '';
          const before = said?.ok && !said.value.online ? currentOf(fleet(), drone) : undefined;
          handler(message);
          if (!said?.ok || before === undefined || before.session === said.value.session || !before.alive) return;
          const after = currentOf(fleet(), drone);
          if (after?.session === before.session && after.alive) return;
          this.#o.truth.broken(`${drone}: an old session's "offline" was believed`);
        }),
    };
  }

  #stored(timers: ProcessTimers): CommandStore {
    const { store } = this.#o;
    return {
      append: (events) => store.append(timers, events),
      command: (id) => store.ask(timers, () => store.events.command(id)),
      commands: async () => [],
      openCommands: () => store.ask(timers, () => store.events.open()),
      recentDeliveries: async () => [],
      commandKeys: async () => [],
    };
  }

  #answers(drone: string) {
    return [...this.#o.store.days.streams()]
      .filter(({ key }) => key.drone === drone && key.lane === 'urgent')
      .flatMap(({ batches }) => [...batches.values()].flatMap(({ bytes }) => (bytes === null ? [] : answersIn(bytes))));
  }

  crash(why: string): void {
    if (this.#running === null) return;
    const { timers } = this.#running;
    this.#running = null;
    timers.end();
    const { broker, store, truth, name } = this.#o;
    store.users.delete(this);
    broker.controllerGone(timers);
    store.device.cutAfter = null;
    truth.fault(`${name}: ${why}`);
  }
}

function currentOf(fleet: Fleet, drone: string) {
  const contact = fleet.contact(drone);
  return contact?.sessions.find(({ session }) => session === contact.current);
}

function answersIn(bytes: Uint8Array) {
  const expanded = expandBatch(bytes, ['answer']);
  if (!expanded.ok) return [];
  return expanded.samples.flatMap((sample) => (sample.kind === 'answer' ? [sample.values] : []));
}
