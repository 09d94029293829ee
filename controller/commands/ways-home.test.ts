import t from 'tap';
import type { Now } from './command.ts';
import { newDelivery, onAnswer, restored } from './delivery.ts';
import { distanceM, gapM, offPathM, type Spot } from './paths.ts';
import { type HeightLimits, ONE_PAD_M, type Sighting, type WaysHome, waysHome } from './ways-home.ts';

const LIMITS: HeightLimits = { lowestM: 60, stepM: 20, highestM: 120 };

/** Metres east and north of some place. */
const at = (eastM: number, northM: number): Spot => ({
  latDeg: 47.4 + northM / 111_195,
  lonDeg: 8.5 + eastM / 111_195 / Math.cos((47.4 * Math.PI) / 180),
});
type Metres = readonly [number, number];
const flying = (
  place: Metres | null,
  home: Metres | null,
  more: Partial<Sighting> & { altM?: number } = {},
): Sighting => {
  const { altM = 30, ...rest } = more;
  return {
    ...{ armed: true, landed: 'in-air', mode: 'AUTO', returnAltM: 40 },
    place: place === null ? null : { ...at(...place), altRelM: altM },
    home: home === null ? null : { ...at(...home), altAmslM: 400 },
    ...rest,
  };
};
const standing = (place: Metres): Sighting =>
  flying(place, place, { armed: false, landed: 'on-ground', altM: 0, mode: 'STABILIZE' });

function lay(fleet: Record<string, Sighting | null>, targets = Object.keys(fleet), limits = LIMITS): WaysHome {
  return waysHome(targets, { all: Object.keys(fleet), sighting: (id) => fleet[id] ?? null, limits });
}
const words = ({ order, ways }: WaysHome): string[] =>
  order.map((id) => {
    const way = ways.get(id);
    return way?.do === 'return' ? `${id} ${way.atLeastAltRelM ?? 'own'}` : `${id} ${way?.reason}`;
  });

t.test('one pad: the nearest returns, the others hold and know why; another pad is another matter', async (t) => {
  const fleet = {
    a: flying([500, 0], [0, 0]),
    b: flying([-300, 0], [0, ONE_PAD_M - 1]),
    c: flying([0, 700], [0, 0]),
    d: flying([5_000, 900], [5_000, 0]),
  };
  t.same(words(lay(fleet)), [
    'b own',
    'a pad-taken: b returns to it first',
    'c pad-taken: b returns to it first',
    'd own',
  ]);
});

t.test('who could meet gets a height of its own, the nearest the lowest; beyond the ceiling they hold', async (t) => {
  const fleet = Object.fromEntries(
    [400, 500, 600, 700, 800, 900].map((away, i) => [`d${i}`, flying([away, i * 60], [i * 20, 0])]),
  );
  t.same(words(lay(fleet)), ['d0 own', 'd1 60', 'd2 80', 'd3 100', 'd4 120', 'd5 no-height: 140 m would be needed']);
});

t.test('bases far apart: own heights where ways cross, none where they do not', async (t) => {
  const crossing = { a: flying([0, 1_000], [1_000, 0]), b: flying([0, 0], [1_100, 1_100]) };
  t.same(words(lay(crossing)), ['a own', 'b 60']);
  const apart = { a: flying([0, 1_000], [1_000, 1_000]), b: flying([0, 0], [1_100, 0]) };
  t.same(words(lay(apart)), ['a own', 'b own']);
});

t.test('heights are above the sea: a lower home needs more', async (t) => {
  const low = flying([0, 500], [100, 0]);
  const fleet = { a: flying([0, 300], [0, 0]), b: { ...low, home: { ...at(100, 0), altAmslM: 370 } } };
  t.same(words(lay(fleet)), ['a own', 'b 90']);
});

t.test('a return height that nobody has read is taken for the configured one, and is told', async (t) => {
  const fleet = { a: flying([0, 300], [0, 0], { returnAltM: null }), b: flying([200, 500], [100, 0]) };
  t.same(words(lay(fleet)), ['a 60', 'b 80']);
  t.same(words(lay(fleet, ['a', 'b'], { ...LIMITS, askedM: 70 })), ['a 70', 'b 90'], 'a height that was asked for');
});

t.test('a pad that is taken by one who was not asked: standing, returning, hovering', async (t) => {
  const [a, z] = [flying([0, 300], [0, 0]), flying([9_000, 300], [9_000, 0])];
  const taken = (b: Sighting): string | undefined =>
    words(lay({ a, z, b }, ['a', 'z'])).find((one) => one.startsWith('a'));
  t.equal(taken(standing([5, 0])), 'a pad-taken: b stands on it');
  t.equal(taken(standing([15, 0])), 'a own');
  t.equal(taken(flying([800, 0], [0, 5], { mode: 'RTL' })), 'a pad-taken: b returns to it first');
  t.equal(taken(flying([3, 0], [4_000, 4_000])), 'a pad-taken: b hovers over it');
  t.equal(taken({ ...standing([5, 0]), place: null }), 'a own', 'where it stood is not known now');
  t.equal(taken(flying([900, 0], [200, 0], { mode: 'RTL' })), 'a 60', 'it flies home at 40 m by itself');
});

