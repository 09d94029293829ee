/**
 * Which drone. Those at the pickup first, the smallest that can carry it, then the fullest; then those elsewhere, the nearest
 * first; equal ones by name. Each of the others gets the reason why not.
 */
import { distanceM } from '@skein/protocol/fleet';
import type { Draft } from './draft.ts';
import { badWeather, chargedBy, chargeOf, NOT_CHARGED, type Not, not, unfit } from './drones.ts';
import { type Flight, flight, tooEmpty } from './flight.ts';
import { Ground } from './ground.ts';
import { nobody } from './nobody.ts';
import type { Question } from './plan.ts';
import type { Base, Candidate, Decision, World } from './ports.ts';
import type { Considered } from './reasons.ts';
import { Screen, type Screened } from './screen.ts';

/** So many are tried with ways and air; looking further costs time and seldom finds more. */
const MAX_HERE = 4;
const MAX_ELSEWHERE = 4;

interface Able {
  readonly drone: Candidate;
  readonly energy: Screened;
  readonly awayM: number;
  readonly base: Base | null;
}

export function choose(q: Question, base: Base, draft: Draft): Decision {
  const { order, fleet, world, nowUtcUs } = q;
  const ground = new Ground(q);
  const screen = new Screen(q, draft);
  const why = new Map<string, Not>();
  const here: Able[] = [];
  const elsewhere: Able[] = [];
  for (const drone of fleet) {
    const own = drone.base === null ? null : (ground.bases.get(drone.base) ?? null);
    const reason = unwanted(drone, q) ?? unfit(drone, order, world, nowUtcUs) ?? away(drone, own, base, ground, world);
    const energy = reason === null ? screen.of(drone, own) : null;
    if (reason !== null || energy === null) {
      why.set(drone.id, reason ?? not('charge-not-known', 'its charge is not known'));
    } else if (energy.leftPct < world.limits.reservePct) {
      const wanted = energy.needPct + energy.reservePct;
      const empty = tooEmpty(energy);
      const words = drone.chargerFails === true ? `${empty.words}; ${NOT_CHARGED}` : empty.words;
      why.set(drone.id, { ...empty, words, fromUtcUs: chargedBy(drone, own, wanted, nowUtcUs) });
    } else {
      const awayM = drone.place === null ? 0 : distanceM(drone.place, base.place);
      (own === base ? here : elsewhere).push({ drone, energy, awayM, base: own });
    }
  }
  here.sort(
    (a, b) =>
      a.drone.airframe.payloadMaxKg - b.drone.airframe.payloadMaxKg ||
      b.energy.leftPct - a.energy.leftPct ||
      byName(a.drone, b.drone),
  );
  elsewhere.sort((a, b) => a.awayM - b.awayM || b.energy.leftPct - a.energy.leftPct || byName(a.drone, b.drone));

  for (const able of here.slice(0, MAX_HERE)) {
    const made = deliver(q, base, able, ground, draft);
    if ('not' in made) why.set(able.drone.id, made.not);
    else return flies(q, able, [made], why, [...here, ...elsewhere]);
  }
  for (const able of elsewhere.slice(0, MAX_ELSEWHERE)) {
    const made = ferried(q, base, able, ground, draft);
    if ('not' in made) why.set(able.drone.id, made.not);
    else return flies(q, able, made.flights, why, [...here, ...elsewhere]);
  }
  for (const { drone } of [...here, ...elsewhere])
    if (!why.has(drone.id)) why.set(drone.id, not('other', 'others that suit better could not fly either'));
  return nobody(q, base, why);
}

const byName = (a: Candidate, b: Candidate): number => (a.id < b.id ? -1 : 1);
type Made = Extract<Flight, { ok: true }>;

function unwanted({ id }: Candidate, { only, avoid }: Question): Not | null {
  if (only !== undefined && only !== id) return not('parcel', `${only} has the parcel`, only);
  return avoid?.has(id) ? not('avoided', 'would not fly this order a moment ago') : null;
}

/** What speaks against a drone that stands elsewhere. */
function away(drone: Candidate, own: Base | null, base: Base, ground: Ground, world: World): Not | null {
  if (own === base && drone.pad !== null) return null;
  const bad = own === null || own === base ? null : badWeather(ground.weather.get(own.id) ?? null, world.rules);
  if (bad !== null) return not('weather', `${bad.words} where it stands`, bad.value, bad.limit);
  if (!ground.hasRoom(base)) return not('no-pad', `${base.name} has no free pad for it`);
  return null;
}

type Tried = Made | { readonly not: Not };

