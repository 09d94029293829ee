/** Ways around zones, layers, tubes and free air, by hand. */
import t from 'tap';
import { type Asked, freeAir } from './air.ts';
import { layerPairs, layersOf } from './layers.ts';
import { plan } from './plan.ts';
import { apartM, planeOf } from './plane.ts';
import type { Decision, Reservation, World, Zone } from './ports.ts';
import { DEFAULT_RULES } from './rules.ts';
import { Surroundings } from './surroundings.ts';
import { at, base, CENTRE, drone, MIN, NOW, order, square, world, zone } from './testing/city.ts';
import { inTurn } from './turn.ts';
import { findWay } from './way.ts';

const home = base('home', 0, 0, 6);
const other = base('other', 3_000, 0, 4);
const limits = { marginM: 15, cruiseMps: 10 };
const plane = planeOf(CENTRE);

function way(zones: readonly Zone[], heightM = 50) {
  const from = { x: 0, y: 0 };
  const around = new Surroundings({ zones, plane, from: CENTRE, groundAmslM: 400 }, 15, NOW, NOW + MIN);
  const found = findWay(from, { x: 2_000, y: 0 }, around.at(heightM), limits);
  if (!found.ok) return found.words;
  return found.points.slice(1).reduce((sum, p, i) => sum + apartM(found.points[i] ?? p, p), 0);
}

t.test('a way around', async (t) => {
  t.equal(way([]), 2_000);
  const long = way([zone('a', { ring: square(1_000, 0, 300) })]);
  t.ok(typeof long === 'number' && long > 2_100 && long < 2_250, String(long));
  t.equal(way([zone('a', { ring: square(1_000, 0, 300), toM: 30 })]), 2_000, 'over it');
  t.equal(way([zone('a', { ring: square(1_000, 0, 300), fromM: 60 })]), 2_000, 'under it');
  t.equal(way([zone('a', { ring: square(1_000, 0, 300), fromM: 460, frame: 'amsl' })]), 2_000, 'home lies at 400 m');
  t.not(way([zone('a', { ring: square(1_000, 0, 300), fromM: 440, frame: 'amsl' })]), 2_000);
  t.equal(way([zone('a', { ring: square(1_000, 0, 300), validFromUtcUs: NOW + 5 * MIN })]), 2_000, 'it holds later');
  const round = way([zone('a', { circle: { centre: at(1_000, 0), radiusM: 300 } })]);
  t.ok(typeof round === 'number' && round > 2_090 && round < 2_200, String(round));
  const horseshoe = [
    at(500, -600),
    at(1_500, -600),
    at(1_500, 600),
    at(500, 600),
    at(500, 500),
    at(1_400, 500),
    at(1_400, -500),
    at(500, -500),
  ];
  t.ok(Number(way([zone('a', { ring: horseshoe })])) > 2_400, 'out of a bay again');
  const ring = [1, 2, 3, 4].map((i) =>
    zone(`w${i}`, {
      ring:
        i < 3
          ? [
              at(-400, i * 500 - 750 - 100),
              at(400, i * 500 - 750 - 100),
              at(400, i * 500 - 750 + 100),
              at(-400, i * 500 - 750 + 100),
            ]
          : [
              at(i * 700 - 2_450 - 60, -400),
              at(i * 700 - 2_450 + 60, -400),
              at(i * 700 - 2_450 + 60, 400),
              at(i * 700 - 2_450 - 60, 400),
            ],
    }),
  );
  t.match(way(ring), /no way around/, 'walled in');
  const keep = zone('k', {
    kind: 'keep-in',
    ring: [
      at(-100, -100),
      at(2_100, -100),
      at(2_100, 800),
      at(1_100, 800),
      at(1_100, 100),
      at(900, 100),
      at(900, 800),
      at(-100, 800),
    ],
  });
  t.equal(way([keep]), 2_000);
  const bay = zone('a', { ring: square(1_000, 0, 80) });
  t.match(way([keep, bay]), /no way around/, 'between the wall and the edge is no room');
  const slow = zone('s', { kind: 'slow', ring: square(1_000, 0, 300), speedMaxMps: 2 });
  t.ok(Number(way([slow])) > 2_050, 'round a slow zone where that is quicker');
});

