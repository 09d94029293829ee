/** Packs and codec 2 go only to a controller that has said that it opens them. */
import { inflateRawSync } from 'node:zlib';
import {
  type Expand,
  expandBatch,
  isLiveDelta,
  isPack,
  openMessage,
  readEnvelope,
  sealBatch,
} from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { systemTimers } from '../timers.ts';
import { Gathering } from './gathering.ts';
import { LiveMessages } from './live-messages.ts';
import { densePayloadOf, payloadOf } from './packing.ts';
import { noUplinkCounts } from './status.ts';
import { Takes } from './takes.ts';
import { aSample, BOOT, EPOCH, farEnd, nowUs, SESSION } from './testing/far-end.ts';
import { Uplink } from './uplink.ts';

const expand: Expand = (packed, dictionary, maxBytes) =>
  inflateRawSync(packed, { dictionary, maxOutputLength: maxBytes });

t.test('a controller that says nothing is sent what every controller reads', async (t) => {
  const takes = new Takes();
  t.match(takes, { packs: false, codec: 1 });
  takes.heard({}, true);
  t.match(takes, { packs: false, codec: 1 });
  takes.heard({ packs: ['zstd-9'], codecs: [1, 7] }, true);
  t.match(takes, { packs: false, codec: 1 }, 'nor one that names only what is not known here');
});

t.test('what is said holds until the same start says otherwise, another says nothing, or the line ends', async (t) => {
  const takes = new Takes();
  takes.heard({ packs: ['deflate-1'], codecs: [1, 2] }, true);
  takes.heard({}, false);
  t.match(
    takes,
    { packs: true, codec: 2, liveDeltas: false, asksForBase: false },
    'an ack after a commit says nothing of it',
  );
  takes.closed();
  t.match(takes, { packs: false, codec: 2 }, 'sealed in an outage: for the same controller');
  takes.heard({}, true);
  t.match(takes, { packs: false, codec: 1 }, 'an earlier controller is back');
});

t.test('messages are packed where that is taken and smaller', async (t) => {
  const seal = (seq: number) =>
    sealBatch({ lane: 'history', epoch: EPOCH, boot: BOOT, seq, codec: 2, samples: [aSample()] });
  const envelopes = [seal(1), seal(2), seal(3)];
  const counters = noUplinkCounts();
  const plain = payloadOf(envelopes, false, counters);
  t.same(plain, Buffer.concat(envelopes));
  const pack = payloadOf(envelopes, true, counters);
  t.ok(isPack(pack) && pack.length < plain.length / 2);
  const opened = openMessage(pack, expand);
  t.same(
    opened.ok && opened.envelopes.map(({ bytes }) => Buffer.from(bytes)),
    envelopes.map((bytes) => Buffer.from(bytes)),
  );
  t.match(counters, { packs: 1, bytesBeforePacking: plain.length });
});

t.test('live messages are codec 1 and plain until this connection has had an ack', async (t) => {
  const live = (packs: boolean) =>
    new LiveMessages({
      ...{ epoch: () => EPOCH, boot: BOOT, nowUs: () => 0, counters: noUplinkCounts() },
      takes: { packs, codec: 2, liveDeltas: packs, asksForBase: false },
    });
  const first = live(false).payload([aSample()], true);
  t.match(readEnvelope(first), { ok: true, header: { lane: 'live', codec: 1 } });
  const sample = aSample();
  const later = openMessage(live(true).payload([sample], true), expand);
  t.match(later, { ok: true, envelopes: [{ header: { lane: 'live', codec: 2, seq: 0 } }] });
  const [sent] = later.ok ? later.envelopes : [];
  t.match(sent && expandBatch(sent.bytes), { samples: [{ bootMs: sample.bootMs, monoUs: sample.monoUs }] });
});

/** An uplink with four batches of history to send, of which nothing waits for company. */
async function given(t: Test) {
  const far = await farEnd(t);
  const place = { lane: 'history', epoch: EPOCH, boot: BOOT, codec: 2 } as const;
  const batches = [1, 2, 3, 4].map((seq) => sealBatch({ ...place, seq, samples: [aSample()] }));
  const rows = (from: number) => batches.slice(from - 1).map((bytes, i) => ({ seq: from + i, to: from + i, bytes }));
  const range = { first: 1, next: batches.length + 1 };
  let aheadUs = 0;
  const uplink = new Uplink({
    ...{
      url: `mqtt://127.0.0.1:${far.port}`,
      topicRoot: 'skein/1',
      drone: 'd1',
      groups: [],
      session: SESSION,
      boot: BOOT,
    },
    ...{ epoch: () => EPOCH, backoff: { minS: 0.1, maxS: 0.2 }, backfillKBps: 10_000, gatherS: 0 },
    ...{ nowUs: () => nowUs() + aheadUs, random: Math.random, timers: systemTimers },
    presence: () => ({ n: 3, journal: null, versions: { agent: '0' }, control: { state: 'unknown' } }),
    source: {
      ranges: () => [{ epoch: EPOCH, lanes: { urgent: { first: 1, next: 1 }, history: range } }],
      readable: () => [{ epoch: EPOCH, lane: 'history', first: 1, end: range.next }],
      read: async (_epoch, _lane, from) => rows(from),
      ack: () => {},
      past: { answeredBy: () => {}, heard: () => false },
    },
  });
  t.teardown(() => uplink.close());
  uplink.start();
  await far.until(() => far.of('presence').length > 0);
  const wait = (seconds: number) => {
    aheadUs += seconds * 1e6;
  };
  return { far, uplink, batches, wait };
}

