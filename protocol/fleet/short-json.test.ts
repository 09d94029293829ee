import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import t from 'tap';
import type { Compress, Expand } from '../telemetry/index.ts';
import { readAck } from './messages.ts';
import { JSON_DICTIONARY, longJson, SHORT_JSON, shortJson } from './short-json.ts';

const compress: Compress = (raw, dictionary) => deflateRawSync(raw, { dictionary });
const expand: Expand = (bytes, dictionary, most) => inflateRawSync(bytes, { dictionary, maxOutputLength: most });
const doc = readFileSync(new URL('../../docs/wire.md', import.meta.url), 'utf8');
const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));

const ACK =
  '{"session":"9f86d081884c7d65","start":"5d41402abc4b2a76","epoch":"00c0ffee00c0ffee","lane":"history","upTo":180,"window":1048576}';

t.test('docs/wire.md has the dictionary and an example, which is read for ever', async (t) => {
  t.ok(doc.includes(`\`${SHORT_JSON}\``));
  t.equal(/```dictionary\n([^`]+)```/.exec(doc)?.[1]?.replaceAll('\n', ''), JSON_DICTIONARY);
  const example = Buffer.from(/```short\n([0-9a-f\n]+)```/.exec(doc)?.[1]?.replaceAll('\n', '') ?? '', 'hex');
  t.ok(doc.includes(ACK));
  t.equal(text(longJson(example, expand)), ACK);
});

t.test('a message comes out as it was, and takes half the bytes', async (t) => {
  const short = shortJson(ACK, compress);
  if (typeof short === 'string') throw new Error('it was to be shorter');
  t.ok(short.length <= ACK.length / 2, `${short.length} of ${ACK.length}`);
  t.match(readAck(longJson(short, expand) ?? ''), { ok: true, value: { upTo: 180 } });
});

t.test('what would not be shorter, or is too large to be read so, stays as it is', async (t) => {
  t.equal(shortJson('{}', compress), '{}');
  const large = JSON.stringify('x'.repeat(16 << 10));
  t.equal(shortJson(large, compress), large);
  const plain = Buffer.from(ACK);
  t.equal(longJson(plain, expand), plain);
});

t.test('what is damaged, of a later version or grows without end cannot be opened', async (t) => {
  const bomb = compress(new Uint8Array(1 << 20), new Uint8Array(0));
  for (const bytes of [
    [0x53, 0x4a],
    [0x53, 0x4a, 2, 3, 0],
    [0x53, 0x4a, 1, 255, 255],
    [0x53, 0x4a, 1, ...bomb],
  ]) {
    t.equal(longJson(Uint8Array.from(bytes), expand), null);
  }
});