t.test('layers', async (t) => {
  t.same(layersOf(home, 120, DEFAULT_RULES), [40, 65, 90, 115]);
  t.same(layersOf({ ...home, ceilingM: 70 }, 120, DEFAULT_RULES), [40, 65]);
  const [east] = layerPairs([40, 65, 90, 115], 1, 0, null, 8);
  const [west] = layerPairs([40, 65, 90, 115], -1, 0, null, 8);
  t.same(
    [east, west],
    [
      { outM: 40, backM: 65 },
      { outM: 65, backM: 40 },
    ],
  );
  const home0 = layerPairs([40, 65, 90, 115], 1, 0, null, 1)[0]?.backM;
  t.not(layerPairs([40, 65, 90, 115], 1, 1, null, 1)[0]?.backM, home0, 'the next pad comes home at another height');
  t.ok(layerPairs([40, 65, 90, 115], 1, 0, 90, 8).every(({ backM }) => backM >= 90));
});

function next(about: World, id: string, pad: number, to = at(2_000, 300)): Extract<Decision, { kind: 'fly' }> {
  const decision = plan({
    order: order(id, home.place, to),
    fleet: [drone(`d${pad}`, home, pad)],
    world: about,
    nowUtcUs: NOW,
  });
  if (decision.kind !== 'fly') throw new Error(JSON.stringify(decision));
  return decision;
}

t.test('three at once from one base: other layers or later starts', async (t) => {
  let about = world([home, other]);
  const starts: number[] = [];
  const layers = new Set<string>();
  for (const pad of [0, 2, 4]) {
    const { legs, reservations } = next(about, `o${pad}`, pad, at(2_000 - 700 * pad, 900 * (pad - 1)));
    about = { ...about, reservations: [...about.reservations, ...reservations] };
    starts.push(legs[0]?.departUtcUs ?? 0);
    layers.add(`${legs[0]?.layerOutM} ${legs[0]?.layerBackM}`);
  }
  t.ok(layers.size > 1 || new Set(starts).size === 3, `${[...layers]} ${starts}`);
});

t.test('free air: heights of two bases compare only where both are known', async (t) => {
  const one = next(world([home, other]), 'o', 0).reservations[0] as Reservation;
  const spans = [
    { from: at(500, 75), to: at(700, 105), lowM: 90, highM: 90, fromS: 0, toS: 600, what: 'out' as const },
  ];
  const asked = { drone: 'x', base: 'other', groundAmslM: 400, spans };
  const free = (about: Partial<Asked>, from = one) =>
    freeAir({ ...asked, ...about }, one.fromUtcUs, [from], DEFAULT_RULES, 3_600e6);
  t.equal(free({}).delayUs, 0, '90 m, the other flies at 40 and 65 m');
  t.not(free({ groundAmslM: 360 }).delayUs, 0, 'from 40 m lower it is 50 m');
  t.not(free({ groundAmslM: null }).delayUs, 0, 'not known');
  t.equal(free({ groundAmslM: null, base: 'home' }).delayUs, 0, 'the same base');
  t.match(free({ groundAmslM: 350 }).meets, { drone: 'd0', order: 'o' });
  t.equal(free({ drone: 'd0', groundAmslM: null }).delayUs, 0, 'a drone does not meet itself');
  const late = free({ groundAmslM: null }).delayUs ?? 0;
  t.equal(
    freeAir({ ...asked, groundAmslM: null }, one.fromUtcUs + late, [one], DEFAULT_RULES, 0).delayUs,
    0,
    'after that it is free',
  );
});

t.test('the turn: priority, then age, and waiting counts', async (t) => {
  const placed = (id: string, priority: number, minutesAgo: number) =>
    order(id, CENTRE, CENTRE, { priority, placedUtcUs: NOW - minutesAgo * MIN });
  const turn = inTurn(
    [placed('a', 1, 0), placed('b', 9, 0), placed('c', 9, 1), placed('d', 1, 120)],
    NOW,
    DEFAULT_RULES,
  );
  t.same(
    turn.map(({ id }) => id),
    ['d', 'c', 'b', 'a'],
  );
});
