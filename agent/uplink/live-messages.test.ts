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
  const live = new LiveMessages({ epoch: () => epoch, boot: BOOT, takes, counters });
  const send = (samples: readonly Sample[], everything = false) => live.payload(samples, everything);
  const isDelta = (samples: readonly Sample[], everything = false) => isLiveDelta(send(samples, everything));
  return { takes, counters, live, send, isDelta, newEpoch: () => (epoch = '00c0ffee00c0fff0') };
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
