import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { anySample } from './arbitrary.ts';
import { crc32c } from './crc32c.ts';
import { sealBatch, sealGap } from './envelope.ts';
import { DICTIONARY_FILE, emitDictionary } from './generate/dictionary.ts';
import { type Compress, type Expand, isPack, MAX_PACK_BYTES, openMessage, packEnvelopes } from './pack.ts';
import { DICTIONARY_1 } from './pack-dictionary.generated.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);

const compress: Compress = (raw, dictionary) => deflateRawSync(raw, { dictionary, level: 9 });
const expand: Expand = (packed, dictionary, maxBytes) =>
  inflateRawSync(packed, { dictionary, maxOutputLength: maxBytes });

const boots = ['6f1d2c3b-4a59-4e68-8777-0123456789ab', '00000000-0000-0000-0000-000000000000'] as const;
const anyEnvelope = fc
  .record({
    lane: fc.constantFrom('live', 'urgent', 'history'),
    epoch: fc.constantFrom('00c0ffee00c0ffee', 'ffffffffffffffff'),
    boot: fc.constantFrom(...boots),
    seq: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 2 ** 32 - 1 })),
    codec: fc.constantFrom(1, 2),
    samples: fc.array(anySample, { minLength: 1, maxLength: 3 }),
    gap: fc.boolean(),
    reserved: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ gap, reserved, samples, codec, ...o }) => {
    const span = { reason: 'budget', samples: 7, monoFromUs: 5, monoToUs: 9_000_000 } as const;
    const bytes = gap
      ? sealGap({ ...o, from: o.seq, to: Math.min(o.seq + 3, 2 ** 32 - 1), ...span })
      : sealBatch({ ...o, codec: codec === 1 ? 1 : 2, samples });
    // What a later version may put there travels too.
    if (reserved === 0) {
      bytes[33] = 1;
      new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes, 0, bytes.length - 4), true);
    }
    return bytes;
  });

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function packed(envelopes: readonly Uint8Array[]): Uint8Array {
  const pack = packEnvelopes(envelopes, compress);
  if (pack === null) throw new Error('not packed');
  return pack;
}

t.test('envelopes come out of a pack byte for byte, whatever they are', async (t) => {
  fc.assert(
    fc.property(fc.array(anyEnvelope, { minLength: 1, maxLength: 8 }), (envelopes) => {
      const pack = packed(envelopes);
      const opened = openMessage(pack, expand);
      if (!opened.ok) throw new Error(opened.reason);
      t.ok(isPack(pack));
      t.same(
        opened.envelopes.map(({ bytes }) => hex(bytes)),
        envelopes.map(hex),
      );
    }),
    { seed, numRuns: 300 },
  );
});

t.test('stamps as far apart as there are', async (t) => {
  const place = { lane: 'history', epoch: 'ffffffffffffffff', boot: boots[0], reason: 'budget', samples: 0 } as const;
  const last = Number.MAX_SAFE_INTEGER;
  const stamps = [last, 0, last, 2 ** 52 - 1, 0, 2 ** 52, 0];
  const envelopes = stamps.map((us, i) => sealGap({ ...place, from: i, to: i, monoFromUs: us, monoToUs: us }));
  const opened = openMessage(packed(envelopes), expand);
  t.same(opened.ok && opened.envelopes.map(({ bytes }) => hex(bytes)), envelopes.map(hex));
});

t.test('a message that is no pack is opened as before', async (t) => {
  const [one, two] = fc.sample(anyEnvelope, { seed, numRuns: 2 });
  if (!one || !two) throw new Error('two wanted');
  const opened = openMessage(new Uint8Array([...one, ...two]), expand);
  t.same(opened.ok && opened.envelopes.map(({ bytes }) => hex(bytes)), [hex(one), hex(two)]);
  t.notOk(isPack(one));
});

t.test('every flipped bit and every truncation of a pack is refused with a reason, never thrown', async (t) => {
  const pack = packed(fc.sample(anyEnvelope, { seed, numRuns: 3 }));
  const places = Array.from(pack, (_, at) => at);
  const read = places.filter((at) => {
    const damaged = pack.slice();
    damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
    return openMessage(damaged, expand).ok;
  });
  t.same(read, [], 'no flipped byte is read all the same');
  t.same(
    places.filter((at) => openMessage(pack.subarray(0, at), expand).ok),
    [],
    'no cut pack is read all the same',
  );
});

