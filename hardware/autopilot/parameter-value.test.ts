import { decode, encode, FrameParser, MavParamType, MavProtocolCapability } from '@skein/protocol/mavlink';
import t from 'tap';
import { parameterEncoding, sameValue, valueOfWire, wireValue } from './parameter-value.ts';

/** Through a real frame, as PX4 would answer what we sent. */
function throughFrame(wire: number, type: number): number {
  const parser = new FrameParser();
  let value = Number.NaN;
  const fields = { param_id: 'X', param_value: wire, param_type: type, param_count: 1, param_index: 0 };
  const bytes = encode('PARAM_VALUE', fields, { sysid: 1, compid: 1, seq: 0 });
  parser.push(bytes, (frame) => {
    const message = decode(frame);
    if (message?.name === 'PARAM_VALUE') value = message.fields.param_value;
  });
  return value;
}

t.test('each type, both encodings, there and back through a frame', async (t) => {
  const values: [type: number, ...values: number[]][] = [
    [MavParamType.UINT8, 0, 7, 255],
    [MavParamType.INT8, -128, -1, 0, 127],
    [MavParamType.UINT16, 0, 40_000, 65_535],
    [MavParamType.INT16, -32_768, -2, 32_767],
    [MavParamType.UINT32, 0, 70_000, 16_777_216],
    [MavParamType.INT32, -4_194_304, -70_000, -1, 0, 1, 5_000, 16_777_216],
    [MavParamType.REAL32, -1.5, 0, Math.fround(0.1), Math.fround(3e38)],
  ];
  for (const encoding of ['c-cast', 'bytewise'] as const) {
    for (const [type, ...some] of values) {
      for (const value of some) {
        const wire = wireValue(value, type, encoding);
        t.not(wire, null, `${encoding} type ${type} carries ${value}`);
        t.equal(valueOfWire(throughFrame(wire ?? Number.NaN, type), type, encoding), value);
      }
    }
  }
});

t.test('a byte-wise 7 is not 7.0', async (t) => {
  t.equal(wireValue(7, MavParamType.INT32, 'c-cast'), 7);
  t.ok(Math.abs((wireValue(7, MavParamType.INT32, 'bytewise') ?? 1) - 9.8e-45) < 1e-45);
});

t.test('what cannot be carried exactly is refused', async (t) => {
  const { INT8, UINT8, INT32, REAL32, REAL64 } = MavParamType;
  t.equal(wireValue(128, INT8, 'c-cast'), null, 'out of range');
  t.equal(wireValue(1.5, UINT8, 'c-cast'), null, 'not an integer');
  t.equal(wireValue(16_777_217, INT32, 'c-cast'), null, 'a float has 24 bits');
  t.equal(wireValue(-5_000_000, INT32, 'bytewise'), null, 'a signalling NaN loses a bit on its way');
  t.equal(wireValue(Number.NaN, REAL32, 'c-cast'), null);
  t.equal(wireValue(1e39, REAL32, 'c-cast'), null, 'infinite as a float');
  t.equal(wireValue(1, REAL64, 'c-cast'), null, 'eight bytes do not fit');
});

t.test('compared as stored', async (t) => {
  t.ok(sameValue(0.1, Math.fround(0.1), MavParamType.REAL32));
  t.notOk(sameValue(0.1, 0.100001, MavParamType.REAL32));
  t.notOk(sameValue(1, 2, MavParamType.INT8));
});

t.test('the encoding by capability bits, then by flavour', async (t) => {
  t.equal(parameterEncoding(BigInt(MavProtocolCapability.PARAM_ENCODE_BYTEWISE), 'ardupilot'), 'bytewise');
  t.equal(parameterEncoding(BigInt(MavProtocolCapability.PARAM_ENCODE_C_CAST), 'px4'), 'c-cast');
  t.equal(parameterEncoding(null, 'px4'), 'bytewise');
  t.equal(parameterEncoding(0n, null), 'c-cast');
});
