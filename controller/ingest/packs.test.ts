/** What agents packed is taken like what they did not; what lies about itself is refused. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { crc32c, packDense, packEnvelopes, sealBatch } from '@skein/protocol/telemetry';
import t from 'tap';
import { SHUT_US, WASTED_AT_ONCE } from './pack-gate.ts';
import type { IngestCounter } from './ports.ts';
import { BOOT, batch, EPOCH, given, until } from './testkit.ts';

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

/** A second of its flight, in codec 2, in a dense pack. */
function dense(seq: number): Uint8Array {
  const home = { latDeg: 47.5, lonDeg: 8.5, altAmslM: seq };
  const sample = { kind: 'home', monoUs: seq * 1e6, bootMs: null, values: home } as const;
  const sealed = sealBatch({ lane: 'history', epoch: EPOCH, boot: BOOT, seq, codec: 2, samples: [sample] });
  const pack = packDense([sealed], (raw, dictionary) => deflateRawSync(raw, { dictionary }), expand);
  if (pack === null) throw new Error('not packed');
  return pack;
}

t.test('a drone whose packs come to nothing is opened none for a while, and says the same unpacked', async (t) => {
  let nowUs = 1e6;
  const { ingest, store, acks, counts, announce, send, last } = given(t, { expand, monoUs: () => nowUs });
  const lanes = { urgent: { first: 1, next: 1 }, history: { first: 1, next: 1 } };
  const good = { drone: 'good', session: 'bbbbbbbb', online: true, epochs: [{ epoch: EPOCH, lanes }] };
  await announce();
  await ingest.announce(good);
  const timer = setInterval(() => store.succeed(), 2);
  t.teardown(() => clearInterval(timer));
  const told = () => acks.findLast(({ drone, packs }) => drone === 'd1' && packs !== undefined)?.packs;

  const bad = forged(packed(batch(1)), (view) => view.setUint8(20, 0xff));
  for (let i = 0; i < 50; i++) ingest.message('d1', 'history', bad);
  t.equal(counts.get('malformed'), WASTED_AT_ONCE, 'opened');
  t.equal(counts.get('packUnopened'), 50 - WASTED_AT_ONCE);
  t.same(told(), [], 'and told so without being asked');
  ingest.message('d1', 'history', packed(batch(1)));
  await announce();
  t.same(told(), [], 'and when it asks');
  send(batch(1));
  await until(() => last()?.upTo === 1, 'what came unpacked to be acked');

  ingest.message('good', 'history', packed(batch(1), batch(2)));
  await until(() => acks.some(({ drone, upTo }) => drone === 'good' && upTo === 2), 'another drone to be served');

  nowUs += SHUT_US;
  await until(() => told()?.includes('deflate-1') === true, 'its packs to be wanted again');
  ingest.message('d1', 'history', packed(batch(2)));
  await until(() => last()?.upTo === 2, 'its pack to be taken');
});

t.test('a dense pack said again and again is opened no more often than one that is damaged', async (t) => {
  const { ingest, store, counts, announce, last } = given(t, { expand, monoUs: () => 1e6 });
  await announce();
  ingest.message('d1', 'history', dense(1));
  await until(() => store.waiting > 0, 'a commit');
  store.succeed();
  await until(() => last()?.upTo === 1, 'the ack');
  for (let i = 0; i < 50; i++) ingest.message('d1', 'history', dense(1));
  t.equal(counts.get('packUnopened'), 50 - WASTED_AT_ONCE);
  t.equal(counts.get('packWasted'), WASTED_AT_ONCE);
});
