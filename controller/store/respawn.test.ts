import t from 'tap';
import { Respawn } from './respawn.ts';

t.test('at once, then after ever longer pauses; a long life begins anew', async (t) => {
  const respawn = new Respawn();
  let nowMs = 0;
  const pauses = Array.from({ length: 10 }, () => {
    const pause = respawn.pauseMs(nowMs);
    nowMs += pause + 5;
    return pause;
  });
  t.same(pauses, [0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
  t.equal(respawn.pauseMs(nowMs + 31_000), 0);
});
