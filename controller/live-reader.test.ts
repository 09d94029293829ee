import { deflateRawSync } from 'node:zlib';
import {
  type LiveBase,
  liveBaseOf,
  packEnvelopes,
  type Sample,
  sealBatch,
  sealLiveDelta,
  writeLiveChanges,
} from '@skein/protocol/telemetry';
import t from 'tap';
import { expand } from './expand.ts';
import { type Gate, LiveReader } from './live-reader.ts';

const BOOT = '6f1d2c3b-4a59-4e68-8777-0123456789ab';
const EPOCHS = ['00c0ffee00c0ffee', '00c0ffee00c0ffef'] as const;

const home = (monoUs: number, altAmslM: number): Sample => ({
  ...{ kind: 'home', monoUs, bootMs: null },
  values: { latDeg: 47.5, lonDeg: 8.5, altAmslM },
});
const wind = (monoUs: number): Sample => ({
  ...{ kind: 'wind', monoUs, bootMs: null },
  values: { fromDeg: 180, speedMps: 2.5, downMps: null },
});

function whole(epoch: string, samples: readonly Sample[]): { readonly base: LiveBase; readonly payload: Uint8Array } {
  const bytes = sealBatch({ lane: 'live', epoch, boot: BOOT, seq: 0, codec: 2, samples });
  const base = liveBaseOf(bytes);
  const payload = packEnvelopes([bytes], (raw, dictionary) => deflateRawSync(raw, { dictionary }));
  if (base === null || payload === null) throw new Error('a base wanted');
  return { base, payload };
}

function delta({ base }: { readonly base: LiveBase }, samples: readonly Sample[]): Uint8Array {
  const { changes, rest } = writeLiveChanges(base, samples);
  const { epoch } = base.header;
  const restBytes = rest.length > 0 ? whole(epoch, rest).payload : new Uint8Array(0);
  return sealLiveDelta(base, changes, restBytes);
}

t.test('changes are read against the whole message of their session, whatever came between', async (t) => {
  const reader = new LiveReader(expand);
  const [one, two] = EPOCHS.map((epoch, i) => whole(epoch, [home(1_000_000, 100 + i)]));
  if (one === undefined || two === undefined) throw new Error('two wanted');
  for (const { payload } of [one, two]) t.match(reader.read('d1', payload), { problem: null, batches: [{}] });
  t.match(reader.read('d1', delta(two, [home(2_000_000, 90)])), {
    batches: [
      {
        header: { epoch: EPOCHS[1], monoFromUs: 2_000_000, monoToUs: 2_000_000, rows: 1 },
        samples: [home(2_000_000, 90)],
      },
    ],
  });
  const both = [home(3_000_000, 91), wind(3_500_000)];
  t.match(reader.read('d1', delta(one, both)), {
    problem: null,
    batches: [{ header: { epoch: EPOCHS[0], monoToUs: 3_500_000, rows: 2 }, samples: both }],
  });
});

t.test(
  'a reader that came late or missed the whole message has nothing until the next one, and counts it',
  async (t) => {
    const reader = new LiveReader(expand);
    const first = whole(EPOCHS[0], [home(1_000_000, 100)]);
    const change = delta(first, [home(2_000_000, 90)]);
    t.same(reader.read('d1', change), { batches: [], problem: 'liveWithoutBase' });
    t.ok(reader.lacksBase('d1') && !reader.lacksBase('d2'), 'and asks for it');
    reader.read('d2', first.payload);
    t.match(reader.read('d1', change), { problem: 'liveWithoutBase' }, "another drone's is none");
    reader.read('d1', first.payload);
    t.notOk(reader.lacksBase('d1'));
    t.match(reader.read('d1', change), { batches: [{ samples: [{ values: { altAmslM: 90 } }] }] });
    const next = whole(EPOCHS[0], [home(9_000_000, 100)]);
    reader.read('d1', next.payload);
    t.match(reader.read('d1', change), { problem: 'liveWithoutBase' }, 'late: what it refers to was replaced');
    t.match(reader.read('d1', delta(next, [home(10_000_000, 90)])), { problem: null });
  },
);

