/** Orders, wired to planning, to the places, and to the ways that itineraries and commands take to the drones. */
import { DEFAULT_LIMITS, type DeliveryState, type Itinerary, isFinal, reasonWords } from '@skein/protocol/fleet';
import type { AirframeSettings } from '@skein/protocol/fleet/configuration';
import { parseTime } from '@skein/protocol/time';
import { againstStart } from './against-start.ts';
import { candidateOf, occupants, placeOf, standingOf } from './candidates.ts';
import { type Commands, ulidMaker } from './commands/index.ts';
import type { AllRecords } from './compose-records.ts';
import type { Config } from './config.ts';
import { type Fleet, preflightOf } from './fleet/index.ts';
import type { OrderPort } from './http/index.ts';
import type { Itineraries, Stand } from './itineraries/index.ts';
import { reservationsOf } from './kept-air.ts';
import { keptWhy } from './kept-why.ts';
import type { Metrics } from './metrics/index.ts';
import {
  type Decision,
  type DroneSeen,
  type Flights,
  ORDER_COUNTERS,
  type OrderRecords,
  Orders,
  type Planned,
  type Planner,
  payloadKgOf,
  type StandSeen,
  takenBy,
} from './orders/index.ts';
import type { Places } from './places/index.ts';
import {
  badWeather,
  DEFAULT_RULES,
  nearestBase,
  type PlannedLeg,
  plan,
  type Reservation,
  type World,
} from './planning/index.ts';
import { Promised } from './promised.ts';
import { systemTimers } from './timers.ts';

export interface OrderWiring {
  readonly config: Config;
  readonly noFly: World['limits']['noFly'];
  readonly clock: { utcUs(): number; monoUs(): number };
  readonly random: () => number;
  readonly records: AllRecords;
  readonly fleet: Fleet;
  readonly places: Places;
  readonly commands: Commands;
  readonly itineraries: Itineraries;
  readonly metrics: Metrics;
  readonly log: { warn(detail: object, message: string): void };
  /** What holds a drone on the ground besides its own list. */
  readonly holds: (drone: string) => readonly string[];
  /** What is set of this drone's airframe. */
  readonly airframe: (drone: string) => AirframeSettings;
  readonly orderMoved: (id: string, state: string) => void;
  readonly alert: (data: Readonly<Record<string, unknown>>) => void;
}

const DISPATCHER = 'dispatcher';
/** A loaded drone starts as soon as the plan is on it: so long from now, s. */
const UPLOAD_S = 15;
/** Drones keep the controller's time by exchanges; an exchange on a bad line is good to this, µs (docs/wire.md §5). */
const CLOCK_ERR_US = 2e6;