function deliver(q: Question, base: Base, { drone, energy }: Able, ground: Ground, draft: Draft): Tried {
  const stands = base.pads.find(({ id, closed }) => id === drone.pad && !closed);
  const pad = stands ?? ground.freePad(drone.id, base, null);
  if (pad === null || drone.place === null)
    return { not: not('no-pad', `${base.name} has no free pad for it to land on`) };
  const made = flight(
    {
      ...{ kind: 'delivery', drone, order: q.order, chargePct: energy.chargePct, toBase: base, toPad: pad },
      ...{
        from: (base.pads.find(({ id }) => id === drone.pad) ?? drone).place ?? drone.place,
        fromBase: base,
        fromPad: drone.pad,
      },
      ...{
        alternate: ground.alternate(drone.id, base, pad),
        weather: draft.weather,
        departUtcUs: draft.notBeforeUtcUs,
      },
    },
    q.world,
  );
  return made.ok ? made : { not: made.not };
}

/** First to a free pad of the pickup, then the order's flight from there with what is left. */
function ferried(
  q: Question,
  base: Base,
  { drone, base: own }: Able,
  ground: Ground,
  draft: Draft,
): { readonly flights: readonly Made[] } | { readonly not: Not } {
  const { world, order, nowUtcUs } = q;
  const pad = ground.freePad(drone.id, base, null);
  const chargePct = chargeOf(drone);
  if (pad === null || drone.place === null || chargePct === null)
    return { not: not('no-pad', `${base.name} has no free pad for it`) };
  const alternate = ground.alternate(drone.id, base, pad);
  const ownPad = own?.pads.find(({ id }) => id === drone.pad);
  const first = flight(
    {
      ...{
        kind: 'ferry',
        drone,
        order,
        chargePct,
        from: ownPad?.place ?? drone.place,
        fromBase: own,
        fromPad: drone.pad,
      },
      ...{
        toBase: base,
        toPad: pad,
        alternate,
        weather: own === null ? draft.weather : (ground.weather.get(own.id) ?? null),
        departUtcUs: nowUtcUs,
      },
    },
    world,
  );
  if (!first.ok) return { not: first.not };
  const second = flight(
    {
      ...{
        kind: 'delivery',
        drone,
        order,
        chargePct: first.leg.energy.leftPct,
        from: pad.place,
        fromBase: base,
        fromPad: pad.id,
      },
      ...{ toBase: base, toPad: pad, alternate, weather: draft.weather },
      departUtcUs: Math.max(draft.notBeforeUtcUs, first.endUtcUs + world.rules.loadingS * 1e6),
    },
    world,
  );
  return second.ok ? { flights: [first, second] } : { not: second.not };
}

function flies(
  q: Question,
  chosen: Able,
  flights: readonly Made[],
  why: ReadonlyMap<string, Not>,
  able: readonly Able[],
): Decision {
  const others = new Map(able.map((one) => [one.drone.id, one] as const));
  const considered = q.fleet.map(({ id }): Considered => {
    if (id === chosen.drone.id) {
      const { leftPct } = flights.at(-1)?.leg.energy ?? chosen.energy;
      return {
        drone: id,
        chosen: true,
        rule: null,
        words: `will land with ${Math.floor(leftPct)} %`,
        value: Math.floor(leftPct),
        limit: q.world.limits.reservePct,
        fromUtcUs: null,
      };
    }
    return { drone: id, chosen: false, ...(why.get(id) ?? than(others.get(id), chosen)) };
  });
  return {
    ...{ kind: 'fly', drone: chosen.drone.id, legs: flights.map(({ leg }) => leg) },
    ...{ reservations: flights.map(({ reservation }) => reservation), why: considered },
  };
}

function than(one: Able | undefined, chosen: Able): Not {
  if (one === undefined || one.base !== chosen.base) {
    return not(
      'other',
      `stands ${Math.round(one?.awayM ?? 0)} m from the pickup, ${chosen.drone.id} ${Math.round(chosen.awayM)} m`,
      Math.round(one?.awayM ?? 0),
      Math.round(chosen.awayM),
    );
  }
  if (one.drone.airframe.payloadMaxKg > chosen.drone.airframe.payloadMaxKg) {
    return not(
      'other',
      `could carry more than is needed; ${chosen.drone.id} suffices`,
      one.drone.airframe.payloadMaxKg,
      chosen.drone.airframe.payloadMaxKg,
    );
  }
  return not(
    'other',
    `would land with ${Math.floor(one.energy.leftPct)} %, ${chosen.drone.id} with ${Math.floor(chosen.energy.leftPct)} %`,
    Math.floor(one.energy.leftPct),
    Math.floor(chosen.energy.leftPct),
  );
}
