import t from 'tap';
import { lastsS } from './endurance.ts';

const flying = { remainingPct: 60, consumedMah: 4000, currentA: 24, timeRemainingS: null };

t.test('how long the charge lasts as it flows now', async (t) => {
  // 4000 mAh are 40 %, so 6000 are left: a quarter of an hour at 24 A.
  t.equal(lastsS(flying), 900);
  t.equal(lastsS({ ...flying, timeRemainingS: 700 }), 700, 'the autopilot knows best');
  t.equal(lastsS({ ...flying, timeRemainingS: 0 }), 900, 'a zero is no word');
  t.equal(lastsS({ ...flying, remainingPct: 0 }), 0);
});

t.test('nothing is reckoned from what tells nothing', async (t) => {
  for (const nothing of [
    { remainingPct: null },
    { consumedMah: null },
    { currentA: null },
    { consumedMah: 0 },
    { remainingPct: 98 },
    { remainingPct: 100 },
    { currentA: 0.4 },
    { currentA: -3 },
  ])
    t.equal(lastsS({ ...flying, ...nothing }), null, JSON.stringify(nothing));
});
