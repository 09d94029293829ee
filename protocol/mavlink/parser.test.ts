import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { type Frame, FrameParser } from './index.ts';
import {
  beat,
  check,
  concat,
  encodeMessage,
  hex,
  messageArbitrary,
  noiseArbitrary,
  oracle,
  parseAll,
  readTestdata,
  seed,
  splitAt,
} from './testing.ts';

t.comment(`SEED=${seed}`);

const seqs = (frames: readonly Frame[]): number[] => frames.map(({ seq }) => seq);

t.test('a boot console with frames between its text', async (t) => {
  const raw = readTestdata('boot-console.raw');
  for (const size of [1, 7, 256, raw.length]) {
    const cuts = Array.from({ length: Math.ceil(raw.length / size) - 1 }, (_, index) => (index + 1) * size);
    const { frames, parser } = parseAll(splitAt(raw, cuts));
    t.equal(frames.length, 447);
    t.equal(parser.counters.skippedBytes, 172);
    t.equal(parser.counters.lostBySeq, 0);
    t.same(
      seqs(frames),
      Array.from({ length: 447 }, (_, index) => ((frames[0]?.seq ?? 0) + index) & 0xff),
    );
  }
});

const goodArbitrary = messageArbitrary.map((sent) => ({ good: true, bytes: encodeMessage(sent) }));
const badArbitrary = fc.oneof(
  noiseArbitrary,
  // A frame cut short; one with a bit turned over.
  fc.tuple(messageArbitrary, fc.nat()).map(([sent, cut]) => {
    const bytes = encodeMessage(sent);
    return bytes.subarray(0, cut % bytes.length);
  }),
  fc.tuple(messageArbitrary, fc.nat()).map(([sent, at]) => {
    const bytes = encodeMessage(sent);
    bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << (at % 8));
    return bytes;
  }),
);
const streamArbitrary = fc.array(
  fc.oneof(
    goodArbitrary,
    badArbitrary.map((bytes) => ({ good: false, bytes })),
  ),
  { maxLength: 12 },
);

t.test('every good frame is delivered in order, none invented, wherever the stream is cut', async () => {
  check(
    fc.property(streamArbitrary, fc.array(fc.nat(), { maxLength: 12 }), (parts, cuts) => {
      const input = concat(parts.map(({ bytes }) => bytes));
      const wanted = parts.filter(({ good }) => good).map(({ bytes }) => hex(bytes));
      // One bad place in 65 536 has a good checksum by chance; then both see a frame there.
      fc.pre(oracle(input).join() === wanted.join());
      const { frames, parser } = parseAll(splitAt(input, cuts));
      const known = frames.filter((frame) => frame.known);
      assert.deepEqual(
        known.map(({ bytes }) => hex(bytes)),
        wanted,
      );
      const { counters } = parser;
      assert.equal(counters.frames, frames.length);
      assert.equal(counters.bytes, input.length);
      const inFrames = frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
      assert.equal(counters.skippedBytes + inFrames, input.length, 'every byte is in a frame or counted as skipped');
    }),
    300,
  );
});

t.test('the same however it is cut: at every byte, and byte by byte', async () => {
  check(
    fc.property(streamArbitrary, (parts) => {
      const input = concat(parts.map(({ bytes }) => bytes));
      const whole = parseAll([input]);
      const wanted = whole.frames.map(({ bytes }) => hex(bytes));
      const bytewise = parseAll(splitAt(input, Array.from(input.keys())));
      assert.deepEqual(
        bytewise.frames.map(({ bytes }) => hex(bytes)),
        wanted,
      );
      // The work alone may differ: an unknown message is judged again when what follows it arrives.
      const counters = { ...bytewise.parser.counters, checkedBytes: whole.parser.counters.checkedBytes };
      assert.deepEqual(counters, whole.parser.counters);
      for (let cut = 0; cut <= input.length; cut++) {
        const { frames } = parseAll([input.subarray(0, cut), input.subarray(cut)]);
        assert.deepEqual(
          frames.map(({ bytes }) => hex(bytes)),
          wanted,
          `cut at ${cut}`,
        );
      }
    }),
    10,
  );
});

t.test('noise alone gives nothing', async () => {
  check(
    fc.property(fc.uint8Array({ maxLength: 4_000, size: 'max' }), (noise) => {
      fc.pre(oracle(noise).length === 0);
      const { frames } = parseAll([noise]);
      assert.deepEqual(
        frames.filter(({ known }) => known),
        [],
      );
    }),
  );
});

t.test('a frame is a view of its chunk, and stays whole when the parser goes on', async (t) => {
  const stream = concat([beat(0), beat(1), beat(2), beat(3)]);
  const chunks = splitAt(stream, [5, 30, 50]);
  const { frames } = parseAll(chunks);
  for (let round = 0; round < 1_000; round++) parseAll(chunks);
  t.same(
    frames.map(({ bytes }) => hex(bytes)),
    [0, 1, 2, 3].map((seq) => hex(beat(seq))),
  );
});

