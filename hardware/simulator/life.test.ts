import { CopterMode, MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from './testing/station.ts';

const { ACCEPTED, FAILED, UNSUPPORTED } = MavResult;
const heartbeat = (station: Station): string => {
  const last = station.of('HEARTBEAT').at(-1);
  return last === undefined ? '' : `${last.fields.base_mode}/${last.fields.custom_mode}/${last.fields.system_status}`;
};

t.test('cold start: the times of a real one', async (t) => {
  const station = new Station({ start: 'cold' });
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 1, 100_000);
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 193, 100_000);
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 33, 100_000);
  station.pass(45);
  const first = (what: (one: Station['heard'][number]) => boolean): number =>
    (station.heard.find(what)?.atMs ?? -1) / 1_000;
  const about = (found: number, wanted: number, name: string): boolean =>
    t.ok(Math.abs(found - wanted) < 0.3, `${name} at ${found}`);
  about(
    first((one) => one.name === 'HEARTBEAT'),
    0.8,
    'first heartbeat',
  );
  t.same(
    station
      .of('HEARTBEAT')
      .slice(0, 3)
      .map((one) => one.atMs),
    [800, 800, 1_800],
    'twice in the first second',
  );
  about(
    first((one) => one.name === 'HEARTBEAT' && one.fields.system_status === 3),
    2.8,
    'standby',
  );
  about(
    first((one) => one.name === 'HOME_POSITION'),
    19.9,
    'home',
  );
  about(
    first((one) => one.name === 'SYS_STATUS' && (one.fields.onboard_control_sensors_health & (1 << 28)) !== 0),
    23.7,
    'pre-arm bit',
  );
  about(
    first((one) => one.name === 'EKF_STATUS_REPORT' && one.fields.flags === 831),
    41.3,
    'EKF with GPS',
  );
  const early = station.of('GLOBAL_POSITION_INT')[0];
  t.match(early?.fields, { lat: 0, lon: 0 }, 'no position before the origin');
  const console = station.parser.counters.skippedBytes;
  t.ok(console > 120 && console < 200, `${console} bytes of console text between the frames`);
});

t.test('arming, take-off, modes, landing', async (t) => {
  const station = new Station({ start: 'cold' });
  station.pass(5);
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), FAILED);
  t.match(station.texts.at(-1), /^Arm: /);
  station.pass(20);
  t.equal(station.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED), ACCEPTED);
  t.equal(heartbeat(station), '89/4/3', 'a change of mode sends a heartbeat at once');
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), FAILED);
  t.equal(station.texts.at(-1), 'Arm: Need Position Estimate');
  station.pass(20);
  t.equal(station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10), FAILED, 'not while disarmed');
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), ACCEPTED);
  t.same(
    station.heard.slice(-4).map(({ name }) => name),
    ['COMMAND_ACK', 'GPS_GLOBAL_ORIGIN', 'HOME_POSITION', 'STATUSTEXT'],
    'the answer comes before what it causes',
  );
  station.pass(1.1);
  t.equal(heartbeat(station), '217/4/3', 'arming shows with the next heartbeat');
  station.pass(10);
  t.ok(station.texts.includes('Disarming motors'), 'armed on the ground it disarms itself');

  station.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  t.equal(station.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10), ACCEPTED);
  station.pass(9.4);
  t.ok(Math.abs(station.simulator.vehicle.body.upM - 9.5) < 0.7, `${station.simulator.vehicle.body.upM} m after 9.4 s`);
  station.pass(10);
  t.ok(Math.abs(station.simulator.vehicle.body.upM - 10) < 0.3);
  t.equal(heartbeat(station), '217/4/4');
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 0), FAILED, 'not in flight');
  t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1), FAILED, 'not while armed');
  t.equal(station.command(MavCmd.DO_SET_MODE, 1, 99), FAILED);
  t.equal(station.texts.at(-1), 'No such mode 99');
  t.equal(station.command(MavCmd.DO_REPOSITION), UNSUPPORTED, 'positions only as COMMAND_INT');

  t.equal(station.command(MavCmd.NAV_RETURN_TO_LAUNCH), ACCEPTED);
  station.pass(70);
  t.ok(station.simulator.vehicle.body.onGround);
  t.equal(heartbeat(station), '89/6/3');
  t.equal(station.command(MavCmd.COMPONENT_ARM_DISARM, 1), FAILED);
  t.equal(station.texts.at(-1), 'Arm: RTL mode not armable');
});

