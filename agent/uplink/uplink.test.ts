/** The uplink against a real broker in this process; the test is the controller at its far end. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { readPresence, readTimeRequest } from '@skein/protocol/fleet';
import { type Envelope, sealBatch } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { systemTimers } from '../timers.ts';
import type { UplinkOptions } from './options.ts';
import { aSample, BOOT, EPOCH, farEnd, nowUs, SESSION } from './testing/far-end.ts';
import { Uplink } from './uplink.ts';

/** A source with `count` history batches, all readable. */
function source(count: number) {
  const batches = Array.from({ length: count }, (_, i) =>
    sealBatch({ lane: 'history', epoch: EPOCH, boot: BOOT, seq: i + 1, samples: [aSample()] }),
  );
  const acks: number[] = [];
  return {
    batches,
    acks,
    past: { answeredBy: () => {}, heard: () => false },
    ranges: () => [
      { epoch: EPOCH, lanes: { urgent: { first: 1, next: 1 }, history: { first: 1, next: batches.length + 1 } } },
    ],
    readable: () => [{ epoch: EPOCH, lane: 'history' as const, first: 1, end: batches.length + 1 }],
    read: async (_epoch: string, _lane: string, from: number, maxBytes: number) => {
      const page = [];
      let bytes = 0;
      for (let seq = from; seq <= batches.length; seq++) {
        const batch = batches[seq - 1] ?? new Uint8Array();
        if (page.length > 0 && bytes + batch.length > maxBytes) break;
        page.push({ seq, to: seq, bytes: batch });
        bytes += batch.length;
      }
      return page;
    },
    ack: (_epoch: string, _lane: string, upTo: number) => {
      acks.push(upTo);
    },
  };
}

function begin(test: Test, port: number, from: UplinkOptions['source'], o: Partial<UplinkOptions> = {}) {
  const uplink = new Uplink({
    url: `mqtt://127.0.0.1:${port}`,
    topicRoot: 'skein/1',
    drone: 'd1',
    groups: [],
    session: SESSION,
    boot: BOOT,
    epoch: () => EPOCH,
    backoff: { minS: 0.1, maxS: 0.2 },
    backfillKBps: 10_000,
    presence: () => ({ n: 3, journal: null, versions: { agent: '0' }, control: { state: 'unknown' } }),
    source: from,
    ...{ nowUs, random: Math.random, timers: systemTimers },
    ...o,
  });
  test.teardown(() => uplink.close());
  uplink.start();
  return uplink;
}

const seqs = (rows: readonly Envelope[]) => rows.map((row) => row.header.seq);

t.test('presence, time and live come by themselves; history only after an ack, from where it says', async (t) => {
  const far = await farEnd(t);
  const from = source(40);
  const uplink = begin(t, far.port, from);
  uplink.noteLive(aSample());
  await far.until(() => far.of('presence').length > 0 && far.of('time').length > 0 && far.of('live').length > 0);
  const presence = readPresence(far.of('presence')[0]?.payload ?? '');
  t.match(presence, {
    ok: true,
    value: { session: SESSION, n: 3, online: true, epochs: [{ lanes: { history: { next: 41 } } }] },
  });
  t.equal(readTimeRequest(far.of('time')[0]?.payload ?? '').ok, true);
  t.equal(far.rows('live')[0]?.header.seq, 0);
  t.same(far.of('history'), []);
  far.ack({ session: 'ffffffffffffffff', upTo: 1 });
  far.ack({ upTo: 10 });
  await far.until(() => far.rows('history').at(-1)?.header.seq === 40);
  t.same(
    seqs(far.rows('history')),
    Array.from({ length: 30 }, (_, i) => i + 11),
  );
  t.ok(far.of('history').length < 10, 'several batches share a message');
  t.same(from.acks, [10]);
  t.equal(uplink.status().counters.acksOtherSession, 1);
});

t.test('the password of the broker is not shown', async (t) => {
  const shown = begin(t, 1, source(0), { url: 'mqtt://kite-1:secret@127.0.0.1:1' }).status().url;
  t.equal(shown, 'mqtt://…@127.0.0.1:1');
});

