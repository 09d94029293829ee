import { encode, MavCmd, MavMissionResult, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { AUTOPILOT, control, framesOf, listen, messagesOf, STATION, unknownFrame, world } from './testing/world.ts';

t.test('what the autopilot says goes to the station byte for byte, but for a key', async (t) => {
  const { stations, toStation } = world(listen);
  const attitude = { time_boot_ms: 1, roll: 0, pitch: 0, yaw: 1, rollspeed: 0, pitchspeed: 0, yawspeed: 0 };
  const v2 = encode('ATTITUDE', attitude, { ...AUTOPILOT, seq: 3 });
  const v1 = encode('ATTITUDE', attitude, { ...AUTOPILOT, seq: 4, version: 1 });
  const secret = { target_system: 1, target_component: 1, secret_key: [1, 2, 3], initial_timestamp: 1n };
  const key = encode('SETUP_SIGNING', secret, { ...AUTOPILOT, seq: 5 });
  for (const frame of framesOf(v2, v1, key)) stations.heard(frame);
  t.same(
    toStation.map((bytes) => [...bytes]),
    [[...v2], [...v1]],
  );
});

t.test('reading passes unchanged, in MAVLink 1 as well; heartbeats never', async (t) => {
  const { says, frame, toAutopilot, counters, writes, long } = world(listen);
  const target = { target_system: 1, target_component: 1 };
  const passing = [
    frame('PARAM_REQUEST_LIST', target),
    frame('PARAM_REQUEST_READ', { ...target, param_id: 'RTL_ALT', param_index: -1 }, STATION, 1),
    frame('MISSION_REQUEST_LIST', { ...target, mission_type: 1 }),
    frame('MISSION_REQUEST_INT', { ...target, seq: 0, mission_type: 0 }),
    frame('MISSION_ACK', { ...target, type: 0, mission_type: 0 }),
    frame('TIMESYNC', { tc1: 0n, ts1: 5n }),
    long(MavCmd.REQUEST_MESSAGE, [148]),
    frame('FILE_TRANSFER_PROTOCOL', {
      target_network: 0,
      ...target,
      payload: [0, 0, 0, 4, 3, 0, 0, 0, 0, 0, 0, 0, 64, 80, 65],
    }),
    frame('OPEN_DRONE_ID_OPERATOR_ID', { ...target, id_or_mac: [], operator_id_type: 0, operator_id: 'X' }),
  ];
  const beat = { type: 6, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 };
  says(frame('HEARTBEAT', beat), ...passing, frame('HEARTBEAT', beat, { sysid: 7, compid: 1 }));
  t.same(
    toAutopilot.map((bytes) => [...bytes]),
    passing.map((bytes) => [...bytes]),
  );
  t.match(counters(), { heartbeats: 2, passed: passing.length, listenOnly: 0 });
  t.same(writes, [], 'reading takes no control');
});

t.test('listening: what would change the vehicle is not passed, and answered where there is an answer', async (t) => {
  const { says, frame, long, toAutopilot, toStation, counters, writes } = world(listen);
  const target = { target_system: 1, target_component: 1 };
  const item = {
    param1: 0,
    param2: 0,
    param3: 0,
    param4: 0,
    x: 1,
    y: 1,
    z: 10,
    command: 16 as MavCmd,
    frame: 3,
    current: 0,
    autocontinue: 1,
  };
  says(
    long(MavCmd.COMPONENT_ARM_DISARM, [1]),
    frame('SET_MODE', { target_system: 1, base_mode: 1, custom_mode: 4 }),
    frame('MISSION_COUNT', { ...target, count: 3, mission_type: 1 }),
    frame('MISSION_ITEM_INT', { ...target, ...item, seq: 0, mission_type: 0 }),
    frame('MISSION_CLEAR_ALL', { ...target, mission_type: 2 }),
    frame('MISSION_SET_CURRENT', { ...target, seq: 4 }),
    frame('PARAM_SET', { ...target, param_id: 'FS_GCS_ENABLE', param_value: 0, param_type: 9 }),
    frame('LOG_REQUEST_LIST', { ...target, start: 0, end: 9 }),
    frame('FILE_TRANSFER_PROTOCOL', { target_network: 0, ...target, payload: [7, 0, 2, 6, 3] }),
    frame('SERIAL_CONTROL', { device: 10, flags: 2, timeout: 0, baudrate: 0, count: 1, data: [10] }),
    unknownFrame(),
    long(MavCmd.REQUEST_MESSAGE, [242]),
  );
  t.match(counters(), { listenOnly: 10, unknownIds: 1 });
  t.same(writes, []);
  t.same(
    messagesOf(toAutopilot).map(({ name }) => name),
    ['PARAM_REQUEST_READ', 'COMMAND_LONG'],
    'a setting is read instead, so that the station shows what is true',
  );
  const answers = messagesOf(toStation);
  t.same(
    answers.map(({ name }) => name),
    ['COMMAND_ACK', 'STATUSTEXT', 'COMMAND_ACK', 'MISSION_ACK', 'MISSION_ACK', 'MISSION_ACK', 'FILE_TRANSFER_PROTOCOL'],
  );
  t.match(answers[0], {
    fields: {
      command: MavCmd.COMPONENT_ARM_DISARM,
      result: MavResult.DENIED,
      target_system: 255,
      target_component: 190,
    },
  });
  t.match(answers[3], { fields: { type: MavMissionResult.DENIED, mission_type: 1 } });
  t.same(
    framesOf(toStation[0] ?? new Uint8Array()).map(({ sysid, compid }) => [sysid, compid]),
    [[1, 1]],
  );
  t.match(answers[6], { fields: { payload: [8, 0, 2, 129, 1, 6] } });
});

t.test('control: nothing before the unlock; then writes pass and are told; the unlock ends by itself', async (t) => {
  const { stations, says, frame, long, toAutopilot, writes, events, tick, counters } = world(control);
  const set = frame('PARAM_SET', {
    target_system: 1,
    target_component: 1,
    param_id: 'RTL_ALT',
    param_value: 3000,
    param_type: 9,
  });
  const mode = long(MavCmd.DO_SET_MODE, [1, 4]);
  says(mode);
  t.equal(toAutopilot.length, 0);
  t.match(stations.unlock(null, null), { ok: true, station: 'laptop', leftMs: 15 * 60_000 });
  const unknown = unknownFrame();
  says(mode, set, unknown, long(MavCmd.REQUEST_MESSAGE, [1]));
  t.same(
    toAutopilot.slice(0, 3).map((bytes) => [...bytes]),
    [mode, set, unknown].map((bytes) => [...bytes]),
  );
  says(frame('SERIAL_CONTROL', { device: 10, flags: 2, timeout: 0, baudrate: 0, count: 1, data: [10] }));
  t.same(writes, ['255 command 176', '255 PARAM_SET RTL_ALT', '255 SERIAL_CONTROL']);
  tick(15 * 60_000 + 1);
  says(mode);
  t.match(counters(), { listenOnly: 2 });
  stations.unlock('laptop', 1);
  stations.lock('laptop');
  says(mode);
  t.match(counters(), { listenOnly: 3 });
  tick(100);
  t.same(events, ['unlocked laptop', 'locked laptop', 'unlocked laptop', 'locked laptop']);
});

t.test('who may be unlocked', async (t) => {
  t.match(world(listen).stations.unlock(null, null), { ok: false, code: 'listen-only' });
  t.match(world(listen).stations.unlock('station-1', null), { ok: false, code: 'listen-only' });
  t.match(world(control).stations.unlock('tablet', null), {
    ok: false,
    code: 'no-such-station',
    message: /there are laptop/,
  });
  t.match(world(control).stations.unlock('laptop', 0), { ok: false, code: 'bad-minutes' });
  t.match(world(control).stations.unlock('laptop', 999), { ok: false, code: 'bad-minutes' });
});

t.test('what Skein never sends passes from nobody, unlocked or not', async (t) => {
  const { stations, says, frame, long, toAutopilot, toStation, counters, writes } = world(control);
  stations.unlock(null, null);
  const target = { target_system: 1, target_component: 1 };
  const rates = { body_roll_rate: 0, body_pitch_rate: 0, body_yaw_rate: 0, thrust: 1 };
  const item = {
    param3: 0,
    param4: 0,
    x: 0,
    y: 0,
    z: 0,
    frame: 2,
    current: 0,
    autocontinue: 1,
    seq: 1,
    mission_type: 0,
  };
  const int = { param3: 0, param4: 0, z: 0, frame: 2, current: 0, autocontinue: 0 };
  const forbidden = [
    long(MavCmd.COMPONENT_ARM_DISARM, [0, 21_196]),
    long(MavCmd.COMPONENT_ARM_DISARM, [1, 2_989]),
    long(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, [1, 0, 0, 0, 0, 20_190_226]),
    long(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, [42, 24, 71, 93]),
    long(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, [3]),
    long(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, [0, 2]),
    frame('COMMAND_INT', {
      ...target,
      ...int,
      command: MavCmd.PREFLIGHT_REBOOT_SHUTDOWN,
      param1: 1,
      param2: 0,
      x: 0,
      y: 20_190_226,
    }),
    frame('COMMAND_INT', {
      ...target,
      ...int,
      command: MavCmd.COMPONENT_ARM_DISARM,
      param1: 0,
      param2: 21_196,
      x: 0,
      y: 0,
    }),
    long(MavCmd.DO_FLIGHTTERMINATION, [1]),
    long(MavCmd.DO_PARACHUTE, [2]),
    long(MavCmd.DO_AUX_FUNCTION, [31, 2]),
    long(MavCmd.DO_AUX_FUNCTION, [153, 0]),
    frame('MISSION_ITEM_INT', { ...target, ...item, command: MavCmd.DO_AUX_FUNCTION, param1: 31, param2: 2 }),
    long(MavCmd.DO_SET_SAFETY_SWITCH_STATE, [0]),
    long(MavCmd.DO_SET_MODE, [128, 1]),
    frame('SET_MODE', { target_system: 1, base_mode: 128, custom_mode: 1 }),
    frame('MISSION_ITEM_INT', { ...target, ...item, command: MavCmd.DO_FLIGHTTERMINATION, param1: 1, param2: 0 }),
    frame('MANUAL_CONTROL', { target: 1, x: 0, y: 0, z: 0, r: 0, buttons: 0 }),
    frame('RC_CHANNELS_OVERRIDE', {
      ...target,
      chan1_raw: 1500,
      chan2_raw: 0,
      chan3_raw: 0,
      chan4_raw: 0,
      chan5_raw: 0,
      chan6_raw: 0,
      chan7_raw: 0,
      chan8_raw: 0,
    }),
    frame('SET_ATTITUDE_TARGET', { ...target, ...rates, time_boot_ms: 0, type_mask: 0, q: [1, 0, 0, 0] }),
    frame('SETUP_SIGNING', { ...target, secret_key: [1], initial_timestamp: 0n }),
    frame('RADIO_STATUS', { rssi: 1, remrssi: 1, txbuf: 1, noise: 1, remnoise: 1, rxerrors: 0, fixed: 0 }),
  ];
  says(...forbidden);
  t.equal(toAutopilot.length, 0);
  t.match(counters(), { forbidden: forbidden.length });
  t.same(writes, []);
  t.ok(messagesOf(toStation).some(({ name }) => name === 'COMMAND_ACK'));
  says(long(MavCmd.COMPONENT_ARM_DISARM, [1]), long(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, [1]));
  t.equal(toAutopilot.length, 2, 'their harmless forms do');
});

t.test('nobody speaks as the autopilot or as the agent', async (t) => {
  const { says, frame, toAutopilot, counters } = world(listen);
  const target = { target_system: 1, target_component: 1 };
  says(frame('PARAM_REQUEST_LIST', target, AUTOPILOT), frame('PARAM_REQUEST_LIST', target, { sysid: 1, compid: 191 }));
  t.equal(toAutopilot.length, 0);
  t.match(counters(), { impostors: 2 });
});