/** A pack of these raw bytes, said to be `length` long. */
function forged(
  raw: Uint8Array,
  { length = raw.length, version = 1, compressor = 1, dictionary = 1 } = {},
): Uint8Array {
  const body = compress(raw, DICTIONARY_1);
  const pack = new Uint8Array(9 + body.length + 4);
  pack.set([0x53, 0x50, version, compressor, dictionary]);
  const view = new DataView(pack.buffer);
  view.setUint32(5, length, true);
  pack.set(body, 9);
  view.setUint32(pack.length - 4, crc32c(pack, 0, pack.length - 4), true);
  return pack;
}

t.test('raw bytes that lie, under a good checksum, give a reason or envelopes but never an exception', async (t) => {
  const [one] = fc.sample(anyEnvelope, { seed, numRuns: 1 });
  const pack = packed([one ?? new Uint8Array(0)]);
  const raw = expand(pack.subarray(9, -4), DICTIONARY_1, MAX_PACK_BYTES);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), (edits) => {
      const damaged = Uint8Array.from(raw);
      for (const [at, value] of edits) damaged[at % damaged.length] = value;
      const opened = openMessage(forged(damaged), expand);
      if (!opened.ok) t.match(opened.reason, /\w/);
    }),
    { seed, numRuns: 1000 },
  );
});

t.test('a bomb is refused by what it says before it is expanded, and by what it gives', async (t) => {
  const zeros = new Uint8Array(64 << 20);
  let expanded = 0;
  const counting: Expand = (...args) => {
    expanded++;
    return expand(...args);
  };
  t.match(openMessage(forged(zeros), counting), { ok: false, code: 'too-large' });
  t.equal(expanded, 0);
  t.match(openMessage(forged(zeros, { length: 1000 }), counting), {
    ok: false,
    reason: /does not expand to what it says/,
  });
  t.match(openMessage(forged(new Uint8Array(10), { length: 1000 }), counting), {
    ok: false,
    reason: /does not expand/,
  });
});

t.test('what a later version may send is refused by name', async (t) => {
  const raw = new Uint8Array(10);
  t.match(openMessage(forged(raw, { version: 2 }), expand), {
    ok: false,
    code: 'unknown',
    reason: 'pack version 2 is not known here',
  });
  t.match(openMessage(forged(raw, { compressor: 9 }), expand), {
    code: 'unknown',
    reason: 'pack of compressor 9, dictionary 1 is not known here',
  });
  t.match(openMessage(forged(raw, { dictionary: 7 }), expand), { code: 'unknown', reason: /dictionary 7/ });
  t.match(openMessage(forged(raw), expand), { ok: false, code: 'damaged', reason: 'damaged pack: 0 envelopes' });
});

t.test('a whole envelope with something behind it is refused', async (t) => {
  const [one] = fc.sample(anyEnvelope, { seed, numRuns: 1 });
  const whole = [...(one ?? []), 0];
  const length = whole.length < 128 ? [whole.length] : [(whole.length & 127) | 128, whole.length >> 7];
  t.match(openMessage(forged(Uint8Array.from([1, 2, ...length, ...whole])), expand), {
    ok: false,
    reason: 'damaged pack: more bytes than an envelope',
  });
});

t.test('what cannot be packed is left as it is', async (t) => {
  t.equal(packEnvelopes([], compress), null);
  t.equal(packEnvelopes([new Uint8Array(80)], compress), null, 'no envelope');
});

t.test('dictionary 1 is the generated one, and stays as it was released', async (t) => {
  t.equal(readFileSync(DICTIONARY_FILE, 'utf8'), emitDictionary());
  t.equal(
    createHash('sha256').update(DICTIONARY_1).digest('hex'),
    '1ff13fdafd3f8873933ae98adc11aa5a6c1ab13b54c50a16bf3f6b07def68569',
  );
});

t.test('a pack as released stays readable (golden file)', async (t) => {
  const golden = JSON.parse(readFileSync(new URL('testdata/pack-1.json', import.meta.url), 'utf8')) as {
    readonly pack: string;
    readonly envelopes: readonly string[];
  };
  const opened = openMessage(Buffer.from(golden.pack, 'hex'), expand);
  t.same(opened.ok && opened.envelopes.map(({ bytes }) => hex(bytes)), golden.envelopes);
});
