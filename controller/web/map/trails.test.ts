import t from 'tap';
import { extend, NO_TRAIL, prepend, TRAIL_MS, type Trail } from './trails.ts';

function fly(from: Trail, seconds: readonly number[]): Trail {
  return seconds.reduce((trail, s) => extend(trail, { lonDeg: s * 1e-4, latDeg: 0, atMs: s * 1000 }), from);
}

t.test('older or equal samples change nothing', async (t) => {
  const trail = fly(NO_TRAIL, [1, 2]);
  t.equal(extend(trail, { lonDeg: 9, latDeg: 9, atMs: 2000 }), trail);
});

t.test('a hole breaks the line', async (t) => {
  const trail = fly(NO_TRAIL, [1, 2, 3, 20, 21]);
  t.equal(trail.current.length, 2);
  t.equal(trail.earlier.length, 1);
  t.equal(trail.earlier[0]?.length, 3);
});

t.test('bounded in time and points', async (t) => {
  const trail = fly(
    NO_TRAIL,
    Array.from({ length: 4000 }, (_, i) => i / 10),
  );
  t.ok(trail.current.length <= 400);
  const much = fly(fly(NO_TRAIL, [1, 2]), [500, 501]);
  t.equal(much.earlier.length, 0, 'what is older than the trail goes');
  t.ok((much.current[0]?.atMs ?? 0) > 500_000 - TRAIL_MS);
});

t.test('points about a second apart, the newest where the drone is', async (t) => {
  const trail = fly(
    NO_TRAIL,
    Array.from({ length: 52 }, (_, i) => i / 5),
  );
  t.equal(trail.current.at(-1)?.atMs, 10_200);
  t.equal(trail.current.at(-1)?.lonDeg, 10.2e-4);
  t.ok(trail.current.length <= 14, `${trail.current.length} points of ten seconds`);
});

t.test('a hovering drone keeps the way it came for as long as the trail lasts', async (t) => {
  let trail = fly(NO_TRAIL, [1, 2, 3]);
  for (let s = 4; s < 100; s += 1) trail = extend(trail, { lonDeg: 3e-4, latDeg: 0, atMs: s * 1000 });
  t.equal(trail.current.length, 3);
  t.equal(trail.current.at(-1)?.atMs, 99_000);
});

t.test('history goes before what was seen live, each point once', async (t) => {
  const live = fly(NO_TRAIL, [10, 11]);
  const older = [8, 9, 10, 11].map((s) => ({ lonDeg: s * 1e-4, latDeg: 0, atMs: s * 1000 }));
  t.same(
    prepend(live, older).current.map((p) => p.atMs / 1000),
    [8, 9, 10, 11],
  );
});
