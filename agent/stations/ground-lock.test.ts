import { MavCmd, MavFtpOpcode } from '@skein/protocol/mavlink';
import t from 'tap';
import { control, listen, messagesOf, unknownFrame, world } from './testing/world.ts';

const target = { target_system: 1, target_component: 1 };
const ftp = (opcode: number, path = '') => {
  const data = [...new TextEncoder().encode(path)];
  return { target_network: 0, ...target, payload: [1, 0, 0, opcode, data.length, 0, 0, 0, 0, 0, 0, 0, ...data] };
};
const parameter = (param_id: string) => ({ ...target, param_id, param_value: 1, param_type: 9 });
const { ACK: _, NAK: __, ...REQUESTS } = MavFtpOpcode;
const READING = ['NONE', 'TERMINATESESSION', 'RESETSESSION', 'LISTDIRECTORY', 'OPENFILERO', 'READFILE'];
READING.push('CALCFILECRC', 'BURSTREADFILE');
/** 200: a request that nobody has thought of yet. */
const WRITING = [
  ...Object.entries(REQUESTS).flatMap(([name, opcode]) => (READING.includes(name) ? [] : [opcode])),
  200,
];

t.test(
  'files: reading passes always; writing, removing, cutting only when unlocked, and it takes control',
  async (t) => {
    const { stations, says, frame, toAutopilot, toStation, writes, counters } = world(control);
    const reading = Object.entries(REQUESTS).filter(([name]) => READING.includes(name));
    t.equal(reading.length, READING.length);
    for (const [, opcode] of reading) says(frame('FILE_TRANSFER_PROTOCOL', ftp(opcode, '/APM/LOGS')));
    t.equal(toAutopilot.length, reading.length);
    t.same(writes, []);

    toAutopilot.length = 0;
    t.ok(WRITING.length >= 9);
    for (const opcode of WRITING) says(frame('FILE_TRANSFER_PROTOCOL', ftp(opcode, '/APM/scripts/x.lua')));
    t.equal(toAutopilot.length, 0);
    t.match(counters(), { listenOnly: WRITING.length });
    const naks = messagesOf(toStation).filter(({ name }) => name === 'FILE_TRANSFER_PROTOCOL');
    t.equal(naks.length, WRITING.length, 'each is refused in the words of its protocol');

    stations.unlock(null, null);
    for (const opcode of WRITING) says(frame('FILE_TRANSFER_PROTOCOL', ftp(opcode, '/APM/scripts/x.lua')));
    t.equal(toAutopilot.length, WRITING.length);
    t.equal(writes.length, WRITING.length, 'each of them is a write of another');
    t.ok(writes.includes('255 FTP REMOVEFILE /APM/scripts/x.lua'));
  },
);

t.test('parameters as a file are parameters', async (t) => {
  const { stations, says, frame, writes } = world(control);
  stations.unlock(null, null);
  says(frame('FILE_TRANSFER_PROTOCOL', ftp(MavFtpOpcode.OPENFILEWO, '@PARAM/param.pck')));
  says(frame('FILE_TRANSFER_PROTOCOL', ftp(MavFtpOpcode.CREATEFILE, '@PARAM/param.pck\0')));
  t.same(writes, ['255 PARAM_SET @PARAM/param.pck', '255 PARAM_SET @PARAM/param.pck']);
});

t.test('the ground lock stands above a station in control: only what is listed passes', async (t) => {
  const { stations, says, frame, long, toAutopilot, counters, writes } = world(control, { groundLock: true });
  stations.unlock(null, null);
  const shell = { device: 10, flags: 2, timeout: 0, baudrate: 0, count: 3, data: [97, 114, 109] };
  const refused = [
    long(MavCmd.COMPONENT_ARM_DISARM, [1]),
    long(MavCmd.COMPONENT_ARM_DISARM, [0.5]),
    long(MavCmd.MISSION_START),
    long(MavCmd.NAV_TAKEOFF),
    long(MavCmd.DO_MOTOR_TEST, [1]),
    long(MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, [1]),
    long(MavCmd.SOLO_BTN_FLY_HOLD),
    long(MavCmd.PREFLIGHT_CALIBRATION, [0, 0, 0, 0, 0, 1]),
    long(MavCmd.DO_SET_SERVO, [9, 1900]),
    long(MavCmd.DO_SET_RELAY, [0, 1]),
    long(MavCmd.DO_GRIPPER, [1, 0]),
    long(MavCmd.DO_WINCH, [1, 1]),
    long(MavCmd.PREFLIGHT_STORAGE, [2]),
    long(31_010),
    frame('PARAM_SET', parameter('SERVO1_FUNCTION')),
    frame('PARAM_SET', parameter('SERVO_DSHOT_RATE')),
    frame('PARAM_SET', parameter('MOT_PWM_MIN')),
    frame('PARAM_SET', parameter('brd_safety_deflt')),
    frame('PARAM_SET', parameter('COM_PREARM_MODE')),
    frame('SERIAL_CONTROL', shell),
    ...WRITING.map((opcode) => frame('FILE_TRANSFER_PROTOCOL', ftp(opcode, '@PARAM/param.pck'))),
  ];
  says(...refused);
  says(unknownFrame(), long(MavCmd.REQUEST_MESSAGE, [242]));
  t.match(counters(), { groundLock: refused.length + 1 });
  t.same(
    messagesOf(toAutopilot)
      .map(({ name }) => name)
      .filter((name) => name !== 'PARAM_REQUEST_READ'),
    ['COMMAND_LONG'],
    'what only reads passes',
  );
  t.same(writes, [], 'what did not pass takes no control');

  toAutopilot.length = 0;
  const passing = [
    long(MavCmd.COMPONENT_ARM_DISARM, [0]),
    long(MavCmd.DO_SET_MODE, [1, 0]),
    long(MavCmd.DO_SET_MODE, [209, 4]),
    long(MavCmd.PREFLIGHT_CALIBRATION, [1]),
    long(MavCmd.DO_START_MAG_CAL),
    long(MavCmd.NAV_RETURN_TO_LAUNCH),
    long(MavCmd.NAV_LAND),
    frame('PARAM_SET', parameter('RTL_ALT')),
    frame('MISSION_COUNT', { ...target, count: 3, mission_type: 1 }),
    frame('LOG_REQUEST_LIST', { ...target, start: 0, end: 9 }),
    frame('GPS_RTCM_DATA', { flags: 0, len: 1, data: [1] }),
  ];
  says(...passing);
  t.equal(toAutopilot.length, passing.length, 'working on it goes on, and so does what brings it down');
});

t.test('a station that only listens gets no more by the lock', async (t) => {
  const { says, frame, toAutopilot } = world(listen, { groundLock: true });
  says(
    frame('MISSION_COUNT', { ...target, count: 3, mission_type: 1 }),
    frame('GPS_RTCM_DATA', { flags: 0, len: 0, data: [] }),
  );
  t.equal(toAutopilot.length, 0);
});
