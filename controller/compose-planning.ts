/** What planning is told of fleet and places, and what orders ask of it. */
import { DEFAULT_LIMITS, type Itinerary, isUnderWay, type Place } from '@skein/protocol/fleet';
import type { AirframeSettings } from '@skein/protocol/fleet/configuration';
import { parseTime } from '@skein/protocol/time';
import { againstStart } from './against-start.ts';
import {
  airframeOf,
  type CandidateWiring,
  candidateOf,
  KINDS_LOOKED_AT,
  LOOKED_AT,
  occupants,
  PadMap,
} from './candidates.ts';
import { type Charge, ChargeWatch } from './charge-watch.ts';
import type { Config } from './config.ts';
import type { Fleet } from './fleet/index.ts';
import type { Itineraries } from './itineraries/index.ts';
import { type LastWord, reservationsOf } from './kept-air.ts';
import { keptWhy } from './kept-why.ts';
import { type Decision, type Planned, type Planner, takenBy } from './orders/index.ts';
import type { Places } from './places/index.ts';
import {
  type Airframe,
  badWeather,
  byTurn,
  type Calibration,
  type Candidate,
  DEFAULT_RULES,
  feasible,
  type PlannedLeg,
  plan,
  type Reservation,
  type World,
} from './planning/index.ts';
import { Promised } from './promised.ts';
import { Roster } from './roster.ts';

export interface PlanningWiring {
  readonly config: Pick<Config, 'orders' | 'itineraries'>;
  readonly noFly: World['limits']['noFly'];
  readonly clock: { utcUs(): number; monoUs(): number };
  readonly fleet: Pick<Fleet, 'ids' | 'picked' | 'contact'>;
  readonly places: Places;
  /** What holds a drone on the ground besides its own list. */
  readonly holds: (drone: string) => readonly string[];
  readonly itineraries: Pick<Itineraries, 'planOf'>;
  /** What is set of this drone's airframe. */
  readonly airframe: (drone: string) => AirframeSettings;
  /** What was learnt of it. */
  readonly calibration: (drone: string) => Calibration | null;
}

type Taken = Pick<Candidate, 'busyWith' | 'busyUntilUtcUs'>;

/** A loaded drone starts as soon as the plan is on it: so long from now, s. */
const UPLOAD_S = 15;
const NO_KINDS: ReadonlySet<string> = new Set();
/** Who is chosen is looked at once more; where it has changed meanwhile, it is decided anew, so often at most. */
const DECISIONS = 3;

