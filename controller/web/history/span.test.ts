import t from 'tap';
import { clampTo, lastOf, lengthOf, moved, reachesNow, stepOf, withinTime, zoomed } from './span.ts';

const NOW = 10_000_000;

t.test('zooming keeps what is under the pointer where it is', async (t) => {
  const near = zoomed({ fromMs: 0, toMs: 1_000_000 }, 250_000, 0.5, NOW);
  t.same(near, { fromMs: 125_000, toMs: 625_000 });
  const back = zoomed(near, 250_000, 2, NOW);
  t.same(back, { fromMs: 0, toMs: 1_000_000 });
});

t.test('never closer than can be read, never past now', async (t) => {
  t.equal(lengthOf(zoomed({ fromMs: 0, toMs: 6_000 }, 3_000, 0.01, NOW)), 5_000);
  const wide = zoomed(lastOf(1_000_000, NOW), NOW - 500_000, 4, NOW);
  t.equal(wide.toMs, NOW);
  t.equal(lengthOf(wide), 4_000_000);
  t.equal(lengthOf(withinTime({ fromMs: -1e15, toMs: NOW }, NOW)), 31 * 86_400_000);
  t.same(withinTime({ fromMs: NOW, toMs: NOW + 60_000 }, NOW), { fromMs: NOW - 60_000, toMs: NOW });
});

t.test('moving stops at now', async (t) => {
  t.same(moved({ fromMs: 0, toMs: 100 }, 0.5, NOW), { fromMs: 50, toMs: 150 });
  t.same(moved({ fromMs: NOW - 110, toMs: NOW - 10 }, 0.5, NOW), { fromMs: NOW - 100, toMs: NOW });
});

t.test('what lies outside is brought in; steps are readable', async (t) => {
  t.equal(clampTo({ fromMs: 5, toMs: 9 }, 1), 5);
  t.equal(clampTo({ fromMs: 5, toMs: 9 }, 99), 9);
  t.equal(stepOf({ fromMs: 0, toMs: 10_000 }), 100);
  t.equal(stepOf({ fromMs: 0, toMs: 900_000 }), 5_000);
  t.ok(reachesNow({ fromMs: 0, toMs: NOW - 2_000 }, NOW));
  t.notOk(reachesNow({ fromMs: 0, toMs: NOW - 20_000 }, NOW));
});
