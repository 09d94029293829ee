import { inflateRawSync } from 'node:zlib';
import {
  dictionaryOf,
  type Expand,
  isLiveDelta,
  liveBaseOf,
  openLiveDelta,
  openMessage,
  readLiveChanges,
  type Sample,
} from '@skein/protocol/telemetry';
import t from 'tap';
import { LiveMessages } from './live-messages.ts';
import { noUplinkCounts } from './status.ts';
import { Takes } from './takes.ts';
import { BOOT, EPOCH } from './testing/far-end.ts';

const expand: Expand = (packed, dictionary, maxBytes) =>
  inflateRawSync(packed, { dictionary, maxOutputLength: maxBytes });
const ALL = { packs: ['deflate-1', 'live-delta-1'], codecs: [1, 2] };
const ASKS = { packs: [...ALL.packs, 'live-base-1'], codecs: [1, 2] };

const status = (monoUs: number, mode: string): Sample => ({
  ...{ kind: 'status', monoUs, bootMs: null },
  values: {
    ...{ armed: true, mode, customMode: 4, baseMode: 217, system: 'active', landed: 'in-air' },
    ...{ vehicleType: 2, autopilot: 3, sysid: 1 },
  },
});
const home = (monoUs: number): Sample => ({
  ...{ kind: 'home', monoUs, bootMs: null },
  values: { latDeg: 47.5, lonDeg: 8.5, altAmslM: 488 },
});

function given() {
  const takes = new Takes();
  const counters = noUplinkCounts();
  let epoch = EPOCH;
  let nowS = 100;
  const live = new LiveMessages({ epoch: () => epoch, boot: BOOT, nowUs: () => nowS * 1e6, takes, counters });
  const send = (samples: readonly Sample[], everything = false) => live.payload(samples, everything);
  const isDelta = (samples: readonly Sample[], everything = false) => isLiveDelta(send(samples, everything));
  const wait = (seconds: number) => {
    nowS += seconds;
  };
  return { takes, counters, live, send, isDelta, wait, newEpoch: () => (epoch = '00c0ffee00c0fff0') };
}

t.test('only to a controller that says so, and never what the next ones refer to', async (t) => {
  const { takes, isDelta, counters } = given();
  t.notOk(isDelta([home(1)], true));
  t.notOk(isDelta([home(2)]), 'nobody has said anything');
  takes.heard({ packs: ['deflate-1'], codecs: [1, 2] }, true);
  t.notOk(isDelta([home(3)]), 'nor one that takes packs only');
  takes.heard(ALL, false);
  t.notOk(isDelta([home(4)]), 'what went before was not kept');
  t.ok(isDelta([home(5)]));
  t.notOk(isDelta([home(6)], true), 'all of it goes whole');
  t.ok(isDelta([home(7)]));
  takes.heard({}, true);
  t.notOk(isDelta([home(8)]), 'another controller, of an earlier version');
  t.equal(counters.liveDeltas, 2);
});

t.test('another connection and another epoch begin with a whole message', async (t) => {
  const { takes, isDelta, newEpoch } = given();
  takes.heard(ALL, true);
  t.notOk(isDelta([home(1)], true));
  t.ok(isDelta([home(2)]));
  takes.closed();
  t.notOk(isDelta([home(3)], true));
  takes.heard(ALL, true);
  t.notOk(isDelta([home(3)]), 'what was sent before the first ack is no base');
  t.ok(isDelta([home(4)]));
  newEpoch();
  t.notOk(isDelta([home(5)]));
  t.ok(isDelta([home(6)]));
});

t.test('what is new or said in other words comes beside what changed', async (t) => {
  const { takes, send } = given();
  takes.heard(ALL, true);
  const first = openMessage(send([status(1_000_000, 'GUIDED')], true), expand);
  const base = liveBaseOf((first.ok && first.envelopes[0]?.bytes) || new Uint8Array());
  if (base === null) throw new Error('a base wanted');
  const opened = openLiveDelta(send([status(2_000_000, 'AUTO'), home(2_500_000)]));
  if (!opened.ok) throw new Error(opened.reason);
  t.same(readLiveChanges(base, opened.changes), []);
  const rest = openMessage(opened.rest, expand, dictionaryOf(base));
  const [envelope] = rest.ok ? rest.envelopes : [];
  t.same(envelope && liveBaseOf(envelope.bytes)?.samples, [status(2_000_000, 'AUTO'), home(2_500_000)]);
});

t.test('to who asks for what it lacks, everything goes whole each 30 s, and at once when it asks', async (t) => {
  const { takes, live, isDelta, wait, newEpoch, counters } = given();
  takes.heard(ASKS, true);
  t.ok(live.isWholeDue, 'it begins with one');
  t.notOk(isDelta([home(1)], true));
  t.notOk(live.isWholeDue);
  wait(10);
  t.ok(isDelta([home(2)], true), 'everything, and only what changed is written');
  wait(19.5);
  t.ok(isDelta([home(3)], true));
  wait(0.5);
  t.ok(live.isWholeDue);
  t.ok(isDelta([home(4)]), 'only with everything');
  t.notOk(isDelta([home(4)], true));
  live.asked();
  t.equal(counters.basesAsked, 1);
  t.ok(live.isWholeDue);
  t.notOk(isDelta([home(5)], true));
  newEpoch();
  t.notOk(isDelta([home(6)]), 'without everything, for want of another');
  t.ok(live.isWholeDue, 'which is due then');
  t.notOk(isDelta([home(7)], true));
  takes.heard(ALL, true);
  t.notOk(isDelta([home(8)], true), 'a controller that does not ask');
});

t.test('a message of its own that cannot be read is no base: counted, and what comes next is one again', async (t) => {
  const { takes, live, isDelta, wait, counters } = given();
  takes.heard(ASKS, true);
  const IMPOSSIBLE = home(-5);
  t.notOk(isDelta([IMPOSSIBLE, status(1, 'AUTO')], true));
  t.equal(counters.basesUnreadable, 1);
  t.notOk(live.isWholeDue, 'all of it is not sent again at each tick');
  t.notOk(isDelta([status(2, 'AUTO')]), 'what changed goes whole');
  t.ok(isDelta([status(3, 'AUTO')]), 'and is what the next ones refer to');
  t.notOk(live.isWholeDue);
  wait(10);
  t.ok(live.isWholeDue, 'all of it is tried again');
  t.notOk(isDelta([home(4), status(4, 'AUTO')], true));
  t.notOk(live.isWholeDue);
  t.ok(isDelta([home(5), status(5, 'AUTO')]));
  t.equal(counters.basesUnreadable, 1);
});

t.test(
  'words that read otherwise than in the base are written again and again only as long as that is cheap',
  async (t) => {
    const { takes, live, send, isDelta } = given();
    takes.heard(ASKS, true);
    const whole = send([status(1_000_000, 'GUIDED')], true).length;
    let sent = 0;
    for (let i = 2; !live.isWholeDue && i < 20; i++) sent += send([status(i * 1_000_000, 'AUTO')]).length;
    t.ok(live.isWholeDue && sent >= whole && sent < 3 * whole, `${sent} bytes, of ${whole}`);
    t.notOk(isDelta([status(21_000_000, 'AUTO')], true));
    t.ok(isDelta([status(22_000_000, 'AUTO')]));
    t.notOk(live.isWholeDue);
  },
);
