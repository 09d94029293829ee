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

t.test('one that lies there armed after it fell stays told; disarmed too, until it is armed anew', async (t) => {
  const w = await watch();
  const at = (tiltRad: number, downMps: number, altRelM: number, armed = true): Otherwise => ({
    kinds: {
      status: { armed, landed: armed ? 'in-air' : 'on-ground' },
      attitude: { rollRad: tiltRad, pitchRad: 0 },
      velocity: { northMps: 0, eastMps: 0, downMps },
      position: { latDeg: 47.4, lonDeg: 8.5, altRelM },
    },
  });
  w.see({}, 3);
  // As a real ArduCopter fell that lost a motor at 15 m.
  w.see(at(1.24, 1.7, 14.8), 1);
  t.notOk(w.open().includes('tumbles'), 'it leans, and does not sink yet');
  w.see(at(1.1, 9.1, 8.8), 1);
  t.same(w.open(), ['tumbles']);
  w.see(at(0, 0, -0.2), 120);
  t.ok(w.open().includes('tumbles'), 'upright on the ground');
  w.see(at(0, 0, -0.2, false), 120);
  t.ok(w.open().includes('tumbles'), 'and disarmed');
  w.see(at(0, 0, 0), 25);
  t.notOk(w.open().includes('tumbles'), 'armed again');
  t.equal(w.raised().filter((one) => one === 'tumbles').length, 1);
});

t.test('one whose motors are stopped falls upright, and armed: told in the second sample of its fall', async (t) => {
  const w = await watch();
  // As ArduCopter falls after its emergency stop: it disarms seconds after it lies there.
  const falls = (downMps: number, altRelM: number, armed = true): Otherwise => ({
    kinds: {
      status: { armed, landed: armed ? 'in-air' : 'on-ground' },
      velocity: { northMps: 0, eastMps: 0, downMps },
      position: { latDeg: 47.4, lonDeg: 8.5, altRelM },
    },
  });
  w.see({}, 3);
  w.see(falls(8, 20), 1);
  t.same(w.open(), []);
  w.see(falls(15, 8), 1);
  t.match(w.alerts.openOf('tumbles', { drone: 'heron' })?.doc, {
    severity: 'critical',
    words: 'It falls: it sinks with 15 m/s',
  });
  w.see(falls(0, 0), 4);
  w.see(falls(0, 0, false), 4);
  t.same(w.open(), ['tumbles']);
});