t.test('an idle line gives up what looked like the beginning of a long frame', async (t) => {
  const parser = new FrameParser();
  const frames: Frame[] = [];
  const take = (frame: Frame) => frames.push(frame);
  parser.push(Uint8Array.of(0xfd, 0xff, 0, 0, 9, 1, 1, 0, 0, 0), take);
  parser.push(beat(5), take);
  t.equal(frames.length, 0, 'held while the long frame may still come');
  parser.flush(take);
  t.same(seqs(frames), [5]);
  t.equal(parser.counters.skippedBytes, 10);
  parser.push(beat(6), take);
  t.same(seqs(frames), [5, 6], 'and it goes on');
});

t.test('headers that cannot be are refused without waiting for their length', async (t) => {
  const { frames, parser } = parseAll([Uint8Array.of(0xfd, 0xff, 0x02), beat(1)]);
  t.equal(frames.length, 1, 'an unknown incompatibility flag');
  t.equal(parser.counters.badHeader, 1);
  const wrongLength = parseAll([Uint8Array.of(0xfe, 0xff, 1, 1, 1, 0), beat(1)]);
  t.equal(wrongLength.parser.counters.badHeader, 1, 'a MAVLink 1 heartbeat of 255 bytes');
});

t.test('work is linear in the input, whatever it is', async (t) => {
  const header = [0xfd, 0xff, 0, 0, 0, 1, 1, 0, 0, 0];
  const inputs: Record<string, readonly number[]> = {
    'all FD': [0xfd],
    'all FE': [0xfe],
    'long headers, one after another': header,
    'long signed headers': [0xfd, 0xff, 1, 0, 0, 1, 1, 0, 0, 0],
    'long headers of unknown messages': [0xfd, 0xff, 0, 0, 0, 1, 1, 0xff, 0xff, 0xff],
    'old headers of unknown messages': [0xfe, 0xff, 0xfe, 0xff, 0xfe, 0xfe, 0xff, 0xc8],
  };
  for (const [name, pattern] of Object.entries(inputs)) {
    const work = (size: number, chunkSize: number): number => {
      const parser = new FrameParser();
      const chunk = Uint8Array.from({ length: chunkSize }, (_, index) => pattern[index % pattern.length] ?? 0);
      const frames: Frame[] = [];
      for (let sent = 0; sent < size; sent += chunkSize) parser.push(chunk, (frame) => frames.push(frame));
      parser.flush((frame) => frames.push(frame));
      t.equal(frames.length, 0, name);
      return parser.counters.checkedBytes;
    };
    const megabyte = work(1_048_576, 65_536);
    t.ok(megabyte <= 280 * 1_048_576 * 0.6, `${name}: ${megabyte} bytes checked for 1 MB`);
    t.ok(work(262_144, 65_536) >= megabyte / 4 - 100_000, `${name}: a quarter of the input is a quarter of the work`);
  }
});

t.test('one byte at a time costs no more checksums than all at once', async (t) => {
  const header = [0xfd, 0xff, 0, 0, 0, 1, 1, 0, 0, 0];
  const input = Uint8Array.from({ length: 20_000 }, (_, index) => header[index % 10] ?? 0);
  const whole = parseAll([input]).parser.counters;
  t.same(parseAll(splitAt(input, Array.from(input.keys()))).parser.counters, whole);
});

t.test('memory stays where it is', async (t) => {
  const { setFlagsFromString } = await import('node:v8');
  const { runInNewContext } = await import('node:vm');
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const used = (): number => {
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const parser = new FrameParser();
  const chunk = new Uint8Array(65_536);
  const fill = (round: number): void => {
    for (let index = 0; index < chunk.length; index++) chunk[index] = (index * 31 + round * 17) & 0xff;
    for (let index = round % 7; index + 4 < chunk.length; index += 11) chunk.set([0xfd, 0xff, 0, 0], index);
  };
  const feed = (rounds: number): void => {
    for (let round = 0; round < rounds; round++) {
      fill(round);
      parser.push(chunk, () => {});
    }
  };
  feed(8);
  const before = used();
  feed(64);
  const grown = used() - before;
  t.ok(grown < 1_000_000, `${grown} bytes more after 4 MB`);
});

t.test('frames lost on the way are counted by sender', async (t) => {
  const count = (...parts: Uint8Array[]) => {
    const { lostBySeq, seqJumps } = parseAll([concat(parts)]).parser.counters;
    return [lostBySeq, seqJumps];
  };
  t.same(count(beat(254), beat(255), beat(0), beat(1)), [0, 0], 'over the wrap');
  t.same(count(beat(250), beat(2)), [7, 0]);
  t.same(count(beat(5), beat(9, 2), beat(6), beat(10, 2)), [0, 0], 'each sender counts for itself');
  t.same(count(beat(5), beat(9, 1, 191), beat(6)), [0, 0]);
  t.same(count(beat(100), beat(0), beat(1)), [0, 1], 'a reboot is not 155 lost frames');
  t.same(count(beat(200), beat(2), beat(3)), [0, 1], 'also if its first frames drowned in console text');
  t.same(count(beat(5), beat(5), beat(6)), [0, 1], 'a duplicate');
  t.same(count(beat(5), beat(7), beat(6), beat(8)), [2, 1], 'two that changed places');
});