t.test('over a broker: plain to an earlier controller, packed once another has said that it opens packs', async (t) => {
  const { far, uplink } = await given(t);
  far.ack({ upTo: 0 });
  await far.until(() => far.of('history').length > 0);
  const [first] = far.of('history');
  t.notOk(isPack(first?.payload ?? new Uint8Array()), 'back to back');
  t.equal(uplink.codec, 1);
  far.ack({ start: 'bbbbbbbb', upTo: 1, packs: ['deflate-1'], codecs: [1, 2] });
  await far.until(() => far.of('history').length > 1);
  const payload = far.of('history')[1]?.payload ?? new Uint8Array();
  t.ok(isPack(payload));
  t.match(openMessage(payload, expand), {
    envelopes: [{ header: { seq: 2 } }, { header: { seq: 3 } }, { header: { seq: 4 } }],
  });
  t.equal(uplink.codec, 2);
});

t.test('history waits a second, then two, four, up to what is set; a backlog never', async (t) => {
  const gathering = new Gathering(7);
  let nowMs = 0;
  /** How long one batch waits, in steps of half a second. */
  const waited = (): number => {
    const sinceMs = nowMs;
    while (!gathering.isReady(1, nowMs)) nowMs += 500;
    gathering.sent();
    return nowMs - sinceMs;
  };
  t.same([waited(), waited(), waited(), waited(), waited()], [1000, 2000, 4000, 7000, 7000]);
  t.notOk(gathering.isReady(15, nowMs));
  t.ok(gathering.isReady(16, nowMs), 'much is sent at once');
  gathering.reset();
  t.equal(waited(), 1000, 'another connection begins anew');
  t.ok(new Gathering(0).isReady(1, 0));
});

t.test(
  'dense packs only to a controller that says so, and what it does not ack comes again in the plainer way',
  async (t) => {
    const { far, uplink, batches, wait } = await given(t);
    far.ack({ upTo: 0, packs: ['deflate-1', 'dense-1'], codecs: [1, 2] });
    await far.until(() => far.of('history').length === 1);
    wait(6);
    await far.until(() => far.of('history').length === 2);
    const [first, again] = far.of('history').map(({ payload }) => payload);
    t.same([first?.[3], again?.[3]], [2, 1], 'compressors');
    for (const payload of [first, again]) {
      const opened = openMessage(payload ?? new Uint8Array(), expand);
      t.same(
        opened.ok && opened.envelopes.map(({ bytes }) => Buffer.from(bytes)),
        batches.map((one) => Buffer.from(one)),
      );
    }
    t.match(uplink.status().counters, { packs: 2, packsDense: 1, resends: 1 });
  },
);

t.test('a backlog is not packed densely', async (t) => {
  const place = { lane: 'history', epoch: EPOCH, boot: BOOT, codec: 2 } as const;
  const batches = Array.from({ length: 17 }, (_, i) => sealBatch({ ...place, seq: i + 1, samples: [aSample()] }));
  const counters = noUplinkCounts();
  t.equal(densePayloadOf(batches, counters), null);
  t.ok(densePayloadOf(batches.slice(1), counters));
  t.match(counters, { packs: 1, packsDense: 1 });
  const texts = Array.from({ length: 40 }, (_, i) => ({
    ...aSample(),
    kind: 'text' as const,
    monoUs: i,
    bootMs: null,
    values: { severity: 'info' as const, text: `${i}`.repeat(300), repeats: 0 },
  }));
  const large = sealBatch({ ...place, seq: 1, samples: texts });
  t.ok(large.length > 16_384);
  t.equal(densePayloadOf([large], counters), null, 'nor what would hold up the thread');
});

t.test(
  'a controller that lacks what live deltas refer to has a whole message, of every kind, for the asking',
  async (t) => {
    const { far, uplink } = await given(t);
    uplink.noteLive(aSample());
    await far.until(() => far.of('live').length === 1);
    far.ack({ packs: ['deflate-1', 'live-delta-1', 'live-base-1'], codecs: [1, 2] });
    await far.until(() => far.of('live').length === 2);
    uplink.noteLive(aSample());
    await far.until(() => far.of('live').length === 3);
    far.say('d1/down/time', {
      ...{ session: SESSION, agentMonoUs: 1, receivedUtcUs: 1e15, sentUtcUs: 1e15 },
      ...{ leaseS: 15, liveHz: 5, base: true },
    });
    await far.until(() => far.of('live').length === 4);
    const isDelta = far.of('live').map(({ payload }) => isLiveDelta(payload));
    t.same(isDelta, [false, false, true, false], 'though nothing has changed');
    t.equal(uplink.status().counters.basesAsked, 1);
  },
);
