/** Orders, wired to planning, to the places, and to the ways that itineraries and commands take to the drones. */
import { type DeliveryState, type Itinerary, isFinal, reasonWords } from '@skein/protocol/fleet';
import { bugLog } from './bug-log.ts';
import { airframeOf, placeOf, standingOf } from './candidates.ts';
import { type Commands, ulidMaker } from './commands/index.ts';
import { makeLearning } from './compose-learning.ts';
import { type PlanningWiring, plannerOf } from './compose-planning.ts';
import type { AllRecords } from './compose-records.ts';
import type { Config } from './config.ts';
import { type Fleet, preflightOf } from './fleet/index.ts';
import type { OrderPort } from './http/index.ts';
import type { Itineraries, Stand } from './itineraries/index.ts';
import type { Metrics } from './metrics/index.ts';
import {
  type DroneSeen,
  type Flights,
  needsPeople,
  ORDER_COUNTERS,
  type OrderRecords,
  Orders,
  orderOf,
  payloadKgOf,
  type StandSeen,
} from './orders/index.ts';
import type { Places } from './places/index.ts';
import type { Store } from './store/index.ts';
import { systemTimers } from './timers.ts';

export interface OrderWiring extends Omit<PlanningWiring, 'calibration'> {
  readonly config: Config;
  readonly store: Pick<Store, 'series'>;
  readonly clock: { utcUs(): number; monoUs(): number };
  readonly random: () => number;
  readonly records: AllRecords;
  readonly fleet: Fleet;
  readonly places: Places;
  readonly commands: Commands;
  readonly itineraries: Itineraries;
  readonly metrics: Metrics;
  readonly log: { warn(detail: object, message: string): void };
  readonly orderMoved: (id: string, needsPeople: boolean) => void;
  readonly alert: (data: Readonly<Record<string, unknown>>) => void;
}

const DISPATCHER = 'dispatcher';
/** Drones keep the controller's time by exchanges; an exchange on a bad line is good to this, µs (docs/wire.md §5). */
const CLOCK_ERR_US = 2e6;

export function makeOrders(o: OrderWiring) {
  const { clock, random, fleet, metrics, log } = o;
  const kept = o.records.of<Record<string, unknown>>('order');
  kept.onChange(({ id, doc }) => o.orderMoved(id, needsPeople(orderOf(doc))));
  const airframe = (id: string) => airframeOf(o.config.orders, o.config.itineraries.batteryWh, o.airframe(id));
  const learning = makeLearning({ ...o, airframeOf: airframe }, kept);
  const records = kept as unknown as OrderRecords;
  const service = new Orders({
    ...{ records, clock, newId: ulidMaker(random), timers: systemTimers, nowMs: () => performance.now() },
    flights: flightsOf(o),
    drones: { seen: (id) => droneSeen(o, id), preflight: (id) => preflight(fleet, id) },
    planner: plannerOf({ ...o, calibration: (id) => learning.of(id) }),
    count: metrics.counters('orders', ORDER_COUNTERS),
    onBug: bugLog(log, 'orders'),
    clockErrUs: () => CLOCK_ERR_US,
    askAfterUs: o.config.orders.askAfterS * 1e6,
    onAlert: (order, code, words) => {
      log.warn({ order, code, words }, 'an alert');
      o.alert({ order, code, words });
    },
  });
  metrics.gauge('orders_open', 'orders that are not over', () => service.open);
  metrics.gauge('orders_remembered', 'tellings, starts and refusals of orders in memory', () => service.remembered);
  const operator = (name: string) => ({ kind: 'operator', name }) as const;
  const port: OrderPort = {
    place: (wish, by, key) => service.place(wish, operator(by), key),
    get: (id) => service.get(id),
    list: (q) => service.list(q),
    deed: (id, deed, by, key) => service.deed(id, deed, operator(by), key),
  };
  const start = () => {
    service.start();
    void learning.start();
  };
  const close = async () => {
    service.close();
    await learning.close();
  };
  const calibration = (id: string) => (fleet.entry(id) === null ? null : learning.view(id));
  const payloadKg = (itinerary: string) => payloadKgOf(records.open(), itinerary);
  return { service, port, start, close, calibration, payloadKg };
}

function preflight(fleet: Fleet, id: string): object | null {
  const entry = fleet.entry(id);
  return entry === null ? null : preflightOf(entry);
}

function droneSeen({ fleet, places, clock }: OrderWiring, id: string): DroneSeen {
  const entry = fleet.entry(id);
  if (entry === null) return { silentS: null, armed: null, at: null, energyUntilUtcUs: null };
  const { lastHeardUtcUs } = entry.freshness;
  const place = entry.trust?.state === 'trusted' ? placeOf(entry) : null;
  const contact = fleet.contact(id);
  const onGround = contact?.sighting.landed === 'on-ground' && contact.armed === false;
  return {
    silentS: lastHeardUtcUs === null ? null : Math.max(0, (clock.utcUs() - lastHeardUtcUs) / 1e6),
    armed: contact?.armed ?? null,
    at: place !== null && onGround ? { base: standingOf(place, places.list('bases')).base } : null,
    energyUntilUtcUs: entry.expectation?.untilEnergyUtcUs ?? null,
  };
}

function flightsOf({ itineraries, commands }: OrderWiring): Flights {
  const assign = async (itinerary: Itinerary, drone: string) => {
    const assigned = await itineraries.assign(itinerary.id, [drone], DISPATCHER);
    return assigned.ok ? ({ ok: true } as const) : { ok: false as const, words: assigned.detail };
  };
  return {
    known: (id) => itineraries.isKnown(id),
    stand: (id, version, drone) => {
      const stand = itineraries.standOf(id, version, drone);
      return stand === null ? null : standSeen(stand);
    },
    async give(itinerary, drone) {
      const { id, version } = itinerary;
      const given = await itineraries.give(itinerary, { id, version, by: DISPATCHER });
      if (!given.ok) return { ok: false, words: given.detail, never: given.code === 'bad-itinerary' };
      return assign(itinerary, drone);
    },
    assign,
    async takeBack(id, drone) {
      const taken = await itineraries.cancel(id, [drone], DISPATCHER);
      return taken.ok ? { ok: true } : { ok: false, words: taken.detail };
    },
    async command({ drone, type, itinerary: { id, version }, key }) {
      // Another one may have come between: of an operator, of another controller.
      const params = type === 'start' ? { ifItinerary: id, ifVersion: version } : {};
      const body = { targets: [drone], type, params };
      const sender = { name: DISPATCHER, role: 'operator' } as const;
      const answer = await commands.post(body, sender, { key: `order/${key}`, hash: key });
      return answer.ok ? { ok: true, id: answer.command.id } : { ok: false, words: answer.detail };
    },
    async commandSeen(id, drone) {
      const delivery = (await commands.get(id))?.deliveries.find((one) => one.drone === drone);
      if (delivery === undefined) return null;
      const { state, words } = delivery;
      return { final: isFinal(state as DeliveryState), state, words };
    },
  };
}

function standSeen({ state, reason, answered, takingBack, parcels }: Stand): StandSeen {
  const [parcel] = Object.values(parcels);
  const word = parcel?.state === 'settled' ? parcel.settled?.word : parcel?.state;
  return {
    ...{ state, words: reason === null ? null : reasonWords(reason), answered: answered > 0 },
    takingBack: takingBack !== null,
    parcel: word === undefined ? null : { state: word, words: parcel?.reason ?? null },
  };
}