t.test('the window holds it back; each ack lets more go', async (t) => {
  const far = await farEnd(t);
  const from = source(30);
  begin(t, far.port, from);
  await far.until(() => far.of('presence').length > 0);
  const size = from.batches[0]?.length ?? 0;
  const highest = () => far.rows('history').at(-1)?.header.seq ?? 0;
  far.ack({ window: size * 5 });
  await far.until(() => highest() === 5);
  for (let upTo = 5; upTo < 30; upTo += 5) {
    far.ack({ upTo, window: size * 5 });
    await far.until(() => highest() === upTo + 5);
  }
  t.same(
    seqs(far.rows('history')),
    Array.from({ length: 30 }, (_, i) => i + 1),
  );
});

t.test('a lane whose rows cannot be read holds up none behind it', async (t) => {
  const far = await farEnd(t);
  const good = source(20);
  const from = {
    ...good,
    readable: () => [{ epoch: EPOCH, lane: 'urgent' as const, first: 1, end: 3 }, ...good.readable()],
    read: async (epoch: string, lane: string, seq: number, maxBytes: number) =>
      lane === 'urgent' ? null : good.read(epoch, lane, seq, maxBytes),
  };
  const uplink = begin(t, far.port, from);
  await far.until(() => far.of('presence').length > 0);
  far.ack({ lane: 'urgent', upTo: 0 });
  far.ack({ upTo: 0 });
  await far.until(() => far.rows('history').at(-1)?.header.seq === 20);
  t.ok(uplink.status().counters.readsFailed > 0);
});

t.test('the connection is cut: it comes back by itself and begins anew with presence', async (t) => {
  const far = await farEnd(t);
  const from = source(10);
  const uplink = begin(t, far.port, from);
  await far.until(() => far.of('presence').length > 0);
  far.ack({ upTo: 0 });
  await far.until(() => far.rows('history').length === 10);
  await far.close();
  const again = await farEnd(t, far.port);
  await again.until(() => again.of('presence').length > 0);
  t.same(again.of('history'), [], 'what was on its way is unknown: nothing before an ack');
  again.ack({ upTo: 4, start: 'bbbbbbbb' });
  await again.until(() => again.rows('history').length === 6);
  t.same(seqs(again.rows('history')), [5, 6, 7, 8, 9, 10]);
  t.ok(uplink.status().counters.closes >= 1);
});

t.test(
  'a hello is answered with presence; a time answer gives lease, rate and offset; commands are told by their topic',
  async (t) => {
    const far = await farEnd(t);
    const answers: number[] = [];
    const commands: string[] = [];
    const uplink = begin(t, far.port, source(0), {
      random: () => 0,
      onTime: (answer) => answers.push(answer.sentUtcUs),
      onCommand: ({ type }, via) => commands.push(`${type} ${via}`),
    });
    await far.until(() => far.of('presence').length === 1 && far.of('time').length === 1);
    far.say('all/down/hello', { controller: 'main', start: 'aaaaaaaa' });
    await far.until(() => far.of('presence').length === 2);
    const asked = readTimeRequest(far.of('time')[0]?.payload ?? '');
    if (!asked.ok) throw new Error(asked.reason);
    const { agentMonoUs } = asked.value;
    const answer = { session: SESSION, agentMonoUs, receivedUtcUs: 1e15, sentUtcUs: 1e15 + 5, leaseS: 15, liveHz: 4 };
    far.say('d1/down/time', { ...answer, session: 'ffffffffffffffff', sentUtcUs: 1e15 + 9 });
    far.say('d1/down/time', answer);
    far.say('d1/down/ack', { rubbish: true });
    far.say('d1/down/command', { id: 'x' });
    far.say('d1/down/itinerary', {});
    const command = {
      id: '01JD0000000000000000000000',
      type: 'hold',
      params: {},
      issuedAt: '2026-11-21T20:00:00Z',
      expiresAt: '2026-11-21T20:01:00Z',
      sentAt: '2026-11-21T20:00:00Z',
      issuedBy: 'Ann',
      grants: [],
    };
    far.say('d1/down/command', command);
    far.say('all/down/command', command);
    far.ack({ epoch: 'ffffffffffffffff' });
    const counters = () => uplink.status().counters;
    while (counters().acksUnknownEpoch === 0) await setImmediate();
    t.same(answers, [1e15 + 5]);
    t.ok(uplink.status().leaseLeftMs > 10_000);
    t.equal(uplink.status().liveHz, 4);
    const { badMessages, ignoredMessages, timeOtherSession, acksUnknownEpoch } = uplink.status().counters;
    t.same(
      { badMessages, ignoredMessages, timeOtherSession, acksUnknownEpoch },
      { badMessages: 3, ignoredMessages: 0, timeOtherSession: 1, acksUnknownEpoch: 1 },
    );
    t.same(commands, ['hold own', 'hold broadcast']);
  },
);

