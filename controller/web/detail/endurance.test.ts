import t from 'tap';
import { lastsS } from './endurance.ts';

const flying = { remainingPct: 60, consumedMah: 4000, currentA: 24, timeRemainingS: null };

t.test('how long the charge lasts as it flows now', async (t) => {
  // 4000 mAh are 40 %, so 6000 are left: a quarter of an hour at 24 A.
  t.equal(lastsS(flying, null), 900);
  t.equal(lastsS({ ...flying, timeRemainingS: 700 }, null), 700, 'the autopilot knows best');
  t.equal(lastsS({ ...flying, timeRemainingS: 0 }, null), 900, 'a zero is no word');
  t.equal(lastsS({ ...flying, remainingPct: 0 }, null), 0);
});

t.test('after a restart of the autopilot what was remembered counts, not its full pack', async (t) => {
  // 100 mAh a percent, 30 % left in truth: 3000 mAh at 24 A.
  t.equal(lastsS(flying, 30), 450);
  t.equal(lastsS({ ...flying, timeRemainingS: 900 }, 30), 450, 'its own word is of a full pack');
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
    t.equal(lastsS({ ...flying, ...nothing }, null), null, JSON.stringify(nothing));
});
