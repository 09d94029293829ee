/**
 * Random cities, fleets and days of orders (fast-check; `SEED=` replays, `COUNT=` says how many, `SHRINK=1` looks for a smaller case). What was released is flown
 * by a simulator of its own, early, late, with the parcel or without, and judged by sampling.
 */
import { compile, type Place, validate } from '@skein/protocol/fleet';
import fc from 'fast-check';
import t from 'tap';
import { aircraftOf } from './flight.ts';
import { pointFromLeg2 } from './plane.ts';
import type { Base, Reservation, Zone } from './ports.ts';
import { type City, cities } from './testing/cities.ts';
import { xy } from './testing/city.ts';
import { dayOf, type Released } from './testing/day.ts';
import { flown, metres, type Sample, wayOf } from './testing/flown.ts';
import { needPct } from './testing/needs.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.COUNT ?? (process.env.SOAK ? 500 : 12));
t.comment(`SEED=${seed}`);

t.test('what is released is apart, comes home, has its pad and keeps out of zones', async (t) => {
  let flights = 0;
  const told = fc.check(
    fc.property(
      cities,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 }),
      (city, luck) => {
        const { released } = dayOf(city);
        flights += released.length;
        for (const one of released) {
          keepsReserve(one);
          keepsOutOfZones(one, city);
          keepsItsWindow(one);
          passesTheChecks(one);
          staysInItsTube(one);
          noneStarts(one);
        }
        padsHaveOne(released);
        areApart(released, city, luck);
      },
    ),
    // To make a counterexample smaller takes minutes.
    { seed, numRuns, endOnFailure: process.env.SHRINK === undefined },
  );
  const cause = told.errorInstance instanceof Error ? told.errorInstance.message : '';
  t.notOk(told.failed, `${cause} (SEED=${told.seed}, path ${told.counterexamplePath?.slice(0, 40)})`);
  t.ok(flights > numRuns, `${flights} flights in ${numRuns} cities`);
});

function must(holds: boolean, words: () => string): void {
  if (!holds) throw new Error(words());
}

function keepsReserve({ order, drone, legs, world }: Released): void {
  let leftPct = Math.min(drone.reportedPct ?? 0, drone.rememberedPct ?? 0);
  for (const leg of legs) {
    const from = world.bases.find(({ id }) => id === leg.fromBase);
    const about = world.weather.find(({ base }) => base === from?.id) ?? null;
    leftPct -= needPct(leg, leg.kind === 'ferry' ? 0 : order.payloadKg, drone, about, world);
    must(leftPct >= world.limits.reservePct - 1e-6, () => `${order.id} ${leg.kind}: lands with ${leftPct} %`);
  }
}

function keepsOutOfZones({ legs, order }: Released, { world }: City): void {
  for (const { itinerary, departUtcUs, landUtcUs, fromBase } of legs) {
    const ground = world.bases.find(({ id }) => id === fromBase)?.groundAmslM ?? null;
    const zones = world.zones.filter((zone) => zone.kind === 'no-fly' && holds(zone, departUtcUs, landUtcUs));
    for (const { place, heightM } of wayOf(itinerary)) {
      for (const zone of zones) {
        must(
          !isIn(place, heightM, zone, ground),
          () => `${order.id} at ${heightM} m crosses ${zone.id}: ${JSON.stringify(zone)}`,
        );
      }
    }
  }
}

function holds(zone: Zone, from: number, to: number): boolean {
  return (zone.validFromUtcUs ?? 0) <= to && (zone.validToUtcUs ?? Number.MAX_SAFE_INTEGER) >= from;
}

