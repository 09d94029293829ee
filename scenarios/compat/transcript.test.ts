import { deflateRawSync } from 'node:zlib';
import { packEnvelopes, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { expand } from '../../controller/expand.ts';
import { Transcript } from './transcript.ts';

const place = { lane: 'history', epoch: '00c0ffee00c0ffee', boot: '6f1d2c3b-4a59-4e68-8777-0123456789ab' } as const;
const HISTORY = 'skein/1/d1/up/history';

const batch = (seq: number): Uint8Array => {
  const values = { latDeg: 47, lonDeg: 8, altAmslM: seq };
  return sealBatch({ ...place, codec: 2, seq, samples: [{ kind: 'home', monoUs: seq * 1e6, bootMs: null, values }] });
};
function packed(...seqs: readonly number[]): Uint8Array {
  const pack = packEnvelopes(seqs.map(batch), (raw, dictionary) => deflateRawSync(raw, { dictionary }));
  if (pack === null) throw new Error('not packed');
  return pack;
}

t.test('what is sent again because its ack was late is recorded once', async (t) => {
  const transcript = new Transcript(expand);
  for (const seqs of [[1, 2], [3], [1, 2, 3], [2, 3, 4]]) transcript.take(HISTORY, packed(...seqs));
  t.same(
    transcript.said.map(({ hex }) => hex),
    [packed(1, 2), packed(3), packed(2, 3, 4)].map((bytes) => Buffer.from(bytes).toString('hex')),
  );
  t.same(transcript.holes, []);
});

t.test('a lane that begins in its middle, because its beginning was acked before, is no recording', async (t) => {
  const transcript = new Transcript(expand);
  transcript.take(HISTORY, packed(3, 4));
  t.same(transcript.holes, ['00c0ffee00c0ffee/history']);
  t.ok(transcript.missing.includes('two epochs') && transcript.missing.includes('an ack that says dense-1'));
});
