import t from 'tap';
import { restMs, smoothed } from './pace.ts';

t.test('after a picture a rest as long as it took', async (t) => {
  t.equal(restMs(300, 1_000, 1_000), 300);
  t.equal(restMs(300, 1_000, 1_250), 50);
  t.equal(restMs(300, 1_000, 9_000), 0);
  t.equal(restMs(0, Number.NEGATIVE_INFINITY, 0), 0, 'the first has nothing to wait for');
});

t.test('one that took an hour was hidden meanwhile: the next is not waited for as long', async (t) => {
  t.ok(smoothed(20, 3_600_000) < 1_000);
  t.equal(smoothed(100, 100), 100);
});
