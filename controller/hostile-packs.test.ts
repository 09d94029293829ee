import fs from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { crc32c, packEnvelopes } from '@skein/protocol/telemetry';
import t from 'tap';
import { WASTED_AT_ONCE } from './ingest/pack-gate.ts';
import { startController, tempDir } from './testing/controller.ts';
import { FakeAgent, position } from './testing/fake-agent.ts';
import { until } from './testing/until.ts';

const compress = (raw: Uint8Array, dictionary: Uint8Array) => deflateRawSync(raw, { dictionary });

function packed(envelope: Uint8Array): Uint8Array {
  const pack = packEnvelopes([envelope], compress);
  if (pack === null) throw new Error('not packed');
  return pack;
}

/** Damaged, under a good checksum. */
function damaged(envelope: Uint8Array): Uint8Array {
  const pack = packed(envelope);
  pack.fill(0xff, 12, 20);
  new DataView(pack.buffer).setUint32(pack.length - 4, crc32c(pack, 0, pack.length - 4), true);
  return pack;
}

t.test('a drone that floods with packs which come to nothing: shown, and no other drone feels it', async (t) => {
  const dir = tempDir();
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const running = await startController(dir);
  t.teardown(() => running.controller.close());
  const [bad, good] = [
    new FakeAgent({ drone: 'bad', session: '0123456789abcdef', epoch: '00c0ffee00c0ffee' }),
    new FakeAgent({ drone: 'good', session: '1123456789abcdef', epoch: '10c0ffee00c0ffee' }),
  ];
  for (const agent of [bad, good]) {
    await agent.connectTo(running.addresses.mqtt);
    agent.presence();
    await until(() => agent.acks.length >= 2, 'acks');
  }
  const shut = async (drone: string) => (await running.get(`/api/v1/drones/${drone}`)).body.packsShut;

  const live = damaged(bad.batch('live', 0, [position(1e6, 47)]));
  const history = damaged(bad.batch('history', 1, [position(1e6, 47)]));
  for (let i = 0; i < 20; i++) {
    bad.publish(bad.up('live'), live, 0);
    bad.publish(bad.up('history'), history);
  }
  await until(() => bad.acks.at(-1)?.packs?.length === 0, 'it to be told that no packs are opened');
  await until(async () => (await running.metric('ingest_pack_unopened_total')) === 40 - WASTED_AT_ONCE, 'the rest');
  t.equal(await running.metric('ingest_pack_wasted_total'), WASTED_AT_ONCE);
  t.equal(await running.metric('ingest_pack_shut_total'), 1);
  t.same([await shut('bad'), await shut('good')], [true, false]);

  good.publish(good.up('history'), packed(good.batch('history', 1, [position(1e6, 47)])));
  bad.publish(bad.up('history'), bad.batch('history', 1, [position(1e6, 47)]));
  for (const agent of [good, bad]) {
    await until(
      () => agent.acks.some(({ lane, upTo }) => lane === 'history' && upTo === 1),
      'what it said to be acked',
    );
  }
});
