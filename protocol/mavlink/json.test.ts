import t from 'tap';
import { encode, type Frame, frameJson, frameJsonLine } from './index.ts';
import { hex, parseAll } from './testing.ts';

const options = { sysid: 1, compid: 191, seq: 7 };

function frameOf(bytes: Uint8Array): Frame {
  const [frame] = parseAll([bytes]).frames;
  if (frame === undefined) throw new Error(`no frame in ${hex(bytes)}`);
  return frame;
}

t.test('a line has what is known of a frame', async (t) => {
  const bytes = encode('TIMESYNC', { tc1: 0n, ts1: -(2n ** 63n), target_system: 1 }, options);
  t.strictSame(frameJson(frameOf(bytes), 1_795_289_965_722_412), {
    t: 1_795_289_965_722_412,
    v: 2,
    msgid: 111,
    name: 'TIMESYNC',
    sysid: 1,
    compid: 191,
    seq: 7,
    len: bytes.length,
    fields: { tc1: '0', ts1: '-9223372036854775808', target_system: 1 },
  });
  t.notOk('t' in frameJson(frameOf(bytes)), 'without a time where there is none');
});

t.test('numbers that JSON does not have are strings, and zero keeps its sign', async (t) => {
  const attitude = {
    time_boot_ms: 4_294_967_295,
    roll: Number.NaN,
    pitch: Number.POSITIVE_INFINITY,
    yaw: Number.NEGATIVE_INFINITY,
    rollspeed: -0,
    pitchspeed: 0.1,
    yawspeed: 1e-45,
  };
  const line = frameJsonLine(frameOf(encode('ATTITUDE', attitude, options)));
  t.match(line, '"roll":"NaN","pitch":"Infinity","yaw":"-Infinity","rollspeed":-0.0,');
  const { fields } = JSON.parse(line);
  t.equal(fields.time_boot_ms, 4_294_967_295);
  t.ok(Object.is(fields.rollspeed, -0));
  t.equal(fields.pitchspeed, Math.fround(0.1));
  t.equal(fields.yawspeed, Math.fround(1e-45));
  const status = encode('GPS_RAW_INT', { ...gps, time_usec: 2n ** 64n - 1n }, options);
  t.match(frameJsonLine(frameOf(status)), '"time_usec":"18446744073709551615"');
});

const gps = {
  time_usec: 0n,
  fix_type: 3,
  lat: 0,
  lon: 0,
  alt: 0,
  eph: 0,
  epv: 0,
  vel: 0,
  cog: 0,
  satellites_visible: 0,
  yaw: 9,
};

t.test('MAVLink 1 has no extension fields', async (t) => {
  const { fields, v } = frameJson(frameOf(encode('GPS_RAW_INT', gps, { ...options, version: 1 })));
  t.equal(v, 1);
  t.notOk('yaw' in (fields ?? {}));
  t.equal(frameJson(frameOf(encode('GPS_RAW_INT', gps, options))).fields?.yaw, 9);
});

t.test('an unknown message is shown as it came', async (t) => {
  const bytes = Uint8Array.of(0xfd, 1, 0, 0, 5, 1, 1, 0x31, 0xd4, 0, 42, 0x11, 0x22);
  const facts = { version: 2, incompatFlags: 0, compatFlags: 0, seq: 5, sysid: 1, compid: 1, msgid: 54_321 } as const;
  const frame = { ...facts, bytes, payloadStart: 10, payloadLength: 1, signed: false, known: false } as const;
  const shown = { v: 2, msgid: 54_321, name: null, sysid: 1, compid: 1, seq: 5, len: 13, fields: null };
  t.strictSame(JSON.parse(frameJsonLine(frame)), { ...shown, hex: 'fd01000005010131d4002a1122' });
});
