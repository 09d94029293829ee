import { connect } from 'node:net';
import {
  decode,
  encode,
  type FieldsIn,
  type Frame,
  FrameParser,
  MavCmd,
  MavMissionResult,
  MavResult,
  type Message,
  type MessageName,
  messageByName,
} from '@skein/protocol/mavlink';
import t from 'tap';
import { type StationEntry, Stations, type Wish } from './index.ts';

const STATION = { sysid: 255, compid: 190 };
const AUTOPILOT = { sysid: 1, compid: 1 };
/** Id and payload of a message this dialect does not know; what stands behind it proves it. */
const UNKNOWN_ID = 60_000;

function framesOf(...chunks: readonly Uint8Array[]): Frame[] {
  const frames: Frame[] = [];
  const parser = new FrameParser();
  for (const chunk of chunks) parser.push(chunk, (frame) => frames.push(frame));
  parser.flush((frame) => frames.push(frame));
  return frames;
}

const messagesOf = (chunks: readonly Uint8Array[]): Message[] =>
  framesOf(...chunks).flatMap((frame) => decode(frame) ?? []);

/** One end point, its station at the far end, the autopilot at the other, and a clock that stands still. */
function world(
  entry: Exclude<StationEntry, string>,
  o: { readonly lineBytesPerS?: number; readonly groundLock?: boolean } = {},
) {
  const toAutopilot: Uint8Array[] = [];
  const toStation: Uint8Array[] = [];
  const writes: string[] = [];
  const wishes: (readonly Wish[])[] = [];
  const events: string[] = [];
  const clock = { nowMs: 1_000 };
  const line = { full: false };
  let reader: (chunk: Uint8Array) => void = () => {};
  const stations = new Stations({
    entries: [entry],
    createLink: () => ({
      isOpen: true,
      lastError: null,
      start: () => {},
      read: (take) => {
        reader = take;
        return () => {};
      },
      write: (bytes) => {
        if (!line.full) toStation.push(bytes);
        return !line.full;
      },
      close: async () => {},
    }),
    nowMs: () => clock.nowMs,
    vehicle: () => AUTOPILOT,
    groundLock: () => o.groundLock === true,
    lineBytesPerS: () => o.lineBytesPerS ?? 1_000_000,
    toAutopilot: (bytes) => toAutopilot.push(bytes) > 0,
    onWrite: (_station, { sysid }, what) => writes.push(`${sysid} ${what}`),
    onWishes: (all) => wishes.push(all),
    onEvent: (event, station) => events.push(`${event} ${station}`),
  });
  stations.start();
  let seq = 0;
  const frame = <N extends MessageName>(name: N, fields: FieldsIn<N>, from = STATION, version: 1 | 2 = 2) =>
    encode(name, fields, { ...from, seq: seq++ & 0xff, version });
  const says = (...bytes: readonly Uint8Array[]) => {
    for (const each of bytes) reader(each);
  };
  const long = (command: number, params: readonly number[] = [], target_component = 1) =>
    frame('COMMAND_LONG', {
      target_system: 1,
      target_component,
      command: command as MavCmd,
      confirmation: 0,
      param1: params[0] ?? 0,
      param2: params[1] ?? 0,
      param3: params[2] ?? 0,
      param4: params[3] ?? 0,
      param5: params[4] ?? 0,
      param6: params[5] ?? 0,
      param7: params[6] ?? 0,
    });
  const counters = () => stations.status()[0]?.counters;
  const tick = (ms: number) => {
    clock.nowMs += ms;
    stations.tick();
  };
  return { stations, toAutopilot, toStation, writes, wishes, events, line, frame, says, long, counters, tick };
}

const listen = { url: 'memory://s', mode: 'listen' } as const;
const control = { url: 'memory://s', mode: 'control', name: 'laptop' } as const;