t.test('a reboot: answered, then all begins anew, but not the parameters', async (t) => {
  const station = new Station({ start: 'ready' });
  t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 0), UNSUPPORTED);
  t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 2), UNSUPPORTED);
  station.send('PARAM_SET', {
    target_system: 1,
    target_component: 1,
    param_id: 'RTL_ALT',
    param_value: 777,
    param_type: 6,
  });
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 2, 100_000);
  station.command(MavCmd.SET_MESSAGE_INTERVAL, 147, 100_000);
  station.pass(5);
  t.ok((station.of('SYSTEM_TIME').at(-1)?.fields.time_boot_ms ?? 0) > 60_000);
  t.ok((station.of('BATTERY_STATUS').at(-1)?.fields.battery_remaining ?? 100) < 100);
  const at = station.simulator.nowMs;
  const missionItems = station.simulator.autopilot.mission.total;

  t.equal(station.command(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, 1), ACCEPTED);
  const before = station.heard.length;
  station.pass(3);
  t.equal(station.reboots, 1);
  const after = station.heard.slice(before);
  t.equal(after[0]?.seq, 0, 'the sequence restarts');
  const firstHeartbeat = after.find(({ name }) => name === 'HEARTBEAT');
  t.ok((firstHeartbeat?.atMs ?? 0) - at > 600 && (firstHeartbeat?.atMs ?? 0) - at < 1_400);
  t.notOk(
    after.some(({ name }) => name === 'SYSTEM_TIME'),
    'intervals are gone',
  );
  t.equal(heartbeat(station), '81/0/3');
  station.command(MavCmd.REQUEST_MESSAGE, 2);
  t.ok((station.of('SYSTEM_TIME').at(-1)?.fields.time_boot_ms ?? 9e9) < 3_000);
  station.command(MavCmd.REQUEST_MESSAGE, 147);
  t.equal(station.of('BATTERY_STATUS').at(-1)?.fields.battery_remaining, 100, 'it believes in a full pack again');
  t.equal(station.simulator.autopilot.parameters.value('RTL_ALT'), 777);
  t.equal(station.simulator.autopilot.mission.total, missionItems);
});

