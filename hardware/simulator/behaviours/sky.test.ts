import { CopterMode, MavCmd } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from '../testing/station.ts';

const TARGET = { target_system: 1, target_component: 1 } as const;

/** In the air, over base, in GUIDED. */
function hovering(altM = 10): Station {
  const station = new Station({ start: 'ready', seed: 9 });
  station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, altM);
  station.pass(10 + altM);
  for (const id of [2, 24, 33, 147, 193]) station.command(MavCmd.SET_MESSAGE_INTERVAL, id, 200_000);
  station.pass(1);
  station.heard.length = 0;
  return station;
}

const METRE = 0.0111319;
const awayM = (station: Station, name: 'GPS_RAW_INT' | 'GLOBAL_POSITION_INT'): number => {
  const { lat, lon } = station.of(name).at(-1)?.fields ?? { lat: 0, lon: 0 };
  return Math.hypot((lat - 436_155_000) * METRE, (lon - 70_719_000) * METRE * Math.cos((43.6155 * Math.PI) / 180));
};
const trueM = (station: Station): number => {
  const { northM, eastM } = station.simulator.vehicle.body;
  return Math.hypot(northM, eastM);
};

t.test('gps-loss: no fix, no satellites; back when it ends', async (t) => {
  const station = hovering();
  station.simulator.fault('gps-loss+3');
  station.pass(2);
  t.match(station.of('GPS_RAW_INT').at(-1)?.fields, { fix_type: 1, satellites_visible: 0, lat: 0, eph: 9_999 });
  station.pass(2);
  t.match(station.of('GPS_RAW_INT').at(-1)?.fields, { fix_type: 6 });
});

t.test('gps-zero: a fix at 0, 0; the fused position only when asked', async (t) => {
  const station = hovering();
  station.simulator.fault('gps-zero');
  station.pass(2);
  t.match(station.of('GPS_RAW_INT').at(-1)?.fields, { fix_type: 6, lat: 0, lon: 0 });
  t.ok(awayM(station, 'GLOBAL_POSITION_INT') < 5);
  station.simulator.clear();
  station.simulator.fault('gps-zero:fused=1');
  station.pass(1);
  t.match(station.of('GLOBAL_POSITION_INT').at(-1)?.fields, { lat: 0, lon: 0 });
});

t.test('gps-frozen: the same place in every fix', async (t) => {
  const station = hovering();
  station.simulator.fault('gps-frozen');
  station.pass(0.4);
  station.heard.length = 0;
  station.pass(4);
  t.equal(new Set(station.of('GPS_RAW_INT').map(({ fields }) => `${fields.lat} ${fields.lon} ${fields.alt}`)).size, 1);
});

t.test('gps-glitch: the fix jumps, is not believed for a while, then is', async (t) => {
  const station = hovering();
  station.simulator.fault('gps-glitch:metres=100,bearing=0');
  station.pass(5);
  t.ok(Math.abs(awayM(station, 'GPS_RAW_INT') - 100) < 5, 'at once');
  t.ok(awayM(station, 'GLOBAL_POSITION_INT') < 5, 'not believed');
  t.ok((station.of('EKF_STATUS_REPORT').at(-1)?.fields.pos_horiz_variance ?? 0) > 1);
});

t.test('gps-drift: slow enough to be followed, and the vehicle with it', async (t) => {
  const station = hovering();
  station.simulator.fault('gps-drift:rate=0.5,bearing=0+40');
  station.pass(39);
  t.ok((station.of('EKF_STATUS_REPORT').at(-1)?.fields.pos_horiz_variance ?? 9) < 0.5, 'nobody notices');
  t.ok(awayM(station, 'GLOBAL_POSITION_INT') < 3, 'it believes that it holds');
  t.ok(trueM(station) > 14 && trueM(station) < 24, `and is ${trueM(station).toFixed(1)} m away`);
});

t.test('gps-frozen fused: the place stands still, the speed does not', async (t) => {
  const station = new Station({ start: 'airborne', seed: 9 });
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 33, 200_000);
  station.simulator.fault('gps-frozen:fused=1');
  station.pass(4);
  const told = station.of('GLOBAL_POSITION_INT').map(({ fields }) => fields);
  t.equal(new Set(told.map(({ lat, lon }) => `${lat} ${lon}`)).size, 1);
  t.ok(told.some(({ vx, vy }) => Math.hypot(vx, vy) > 200));
});

t.test('gps-stale: the stamp stands, fixes come; fused too when asked', async (t) => {
  const station = hovering();
  station.simulator.fault('gps-stale:fused=1');
  station.pass(3);
  t.equal(new Set(station.of('GPS_RAW_INT').map(({ fields }) => fields.time_usec)).size, 1);
  t.equal(new Set(station.of('GLOBAL_POSITION_INT').map(({ fields }) => fields.time_boot_ms)).size, 1);
});

t.test('gps-poor: fix, satellites and accuracy as asked for', async (t) => {
  const station = hovering();
  station.simulator.fault('gps-poor:fix=2,satellites=3,accuracy=45');
  station.pass(1);
  const poor = { fix_type: 2, satellites_visible: 3, h_acc: 45_000, eph: 4_500 };
  t.match(station.of('GPS_RAW_INT').at(-1)?.fields, poor);
});

t.test('gps-glitch fused: the told place jumps at once, the vehicle does not', async (t) => {
  const station = hovering();
  station.simulator.fault('gps-glitch:metres=100,bearing=90,fused=1');
  station.pass(1);
  t.ok(Math.abs(awayM(station, 'GLOBAL_POSITION_INT') - 100) < 2);
  t.ok(trueM(station) < 2);
});