t.test('what cannot be read is counted; what of it can is taken', async (t) => {
  const reader = new LiveReader(expand);
  const first = whole(EPOCHS[0], [home(1_000_000, 100)]);
  reader.read('d1', first.payload);
  const good = delta(first, [home(2_000_000, 90)]);
  t.match(reader.read('d1', good.subarray(0, good.length - 1)), { problem: 'badLive', batches: [] });
  const { changes } = writeLiveChanges(first.base, [home(2_000_000, 90)]);
  const noise = sealLiveDelta(first.base, changes, new Uint8Array(90));
  t.match(reader.read('d1', noise), { problem: 'badLive', batches: [{ samples: [home(2_000_000, 90)] }] });
  t.match(reader.read('d1', sealLiveDelta(first.base, new Uint8Array(30).fill(255), new Uint8Array(0))), {
    problem: 'badLive',
    batches: [],
  });
});

t.test('live packs that cannot be read spend of what the drone has, and are not opened when it has none', async (t) => {
  const wasted: string[] = [];
  const gate: Gate = { mayOpen: () => wasted.length < 2, wasted: (drone) => wasted.push(drone) };
  const reader = new LiveReader(expand, gate);
  const first = whole(EPOCHS[0], [home(1_000_000, 100)]);
  t.match(reader.read('d1', first.payload), { problem: null });
  t.match(reader.read('d1', first.payload.subarray(0, -1)), { problem: 'badLive' });
  const { changes } = writeLiveChanges(first.base, [home(2_000_000, 90)]);
  const noise = Uint8Array.from([0x53, 0x50, ...new Uint8Array(90)]);
  reader.read('d1', sealLiveDelta(first.base, changes, noise));
  t.same(wasted, ['d1', 'd1'], 'also where it stands in a delta');
  t.match(reader.read('d1', first.payload), { problem: 'badLive', batches: [] });
  const plain = sealBatch({ lane: 'live', epoch: EPOCHS[0], boot: BOOT, seq: 0, samples: [home(3_000_000, 100)] });
  t.match(reader.read('d1', plain), { problem: null, batches: [{}] }, 'what comes unpacked is read');
});

t.test('a live message of more rows or envelopes than there are kinds and instances is not worked on', async (t) => {
  const sealed = (epoch: string, rows: number, codec: 1 | 2) => {
    const samples = Array.from({ length: rows }, (_, i) => wind(i));
    return sealBatch({ lane: 'live', epoch, boot: BOOT, seq: 0, codec, samples });
  };
  const packed = (envelopes: readonly Uint8Array[]) => {
    const pack = packEnvelopes(envelopes, (raw, dictionary) => deflateRawSync(raw, { dictionary }));
    if (pack === null) throw new Error('not packed');
    return pack;
  };
  const wasted: string[] = [];
  const reader = new LiveReader(expand, { mayOpen: () => true, wasted: (drone) => wasted.push(drone) });
  for (const codec of [1, 2] as const) {
    t.match(reader.read('d1', packed([sealed(EPOCHS[0], 1024, codec)])), { problem: null, batches: [{}] });
    t.same(reader.read('d1', packed([sealed(EPOCHS[0], 1025, codec)])), { batches: [], problem: 'badLive' });
  }
  const many = reader.read('d1', packed(Array.from({ length: 100 }, () => sealed(EPOCHS[0], 1, 2))));
  t.match(many, { problem: 'badLive' });
  t.equal(many.batches.length, 4);
  const behind = [sealed(EPOCHS[0], 1025, 2), sealed(EPOCHS[0], 1, 2)];
  t.same(reader.read('d1', packed(behind)), { batches: [], problem: 'badLive' }, 'nor what follows it');
  t.equal(wasted.length, 4, 'and it spends of what the drone has');
});
