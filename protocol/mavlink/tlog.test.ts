import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { writeChecksum } from './crc.ts';
import { encodeTlogRecord, TlogReader, type TlogRecord } from './index.ts';
import {
  beat,
  check,
  concat,
  encodeMessage,
  hex,
  messageArbitrary,
  noiseArbitrary,
  oracle,
  readTestdata,
  seed,
  splitAt,
} from './testing.ts';

t.comment(`SEED=${seed}`);

function readAll(chunks: readonly Uint8Array[]): { records: TlogRecord[]; reader: TlogReader } {
  const reader = new TlogReader();
  const records: TlogRecord[] = [];
  for (const chunk of chunks) reader.push(chunk, (record) => records.push(record));
  reader.flush((record) => records.push(record));
  return { records, reader };
}

const shown = (records: readonly TlogRecord[]): string[] =>
  records.map(({ timeUs, frame }) => `${timeUs} ${hex(frame.bytes)}`);

const time = 1_795_289_965_722_412;

t.test('a recording is written again byte by byte', async (t) => {
  const file = readTestdata('flight-excerpt.tlog');
  const { records, reader } = readAll([file]);
  t.equal(records.length, 2_399);
  t.equal(reader.counters.skippedBytes, 0);
  t.equal(reader.counters.lostBySeq, 0);
  t.ok(Buffer.compare(concat(records.map(({ timeUs, frame }) => encodeTlogRecord(timeUs, frame.bytes))), file) === 0);
});

t.test('records come back in order past damage, wherever the file is cut', async () => {
  const part = fc.oneof(
    fc.tuple(messageArbitrary, fc.nat({ max: 2 ** 51 })).map(([sent, timeUs]) => ({
      good: `${timeUs} ${hex(encodeMessage(sent))}`,
      bytes: encodeTlogRecord(timeUs, encodeMessage(sent)),
    })),
    fc.tuple(messageArbitrary, fc.nat()).map(([sent, cut]) => {
      const record = encodeTlogRecord(time, encodeMessage(sent));
      return { good: null, bytes: record.subarray(0, cut % record.length) };
    }),
    noiseArbitrary.map((bytes) => ({ good: null, bytes })),
  );
  check(
    fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 9 }), (parts, cuts) => {
      const file = concat(parts.map(({ bytes }) => bytes));
      const wanted = parts.flatMap(({ good }) => good ?? []);
      // One damaged place in 65 536 has a good checksum by chance.
      fc.pre(oracle(file, 8).join() === wanted.map((record) => record.split(' ')[1]).join());
      const { records, reader } = readAll(splitAt(file, cuts));
      const known = records.filter(({ frame }) => frame.known);
      assert.deepEqual(shown(known), wanted);
      const inRecords = records.reduce((sum, { frame }) => sum + 8 + frame.bytes.length, 0);
      assert.equal(reader.counters.skippedBytes + inRecords, file.length);
    }),
    200,
  );
});

t.test('the last record cut short by a power loss costs only itself', async (t) => {
  const file = concat([0, 1, 2].map((seq) => encodeTlogRecord(time + seq, beat(seq))));
  for (let cut = 1; cut < 29; cut++) {
    t.equal(readAll([file.subarray(0, file.length - cut)]).records.length, 2, `${cut} bytes less`);
  }
});

t.test('a damaged header at the end does not swallow the good record behind it as an unknown message', async (t) => {
  // It fits some CRC_EXTRA, as one in 256 does.
  const header = Uint8Array.of(0, 6, 96, 206, 132, 172, 251, 44, 253, 6, 0, 0, 153);
  const good = Uint8Array.of(0xfe, 0x04, 0x4f, 0xf9, 0x40, 0x2c, 0, 0, 0, 0, 0x32, 0xcd);
  const { records } = readAll([concat([header, encodeTlogRecord(595_628_247_569_234, good)])]);
  t.same(shown(records), [`595628247569234 ${hex(good)}`]);
});

t.test('unknown messages are records too', async (t) => {
  const unknown = Uint8Array.of(0xfd, 1, 0, 0, 1, 1, 1, 0x31, 0xd4, 0, 42, 0, 0);
  writeChecksum(unknown, 11, 99);
  for (const parts of [[unknown], [unknown, beat(2)], [beat(0), unknown, beat(2)], [beat(0), unknown]]) {
    const { records } = readAll([concat(parts.map((frame, index) => encodeTlogRecord(time + index, frame)))]);
    t.same(
      shown(records),
      parts.map((frame, index) => `${time + index} ${hex(frame)}`),
    );
  }
});