export function plannerOf(o: PlanningWiring): Planner {
  const { config, places, fleet, clock } = o;
  const { group: _g, emptyKg: _e, payloadMaxKg: _p, methods: _m, askAfterS: _s, ...own } = config.orders;
  const { batteryWh, noFlyFile: _file, ceilingAmslM, ...limits } = config.itineraries;
  const rules = { ...DEFAULT_RULES, ...own };
  const promised = new Promised();
  type Standing = ReturnType<typeof occupants>;
  const world = (reservations: readonly Reservation[], standing: Standing): World => ({
    bases: places.list('bases').map(({ id, doc }) => baseOf(id, doc, (pad) => standing(id, pad))),
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
  const airframe = (id: string) => airframeOf(config.orders, batteryWh, o.airframe(id));
  const watch = new ChargeWatch();
  let pads = new PadMap([]);
  const look = (ids: readonly string[]): readonly Candidate[] => {
    const bases = places.list('bases');
    if (!pads.isOf(bases)) pads = new PadMap(bases);
    const wiring: CandidateWiring = {
      ...{ bases, pads, holds: o.holds, airframe, calibration: o.calibration, nowUtcUs: clock.utcUs() },
      landing: (id, version) => landingOf(o.itineraries.planOf(id, version)),
      ...{ charges: (charge: Omit<Charge, 'monoUs'>) => watch.charges({ ...charge, monoUs: clock.monoUs() }) },
      groups: (id: string) => fleet.contact(id)?.groups ?? [],
    };
    return fleet.picked(ids, LOOKED_AT, KINDS_LOOKED_AT).map((entry) => candidateOf(entry, wiring));
  };
  const roster = new Roster({ ids: () => fleet.ids, monoUs: () => clock.monoUs(), look });
  const known = (only?: string): readonly Candidate[] => {
    if (only === undefined) return roster.all();
    const one = roster.renewed(only);
    return one === null ? [] : [one];
  };
  /** Those that may be chosen. @param taken why one is not free although it stands there, for people; null: it is */
  const candidates = (taken: (id: string) => Taken | null, only?: string): readonly Candidate[] =>
    known(only).flatMap((one) => {
      if (only === undefined && !isOfFleet(one.id)) return [];
      const busy = taken(one.id);
      return busy === null ? [one] : [{ ...one, ...busy }];
    });
  /** What the fleet could carry, however it stands just now. */
  const kinds = (): readonly Airframe[] => {
    const found = new Map<string, Airframe>();
    for (const id of fleet.ids) {
      const one = airframe(id);
      if (isOfFleet(id)) found.set(JSON.stringify(one), one);
    }
    return [...found.values()];
  };
  const landingPads = (pads: Reservation['pads'], drone: string) => {
    const all = places.list('bases');
    const standing = occupants(roster.all());
    return pads
      .filter(({ use }) => use === 'landing')
      .map(({ base, pad }) => {
        const found = all.find(({ id }) => id === base)?.doc.pads.find(({ id }) => id === pad);
        const there = standing(base, pad);
        const closed = found === undefined || Boolean(found.closed);
        return { id: pad, closed, occupiedBy: there === drone ? null : there };
      });
  };
  const wordOf = (drone: string): LastWord => {
    const [entry] = fleet.picked([drone], ['itinerary', 'freshness'], NO_KINDS);
    if (entry === undefined) return { heardUtcUs: null, flies: null };
    const { itinerary, freshness } = entry;
    const flies = itinerary !== null && isUnderWay(itinerary.state as 'flying');
    return { heardUtcUs: freshness.lastHeardUtcUs, flies: flies ? itinerary : null };
  };
  const writtenUtcUs = (base: string): number => places.get('bases', base)?.atUtcUs ?? 0;
  return {
    ready: () => roster.ready(),
    inTurn: (a, b, nowUtcUs) => byTurn(a, b, nowUtcUs, rules),
    infeasible(wish) {
      const order = { ...wish, id: 'asked', placedUtcUs: clock.utcUs() };
      const judged = feasible({ order, kinds: kinds(), world: world([], () => null), nowUtcUs: clock.utcUs() });
      if (judged.ok) return { base: judged.base.id };
      return { words: judged.reasons.map(({ words }) => words).join('; '), reasons: judged.reasons };
    },
    plan({ id, wish, placedUtcUs, drone, avoid, open, attempt }): Decision {
      const taken = drone === undefined ? takenBy(open) : new Map<string, string>();
      const reservations = reservationsOf(open, { own: id, nowUtcUs: clock.utcUs(), wordOf, writtenUtcUs });
      const order = { ...wish, id, placedUtcUs, attempt };
      const landsUtcUs = new Map<string, number>();
      for (const one of reservations)
        landsUtcUs.set(one.drone, Math.max(one.toUtcUs, landsUtcUs.get(one.drone) ?? one.toUtcUs));
      const busy = (one: string): Taken | null => {
        const busyWith = taken.get(one);
        return busyWith === undefined ? null : { busyWith, busyUntilUtcUs: landsUtcUs.get(one) ?? null };
      };
      const openIds = new Set(open.map((held) => held.id));
      const claims = drone === undefined ? promised.before(order, clock.utcUs(), rules, (one) => openIds.has(one)) : [];
      const decide = () => {
        const about = world(reservations, occupants(roster.all()));
        return plan({
          order,
          fleet: candidates(busy, drone),
          world: drone === undefined ? { ...about, claims } : { ...about, rules: { ...rules, loadingS: UPLOAD_S } },
          nowUtcUs: clock.utcUs(),
          ...(drone === undefined ? { avoid } : { only: drone }),
        });
      };
      let decided = decide();
      for (let n = 1; n < DECISIONS && decided.kind === 'fly' && isNews(roster, decided.drone); n++) decided = decide();
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
    againstStart({ drone, base, plannedUtcUs, reservation }) {
      const { base: from = base, pads = [] } = reservation as Partial<Reservation>;
      const groups = fleet.contact(drone)?.groups ?? [];
      const against = <T>(of: (base: string) => T | null) => of(from) ?? of(base);
      return againstStart({
        stop: against((at) => places.stopFor({ groups, base: at })),
        badWeather: against((at) => {
          const held = places.get('weather', at);
          return badWeather(held && weatherOf(at, held.doc, held.atUtcUs), rules)?.words ?? null;
        }),
        ...{ holds: o.holds(drone), zones: places.list('zones'), plannedUtcUs },
        pads: landingPads(pads, drone),
      });
    },
  };
}

function landingOf(itinerary: Itinerary | null): Place | null {
  const last = itinerary?.items.at(-1);
  if (last?.do !== 'land' || last.latDeg === undefined || last.lonDeg === undefined) return null;
  return { latDeg: last.latDeg, lonDeg: last.lonDeg };
}

/** It stands otherwise than it was known to stand. */
function isNews(roster: Roster, drone: string): boolean {
  const facts = ({ base, pad, trusted, online, armed, onGround, control, holds, preflightStops }: Candidate) =>
    JSON.stringify([base, pad, trusted, online, armed, onGround, control, holds, preflightStops]);
  const was = roster.all().find(({ id }) => id === drone);
  const is = roster.renewed(drone);
  return was === undefined || is === null || facts(was) !== facts(is);
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