function isIn(place: Place, heightM: number, zone: Zone, groundAmslM: number | null): boolean {
  const homeM = zone.frame === 'home' ? 0 : groundAmslM;
  if (homeM !== null) {
    if (zone.toM !== null && heightM + homeM > zone.toM) return false;
    if (zone.fromM !== null && heightM + homeM < zone.fromM) return false;
  }
  if (zone.circle !== undefined) return metres(place, zone.circle.centre) < zone.circle.radiusM;
  const p = xy(place);
  const corners = (zone.ring ?? []).map(xy);
  const [west, east] = [Math.min(...corners.map(({ x }) => x)), Math.max(...corners.map(({ x }) => x))];
  const [south, north] = [Math.min(...corners.map(({ y }) => y)), Math.max(...corners.map(({ y }) => y))];
  return p.x > west && p.x < east && p.y > south && p.y < north;
}

function keepsItsWindow({ order, legs, reservations }: Released): void {
  const until = order.notAfterUtcUs;
  if (until === null) return;
  for (const { itinerary } of legs) {
    for (const item of itinerary.items) {
      if (item.do === 'deliver')
        must(Date.parse(item.notAfter ?? '') * 1000 <= until, () => `${order.id} may release too late`);
    }
  }
  const way = reservations
    .filter(({ leg }) => leg === 'delivery')
    .flatMap(({ tube }) => tube.filter(({ what }) => what === 'out'));
  must(Math.max(...way.map(({ toUtcUs }) => toUtcUs)) <= until + 1e6, () => `${order.id} may come too late`);
}

function passesTheChecks({ order, drone, legs, world }: Released): void {
  for (const leg of legs) {
    const fromBase = world.bases.find(({ id }) => id === leg.fromBase) ?? null;
    const toBase = world.bases.find(({ id }) => id === leg.toBase) as Base;
    const toPad = toBase.pads.find(({ id }) => id === leg.toPad) ?? toBase.pads[0];
    const about = {
      ...{ kind: leg.kind, drone, order, chargePct: leg.energy.chargePct, from: leg.itinerary.base as Place, fromBase },
      ...{ fromPad: leg.fromPad, toBase, alternate: null, departUtcUs: leg.departUtcUs },
      weather: world.weather.find(({ base }) => base === fromBase?.id) ?? null,
    };
    if (toPad === undefined) throw new Error(`${leg.toBase} has no pads`);
    const { refusals } = validate(leg.itinerary, world.limits, aircraftOf({ ...about, toPad }));
    must(refusals.length === 0, () => JSON.stringify(refusals));
    const { items } = leg.itinerary;
    must(items[0]?.do === 'take-off' && items.at(-1)?.do === 'land', () => 'begins and ends otherwise');
    const { mission, deliveries } = compile(leg.itinerary, { flavour: drone.flavour });
    must(mission.length <= world.limits.maxItems, () => `${mission.length} items`);
    must(deliveries.length === (leg.kind === 'delivery' ? 1 : 0), () => 'not one gate');
    const pad = toBase.pads.find(({ id }) => id === leg.toPad)?.place as Place;
    const end = items.at(-1);
    must(
      end?.do === 'land' && metres(pad, { latDeg: end.latDeg ?? 0, lonDeg: end.lonDeg ?? 0 }) < 0.1,
      () => 'lands beside its pad',
    );
  }
}

function noneStarts({ order, legs, atUtcUs, world }: Released): void {
  for (const { reach, fromUtcUs, untilUtcUs } of world.stops) {
    if (atUtcUs < fromUtcUs || atUtcUs >= (untilUtcUs ?? Number.POSITIVE_INFINITY)) continue;
    for (const { fromBase } of legs)
      must(!('base' in reach && reach.base === fromBase), () => `${order.id} in spite of a ground stop`);
  }
  for (const { base, windMps } of world.weather) {
    for (const { fromBase } of legs)
      must(fromBase !== base || windMps <= world.rules.windMaxMps, () => `${order.id} in ${windMps} m/s`);
  }
}