/** A MAVLink 2 frame of an unknown message: CRC_EXTRA 77 stands for what only its sender knows. */
function unknownFrame(): Uint8Array {
  const payload = [1, 2, 3, 4];
  const bytes = [
    0xfd,
    payload.length,
    0,
    0,
    9,
    STATION.sysid,
    STATION.compid,
    UNKNOWN_ID & 0xff,
    UNKNOWN_ID >> 8,
    0,
    ...payload,
  ];
  let crc = 0xffff;
  for (const byte of [...bytes.slice(1), 77]) {
    let x = (byte ^ crc) & 0xff;
    x = (x ^ (x << 4)) & 0xff;
    crc = ((crc >> 8) ^ (x << 8) ^ (x << 3) ^ (x >> 4)) & 0xffff;
  }
  return Uint8Array.from([...bytes, crc & 0xff, crc >> 8]);
}

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
    unknownFrame(),
    long(MavCmd.REQUEST_MESSAGE, [242]),
  );
  t.match(counters(), { listenOnly: 9, unknownIds: 1 });
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
  t.same(writes, ['255 command 176', '255 PARAM_SET RTL_ALT']);
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

t.test('the ground lock stands above a station in control', async (t) => {
  const { stations, says, long, toAutopilot, counters } = world(control, { groundLock: true });
  stations.unlock(null, null);
  says(
    long(MavCmd.COMPONENT_ARM_DISARM, [1]),
    long(MavCmd.MISSION_START),
    long(MavCmd.DO_MOTOR_TEST, [1]),
    long(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, [1]),
  );
  t.equal(toAutopilot.length, 0);
  t.match(counters(), { groundLock: 4 });
  says(long(MavCmd.COMPONENT_ARM_DISARM, [0]), long(MavCmd.DO_SET_MODE, [1, 0]));
  t.equal(toAutopilot.length, 2);
});

t.test('nobody speaks as the autopilot or as the agent', async (t) => {
  const { says, frame, toAutopilot, counters } = world(listen);
  const target = { target_system: 1, target_component: 1 };
  says(frame('PARAM_REQUEST_LIST', target, AUTOPILOT), frame('PARAM_REQUEST_LIST', target, { sysid: 1, compid: 191 }));
  t.equal(toAutopilot.length, 0);
  t.match(counters(), { impostors: 2 });
});

t.test(
  'streams: the agent answers and asks for the fastest wanted; a silent station wants nothing any more',
  async (t) => {
    const { says, frame, long, toAutopilot, toStation, wishes, tick } = world(listen);
    const attitude = messageByName('ATTITUDE').id;
    says(long(MavCmd.SET_MESSAGE_INTERVAL, [attitude, 100_000]));
    t.same(wishes.at(-1), [{ msgid: attitude, hz: 10 }]);
    says(long(MavCmd.SET_MESSAGE_INTERVAL, [attitude, -1]));
    t.same(wishes.at(-1), [], 'stopping it stops only what this station wanted');
    says(long(MavCmd.SET_MESSAGE_INTERVAL, [attitude, -2]), long(MavCmd.SET_MESSAGE_INTERVAL, [70_000, 1_000]));
    t.same(
      messagesOf(toStation).map((message) => (message.name === 'COMMAND_ACK' ? message.fields.result : message.name)),
      [MavResult.ACCEPTED, MavResult.ACCEPTED, MavResult.DENIED, MavResult.DENIED],
    );
    const request = { target_system: 1, target_component: 1, req_message_rate: 4, start_stop: 1 };
    says(frame('REQUEST_DATA_STREAM', { ...request, req_stream_id: 10 }));
    t.ok(wishes.at(-1)?.some(({ msgid, hz }) => msgid === attitude && hz === 4));
    says(frame('REQUEST_DATA_STREAM', { ...request, req_stream_id: 0 }));
    t.ok((wishes.at(-1)?.length ?? 0) > 20);
    t.equal(toAutopilot.length, 0, 'nothing of it reaches the autopilot');
    tick(30_001);
    t.same(wishes.at(-1), []);
    const other = long(MavCmd.SET_MESSAGE_INTERVAL, [attitude, 100_000], 154);
    says(other);
    t.equal(messagesOf(toAutopilot).length, 0, 'asking a gimbal is a command like others');
  },
);

