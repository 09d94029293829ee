import t from 'tap';
import { classify, DEFAULT_LIMITS, isDim, strength } from './freshness.ts';

t.test('the limits themselves belong to the better side', async (t) => {
  t.equal(classify(null, DEFAULT_LIMITS), 'never');
  t.equal(classify(0, DEFAULT_LIMITS), 'fresh');
  t.equal(classify(3_000, DEFAULT_LIMITS), 'fresh');
  t.equal(classify(3_001, DEFAULT_LIMITS), 'stale');
  t.equal(classify(30_000, DEFAULT_LIMITS), 'stale');
  t.equal(classify(30_001, DEFAULT_LIMITS), 'lost');
});

t.test('strength never rises with age', async (t) => {
  let last = 1;
  for (let ageMs = 0; ageMs < 60_000; ageMs += 100) {
    const now = strength(ageMs, DEFAULT_LIMITS);
    if (now > last) t.fail(`stronger at ${ageMs} ms`);
    last = now;
  }
  t.equal(last, 0.45);
});

t.test('a position dims after 3 s, a battery after 15 s, home never', async (t) => {
  t.notOk(isDim('position', 2_900));
  t.ok(isDim('position', 3_100));
  t.notOk(isDim('battery', 12_000));
  t.ok(isDim('battery', 15_100));
  t.notOk(isDim('home', 86_400_000));
  t.ok(isDim('home', null));
});
