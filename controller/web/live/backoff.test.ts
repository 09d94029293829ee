import t from 'tap';
import { retryDelayMs } from './backoff.ts';

t.test('bounded below and above, growing between', async (t) => {
  t.equal(retryDelayMs(0, 0), 250);
  t.equal(retryDelayMs(0, 1), 500);
  t.equal(retryDelayMs(3, 1), 4_000);
  t.equal(retryDelayMs(1_000, 1), 10_000);
  t.equal(retryDelayMs(1_000, 0), 250);
});
