import t from 'tap';
import { until } from './until.ts';

t.test('gives up with what was waited for, what was seen, what was thrown', async (t) => {
  const wait = (seen?: () => unknown) =>
    until(() => Promise.reject(new Error('refused')), { timeoutMs: 1, what: 'it to be', ...(seen ? { seen } : {}) });
  await t.rejects(wait(), { message: 'gave up after 1 ms waiting for it to be; last error: refused' });
  await t.rejects(
    wait(async () => ['a']),
    /waiting for it to be; seen: \["a"\]; last error: refused/,
  );
  await t.rejects(
    wait(() => Promise.reject(new Error('no page'))),
    /to be; seen: nothing \(no page\); last error/,
  );
});
