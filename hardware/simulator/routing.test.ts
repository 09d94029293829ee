import { FrameParser, MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { Station } from './testing/station.ts';

const HEARTBEAT = { type: 18, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 };
const COMPANION = { sysid: 1, compid: 191 };
const GROUND = { sysid: 255, compid: 190 };

/** A companion and a ground station on two lines of one autopilot, both known to it. */
function pair(): { readonly companion: Station; readonly ground: Station } {
  const companion = new Station({ start: 'ready', seed: 2 });
  const ground = new Station(companion.simulator);
  companion.send('HEARTBEAT', HEARTBEAT, COMPANION);
  ground.send('HEARTBEAT', { ...HEARTBEAT, type: 6 }, GROUND);
  companion.pass(0.1);
  companion.heard.length = 0;
  ground.heard.length = 0;
  return { companion, ground };
}

const ask = (system: number, component: number) => ({
  target_system: system,
  target_component: component,
  command: MavCmd.REQUEST_MESSAGE,
  confirmation: 0,
  param1: 148,
  param2: 0,
  param3: 0,
  param4: 0,
  param5: 0,
  param6: 0,
  param7: 0,
});
const names = (station: Station): string[] => {
  station.pass(0.1);
  return station.heard.map(({ name }) => name);
};

t.test('heartbeats, texts and tunnels of others are passed on; nobody gets them who never spoke', async (t) => {
  const { companion, ground } = pair();
  const silent = new Station(companion.simulator);
  companion.send('HEARTBEAT', HEARTBEAT, COMPANION);
  companion.send('STATUSTEXT', { severity: 6, text: 'hello', id: 0, chunk_seq: 0 }, COMPANION);
  const tunnel = { target_system: 255, target_component: 190, payload_type: 40_000, payload_length: 1 };
  companion.send('TUNNEL', { ...tunnel, payload: new Array<number>(128).fill(7) }, COMPANION);
  t.same(names(ground), ['HEARTBEAT', 'STATUSTEXT', 'TUNNEL']);
  t.same(names(silent), []);
  t.same(names(companion), [], 'nothing comes back');
});

t.test('a heartbeat is not passed to where its sender is too; a radio’s report and a key stay', async (t) => {
  const { companion, ground } = pair();
  ground.send('HEARTBEAT', HEARTBEAT, COMPANION);
  t.same(names(companion), []);
  companion.send('HEARTBEAT', HEARTBEAT, COMPANION);
  companion.send(
    'RADIO_STATUS',
    { rssi: 1, remrssi: 1, txbuf: 1, noise: 1, remnoise: 1, rxerrors: 1, fixed: 1 },
    { sysid: 51, compid: 68 },
  );
  const key = { target_system: 0, target_component: 0, secret_key: new Array<number>(32).fill(1) };
  companion.send('SETUP_SIGNING', { ...key, initial_timestamp: 1n }, COMPANION);
  t.same(names(ground), []);
});

t.test('commands: who carries them out, who gets them', async (t) => {
  const acks = (station: Station): number => station.of('COMMAND_ACK').length;
  for (const [system, component, own, passed] of [
    [1, 1, true, false],
    [0, 0, true, true],
    [1, 0, true, true],
    [1, 42, true, false],
    [1, 191, false, true],
    [9, 1, false, false],
  ] as const) {
    const { companion, ground } = pair();
    ground.send('COMMAND_LONG', ask(system, component), GROUND);
    const name = `(${system}, ${component})`;
    t.equal(names(companion).includes('COMMAND_LONG'), passed, `${name} passed on`);
    t.equal(acks(ground), own ? 1 : 0, `${name} carried out`);
  }
  const { companion, ground } = pair();
  const ack = { command: 246, result: MavResult.ACCEPTED, progress: 0, result_param2: 0 };
  companion.send('COMMAND_ACK', { ...ack, target_system: 255, target_component: 190 }, COMPANION);
  t.same(names(ground), ['COMMAND_ACK'], "the companion's answer comes back");
});

t.test('a MAVLink 1 line: from the next boot on, own frames only', async (t) => {
  const { companion, ground } = pair();
  const versions = (station: Station): string => {
    const found = new Set<number>();
    const parser = new FrameParser();
    for (const bytes of station.raw) parser.push(bytes, (frame) => void found.add(frame.bytes[0] ?? 0));
    return [...found]
      .map((marker) => marker.toString(16))
      .sort()
      .join(' ');
  };
  companion.send('PARAM_SET', {
    target_system: 1,
    target_component: 1,
    param_id: 'SERIAL0_PROTOCOL',
    param_value: 1,
    param_type: 9,
  });
  companion.raw.length = 0;
  companion.pass(5);
  t.equal(versions(companion), 'fd', 'not before');
  companion.simulator.reboot();
  companion.pass(30);
  companion.raw.length = 0;
  ground.raw.length = 0;
  companion.heard.length = 0;
  companion.send('HEARTBEAT', HEARTBEAT, COMPANION);
  // EXTENDED_SYS_STATE has id 245, HOME_POSITION 242 and an extension, WIND 168; WINCH_STATUS and others are over 255.
  for (const id of [242, 245, 147]) companion.command(MavCmd.SET_MESSAGE_INTERVAL, id, 500_000);
  companion.command(MavCmd.SET_MESSAGE_INTERVAL, 11_030, 500_000);
  companion.pass(5);
  t.equal(versions(companion), 'fe');
  t.equal(versions(ground), 'fd');
  t.ok(companion.of('BATTERY_STATUS').every(({ fields }) => fields.voltages_ext.every((mv) => mv === 0)));
  t.ok(companion.of('HOME_POSITION').length > 0);
  t.equal(companion.of('ESC_TELEMETRY_1_TO_4').length, 0, 'ids over 255 are not sent');
  companion.raw.length = 0;
  ground.send('HEARTBEAT', { ...HEARTBEAT, type: 6 }, { sysid: 200, compid: 190 });
  companion.pass(0.1);
  t.equal(versions(companion), 'fd', 'what is passed on stays as it came');
  companion.send('PARAM_REQUEST_READ', {
    target_system: 1,
    target_component: 1,
    param_id: 'SERIAL0_PROTOCOL',
    param_index: -1,
  });
  t.match(companion.heard.at(-1), { fields: { param_value: 1 } });
});