t.test('whoever acks for the first time gets everything live and the time at once, before history', async (t) => {
  const far = await farEnd(t);
  const uplink = begin(t, far.port, source(5));
  uplink.noteLive(aSample());
  await far.until(() => far.of('live').length === 1 && far.of('time').length === 1);
  far.ack({});
  await far.until(() => far.rows('history').length === 5);
  t.equal(far.of('live').length, 2, 'the same sample again, though nothing changed');
  t.equal(far.of('time').length, 2);
  const order = far.heard.map(({ channel }) => channel);
  t.ok(order.lastIndexOf('up/live') < order.indexOf('up/history'));
  far.ack({ upTo: 5 });
  far.ack({ upTo: 5, start: 'bbbbbbbb' });
  await far.until(() => far.of('live').length === 3);
  t.equal(far.of('time').length, 3, 'once for each controller');
});

t.test('closing says goodbye; being cut lets the will speak', async (t) => {
  const far = await farEnd(t);
  const uplink = begin(t, far.port, source(0));
  await far.until(() => far.of('presence').length === 1);
  await uplink.close();
  await far.until(() => far.of('presence').length === 2);
  t.match(readPresence(far.of('presence')[1]?.payload ?? ''), { ok: true, value: { online: false, session: SESSION } });
});

t.test('nothing of an attempt that failed is left running after close', async (t) => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const uplink = begin(t, port, source(0));
  while (uplink.status().counters.connectFailures < 3) await setImmediate();
  await uplink.close();
  const closedAtMs = performance.now();
  while (timers() > before && performance.now() - closedAtMs < 2_000) await setImmediate();
  t.equal(timers(), before);
});

t.test('garbage instead of a broker: it keeps trying, and says why not', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(randomBytes(400));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const states: string[] = [];
  await new Promise<void>((resolve) => {
    begin(t, (server.address() as AddressInfo).port, source(0), {
      onState: (state, detail) => {
        states.push(`${state} ${detail}`);
        if (states.length > 8) resolve();
      },
    });
  });
  t.ok(states.every((state) => /^(waiting|connecting)/.test(state)));
});

t.test('what is not acked in time is sent again, and presence with it: a lost ack is repeated', async (t) => {
  const far = await farEnd(t);
  let aheadUs = 0;
  const uplink = begin(t, far.port, source(3), { nowUs: () => nowUs() + aheadUs });
  await far.until(() => far.of('presence').length === 1);
  far.ack({});
  await far.until(() => far.rows('history').length === 3);
  aheadUs = 6_000_000;
  await far.until(() => far.rows('history').length === 6 && far.of('presence').length === 2);
  t.equal(uplink.status().counters.resends, 1);
});

t.test('a broker that never answers the subscription is given up', async (t) => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(Uint8Array.of(0x20, 2, 0, 0));
      // Pings are answered, so that keep-alive sees nothing wrong.
      socket.on('data', (bytes) => bytes[0] === 0xc0 && socket.write(Uint8Array.of(0xd0, 0)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const uplink = begin(t, (server.address() as AddressInfo).port, source(0), { connectDeadlineMs: 200 });
  while (uplink.status().counters.connectFailures < 2) await setImmediate();
  t.match(uplink.status().lastError, /subscri/);
});

t.test('a broker that refuses a subscription: which, and what to set, is said', async (t) => {
  const far = await farEnd(t);
  for (const [refused, cure] of Object.entries({ d1: 'set uplink.topicRoot to', 'group-a': 'let the access list' })) {
    far.broker.authorizeSubscribe = (_client, one, done) => done(null, one.topic.includes(`/${refused}/`) ? null : one);
    const uplink = begin(t, far.port, source(0), { groups: ['a'] });
    while (uplink.status().counters.connectFailures < 1) await setImmediate();
    t.match(uplink.status().lastError, `"d1" read nothing below skein/1/${refused}/down: ${cure}`);
    await uplink.close();
  }
});
