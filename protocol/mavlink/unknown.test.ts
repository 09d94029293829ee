import assert from 'node:assert/strict';
import t from 'tap';
import { writeChecksum } from './crc.ts';
import { encode, type Frame, FrameParser } from './index.ts';
import { beat, concat, heartbeat, hex, oracle, parseAll, seed, splitAt } from './testing.ts';

t.comment(`SEED=${seed}`);

/** A frame of an id that no dialect has, with a CRC_EXTRA that only its sender knows. */
function strange(options: {
  readonly id: number;
  readonly extra: number;
  readonly seq?: number;
  readonly sysid?: number;
}) {
  const { id, extra, seq = 0, sysid = 1 } = options;
  const bytes = Uint8Array.of(0xfd, 4, 0, 0, seq, sysid, 1, id, id >> 8, id >> 16, 1, 2, 3, 4, 0, 0);
  writeChecksum(bytes, 14, extra);
  return bytes;
}

const seqs = (frames: readonly Frame[]): number[] => frames.map(({ seq }) => seq);

t.test('unknown messages', async (t) => {
  const own = { id: 54_321, extra: 77 };
  const names = (parts: readonly Uint8Array[]): string =>
    parseAll([concat(parts)])
      .frames.map(({ known }) => (known ? 'k' : 'u'))
      .join('');
  const junk = Uint8Array.of(0x20, 0x21, 0x22, 0x23);
  t.equal(names([strange(own)]), 'u', 'alone in a file');
  t.equal(names([strange(own), beat(1)]), 'uk', 'with a frame behind it');
  t.equal(names([beat(0), strange(own), junk, beat(2)]), 'kuk', 'from a known sender');
  t.equal(names([strange(own), junk, beat(2)]), 'k', 'from nobody, before noise: too little');
  t.equal(names([strange(own), strange({ ...own, seq: 1 }), junk]), 'uu', 'with an extra learned before');
  t.equal(names([strange({ ...own, id: 0xfffffe }), beat(1)]), 'uk', 'of any 24-bit id');

  const { frames, parser } = parseAll([concat([beat(0), strange({ ...own, seq: 1 }), beat(2)])]);
  t.equal(frames[1]?.known, false);
  t.equal(frames[1]?.msgid, 54_321);
  t.equal(hex(frames[1]?.bytes ?? new Uint8Array()), hex(strange({ ...own, seq: 1 })));
  t.same([parser.counters.unknownId, parser.counters.frames, parser.counters.lostBySeq], [1, 3, 0]);
});

t.test('an unknown message at the end of a chunk waits only for the next or for idleness', async (t) => {
  const frames: Frame[] = [];
  const parser = new FrameParser();
  parser.push(strange({ id: 54_321, extra: 3 }), (frame) => frames.push(frame));
  t.equal(frames.length, 0);
  parser.flush((frame) => frames.push(frame));
  t.equal(frames.length, 1);
  parser.push(strange({ id: 54_321, extra: 3, seq: 1 }), (frame) => frames.push(frame));
  t.equal(frames.length, 2, 'and not at all once its extra is learned');
});

t.test('a lost byte does not turn two frames into an unknown one', async (t) => {
  let unproved = 0;
  // Without the low byte of its id the frame claims id 1 << 16 and ends one byte inside the next. Vary it until the
  // solver finds an extra.
  for (let variant = 0; variant < 3_000; variant++) {
    const fields = { ...heartbeat, custom_mode: 0x0101_0101 * (variant & 0xff), mavlink_version: 1 + (variant >> 8) };
    const damaged = encode('HEARTBEAT', fields, { sysid: 1, compid: 1, seq: 1 });
    const input = concat([beat(0), damaged.subarray(0, 7), damaged.subarray(8), beat(2)]);
    const { frames, parser } = parseAll([input]);
    assert.deepEqual(seqs(frames), [0, 2], `variant ${variant}`);
    unproved += parser.counters.unproved;
  }
  t.ok(unproved > 0, `${unproved} of them had a solution and were refused`);
});

t.test('a line that damages frames in place invents no messages', async (t) => {
  let state = seed >>> 0;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const stream = concat(Array.from({ length: 20_000 }, (_, index) => beat(index & 0xff)));
  for (let index = 0; index < stream.length; index++) if (random() < 0.01) stream[index] = Math.floor(random() * 256);
  const { frames, parser } = parseAll(
    splitAt(
      stream,
      Array.from({ length: 1_000 }, (_, index) => index * 420),
    ),
  );
  const wanted = oracle(stream);
  t.equal(frames.filter(({ known }) => known).length, wanted.length);
  t.ok(parser.counters.unknownId <= 1, `${parser.counters.unknownId} invented`);
  t.ok(parser.counters.badChecksum > 1_000, 'though many were damaged');
});
