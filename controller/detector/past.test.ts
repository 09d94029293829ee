import t from 'tap';
import { type Otherwise, watch } from './testing/watch.ts';

const FALLS: Otherwise = {
  kinds: { status: { armed: false, landed: 'on-ground' }, velocity: { northMps: 1, eastMps: 0, downMps: 6 } },
};

t.test('an autopilot that restarts in the air is seen disarmed before its boot is known to be another', async (t) => {
  const w = await watch();
  w.see({}, 5);
  w.see(FALLS, 2);
  w.see({ ...FALLS, autopilotBoot: 'a2' }, 2);
  t.same([...w.open()].sort(), ['disarmed-in-air', 'rebooted']);
  t.match(w.alerts.openOf('rebooted', { drone: 'heron' })?.doc, {
    severity: 'critical',
    words: 'Its autopilot restarted by itself in the air',
  });
});

t.test('one that restarts right after it landed did so on the ground', async (t) => {
  const w = await watch();
  const landed: Otherwise = {
    kinds: { status: { armed: false, landed: 'on-ground' }, velocity: { northMps: 0, eastMps: 0, downMps: 0 } },
  };
  w.see({}, 5);
  w.see(landed, 6);
  w.see({ ...landed, autopilotBoot: 'a2' }, 1);
  t.match(w.alerts.openOf('rebooted', { drone: 'heron' })?.doc, { severity: 'warning' });
});