t.test('a reboot under a glitch: the estimator begins where the receiver says', async (t) => {
  const station = new Station({ start: 'ready', seed: 9 });
  station.simulator.fault('gps-glitch:metres=500,bearing=0');
  station.simulator.reboot();
  station.pass(45);
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 33, 200_000);
  station.pass(1);
  t.ok(Math.abs(awayM(station, 'GLOBAL_POSITION_INT') - 500) < 3);
});

t.test('baro-drift: it believes that it holds its height, and sinks', async (t) => {
  const station = hovering();
  station.simulator.fault('baro-drift:rate=0.2');
  station.pass(20);
  t.ok(Math.abs((station.of('GLOBAL_POSITION_INT').at(-1)?.fields.relative_alt ?? 0) - 10_000) < 600);
  t.ok(Math.abs(station.simulator.vehicle.body.upM - 6) < 0.7, `${station.simulator.vehicle.body.upM} m`);
  const { alt } = station.of('GPS_RAW_INT').at(-1)?.fields ?? { alt: 0 };
  t.ok(Math.abs(alt / 1_000 - 16.1) < 3, 'GPS tells the difference');
});

t.test('compass: heading off, and the estimator says so', async (t) => {
  const station = hovering();
  const before = station.of('GLOBAL_POSITION_INT').at(-1)?.fields.hdg ?? 0;
  station.pass(0.4);
  const straight = station.of('GLOBAL_POSITION_INT').at(-1)?.fields.hdg ?? before;
  station.simulator.fault('compass:60+2');
  station.pass(0.2);
  const off = station.of('GLOBAL_POSITION_INT').at(-1)?.fields.hdg ?? 0;
  const by = ((off - straight) / 100 + 360) % 360;
  t.ok(Math.abs(by - 60) < 15, `${by} degrees`);
  t.ok((station.of('EKF_STATUS_REPORT').at(-1)?.fields.compass_variance ?? 0) > 1);
});

t.test('clock-jump: the time of day, the time since boot', async (t) => {
  const station = hovering();
  station.pass(1);
  const before = station.of('SYSTEM_TIME').at(-1)?.fields;
  station.simulator.fault('clock-jump:seconds=-86400,boot=100');
  station.pass(1);
  const after = station.of('SYSTEM_TIME').at(-1)?.fields;
  t.ok(Math.abs(Number((after?.time_unix_usec ?? 0n) - (before?.time_unix_usec ?? 0n)) / 1e6 + 86_399) < 0.5);
  t.ok(Math.abs((after?.time_boot_ms ?? 0) - (before?.time_boot_ms ?? 0) - 101_000) < 300);
});

t.test('battery: sag, and another charge', async (t) => {
  const station = hovering();
  station.pass(1);
  const before = station.of('BATTERY_STATUS').at(-1)?.fields;
  const volts = (cells: readonly number[] | undefined): number =>
    (cells ?? []).filter((mv) => mv < 65_535).reduce((sum, mv) => sum + mv, 0) / 1_000;
  station.simulator.fault('battery-sag:2+2');
  station.pass(1);
  t.ok(Math.abs(volts(before?.voltages) - volts(station.of('BATTERY_STATUS').at(-1)?.fields.voltages) - 2) < 0.3);
  station.simulator.fault('battery:percent=40');
  station.pass(1);
  t.equal(station.of('BATTERY_STATUS').at(-1)?.fields.battery_remaining, 40);
});

t.test('motor: it falls; the autopilot says so, and disarms what is left', async (t) => {
  const station = hovering();
  station.simulator.fault('motor:2');
  station.pass(8);
  t.ok(station.simulator.vehicle.body.onGround);
  t.same(
    station.texts.filter((text) => /Thrust|Crash/.test(text)),
    ['Potential Thrust Loss (2)', 'Crash: Disarming: AngErr=78>30, Accel=0.4<3.0'],
  );
  t.equal(station.simulator.autopilot.flight.armed, false);
});

/** The sink of ArduCopter in software from 40 m up, m/s, so many seconds after its motors were stopped by SIM_ENGINE_FAIL. */
const FELL = {
  'one of four': {
    mask: 1,
    sinkMps: [
      [0.4, 1.3],
      [0.8, 5.1],
      [1.2, 7.7],
      [1.6, 9.7],
      [2, 11],
      [3, 13],
    ],
    leansDeg: 60,
  },
  'all of them': {
    mask: 15,
    sinkMps: [
      [0.4, 2.8],
      [0.8, 6.4],
      [1.2, 9.4],
      [1.6, 11.7],
      [2, 13.4],
      [3, 15.6],
    ],
    leansDeg: 0,
  },
} as const;

for (const [which, { mask, sinkMps, leansDeg }] of Object.entries(FELL)) {
  t.test(`motors that stop, ${which}: it falls as a real one was seen to`, async (t) => {
    const station = hovering(40);
    station.send('PARAM_SET', { ...TARGET, param_id: 'SIM_ENGINE_FAIL', param_value: mask, param_type: 2 });
    let atS = 0;
    for (const [s, wanted] of sinkMps) {
      station.pass(s - atS);
      atS = s;
      const { upMS, roll } = station.simulator.vehicle.body;
      t.ok(
        Math.abs(-upMS - wanted) <= 1.2,
        `${s} s: sinks with ${(-upMS).toFixed(1)} m/s, the real one with ${wanted}`,
      );
      const tiltDeg = (Math.abs(roll) * 180) / Math.PI;
      t.ok(leansDeg === 0 ? tiltDeg < 5 : tiltDeg >= leansDeg || s <= 0.4, `${s} s: leans ${tiltDeg.toFixed(0)}°`);
    }
    t.equal(station.simulator.autopilot.flight.armed, true, 'the autopilot does nothing about it in the air');
  });
}