t.test('streams fit the share of a narrow line', async (t) => {
  const { says, frame, long, wishes, toStation } = world({ ...listen, sharePct: 20 }, { lineBytesPerS: 5_760 });
  says(
    frame('REQUEST_DATA_STREAM', {
      target_system: 1,
      target_component: 1,
      req_message_rate: 10,
      start_stop: 1,
      req_stream_id: 0,
    }),
  );
  const all = wishes.at(-1) ?? [];
  t.ok(
    all.every(({ hz }) => hz > 0 && hz < 2),
    `at ${all[0]?.hz} Hz`,
  );
  says(long(MavCmd.SET_MESSAGE_INTERVAL, [messageByName('ATTITUDE').id, 10_000]));
  t.match(messagesOf(toStation).at(-1), { fields: { result: MavResult.TEMPORARILY_REJECTED } });
});

t.test('a flood waits for its share of the line; what does not fit the queue is dropped and counted', async (t) => {
  const { says, frame, toAutopilot, counters, tick } = world({ ...listen, sharePct: 10 }, { lineBytesPerS: 5_760 });
  const read = frame('PARAM_REQUEST_READ', {
    target_system: 1,
    target_component: 1,
    param_id: 'RTL_ALT',
    param_index: -1,
  });
  for (let i = 0; i < 2_000; i++) says(read);
  const burst = toAutopilot.length;
  t.ok(burst * read.length <= 1_100, `${burst} at once`);
  t.ok((counters()?.droppedQueue ?? 0) > 1_000);
  for (let i = 0; i < 20; i++) tick(100);
  const sent = (toAutopilot.length - burst) * read.length;
  t.ok(sent > 1_000 && sent <= 2 * 576 + read.length, `${sent} bytes in 2 s of 576 B/s`);
});

t.test('a station whose line is full loses frames, and they are counted', async (t) => {
  const { stations, line, counters } = world(listen);
  line.full = true;
  const beat = { type: 2, autopilot: 3, base_mode: 81, custom_mode: 0, system_status: 3, mavlink_version: 3 };
  for (const frame of framesOf(encode('HEARTBEAT', beat, { ...AUTOPILOT, seq: 0 }))) stations.heard(frame);
  t.match(counters(), { droppedToStation: 1, toStation: 0 });
});

t.test('a TCP port serves several stations at once', async (t) => {
  const toAutopilot: Uint8Array[] = [];
  const probe = await new Promise<number>((resolve, reject) => {
    import('node:net').then(({ createServer }) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() =>
          typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
        );
      });
    }, reject);
  });
  const stations = new Stations({
    entries: [`tcp://127.0.0.1:${probe}`],
    createLink: () => {
      throw new Error('no link is opened for tcp');
    },
    nowMs: () => performance.now(),
    vehicle: () => AUTOPILOT,
    groundLock: () => false,
    lineBytesPerS: () => 1_000_000,
    toAutopilot: (bytes) => toAutopilot.push(bytes) > 0,
    onWrite: () => {},
    onWishes: () => {},
    onEvent: () => {},
  });
  stations.start();
  t.teardown(() => stations.close());
  const until = async (what: () => boolean) => {
    while (!what()) await new Promise((resolve) => setImmediate(resolve));
  };
  await until(() => stations.status()[0]?.open === true);
  const open = async () => {
    const got: Uint8Array[] = [];
    const socket = connect(probe, '127.0.0.1');
    socket.on('data', (chunk) => got.push(chunk));
    await new Promise((resolve) => socket.once('connect', resolve));
    return { socket, got };
  };
  const clients = [await open(), await open()];
  await until(() => stations.status()[0]?.stations.length === 2);
  const beat = { type: 2, autopilot: 3, base_mode: 81, custom_mode: 0, system_status: 3, mavlink_version: 3 };
  for (const frame of framesOf(encode('HEARTBEAT', beat, { ...AUTOPILOT, seq: 0 }))) stations.heard(frame);
  await until(() => clients.every(({ got }) => got.length > 0));
  clients[0]?.socket.write(
    encode('PARAM_REQUEST_LIST', { target_system: 1, target_component: 1 }, { ...STATION, seq: 0 }),
  );
  await until(() => toAutopilot.length === 1);
  t.equal(toAutopilot.length, 1);
  clients[1]?.socket.destroy();
  await until(() => stations.status()[0]?.stations.length === 1);
  clients[0]?.socket.destroy();
});