t.test('airborne: on its way, self-consistent, for as long as the battery lasts, then home', async (t) => {
  const station = new Station({ start: 'airborne', seed: 11 });
  t.equal(station.command(MavCmd.REQUEST_MESSAGE, 0), ACCEPTED);
  t.equal(heartbeat(station), '217/3/4');
  for (const id of [33, 32, 24, 30, 74, 242]) station.command(MavCmd.SET_MESSAGE_INTERVAL, id, 200_000);
  station.pass(120);
  const metre = 0.0111319;
  const globals = station.of('GLOBAL_POSITION_INT');
  let wayM = 0;
  for (const [index, one] of globals.entries()) {
    const last = globals[index - 1];
    if (last === undefined) continue;
    const scale = metre * Math.cos((one.fields.lat * 1e-7 * Math.PI) / 180);
    const north = (one.fields.lat - last.fields.lat) * metre;
    const east = (one.fields.lon - last.fields.lon) * scale;
    wayM += Math.hypot(north, east);
    if (Math.abs(north / 0.2 - (one.fields.vx + last.fields.vx) / 200) > 0.3) t.fail('velocity and positions disagree');
  }
  t.ok(wayM > 900 && wayM < 1_200, `${wayM.toFixed()} m in 120 s`);
  t.ok(globals.every((one) => one.fields.relative_alt > 25_000 && one.fields.relative_alt < 65_000));
  t.ok(station.texts.some((text) => /^Reached command #\d$/.test(text)));
  const fix = station.of('GPS_RAW_INT').at(-1)?.fields;
  const place = globals.at(-1)?.fields;
  t.ok(
    Math.hypot((fix?.lat ?? 0) - (place?.lat ?? 0), (fix?.lon ?? 0) - (place?.lon ?? 0)) * metre < 5,
    'GPS and fused agree',
  );

  station.command(MavCmd.SET_MESSAGE_INTERVAL, 33, -1);
  for (let s = 0; s < 3_600 && !station.simulator.vehicle.body.onGround; s += 5) station.pass(5);
  t.ok(station.texts.some((text) => text.startsWith('Battery 1 is low')));
  t.ok(
    station.of('HEARTBEAT').some((one) => one.fields.system_status === 5 && one.fields.custom_mode === CopterMode.RTL),
  );
  t.ok(station.simulator.vehicle.body.onGround);
  t.ok(Math.hypot(station.simulator.vehicle.body.northM, station.simulator.vehicle.body.eastM) < 3, 'at home');
  station.pass(5);
  t.match(heartbeat(station), /^89\/6\//);
});

const remainingPct = (station: Station): number | undefined => {
  station.command(MavCmd.REQUEST_MESSAGE, 147);
  return station.of('BATTERY_STATUS').at(-1)?.fields.battery_remaining;
};

t.test('airborne: home with a low pack it gets a new one and flies again, and again', async (t) => {
  const station = new Station({ start: 'airborne', seed: 3 });
  const { flight } = station.simulator.autopilot;
  const until = (what: () => boolean, limitS: number): number => {
    let s = 0;
    for (; !what() && s < limitS; s += 1) station.pass(1);
    return s;
  };
  for (let round = 1; round <= 3; round += 1) {
    t.ok(until(() => !flight.armed, 3_600) < 3_600, `flight ${round} ends`);
    t.ok(station.texts.some((text) => text.startsWith('Battery 1 is low')));
    t.ok((remainingPct(station) ?? 100) < 25);
    const stood = until(() => flight.armed, 120);
    t.ok(stood >= 44 && stood <= 46, `${stood} s on the ground`);
    t.equal(remainingPct(station), 100);
    station.heard.length = 0;
    until(() => station.texts.some((text) => text.startsWith('Reached command #3')), 300);
    t.equal(heartbeat(station), '217/3/4', 'on its circuit, no failsafe');
    t.notOk(station.simulator.vehicle.body.onGround);
    station.heard.length = 0;
  }
  t.equal(station.reboots, 0);
});

t.test('airborne: brought down with charge left, or started ready, it stays where it is', async (t) => {
  const called = new Station({ start: 'airborne', seed: 3 });
  called.command(MavCmd.NAV_RETURN_TO_LAUNCH);
  called.pass(400);
  t.ok(called.simulator.vehicle.body.onGround);
  t.equal(heartbeat(called), '89/6/3');

  const ready = new Station({ start: 'ready', seed: 3 });
  ready.send('PARAM_SET', {
    target_system: 1,
    target_component: 1,
    param_id: 'BATT_LOW_MAH',
    param_value: 15_990,
    param_type: 9,
  });
  ready.send('PARAM_SET', {
    target_system: 1,
    target_component: 1,
    param_id: 'BATT_FS_LOW_ACT',
    param_value: 2,
    param_type: 2,
  });
  ready.command(MavCmd.DO_SET_MODE, 1, CopterMode.GUIDED);
  ready.command(MavCmd.COMPONENT_ARM_DISARM, 1);
  ready.command(MavCmd.NAV_TAKEOFF, 0, 0, 0, 0, 0, 0, 10);
  ready.pass(300);
  t.ok(ready.texts.some((text) => text.startsWith('Battery 1 is low')));
  t.equal(heartbeat(ready), '89/6/5', 'home, disarmed, the failsafe latched');
});

t.test('the pilot flips the mode switch', async (t) => {
  const station = new Station({ start: 'airborne' });
  station.simulator.autopilot.setChannel(5, 1_700);
  station.pass(0.1);
  t.equal(heartbeat(station), '217/5/4', 'LOITER, at once');
  const before = station.simulator.vehicle.body.upM;
  station.pass(4);
  t.ok(before - station.simulator.vehicle.body.upM > 5, 'with the throttle stick low it sinks');
});

t.test('the same seed gives the same bytes, another does not', async (t) => {
  const flight = (seed: number): string => {
    const station = new Station({ start: 'airborne', seed });
    for (const id of [33, 30, 24, 147]) station.command(MavCmd.SET_MESSAGE_INTERVAL, id, 100_000);
    station.pass(20);
    return Buffer.concat(station.raw).toString('base64');
  };
  t.equal(flight(5), flight(5));
  t.not(flight(5), flight(6));
});
