/**
 * The one place where the parts of the controller meet. Every folder declares the narrow interface it needs; here they
 * are wired, and nowhere else.
 *
 *   bus ──► router ──► fleet ──► live, http
 *    ▲         ├─────► ingest ──► store ◄── http (history, events)
 *    │         ▼          ▼
 *    └────── commands ◄── answers           commands ◄── http
 */
import path from 'node:path';
import { Basemap } from './basemap/index.ts';
import { portError, StartError } from './bus-of.ts';
import { makeBroker } from './compose-bus.ts';
import { makeCommands } from './compose-commands.ts';
import { makeDeliveries } from './compose-deliveries.ts';
import { makeItineraries } from './compose-itineraries.ts';
import { makeRecords } from './compose-records.ts';
import { makeStore } from './compose-store.ts';
import { makeUpkeep } from './compose-upkeep.ts';
import { makeWebhooks } from './compose-webhooks.ts';
import type { Config } from './config.ts';
import { expand } from './expand.ts';
import { FLEET_COUNTERS, Fleet, FRESH_MS, LOST_MS, preflightOf } from './fleet/index.ts';
import { gauges, storeGauges } from './gauges.ts';
import { buildHttp, type HealthReport, HTTP_COUNTERS, pageBuild } from './http/index.ts';
import { INGEST_COUNTERS, Ingest, type StoreHealth } from './ingest/index.ts';
import { LIVE_COUNTERS, LiveHub } from './live/index.ts';
import { Metrics } from './metrics/index.ts';
import { readNoFly } from './no-fly.ts';
import type { Addresses, Controller, ControllerPorts } from './outside.ts';
import { ROUTER_COUNTERS, Router } from './router.ts';
import { ShortAnswers } from './short-answers.ts';
import type { NewEvent } from './store/index.ts';
import { StoreChores } from './store-chores.ts';
import { systemTimers } from './timers.ts';
import { URGENT_COUNTERS, urgentReader } from './urgent-words.ts';

export { StartError } from './bus-of.ts';
export type { Addresses, Controller, ControllerPorts, Logger } from './outside.ts';

const WEB_DIR = path.join(import.meta.dirname, 'web', 'dist');
const TICK_MS = 500;
/** The detector looks at a part of the fleet each time. */
const WATCH_MS = 50;