export function makeOrders(o: OrderWiring) {
  const { clock, random, fleet, metrics, log } = o;
  const kept = o.records.of<Record<string, unknown>>('order');
  kept.onChange(({ id, doc }) => o.orderMoved(id, String(doc.state)));
  const records = kept as unknown as OrderRecords;
  const service = new Orders({
    ...{ records, clock, newId: ulidMaker(random), timers: systemTimers, nowMs: () => performance.now() },
    flights: flightsOf(o),
    drones: { seen: (id) => droneSeen(o, id), preflight: (id) => preflight(fleet, id) },
    planner: plannerOf(o),
    count: metrics.counters('orders', ORDER_COUNTERS),
    clockErrUs: () => CLOCK_ERR_US,
    onAlert: (order, code, words) => {
      log.warn({ order, code, words }, 'an alert');
      o.alert({ order, code, words });
    },
  });
  metrics.gauge('orders_open', 'orders that are not over', () => service.open);
  const operator = (name: string) => ({ kind: 'operator', name }) as const;
  const port: OrderPort = {
    place: (wish, by, key) => service.place(wish, operator(by), key),
    get: (id) => service.get(id),
    list: (q) => service.list(q),
    deed: (id, deed, by, key) => service.deed(id, deed, operator(by), key),
  };
  return { service, port, payloadKg: (itinerary: string) => payloadKgOf(records.open(), itinerary) };
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
    async command({ drone, type, key }) {
      const body = { targets: [drone], type, params: {} };
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

function plannerOf(o: OrderWiring): Planner {
  const { config, places, fleet, clock } = o;
  const { group: _g, emptyKg: _e, payloadMaxKg: _p, methods: _m, ...own } = config.orders;
  const { batteryWh, noFlyFile: _file, ceilingAmslM, ...limits } = config.itineraries;
  const rules = { ...DEFAULT_RULES, ...own };
  const promised = new Promised();
  const bases = (): World['bases'] => {
    const all = places.list('bases');
    const standing = occupants(fleet.entries(), all);
    return all.map(({ id, doc }) => baseOf(id, doc, (pad) => standing(id, pad)));
  };
  const world = (reservations: readonly Reservation[]): World => ({
    bases: bases(),
    zones: places.list('zones').map(({ id, doc }) => zoneOf(id, doc)),
    weather: places.list('weather').map(({ id, doc, atUtcUs }) => weatherOf(id, doc, atUtcUs)),
    stops: places
      .stops()
      .map(({ reach, ...stop }) => ({ ...stop, reach: reach === 'fleet' ? { fleet: true } : reach })),
    ...{ reservations, rules },
    limits: { ...DEFAULT_LIMITS, ...limits, ceilingAmslM: ceilingAmslM > 0 ? ceilingAmslM : null, noFly: o.noFly },
  });
  const isOfFleet = (id: string): boolean =>
    config.orders.group === '' || (fleet.contact(id)?.groups.includes(config.orders.group) ?? false);
  const candidates = (taken: (id: string) => string | null, only?: string) => {
    const wiring = {
      ...{ orders: config.orders, batteryWh, bases: places.list('bases'), taken },
      ...{ holds: o.holds, airframe: o.airframe },
      groups: (id: string) => fleet.contact(id)?.groups ?? [],
    };
    return fleet
      .entries()
      .filter(({ id }) => (only === undefined ? isOfFleet(id) : id === only))
      .map((entry) => candidateOf(entry, wiring));
  };
  return {
    infeasible(wish) {
      const order = { ...wish, id: 'asked', placedUtcUs: clock.utcUs() };
      const asked = world([]);
      const decision = plan({ order, fleet: candidates(() => null), world: asked, nowUtcUs: clock.utcUs() });
      const nearest = nearestBase(asked.bases, wish.pickup);
      if (decision.kind === 'infeasible' || nearest === null) {
        const reasons = decision.kind === 'infeasible' ? decision.reasons : [];
        return { words: reasons.map(({ words }) => words).join('; '), reasons };
      }
      return { base: nearest.base.id };
    },
    plan({ id, wish, placedUtcUs, drone, avoid, open, attempt }): Decision {
      const taken = drone === undefined ? takenBy(open) : new Map<string, string>();
      const reservations = reservationsOf(open, id, clock.utcUs());
      const order = { ...wish, id, placedUtcUs, attempt };
      const openIds = new Set(open.map((held) => held.id));
      const claims = drone === undefined ? promised.before(order, clock.utcUs(), rules, (one) => openIds.has(one)) : [];
      const decided = plan({
        order,
        fleet: candidates(
          (one) => taken.get(one) ?? (avoid.has(one) ? 'nothing: it would not fly this one a moment ago' : null),
          drone,
        ),
        world:
          drone === undefined
            ? { ...world(reservations), claims }
            : { ...world(reservations), rules: { ...rules, loadingS: UPLOAD_S } },
        nowUtcUs: clock.utcUs(),
      });
      promised.take(order, decided);
      if (decided.kind === 'wait') return decided;
      if (decided.kind === 'infeasible') {
        return {
          kind: 'infeasible',
          words: decided.reasons.map(({ words }) => words).join('; '),
          reasons: decided.reasons,
        };
      }
      const leg = (kind: PlannedLeg['kind']) => {
        const found = decided.legs.find((one) => one.kind === kind);
        return found === undefined ? null : plannedOf(found, decided.reservations);
      };
      const delivery = leg('delivery');
      if (delivery === null) throw new Error('planning made no delivery');
      return { kind: 'fly', drone: decided.drone, ferry: leg('ferry'), delivery, why: keptWhy(decided.why) };
    },
    againstStart(drone, base, plannedUtcUs) {
      const held = places.get('weather', base);
      return againstStart({
        stop: places.stopFor({ groups: fleet.contact(drone)?.groups ?? [], base }),
        badWeather: badWeather(held && weatherOf(base, held.doc, held.atUtcUs), rules)?.words ?? null,
        ...{ holds: o.holds(drone), zones: places.list('zones'), plannedUtcUs },
      });
    },
  };
}

function plannedOf(leg: PlannedLeg, reservations: readonly Reservation[]): Planned {
  return {
    ...{
      itinerary: leg.itinerary,
      startUtcUs: leg.departUtcUs,
      notAfterUtcUs: leg.departByUtcUs,
      endsUtcUs: leg.landUtcUs,
    },
    reservation: reservations.find((one) => one.leg === leg.kind) ?? {},
    needsPct: leg.energy.needPct,
  };
}

type Doc<K extends 'bases' | 'zones' | 'weather'> =
  ReturnType<Places['list']> extends readonly (infer _)[]
    ? NonNullable<ReturnType<typeof Places.prototype.get<K>>>['doc']
    : never;

function baseOf(id: string, doc: Doc<'bases'>, standing: (pad: string) => string | null): World['bases'][number] {
  const { name, place, groundAmslM = null, returnAltM = null, ceilingM = null, pads } = doc;
  return {
    ...{ id, name, place, groundAmslM, returnAltM, ceilingM },
    pads: pads.map(({ chargeW = 0, closed = null, ...pad }) => ({
      ...{ ...pad, chargeW, closed, occupiedBy: standing(pad.id) },
    })),
  };
}

function zoneOf(id: string, doc: Doc<'zones'>): World['zones'][number] {
  const { fromM = null, toM = null, frame = 'home', validFrom, validTo, ...rest } = doc;
  const time = (text: string | undefined) => (text === undefined ? null : parseTime(text));
  return { id, ...rest, fromM, toM, frame, validFromUtcUs: time(validFrom), validToUtcUs: time(validTo) };
}

function weatherOf(base: string, doc: Doc<'weather'>, atUtcUs: number): World['weather'][number] {
  const { windFromDeg, windMps, gustMps = null, temperatureC = null, next } = doc;
  const nextUtcUs = next === undefined ? null : parseTime(next);
  return { base, windFromDeg, windMps, gustMps, temperatureC, atUtcUs, nextUtcUs };
}
