import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { writeChecksum } from './crc.ts';
import { decode, encode, type Frame, frameJsonLine, messageById, messages } from './index.ts';
import {
  check,
  concat,
  encodeMessage,
  hex,
  messageArbitrary,
  parseAll,
  readLines,
  readTestdata,
  type SentMessage,
  seed,
} from './testing.ts';
import { TlogReader } from './tlog.ts';

t.comment(`SEED=${seed}`);

interface Vector {
  readonly v: 1 | 2;
  readonly signed?: boolean;
  readonly msgid: number;
  readonly name: string;
  readonly crcExtra: number;
  readonly sysid: number;
  readonly compid: number;
  readonly seq: number;
  readonly hex: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const vectors = readLines<Vector>('mavlink-vectors.jsonl');

function only(bytes: Uint8Array): Frame {
  const { frames } = parseAll([bytes]);
  const [frame] = frames;
  if (frame === undefined || frames.length !== 1) throw new Error(`${frames.length} frames in ${hex(bytes)}`);
  return frame;
}

t.test('every vector of an independent encoder decodes to its fields', async (t) => {
  t.equal(vectors.length, 291);
  for (const vector of vectors) {
    const frame = only(Buffer.from(vector.hex, 'hex'));
    const line = JSON.parse(frameJsonLine(frame));
    const { v, msgid, name, sysid, compid, seq, fields } = vector;
    assert.deepStrictEqual(
      line,
      { v, msgid, name, sysid, compid, seq, len: vector.hex.length / 2, fields },
      `${name} v${v}`,
    );
    assert.equal(messageById(msgid)?.crcExtra, vector.crcExtra);
    assert.equal(frame.signed, vector.signed === true);
  }
});

t.test('every vector is encoded to the same bytes again', async () => {
  for (const vector of vectors.filter(({ signed }) => signed !== true)) {
    const { sysid, compid, seq, v: version } = vector;
    const message = decode(only(Buffer.from(vector.hex, 'hex')));
    if (message === null) throw new Error(`${vector.name} is unknown`);
    assert.equal(hex(encode(message.name, message.fields, { sysid, compid, seq, version })), vector.hex, vector.name);
  }
});

t.test('the recorded flight decodes whole', async (t) => {
  const wanted = readLines<object>('flight-excerpt.jsonl');
  const lines: string[] = [];
  const reader = new TlogReader();
  const print = ({ frame, timeUs }: { frame: Frame; timeUs: number }) => lines.push(frameJsonLine(frame, timeUs));
  reader.push(readTestdata('flight-excerpt.tlog'), print);
  reader.flush(print);
  t.equal(lines.length, 2_399);
  for (const [index, line] of lines.entries()) {
    assert.deepStrictEqual(JSON.parse(line), wanted[index], `line ${index + 1}`);
  }
});

t.test('any fields of any message come back as they went, and as the same bytes', async () => {
  check(
    fc.property(messageArbitrary, (sent) => {
      const bytes = encodeMessage(sent);
      const message = decode(only(bytes));
      assert.ok(message !== null);
      assert.deepStrictEqual({ ...message.fields }, expected(sent));
      assert.equal(hex(encode(message.name, message.fields, sent.options)), hex(bytes));
    }),
    300,
  );
});

/** What must arrive: MAVLink 1 carries no extensions. */
function expected({ info, fields, options }: SentMessage): Record<string, unknown> {
  const entries = info.fields.map(({ name, type, arrayLength, extension }) => {
    if (!extension || options.version === 2) return [name, fields[name]];
    if (type === 'char') return [name, ''];
    const zero = type.endsWith('64') ? 0n : 0;
    return [name, arrayLength > 0 ? Array(arrayLength).fill(zero) : zero];
  });
  return Object.fromEntries(entries);
}

t.test('every message of the dialect can be sent and read', async () => {
  for (const info of messages) {
    const fields = Object.fromEntries(
      info.fields.map(({ name, type, arrayLength }) => {
        const one = type.endsWith('64') ? 1n : 1;
        return [name, type === 'char' ? 'x' : arrayLength > 0 ? Array(arrayLength).fill(one) : one];
      }),
    );
    const options = { sysid: 1, compid: 1, seq: 0, version: 2 } as const;
    const message = decode(only(encodeMessage({ info, fields, options })));
    assert.deepStrictEqual({ ...message?.fields }, fields, info.name);
  }
});

const options = { sysid: 1, compid: 191, seq: 7 };

t.test('trailing zeros are cut, but never the first byte', async (t) => {
  const bytes = encode('COMMAND_ACK', { command: 0, result: 0 }, options);
  t.equal(bytes.length, 13);
  t.same(decode(only(bytes))?.fields, {
    command: 0,
    result: 0,
    progress: 0,
    result_param2: 0,
    target_system: 0,
    target_component: 0,
  });
});

t.test('a payload longer than the dialect knows is read up to there and kept whole', async (t) => {
  const known = encode('TIMESYNC', { tc1: -1n, ts1: 5n, target_system: 1, target_component: 2 }, options);
  const longer = concat([known.subarray(0, known.length - 2), Uint8Array.of(9, 9, 0, 0)]);
  longer[1] = 20;
  writeChecksum(longer, longer.length - 2, 34);
  const frame = only(longer);
  t.equal(hex(frame.bytes), hex(longer));
  t.same(decode(frame)?.fields, { tc1: -1n, ts1: 5n, target_system: 1, target_component: 2 });
});

t.test('text: up to the first NUL, UTF-8 where it is, reversible where it is not', async (t) => {
  const text = (value: string) => {
    const message = decode(only(encode('STATUSTEXT', { severity: 6, text: value }, options)));
    return message?.name === 'STATUSTEXT' ? message.fields.text : null;
  };
  t.equal(text('Grüße 🚁'), 'Grüße 🚁');
  t.equal(text('x'.repeat(60)), 'x'.repeat(50), 'without NUL when it fills the field');
  t.equal(text(`${'x'.repeat(49)}é`), 'x'.repeat(49), 'cut between characters');
  t.equal(text(''), '');

  const frame = encode('STATUSTEXT', { severity: 6, text: 'abcd' }, options);
  frame.set([0x62, 0xff, 0xc3, 0x28], 11);
  writeChecksum(frame, frame.length - 2, 83);
  const message = decode(only(frame));
  if (message?.name !== 'STATUSTEXT') throw new Error('not the text');
  t.equal(message.fields.text, 'b\udcff\udcc3(');
  t.equal(hex(encode('STATUSTEXT', message.fields, options)), hex(frame));
});

t.test('any bytes of a text up to its NUL come back', async () => {
  check(
    fc.property(fc.array(fc.integer({ min: 1, max: 255 }), { maxLength: 50 }), (raw) => {
      const frame = {
        version: 2,
        incompatFlags: 0,
        compatFlags: 0,
        seq: 7,
        sysid: 1,
        compid: 191,
        msgid: 253,
      } as const;
      const bytes = Uint8Array.from([
        0xfd,
        51,
        0,
        0,
        7,
        1,
        191,
        253,
        0,
        0,
        6,
        ...raw,
        ...Array(52 - raw.length).fill(0),
      ]);
      const facts = { payloadStart: 10, payloadLength: 51, signed: false, known: true } as const;
      const message = decode({ ...frame, bytes, ...facts });
      assert.ok(message?.name === 'STATUSTEXT');
      const again = encode('STATUSTEXT', message.fields, { ...options, version: 1 });
      assert.equal(hex(again.subarray(7, 57)), hex(bytes.subarray(11, 61)));
    }),
    300,
  );
});

t.test('arrays may be shorter or typed', async (t) => {
  const payload = Uint8Array.of(1, 2, 3);
  const fields = { target_network: 0, target_system: 1, target_component: 1, payload };
  const message = decode(only(encode('FILE_TRANSFER_PROTOCOL', fields, options)));
  t.same(message?.name === 'FILE_TRANSFER_PROTOCOL' && message.fields.payload.slice(0, 4), [1, 2, 3, 0]);
});

t.test('MAVLink 1 cannot carry a high id: that is a bug of the caller', async (t) => {
  t.throws(() => encode('OPEN_DRONE_ID_ARM_STATUS', { status: 1, error: '' }, { ...options, version: 1 }), /12918/);
});