/** As early and as late as allowed, in all mixtures: each tenth second it is where its tube says that it may be. */
function staysInItsTube({ order, legs, reservations, world }: Released): void {
  for (const [i, leg] of legs.entries()) {
    const tube = reservations[i]?.tube ?? [];
    for (let mixture = 0; mixture < 16; mixture += 1) {
      const bit = (n: number): number => (mixture >> n) & 1;
      const luck = { start: bit(0), pace: bit(1), gate: bit(2), released: bit(3) === 1 };
      for (const [n, { utcUs, place, aboveHomeM }] of flown(leg, world.limits, world.rules, luck).entries()) {
        if (n % 10 !== 0 || aboveHomeM <= 0) continue;
        const p = xy(place);
        const isKept = tube.some((part) => {
          if (utcUs < part.fromUtcUs - 1e6 || utcUs > part.toUtcUs + 1e6) return false;
          if (aboveHomeM < part.lowM - 1 || aboveHomeM > part.highM + 1) return false;
          const [a, b] = [xy(part.from), xy(part.to)];
          return pointFromLeg2(p.x, p.y, a.x, a.y, b.x, b.y) < 3 ** 2;
        });
        must(
          isKept,
          () =>
            `${order.id} ${leg.kind}: after ${(utcUs - leg.departUtcUs) / 1e6} s at ${aboveHomeM} m in air not kept`,
        );
      }
    }
  }
}

function padsHaveOne(released: readonly Released[]): void {
  const uses = released.flatMap(({ reservations, atUtcUs }) =>
    reservations.map((one): [Reservation, number] => [one, atUtcUs]),
  );
  for (const [a, atA] of uses) {
    for (const [b, atB] of uses) {
      if (a.drone === b.drone || atA > b.toUtcUs || atB > a.toUtcUs) continue;
      for (const pad of a.pads) {
        must(
          !b.pads.some((other) => other.pad === pad.pad && other.base === pad.base),
          () => `${a.drone} and ${b.drone} on ${pad.pad}`,
        );
      }
    }
  }
}

/** Every flight flown with its own luck, thrice; all pairs, each second. */
function areApart(released: readonly Released[], { world }: City, luck: readonly number[]): void {
  for (let round = 0; round < 3; round += 1) {
    const flights = released.flatMap(({ legs, drone }, i) =>
      legs.map((leg, k) => {
        const at = (n: number): number => luck[(i * 5 + k * 3 + n + round * 17) % luck.length] ?? 0;
        const how = { start: at(0), pace: at(1), gate: at(2), released: at(3) < 0.6 };
        const ground = world.bases.find(({ id }) => id === leg.fromBase)?.groundAmslM ?? null;
        const samples = flown(leg, world.limits, world.rules, how);
        return { drone: drone.id, base: leg.fromBase, ground, bySecond: bySecond(samples) };
      }),
    );
    for (const [i, a] of flights.entries()) {
      for (const b of flights.slice(i + 1)) {
        if (a.drone === b.drone) continue;
        const comparable = a.base === b.base || (a.ground !== null && b.ground !== null);
        for (const [second, one] of a.bySecond) {
          const other = b.bySecond.get(second);
          if (other === undefined) continue;
          const upM = comparable
            ? Math.abs(
                one.aboveHomeM +
                  (a.base === b.base ? 0 : (a.ground ?? 0)) -
                  other.aboveHomeM -
                  (a.base === b.base ? 0 : (b.ground ?? 0)),
              )
            : 0;
          if (upM >= world.rules.separationUpM) continue;
          const apartM = metres(one.place, other.place);
          must(
            apartM >= world.rules.separationAcrossM,
            () => `${a.drone} and ${b.drone}: ${apartM} m across, ${upM} m up`,
          );
        }
      }
    }
  }
}

function bySecond(samples: readonly Sample[]): ReadonlyMap<number, Sample> {
  const flying = samples.filter(({ aboveHomeM }) => aboveHomeM > 0);
  return new Map(flying.map((one) => [Math.round(one.utcUs / 1e6), one]));
}
