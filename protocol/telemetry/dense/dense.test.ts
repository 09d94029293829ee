import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { anySample, anyWideSample } from '../arbitrary.ts';
import { crc32c } from '../crc32c.ts';
import { sealBatch, sealGap } from '../envelope.ts';
import type { Sample } from '../kinds.ts';
import { type Compress, type Expand, openMessage, packDense, packEnvelopes } from '../pack.ts';
import { Contexts, RangeReader, RangeWriter } from './range.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);

const compress: Compress = (raw, dictionary) => deflateRawSync(raw, { dictionary, level: 9 });
const expand: Expand = (packed, dictionary, maxBytes) =>
  inflateRawSync(packed, { dictionary, maxOutputLength: maxBytes });
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const place = { lane: 'history', epoch: '00c0ffee00c0ffee', boot: '6f1d2c3b-4a59-4e68-8777-0123456789ab' } as const;

function dense(envelopes: readonly Uint8Array[]): Uint8Array {
  const pack = packDense(envelopes, compress, expand);
  if (pack === null) throw new Error('not packed');
  return pack;
}

function outOf(pack: Uint8Array): readonly string[] {
  const opened = openMessage(pack, expand);
  if (!opened.ok) throw new Error(opened.reason);
  return opened.envelopes.map(({ bytes }) => hex(bytes));
}

/** A second of a flight, made up: what comes at 10 Hz, what at 1 Hz, what changes and what does not. */
function second(seq: number): Uint8Array {
  const samples: Sample[] = [];
  for (let i = 0; i < 10; i++) {
    const at = seq * 10 + i;
    const stamp = { monoUs: 734_000_000 + at * 100_000 + ((at * 7919) % 997), bootMs: 120_000 + at * 100 };
    const wave = Math.sin(at / 9);
    samples.push(
      { kind: 'velocity', ...stamp, values: { northMps: at / 100, eastMps: wave * 3, downMps: 0 } },
      { kind: 'local', ...stamp, values: { northM: at / 2, eastM: wave, downM: i === 3 ? null : -30 } },
    );
    if (i === 5) {
      const rpm = [4000 + seq, 4100 - seq, 4050, seq % 3 === 0 ? null : 4049];
      const lists = { rpm, voltageV: [16.1, 16.1, 16.1, 16.1], currentA: [1, 2, 3, 4 + seq], temperatureC: [30] };
      samples.push({ kind: 'esc', ...stamp, values: { first: 0, ...lists } });
      samples.push({
        ...{ kind: 'safety', monoUs: stamp.monoUs + 40, bootMs: null },
        values: {
          ...{ locked: seq % 2 === 0, lockReason: null, lockedBy: null, lockedHere: false, profile: `v${seq >> 1}` },
          ...{ profileOk: true, linkLossOwner: 'agent', groundLink: null, leaseLeftMs: 15_000 - seq, returnAltM: 30 },
        },
      });
    }
  }
  return sealBatch({ ...place, codec: 2, seq, samples });
}

t.test('batches come out byte for byte, whatever is in them', async (t) => {
  const anyBatch = fc.record({
    seq: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    codec: fc.constantFrom(1 as const, 2 as const, 2 as const),
    samples: fc.array(fc.oneof(anySample, anyWideSample), { minLength: 1, maxLength: 12 }),
  });
  let packed = 0;
  fc.assert(
    fc.property(fc.array(anyBatch, { minLength: 1, maxLength: 4 }), (batches) => {
      const envelopes = batches.map((batch) => sealBatch({ ...place, ...batch }));
      const pack = packDense(envelopes, compress, expand);
      if (pack === null) return;
      packed++;
      t.same(outOf(pack), envelopes.map(hex));
    }),
    { seed, numRuns: 150 },
  );
  t.ok(packed > 75, `${packed} of 150; numbers too far apart for doubles travel otherwise`);
});

t.test('seconds that go on as they began take less than in a pack that is only deflated', async (t) => {
  const envelopes = Array.from({ length: 8 }, (_, i) => second(i + 1));
  const pack = dense(envelopes);
  t.same(outOf(pack), envelopes.map(hex));
  const deflated = packEnvelopes(envelopes, compress)?.length ?? 0;
  t.ok(pack.length < 0.9 * deflated, `${pack.length} of ${deflated} bytes`);
});

