import type { Sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { Backoff } from './backoff.ts';
import { TokenBucket } from './bucket.ts';
import { LiveLane } from './live.ts';
import { Session } from './session.ts';

t.test('back-off: full jitter up to a cap, forgotten only after a stable connection', async (t) => {
  const backoff = new Backoff({ minS: 1, maxS: 60, random: () => 1 });
  t.same(
    Array.from({ length: 8 }, () => backoff.down(0)),
    [1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000],
  );
  backoff.up(0);
  t.equal(backoff.down(9_999), 60_000, 'a connection that lasts ten seconds less is no success');
  backoff.up(20_000);
  t.equal(backoff.down(30_000), 1_000);
  t.equal(new Backoff({ minS: 1, maxS: 60, random: () => 0 }).down(0), 0);
});

t.test('token bucket: a second of burst, then the rate; an overdraft is paid back', async (t) => {
  const bucket = new TokenBucket(10_000, 0);
  bucket.take(10_000, 0);
  t.ok(bucket.waitMs(0) > 0);
  t.equal(bucket.waitMs(500), 0);
  bucket.take(25_000, 500);
  t.equal(bucket.waitMs(500), 2_001);
  t.equal(bucket.waitMs(2_501), 0);
});

const sample = (kind: 'air' | 'home' | 'text', monoUs: number): Sample =>
  ({ kind, monoUs, bootMs: null, values: {} }) as unknown as Sample;
const battery = (instance: number, monoUs: number): Sample =>
  ({ kind: 'battery', monoUs, bootMs: null, values: { instance } }) as unknown as Sample;

t.test('live: the newest of each kind and instance when it changed, everything each 10 s', async (t) => {
  const live = new LiveLane();
  live.note(sample('air', 1));
  live.note(sample('air', 2));
  live.note(battery(0, 3));
  live.note(battery(1, 4));
  live.note(sample('text', 5));
  const first = live.take(0, 10);
  t.same(
    first.map(({ kind, monoUs }) => [kind, monoUs]),
    [
      ['air', 2],
      ['battery', 3],
      ['battery', 4],
    ],
  );
  live.note(battery(1, 6));
  t.same(live.take(500, 10), [], 'not twice within a second');
  t.equal(live.take(1_000, 10).length, 1);
  t.same(live.take(2_000, 10), [], 'nothing changed');
  t.equal(live.take(10_100, 10).length, 3);
});

const status = (armed: boolean, monoMs: number): Sample =>
  ({ kind: 'status', monoUs: monoMs * 1e3, bootMs: null, values: { armed } }) as unknown as Sample;
const text = (severity: string, monoMs: number): Sample =>
  ({
    kind: 'text',
    monoUs: monoMs * 1e3,
    bootMs: null,
    values: { severity, text: 'Skein: it FALLS' },
  }) as unknown as Sample;

/** At which ms of these something was sent, with a new sample each 100 ms. */
function sentIn(live: LiveLane, fromMs: number, toMs: number): readonly number[] {
  const sent: number[] = [];
  for (let ms = fromMs; ms < toMs; ms += 100) {
    live.note(sample('air', ms * 1e3));
    if (live.take(ms, ms * 1e3).length > 0) sent.push(ms);
  }
  return sent;
}

t.test('live: as the motors stop it goes at once, and five times a second for four seconds', async (t) => {
  const live = new LiveLane();
  live.setHz(0.5, Number.POSITIVE_INFINITY);
  live.note(status(true, 0));
  t.same(sentIn(live, 0, 2_500), [0, 2_000]);
  live.note(status(false, 2_500));
  const hurried = sentIn(live, 2_500, 6_500);
  t.equal(hurried[0], 2_500);
  t.equal(hurried.length, 20);
  live.note(status(false, 6_500));
  t.equal(sentIn(live, 6_500, 12_500).length, 3, 'then as before');
});

t.test('live: a text that calls for help hurries it too, one that is repeated not for ever', async (t) => {
  const live = new LiveLane();
  t.same(sentIn(live, 30_000, 30_500), [30_000]);
  live.note(text('emergency', 30_500));
  t.equal(sentIn(live, 30_500, 32_500).length, 10);
  live.note(text('emergency', 32_500));
  live.note(text('critical', 32_500));
  t.equal(sentIn(live, 36_000, 40_000).length, 4);
});

t.test('live: what a full socket left out is due again', async (t) => {
  const live = new LiveLane();
  live.note(battery(0, 1));
  live.take(0, 10);
  live.note(battery(0, 2));
  live.unsent(live.take(1_000, 10));
  t.match(live.take(2_000, 10), [{ monoUs: 2 }]);
  t.same(live.take(3_000, 10), []);
});

t.test('live: what is old is not sent as live, except what stays true', async (t) => {
  const live = new LiveLane();
  live.note(sample('air', 0));
  live.note(sample('home', 0));
  const later = live.take(0, 60_000_000);
  t.same(
    later.map(({ kind }) => kind),
    ['home'],
  );
});

t.test('live: the rate is what the controller asks, within 0.5 to 5 Hz', async (t) => {
  const live = new LiveLane();
  live.setHz(50, 1_000);
  t.equal(live.hz, 5);
  live.setHz(0, 1_000);
  t.equal(live.hz, 0.5);
});

t.test(
  'live: a rate that was asked for lasts as long as the lease: of a controller that fell silent nobody takes it back',
  async (t) => {
    const live = new LiveLane();
    live.setHz(5, 2_000);
    t.equal(sentIn(live, 0, 2_000).length, 10);
    t.equal(live.hz, 5);
    t.equal(sentIn(live, 2_000, 8_000).length, 6, 'then once a second again');
    t.equal(live.hz, 1);
  },
);

t.test('session: whose acks count, and what goes first', async (t) => {
  const session = new Session('me');
  const known = new Set(['new', 'old']);
  const ack = (o: object) =>
    session.ack(
      { session: 'me', start: 'aaaaaaaa', epoch: 'new', lane: 'history', upTo: 0, window: 1e5, ...o },
      known,
      0,
    );
  const readable = [
    { epoch: 'new', lane: 'urgent', first: 1, end: 3 },
    { epoch: 'old', lane: 'urgent', first: 1, end: 3 },
    { epoch: 'new', lane: 'history', first: 1, end: 9 },
    { epoch: 'old', lane: 'history', first: 5, end: 9 },
  ] as const;
  const next = (history = true) => session.next(readable, { history });

  t.same(next(), { wanted: null, stale: false }, 'nothing before an ack');
  t.match(ack({ session: 'other' }), { taken: false, why: 'acksOtherSession' });
  t.match(ack({ epoch: 'gone' }), { taken: false, why: 'acksUnknownEpoch' });
  ack({});
  t.match(next().wanted, { epoch: 'new', lane: 'history', from: 1 });
  t.equal(next(false).wanted, null, 'history stands back when the line is full');
  ack({ lane: 'urgent' });
  t.match(next().wanted, { epoch: 'new', lane: 'urgent', from: 1 });
  const wanted = next().wanted;
  if (wanted) session.sent(wanted, 2, 100, 0);
  t.match(next().wanted, { epoch: 'new', lane: 'history' });
  ack({ upTo: 8 });
  ack({ epoch: 'old', upTo: 2 });
  t.same(next(), { wanted: null, stale: true }, 'rows 3 and 4 are gone: presence has to say so');
  ack({ epoch: 'old', upTo: 4 });
  t.match(next().wanted, { epoch: 'old', lane: 'history', from: 5 });
  session.closed();
  t.equal(next().wanted, null);
  // What a line lost goes in the plainer way over the next one too.
  ack({ lane: 'urgent', start: 'bbbbbbbb' });
  const again = next().wanted;
  t.match(again, { epoch: 'new', lane: 'urgent', from: 1 });
  t.ok(again && session.isAgain(again) && !session.isAgain({ ...again, from: 3 }));
});