t.test('not through the height of one who hovers, nor up through it', async (t) => {
  const z = flying([9_000, 300], [9_000, 0]);
  const lone = (b: Sighting, a = flying([0, 500], [0, 0])) =>
    words(lay({ a, z, b }, ['a', 'z'])).find((one) => one.startsWith('a')) ?? '';
  t.equal(lone(flying([20, 250], [4_000, 0], { altM: 50 })), 'a 70', 'beside its way');
  t.equal(lone(flying([80, 250], [4_000, 0], { altM: 50 })), 'a own');
  t.match(lone(flying([20, 500], [4_000, 0], { altM: 35 })), /no-height: b hovers above it/);
});

t.test('one who would have to climb past a lower one that passes over it holds', async (t) => {
  const fleet = { a: flying([0, 500], [0, 0]), b: flying([20, 250], [260, 0]) };
  t.match(
    words(lay(fleet)).sort(),
    ['a ', 'b '].map((id) => new RegExp(`^${id}`)),
  );
  const near = { a: flying([0, 300], [0, 0]), b: flying([20, 250], [20, -150]) };
  t.same(words(lay(near)), ['a 50', 'b no-height: a passes over it']);
});

t.test('on the ground, unknown, over its pad', async (t) => {
  const fleet = {
    dark: null,
    lost: flying(null, [0, 0]),
    down: standing([400, 0]),
    homeless: flying([10, 10], null),
    over: flying([3, 4], [0, 0], { mode: 'RTL', altM: 12 }),
    far: flying([0, 900], [200, 0]),
  };
  t.same(words(lay(fleet)), [
    'down own',
    'over own',
    'far 40',
    'dark pad-taken: or not: where its home is is not known here',
    'lost pad-taken: over returns to it first',
    'homeless pad-taken: or not: where its home is is not known here',
  ]);
});

/** Draws a fleet, then flies it on paper: whoever was let go keeps clear of everybody else. */
t.test('whatever the fleet: no pad twice, and no two that could meet at one height', async (t) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
  t.comment(`SEED=${seed}`);
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let returns = 0;
  for (let round = 0; round < 300; round++) {
    const spot = (): Metres => [random() * 800, random() * 800];
    const fleet: Record<string, Sighting> = {};
    const count = 2 + Math.floor(random() * 7);
    for (let i = 0; i < count; i++) {
      fleet[`d${i}`] = flying(spot(), spot(), { altM: 10 + random() * 60, returnAltM: random() < 0.2 ? null : 30 });
    }
    const { ways } = lay(fleet);
    const going = Object.entries(fleet).flatMap(([id, sight]) => {
      const way = ways.get(id);
      if (way?.do !== 'return' || sight.place === null || sight.home === null) return [];
      const heightM = Math.max(way.atLeastAltRelM ?? sight.returnAltM ?? LIMITS.lowestM, sight.place.altRelM);
      return [{ id, heightM, path: { from: sight.place, to: sight.home } }];
    });
    returns += going.length;
    for (const a of going) {
      t.ok(a.heightM <= LIMITS.highestM);
      for (const b of going) {
        if (a.id >= b.id) continue;
        if (distanceM(a.path.to, b.path.to) < ONE_PAD_M) t.fail(`round ${round}: ${a.id} and ${b.id} on one pad`);
        const over = [a, b].some(({ path }) => distanceM(path.from, path.to) < 20);
        if (!over && gapM(a.path, b.path) < 50 && Math.abs(a.heightM - b.heightM) < 19.9) {
          t.fail(`round ${round}: ${a.id} at ${a.heightM} m and ${b.id} at ${b.heightM} m`);
        }
      }
      for (const [id, { place }] of Object.entries(fleet)) {
        if (id === a.id || place === null || ways.get(id)?.do === 'return') continue;
        if (
          distanceM(a.path.from, a.path.to) >= 20 &&
          offPathM(place, a.path) < 50 &&
          Math.abs(a.heightM - place.altRelM) < 15
        ) {
          t.fail(`round ${round}: ${a.id} at ${a.heightM} m through ${id} at ${place.altRelM} m`);
        }
      }
    }
  }
  t.ok(returns > 300, `${returns} returned`);
});

t.test('told something else: why stands beside what the drone says, and outlives a restart', async (t) => {
  const NOW: Now = { utcUs: 1_795_000_000e6, monoUs: 0 };
  const instead = { type: 'hold', reason: 'pad-taken: d2 returns to it first' } as const;
  const fresh = newDelivery('d1', 60e6, NOW, { instead });
  t.match(fresh, { state: 'queued', reason: instead.reason });
  const says = (state: 'executing' | 'succeeded' | 'failed', reason: string | null) =>
    onAnswer(fresh, { step: 3, state, reason, detail: null }, NOW).reason;
  t.equal(says('executing', null), instead.reason);
  t.equal(says('succeeded', 'done'), instead.reason);
  t.equal(says('succeeded', 'journal: late'), `${instead.reason}; journal: late`);
  t.equal(says('failed', 'no-ack'), `no-ack; ${instead.reason}`);
  const { sends: _s, dueMonoUs: _d, giveUpMonoUs: _g, ...record } = fresh;
  t.same(restored(record, 60e6, NOW).instead, instead);
  const { instead: _, ...older } = record;
  t.equal(restored(older as typeof record, 60e6, NOW).instead, null, 'written by an earlier version');
});
