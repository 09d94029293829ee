/** The ways of one flight, one after the other: by layers on the shortest way, then beside it. Looked for only when asked. */
import type { Point, RallyPoint } from '@skein/protocol/fleet';
import { type Not, not } from './drones.ts';
import type { FlightWish } from './flight.ts';
import type { Sketch } from './itinerary.ts';
import type { LayerPair } from './layers.ts';
import { apartM, planeOf } from './plane.ts';
import type { World } from './ports.ts';
import { Surroundings, zonesOf } from './surroundings.ts';
import { findWay, type Way } from './way.ts';
import { isFree } from './zones.ts';

export type Sketched = { readonly sketch: Sketch; readonly detour: boolean } | { readonly not: Not };

/** How far beside the straight line another way is led, m, and on which side. */
const DETOURS_M = [200, -200, 450, -450];
/** Pairs of layers tried on each of those. */
const DETOUR_PAIRS = 2;
/** Zones are asked for all the time that a flight could take. */
const LONGEST_S = 5_400;

export function* sketches(wish: FlightWish, world: World, pairs: readonly LayerPair[]): Generator<Sketched> {
  const { limits, rules } = world;
  const plane = planeOf(wish.from);
  const groundAmslM = wish.fromBase?.groundAmslM ?? null;
  const untilUtcUs = wish.departUtcUs + (rules.delayMaxS + LONGEST_S) * 1e6;
  const around = new Surroundings(
    { zones: zonesOf(world), plane, from: wish.from, groundAmslM },
    ...([rules.zoneMarginM, wish.departUtcUs, untilUtcUs] as const),
  );
  const from = plane.of(wish.from);
  const to = plane.of(wish.toPad.place);
  const drop = wish.kind === 'ferry' ? null : plane.of(wish.order.dropOff);
  const ways = new Map<string, Way>();
  const way = (a: Point, b: Point, heightM: number, sideM: number): Way => {
    const key = `${a === from ? 'out' : 'back'} ${heightM} ${sideM}`;
    const known = ways.get(key);
    if (known !== undefined) return known;
    const areas = around.at(heightM);
    const wayLimits = { marginM: rules.zoneMarginM, cruiseMps: limits.cruiseMps };
    const made =
      sideM === 0 ? findWay(a, b, areas, wayLimits) : beside(a, b, sideM, (p, q) => findWay(p, q, areas, wayLimits));
    ways.set(key, made);
    return made;
  };
  const rally = (backM: number): readonly RallyPoint[] => {
    const altM = Math.max(backM, wish.toBase.returnAltM ?? 0);
    const places = [
      ...(apartM(from, to) > 1 ? [wish.toPad.place] : []),
      ...(wish.alternate === null ? [] : [wish.alternate.pad.place]),
    ].filter((place) => around.column(plane.of(place), altM) === null);
    return places.map(({ latDeg, lonDeg }) => ({ latDeg, lonDeg, altM }));
  };

  for (const sideM of [0, ...DETOURS_M]) {
    for (const { outM, backM } of sideM === 0 ? pairs : pairs.slice(0, DETOUR_PAIRS)) {
      const highM = Math.max(outM, backM);
      const blocked = around.column(from, highM) ?? around.column(to, highM) ?? (drop && around.column(drop, highM));
      if (blocked !== null) {
        yield { not: not('no-route', `the zone "${blocked.name}" lies over an end of the way`, blocked.name) };
        continue;
      }
      if (!around.holdsHeight(highM)) {
        yield { not: not('no-route', `${highM} m is above the zone it has to stay in`, highM) };
        continue;
      }
      const out = way(from, drop ?? to, outM, sideM);
      const back = drop === null ? null : way(drop, to, backM, sideM);
      const wrong = !out.ok ? out : back !== null && !back.ok ? back : null;
      if (wrong !== null) {
        yield { not: not('no-route', wrong.words, wrong.value, wrong.limit) };
        continue;
      }
      if (!out.ok || (back !== null && !back.ok)) continue;
      const straight = drop === null || isFree({ a: drop, b: to }, around.at(outM), rules.zoneMarginM);
      yield {
        detour: sideM !== 0,
        sketch: {
          ...{ plane, from: wish.from, to: wish.toPad.place, out: out.points, back: back?.points ?? [], outM, backM },
          ...{ gateAlong: !straight, areas: around.at(outM), areasBack: around.at(backM), rally: rally(backM) },
        },
      };
    }
  }
}

/** By a place beside the middle. */
function beside(a: Point, b: Point, sideM: number, way: (p: Point, q: Point) => Way): Way {
  const length = apartM(a, b);
  if (length < Math.abs(sideM))
    return { ok: false, words: 'too short to go round', value: Math.round(length), limit: Math.abs(sideM) };
  const via = {
    x: (a.x + b.x) / 2 - ((b.y - a.y) / length) * sideM,
    y: (a.y + b.y) / 2 + ((b.x - a.x) / length) * sideM,
  };
  const first = way(a, via);
  const second = way(via, b);
  if (!first.ok) return first;
  return second.ok ? { ok: true, points: [...first.points, ...second.points.slice(1)] } : second;
}
