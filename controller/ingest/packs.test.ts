/** What agents packed is taken like what they did not; what lies about itself is refused. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { crc32c, packEnvelopes } from '@skein/protocol/telemetry';
import t from 'tap';
import type { IngestCounter } from './ports.ts';
import { batch, given, until } from './testkit.ts';

const expand = (packed: Uint8Array, dictionary: Uint8Array, maxBytes: number) =>
  inflateRawSync(packed, { dictionary, maxOutputLength: maxBytes });

function packed(...envelopes: readonly Uint8Array[]): Uint8Array {
  const pack = packEnvelopes(envelopes, (raw, dictionary) => deflateRawSync(raw, { dictionary }));
  if (pack === null) throw new Error('not packed');
  return pack;
}

/** The same pack with other bytes in its header, under a good checksum. */
function forged(pack: Uint8Array, change: (view: DataView) => void): Uint8Array {
  const other = pack.slice();
  const view = new DataView(other.buffer);
  change(view);
  view.setUint32(other.length - 4, crc32c(other, 0, other.length - 4), true);
  return other;
}

t.test('a pack is stored and acked as the envelopes it was made of', async (t) => {
  const { ingest, store, counts, announce, last } = given(t, { expand });
  await announce();
  const envelopes = [batch(1), batch(2), batch(3)];
  ingest.message('d1', 'history', packed(...envelopes));
  await until(() => store.groups.length === 1, 'a commit');
  t.same(
    store.groups.at(-1)?.map((item) => Buffer.from(item.bytes)),
    envelopes.map((bytes) => Buffer.from(bytes)),
  );
  store.succeed();
  await until(() => last()?.upTo === 3, 'the ack');
  t.equal(counts.get('packs'), 1);
});

t.test('only the ack that answers a presence says what is taken', async (t) => {
  const { acks, announce } = given(t, { expand });
  await announce();
  t.match(
    acks.find((ack) => ack.lane === 'history'),
    { packs: ['deflate-1'], codecs: [1, 2] },
  );
  const old = given(t);
  await old.announce();
  t.notOk('packs' in (old.acks[0] ?? {}), 'nothing is opened there, nothing is offered');
});

t.test('bombs, later versions and damage are counted by name, and nothing of them is taken', async (t) => {
  const { ingest, store, counts, announce } = given(t, { expand });
  await announce();
  const pack = packed(batch(1));
  const counted = (name: IngestCounter) => counts.get(name);
  ingest.message(
    'd1',
    'history',
    forged(pack, (view) => view.setUint32(5, 1 << 30, true)),
  );
  ingest.message(
    'd1',
    'history',
    forged(pack, (view) => view.setUint8(2, 9)),
  );
  ingest.message('d1', 'history', pack.subarray(0, -1));
  t.same([counted('packTooLarge'), counted('packUnknown'), counted('malformed'), counted('packs')], [1, 1, 1, 3]);
  t.equal(store.groups.length, 0);
});
