import { connect } from 'node:net';
import { encode, MavCmd, MavResult, messageByName } from '@skein/protocol/mavlink';
import t from 'tap';
import { Stations } from './index.ts';
import { AUTOPILOT, framesOf, listen, messagesOf, STATION, world } from './testing/world.ts';

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