export async function createController(config: Config, ports: ControllerPorts): Promise<Controller> {
  const { clock, log, random, version } = ports;
  const start = Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('');
  const controller = { name: `controller-${start.slice(0, 8)}`, start };
  const metrics = new Metrics({ processMetrics: ports.processMetrics ?? true });
  let ready = false;
  let storeClosed = false;

  const { store, events, countStore, feed, checkpointer } = makeStore(config, ports, metrics);
  const fleet = new Fleet({
    clock,
    count: metrics.counters('fleet', FLEET_COUNTERS),
    onEvent: (event) => {
      log.info({ entity: event.entity, data: event.data }, event.type);
      events.add(event);
    },
    maxDrones: config.fleet.maxDrones,
    groupsOf: (drone) => upkeep.groups.of(drone),
    onLive: (drone) => watching.detector.look(drone),
  });
  const live = new LiveHub({
    source: fleet,
    utcUs: clock.utcUs,
    monoUs: clock.monoUs,
    count: metrics.counters('live', LIVE_COUNTERS),
    controller: { ...controller, version, ...pageBuild(WEB_DIR) },
    limits: { freshMs: FRESH_MS, lostMs: LOST_MS },
    maxClients: config.live.maxClients,
  });
  const broker = makeBroker({
    ...{ config, ports, controller, metrics },
    onOther: (words) => {
      if (words === null) watching.heard('controller', { code: 'no-second-controller' });
      else alert({ code: 'second-controller', words });
    },
  });
  const { bus } = broker;
  const records = makeRecords({ store, clock, random, metrics, log });
  const take = (event: NewEvent): void => {
    events.add(event);
    if (event.type === 'alert') watching.heard(event.entity, event.data);
  };
  const alert = (data: Readonly<Record<string, unknown>>) =>
    take({ entity: 'controller', type: 'alert', atUtcUs: clock.utcUs(), data });
  const upkeep = makeUpkeep({
    ...{ records, fleet, store, clock, random, metrics, log, alert },
    ...{ limits: config.maintenance, commands: () => commands },
  });
  const noFly = readNoFly(config.itineraries.noFlyFile);
  if (!noFly.ok) throw new StartError(noFly.reason);
  const { commands, takeUrgent } = makeCommands({
    ...{ store, clock, random, fleet, metrics, log, heights: config.returns },
    publish: (drone, message) => broker.tell(drone, 'command', message),
    event: take,
    againstStart: (drone) => itineraries.service.againstStart(drone),
    groundStop: (drone) => groundStop(drone),
    onSettleEnded: (drone, command, refused) => itineraries.service.settleEnded(drone, command, refused),
  });
  const itineraries = makeItineraries({
    ...{ config, noFly: noFly.zones, store, clock, random, fleet, metrics, log, commands },
    publish: (drone, message) => broker.tell(drone, 'itinerary', message),
    event: take,
  });
  const { orders, places, groundStop, watching, board } = makeDeliveries({
    ...{ config, noFly: noFly.zones, clock, random, records, fleet, store, metrics, log, commands },
    itineraries: itineraries.service,
    airframe: (drone) => upkeep.settings.airframe(drone),
    maintenance: (drone) => upkeep.maintenance.holds(drone),
    alert,
  });
  const webhooks = makeWebhooks({ ...ports, config, store, feed, metrics, event: take });
  const map = new Basemap({ ...config.map, onTrouble: (words) => log.warn({}, words) });
  const answers = new ShortAnswers();
  const ackTopic = (drone: string) => `${config.broker.topicRoot}/${drone}/down/ack`;
  const observeCommit = metrics.histogram(
    'ingest_commit_seconds',
    'time of a group commit',
    [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  );
  const urgentWords = urgentReader(metrics.counters('urgent', URGENT_COUNTERS));
  const ingest = new Ingest({
    ...{ store, clock, timers: systemTimers, expand },
    count: metrics.counters('ingest', INGEST_COUNTERS),
    sendAck: ({ drone, ...ack }) => bus.publish(ackTopic(drone), answers.write(drone, { start, ...ack }), 1),
    budgetBytes: config.ingest.queueMB * 1e6,
    lingerMs: config.ingest.lingerMs,
    slowMs: config.store.slowMs,
    onProgress: (...progress) => fleet.progress(...progress),
    onConflict: (drone, epoch, lane, seq) => {
      log.warn({ drone, epoch, lane, seq }, 'one batch number came with two contents; the second is in quarantine');
      fleet.checksumConflict(drone);
    },
    onHealth: (health) => storeHealthChanged(health),
    onPacksShut: (drone, packsShut) => {
      const words = packsShut ? 'too many of its packs came to nothing' : 'its packs are opened again';
      log.warn({ drone, packsShut }, words);
      fleet.show(drone, { packsShut });
    },
    onUrgent: (drone, bytes) => {
      const said = urgentWords(bytes);
      takeUrgent(drone, said);
      itineraries.takeUrgent(drone, said);
      orders.service.contact(drone);
    },
    onCommitTime: observeCommit,
  });
  const router = new Router({
    ...{ bus, fleet, ingest, answers },
    topicRoot: config.broker.topicRoot,
    ...{ controller, clock, expand },
    count: metrics.counters('router', ROUTER_COUNTERS),
    onProblem: (message, detail) => log.warn(detail, message),
    onContact: (drone, presence) => {
      if (presence) broker.there(drone);
      commands.contact(drone, presence);
      itineraries.service.contact(drone, presence);
    },
  });
  const chores = new StoreChores({
    ...{ store, fleet, utcUs: clock.utcUs, log },
    onDaysRemoved: (n) => countStore('daysRemoved', n),
    checkpoint: async () => checkpointer?.daily(),
  });
  storeGauges(metrics, { stats: () => chores.stats, utcUs: clock.utcUs, ...config.store });
  gauges(metrics, { ingest, events, bus, fleet, live, commands, itineraries: itineraries.service, records });
  const http = await buildHttp({
    ports: {
      drone: (id) => fleet.entry(id),
      drones: () => fleet.entries(),
      preflight: (id) => {
        const entry = fleet.entry(id);
        return entry && preflightOf(entry);
      },
      ...{ commands, itineraries: itineraries.service, orders: orders.port },
      ...{ places, alerts: watching.port, configuration: { ...upkeep.port, calibration: orders.calibration } },
      series: (request) => store.series(request),
      ...{ feed, webhooks: webhooks.port, map, searchEvents: (search) => store.searchEvents(search) },
      metrics: { text: () => metrics.text(), contentType: metrics.contentType },
      health,
      joinLive: (socket, pieces) => live.join(socket, pieces),
      utcUs: clock.utcUs,
      count: metrics.counters('http', HTTP_COUNTERS),
      onError: (error, instance) => log.error({ err: error, instance }, 'a request failed'),
    },
    version,
    webDir: WEB_DIR,
    allowedHosts: config.http.allowedHosts,
  });

  const timers: NodeJS.Timeout[] = [];
  const started: (() => unknown)[] = [];
  let closing: Promise<void> | null = null;

  return { start: () => startAll(), close: () => closeAll(), http, bus };

  async function startAll(): Promise<Addresses> {
    try {
      await store.start();
      started.push(() => store.close());
      checkpointer?.start();
      fleet.load(await store.drones());
      for (const one of [events, chores, bus]) started.push(() => one.close());
      // Stopped after ingest: the answers of its last commits are written down still.
      await records.start();
      await watching.start();
      started.push(() => records.close());
      await commands.start();
      started.push(() => commands.close());
      await itineraries.service.start();
      started.push(() => itineraries.service.close());
      orders.start();
      started.push(() => orders.close());
      upkeep.rollouts.start();
      started.push(() => upkeep.rollouts.close());
      upkeep.maintenance.start();
      started.push(() => upkeep.maintenance.close());
      ingest.start();
      // Closed before the bus: what is committed last is acked still.
      started.push(() => ingest.close());
      await bus.start().catch((error) => {
        throw portError(error, 'broker.port', config.broker.host, config.broker.port);
      });
      broker.listen();
      started.push(() => broker.close());
      await router.start();
      await webhooks.start();
      started.push(() => webhooks.close());
      const address = await http.listen({ host: config.http.host, port: config.http.port }).catch((error) => {
        throw portError(error, 'http.port', config.http.host, config.http.port);
      });
      started.push(() => http.close());
      live.start();
      started.push(() => live.close());
      every(TICK_MS, () => fleet.tick());
      chores.start();
      every(TICK_MS, () => live.setBoard(board()));
      every(WATCH_MS, () => watching.detector.tick());
      if (!config.store.syncCommits) log.warn({}, 'store.syncCommits is off: a power cut loses data that was acked');
      ready = true;
      return { http: address, mqtt: bus.address ?? config.broker.url };
    } catch (error) {
      await closeAll();
      throw error;
    }
  }

  function closeAll(): Promise<void> {
    closing ??= (async () => {
      ready = false;
      for (const timer of timers) clearInterval(timer);
      for (const close of started.reverse()) {
        try {
          await close();
        } catch (error) {
          log.error({ err: error }, 'closing');
        }
      }
    })();
    return closing;
  }

  function every(ms: number, work: () => unknown): void {
    timers.push(setInterval(work, ms));
  }

  function storeHealthChanged(state: StoreHealth): void {
    if (state.state === 'ok') log.info({}, 'the store takes data again');
    else log.error({ state: state.state }, state.message ?? 'the store is not well');
    const isClosed = state.state === 'failed';
    if (isClosed !== storeClosed) {
      storeClosed = isClosed;
      if (isClosed) countStore('closed');
      const data = { code: isClosed ? 'store-closed' : 'store-open', message: state.message };
      const by = { kind: 'controller', name: 'ingest' } as const;
      take({ entity: 'controller', type: 'alert', atUtcUs: clock.utcUs(), by, data });
    }
    live.setHealth({ store: state.state, message: state.message });
  }

  function health(): HealthReport {
    const { state, message } = ingest.health;
    const noBroker = broker.problem();
    return {
      ready,
      store: state,
      broker: noBroker === null ? 'ok' : 'down',
      messages: [message, noBroker, ...webhooks.messages()].filter((one) => one !== null),
      queueBytes: ingest.depthBytes,
      windowBytes: ingest.windowBytes,
      storage: { ...chores.stats, budgetBytes: config.store.budgetMB * 1e6 },
    };
  }
}