t.test('gap records, codec 1, other owners and what is reserved travel too, between the others', async (t) => {
  const span = { from: 2, to: 9, reason: 'budget', samples: 7, monoFromUs: 5, monoToUs: 9 } as const;
  const marked = second(11);
  marked[33] = 1;
  new DataView(marked.buffer).setUint32(marked.length - 4, crc32c(marked, 0, marked.length - 4), true);
  const samples: Sample[] = [
    { kind: 'wind', monoUs: 7, bootMs: null, values: { fromDeg: 1, speedMps: 2, downMps: 3 } },
  ];
  const other = sealBatch({ ...place, epoch: 'ffffffffffffffff', lane: 'urgent', codec: 2, seq: 1, samples });
  const envelopes = [second(1), sealGap({ ...place, ...span }), second(10), marked, other];
  t.same(
    outOf(dense([...envelopes, sealBatch({ ...place, codec: 1, seq: 12, samples })])).slice(0, 5),
    envelopes.map(hex),
  );
});

t.test('a body that is none of codec 2, too much or damaged: not packed so', async (t) => {
  const noise = second(1);
  noise.fill(0xff, 70, 90);
  new DataView(noise.buffer).setUint32(noise.length - 4, crc32c(noise, 0, noise.length - 4), true);
  t.equal(packDense([noise], compress, expand), null);
  t.equal(packDense([], compress, expand), null);
  t.equal(packDense([second(1).subarray(1)], compress, expand), null);
  t.equal(
    packDense(
      Array.from({ length: 257 }, (_, i) => second(i)),
      compress,
      expand,
    ),
    null,
  );
});

t.test('every flipped bit and every truncation is refused with a reason, never thrown', async (t) => {
  const envelopes = [second(1), second(2)];
  const pack = dense(envelopes);
  const places = Array.from(pack, (_, at) => at);
  const flipped = (at: number, isSealed: boolean) => {
    const damaged = pack.slice();
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    const view = new DataView(damaged.buffer);
    if (isSealed) view.setUint32(damaged.length - 4, crc32c(damaged, 0, damaged.length - 4), true);
    return openMessage(damaged, expand);
  };
  const isRead = (at: number) => flipped(at, false).ok || openMessage(pack.subarray(0, at), expand).ok;
  t.same(places.filter(isRead), []);
  const sealed = envelopes.map(hex);
  const isOther = (at: number) => {
    const opened = flipped(at, true);
    return opened.ok && opened.envelopes.some(({ bytes }, i) => hex(bytes) !== sealed[i]);
  };
  t.same(places.slice(0, -4).filter(isOther), [], 'under a good checksum of the pack what comes out has its own');
});

t.test('a pack that says more than any holds is refused before it is worked on', async (t) => {
  const pack = dense([second(1)]);
  const view = new DataView(pack.buffer);
  const saying = (length: number) => {
    view.setUint32(5, length, true);
    view.setUint32(pack.length - 4, crc32c(pack, 0, pack.length - 4), true);
    return openMessage(pack, expand);
  };
  t.match(saying(65_537), { ok: false, reason: /65537 bytes/ });
  t.match(saying(10), { ok: false, reason: /more than it says/ });
  t.match(saying(60_000), { ok: false, reason: /not what was sealed/ });
});

t.test('bits come back from the range coder, and likely ones cost little', async (t) => {
  const bit = fc.record({ context: fc.nat(3), rare: fc.nat(40) });
  fc.assert(
    fc.property(fc.array(bit, { maxLength: 2000 }), (bits) => {
      const writer = new RangeWriter(new Contexts(4));
      for (const { context, rare } of bits) writer.bit(context, rare === 0 ? 1 : 0);
      const bytes = writer.finish();
      const reader = new RangeReader(new Contexts(4), bytes);
      t.same(
        bits.map(({ context }) => reader.bit(context)),
        bits.map(({ rare }) => (rare === 0 ? 1 : 0)),
      );
      reader.checked();
      t.ok(bytes.length < 20 + bits.length / 16);
    }),
    { seed, numRuns: 100 },
  );
  // A run that carries into bytes already held back.
  const writer = new RangeWriter(new Contexts(1));
  for (let i = 0; i < 5000; i++) writer.bit(0, 1);
  const reader = new RangeReader(new Contexts(1), writer.finish());
  for (let i = 0; i < 5000; i++) if (reader.bit(0) !== 1) t.fail(`bit ${i}`);
});

t.test('a dense pack as released stays readable (golden file)', async (t) => {
  const golden = JSON.parse(readFileSync(new URL('../testdata/dense-1.json', import.meta.url), 'utf8')) as {
    readonly pack: string;
    readonly envelopes: readonly string[];
  };
  t.same(outOf(Buffer.from(golden.pack, 'hex')), golden.envelopes);
});
