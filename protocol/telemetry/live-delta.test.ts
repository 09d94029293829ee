import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { decode, TlogReader } from '../mavlink/index.ts';
import { anyWideSample } from './arbitrary.ts';
import { sealBatch } from './envelope.ts';
import type { Sample } from './kinds.ts';
import {
  dictionaryOf,
  inLiveOrder,
  isLiveDelta,
  type LiveBase,
  liveBaseOf,
  liveKey,
  openLiveDelta,
  readLiveChanges,
  sealLiveDelta,
  writeLiveChanges,
} from './live-delta.ts';
import { type Compress, type Expand, openMessage, packEnvelopes } from './pack.ts';
import { Sampler } from './sampler.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);

const place = {
  lane: 'live',
  epoch: '00c0ffee00c0ffee',
  boot: '6f1d2c3b-4a59-4e68-8777-0123456789ab',
  seq: 0,
} as const;
const compress: Compress = (raw, dictionary) => deflateRawSync(raw, { dictionary, level: 9 });
const expand: Expand = (packed, dictionary, most) => inflateRawSync(packed, { dictionary, maxOutputLength: most });
const sealed = (samples: readonly Sample[]) => sealBatch({ ...place, codec: 2, samples });

function baseOf(samples: readonly Sample[]): LiveBase {
  const base = liveBaseOf(sealed(samples));
  if (base === null) throw new Error('a base wanted');
  return base;
}

/** The newest of each kind and instance. */
const newest = (samples: readonly Sample[]) => inLiveOrder([...new Map(samples.map((s) => [liveKey(s), s])).values()]);

/** What a reader makes of the whole message. */
const whole = (samples: readonly Sample[]) => baseOf(samples).samples;

function delta(base: LiveBase, samples: readonly Sample[]): Uint8Array {
  const { changes, rest } = writeLiveChanges(base, samples);
  const pack = rest.length > 0 ? packEnvelopes([sealed(rest)], compress, dictionaryOf(base)) : new Uint8Array(0);
  if (pack === null) throw new Error('not packed');
  return sealLiveDelta(base, changes, pack);
}

function read(base: LiveBase, payload: Uint8Array): readonly Sample[] | null {
  const opened = openLiveDelta(payload);
  if (!opened.ok || opened.base !== base.header.crc) return null;
  const changed = readLiveChanges(base, opened.changes);
  if (changed === null) return null;
  if (opened.rest.length === 0) return inLiveOrder(changed);
  const rest = openMessage(opened.rest, expand, dictionaryOf(base));
  if (!rest.ok) return null;
  return inLiveOrder([...changed, ...rest.envelopes.flatMap(({ bytes }) => liveBaseOf(bytes)?.samples ?? [])]);
}

t.test('a delta gives what the whole message would have given, value by value, stamp by stamp', async () => {
  const samples = fc.array(anyWideSample, { minLength: 1, maxLength: 12 }).map(newest);
  /** Some of the base come again, changed in one column or in none, beside others. */
  const both = fc.tuple(samples, samples, fc.infiniteStream(fc.nat(3))).map(([base, others, dice]) => {
    const next = () => dice.next().value ?? 0;
    const again = base.flatMap((sample): Sample[] => {
      if (next() === 0) return [];
      const from = others.find(({ kind }) => kind === sample.kind);
      const values = Object.fromEntries(
        Object.entries(sample.values).map(([name, value]) => [
          name,
          next() > 1 && from ? (from.values as Record<string, unknown>)[name] : value,
        ]),
      );
      const monoUs = next() === 0 ? 5 : sample.monoUs + 1_000_003;
      return [{ ...sample, monoUs, bootMs: next() === 0 ? sample.bootMs : 7, values } as Sample];
    });
    return { base, samples: newest([...again, ...(next() > 0 ? others : [])]) };
  });
  fc.assert(
    fc.property(both, ({ base, samples }) => {
      if (samples.length === 0) return;
      const from = baseOf(base);
      t.same(read(from, delta(from, samples)), inLiveOrder(whole(samples)));
    }),
    { seed, numRuns: Number(process.env.RUNS ?? 100) },
  );
});

/** Of each kind the newest, second by second. */
function flight(): Sample[][] {
  const file = readFileSync(join(import.meta.dirname, '../mavlink/testdata/flight-excerpt.tlog'));
  const seconds: Sample[][] = [];
  const sampler = new Sampler();
  let startUs: number | null = null;
  const reader = new TlogReader();
  const take: Parameters<TlogReader['push']>[1] = ({ timeUs, frame }) => {
    startUs ??= timeUs;
    const message = decode(frame);
    if (message === null) return;
    const second = Math.floor((timeUs - startUs) / 1e6);
    const samples = sampler.take(message, 734_000_000 + timeUs - startUs, frame.sysid);
    seconds[second] = [...(seconds[second] ?? []), ...samples];
  };
  reader.push(file, take);
  reader.flush(take);
  return seconds.map(newest);
}

t.test('the recorded flight: every second is the same as sent whole, in less than half the bytes', async (t) => {
  const [first = [], ...others] = flight();
  const base = baseOf(first);
  let [small, large] = [0, 0];
  for (const samples of others) {
    const payload = delta(base, samples);
    t.same(read(base, payload), whole(samples));
    small += payload.length;
    large += packEnvelopes([sealed(samples)], compress)?.length ?? 0;
  }
  t.ok(small < large / 2, `${small} and ${large} bytes`);
});

t.test('a base holds on when the memory that it was read from is used again', async (t) => {
  const [first = [], ...others] = flight();
  const received = Buffer.from(sealed(first));
  const base = liveBaseOf(received);
  if (base === null) throw new Error('a base wanted');
  t.not(base.identity.buffer, received.buffer, 'nor does it hold that memory');
  received.fill(0xff);
  t.same(base, baseOf(first));
  // A row that is none of the base brings its pack, which is opened with the dictionary of the base.
  for (const samples of others) t.same(read(base, delta(baseOf(first), samples)), whole(samples));
});

t.test('golden: what was written once is read for ever, and written so', async (t) => {
  const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'testdata/live-delta-1.json'), 'utf8')) as {
    base: string;
    delta: string;
    samples: Sample[];
  };
  const base = liveBaseOf(Buffer.from(golden.base, 'hex'));
  if (base === null) throw new Error('a base wanted');
  t.same(read(base, Buffer.from(golden.delta, 'hex')), golden.samples);
  const { changes, rest } = writeLiveChanges(base, golden.samples);
  t.equal(Buffer.from(sealLiveDelta(base, changes, sealed(rest))).toString('hex'), golden.delta);
});

t.test('what is damaged, cut short, of another base or of a later version is refused', async (t) => {
  const samples = flight();
  const base = baseOf(samples[0] ?? []);
  const payload = delta(base, samples[1] ?? []);
  t.ok(isLiveDelta(payload));
  for (let at = 0; at < payload.length; at++) {
    const bad = payload.slice();
    bad[at] = (bad[at] ?? 0) ^ 0x10;
    if (isLiveDelta(bad)) t.notOk(openLiveDelta(bad).ok, `byte ${at}`);
    t.notOk(openLiveDelta(payload.subarray(0, at)).ok);
  }
  const later = payload.slice();
  later[2] = 2;
  t.match(openLiveDelta(later), { ok: false, reason: /version 2/ });
});

t.test('whatever stands where changes should be: rows or nothing, never an exception', async () => {
  const base = baseOf(flight()[3] ?? []);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (changes) => {
      const rows = readLiveChanges(base, changes);
      t.ok(rows === null || rows.length <= base.samples.length);
    }),
    { seed, numRuns: 500 },
  );
});
