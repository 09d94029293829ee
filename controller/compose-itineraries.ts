/** Itineraries, wired to the store, the fleet, the commands and the way to the drones. */
import { DEFAULT_LIMITS, type DeliveryState, isFinal, type Limits } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import { type Commands, Keys, ulidMaker, WriteQueue } from './commands/index.ts';
import type { Config } from './config.ts';
import { type Fleet, knownOf } from './fleet/index.ts';
import { ITINERARY_COUNTERS, Itineraries } from './itineraries/index.ts';
import type { Metrics } from './metrics/index.ts';
import type { NewEvent, Store } from './store/index.ts';
import { storedWords } from './stored-words.ts';
import { systemTimers } from './timers.ts';

export interface ItineraryWiring {
  readonly config: Config;
  readonly noFly: Limits['noFly'];
  readonly store: Store;
  readonly clock: { utcUs(): number; monoUs(): number };
  readonly random: () => number;
  readonly fleet: Fleet;
  readonly metrics: Metrics;
  readonly log: { warn(detail: object, message: string): void };
  readonly commands: Commands;
  readonly publish: (drone: string, message: string) => void;
  readonly event: (event: NewEvent) => void;
}

/** An operator’s word waits for a drone that is away for so long. */
const SETTLE_S = 86_400;

export function makeItineraries(o: ItineraryWiring) {
  const { store, clock, random, fleet, metrics, log, commands, publish } = o;
  const { batteryWh, noFlyFile: _file, ceilingAmslM, ...limits } = o.config.itineraries;
  const newId = ulidMaker(random);
  const service = new Itineraries({
    ...{ clock, store, newId, publish, keys: new Keys() },
    settings: {
      limits: { ...DEFAULT_LIMITS, ...limits, ceilingAmslM: ceilingAmslM > 0 ? ceilingAmslM : null, noFly: o.noFly },
    },
    writing: new WriteQueue({
      ...{ store, timers: systemTimers, name: 'itinerary', run: newId(clock.utcUs() / 1e3) },
      onFailure: (error, outcome) => {
        log.warn({ reason: String(error), outcome }, 'what became of itineraries could not be written down');
      },
    }),
    drones: {
      contact: (id) => {
        const contact = fleet.contact(id);
        if (contact === null) return null;
        const current = contact.sessions.find((one) => one.session === contact.current && one.alive);
        if (contact.conflict || current === undefined) return { session: null };
        return { session: current.session, itinerary: current.itinerary };
      },
      known: (id) => {
        const entry = fleet.entry(id);
        return entry && { aircraft: knownOf(entry, batteryWh) };
      },
    },
    settle: async ({ drone, itinerary, item, released, by }) => {
      const params = { itinerary, item, released };
      const body = { targets: [drone], type: 'settle', params, expiresInS: SETTLE_S };
      const answer = await commands.post(body, { name: by, role: 'operator' }, null, true);
      if (!answer.ok) return null;
      const { state: open, deliveries } = answer.command;
      const ended = open === 'done' ? deliveries.find(({ state }) => state !== 'succeeded') : undefined;
      return { command: answer.command.id, ...(ended === undefined ? {} : { refused: ended.reason ?? ended.state }) };
    },
    settleEnd: async (drone, command) => {
      const deliveries = (await commands.get(command))?.deliveries ?? [];
      const ended = deliveries.find((one) => one.drone === drone);
      if (ended === undefined) return { refused: 'unknown: the command is not known any more' };
      if (!isFinal(ended.state as DeliveryState)) return null;
      return { refused: ended.state === 'succeeded' ? null : (ended.reason ?? ended.state) };
    },
    saidSince: (drone, fromUtcUs) => storedWords(store, drone, fromUtcUs),
    count: metrics.counters('itineraries', ITINERARY_COUNTERS),
    onBriefs: (drone, itinerary, delivery) => fleet.show(drone, { itinerary, delivery }),
    onAlert: (drone, data) => {
      log.warn({ drone, ...data }, 'an alert');
      o.event({
        entity: `drone:${drone}`,
        type: 'alert',
        atUtcUs: clock.utcUs(),
        by: { kind: 'controller', name: 'itineraries' },
        data,
      });
    },
    onProblem: (message, detail) => log.warn(detail, message),
  });

  /** Of an urgent batch that is committed: what it says of itineraries and parcels. */
  function takeUrgent(drone: string, said: readonly Sample[]): void {
    for (const { kind, values } of said) {
      if (kind === 'itinerary' || kind === 'delivery') service.said(drone, { kind, values });
    }
  }

  return { service, takeUrgent };
}
