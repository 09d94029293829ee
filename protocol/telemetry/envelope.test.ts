import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { anySample, anyWideSample } from './arbitrary.ts';
import { crc32c } from './crc32c.ts';
import { expandBatch, readEnvelope, type SampleCodec, sealBatch, sealGap, splitMessage } from './envelope.ts';
import { MAX_DIGITS } from './forms.ts';
import { columnsOf, KIND_NAMES, type Sample } from './kinds.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);

const epoch = '00c0ffee00c0ffee';
const boot = '6f1d2c3b-4a59-4e68-8777-0123456789ab';
const where = { lane: 'history', epoch, boot } as const;
const CODECS: readonly SampleCodec[] = [1, 2];
/** −0 and 0 are one measurement; JSON and the codec know only 0. */
const plain = (samples: readonly Sample[]) => JSON.parse(JSON.stringify(samples)) as unknown;

t.test('CRC-32C of the check string is the published one', async (t) => {
  t.equal(crc32c(new TextEncoder().encode('123456789')), 0xe306_9283);
});

for (const codec of CODECS) {
  t.test(`codec ${codec}: any samples come back as they were, in their order`, async (t) => {
    fc.assert(
      fc.property(
        fc.array(anySample, { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        (samples, seq) => {
          const bytes = sealBatch({ ...where, codec, seq, samples });
          const read = expandBatch(bytes);
          t.match(read, { ok: true, header: { ...where, seq, rows: samples.length, byteLength: bytes.length } });
          if (read.ok) t.same(plain(read.samples), plain(samples));
        },
      ),
      { seed, numRuns: 300 },
    );
  });

  t.test(`codec ${codec}: a text that begins with a byte order mark keeps it`, async (t) => {
    const values = { severity: 'info', text: '\ufeffmark', repeats: 0 } as const;
    const samples: Sample[] = [{ kind: 'text', monoUs: 1, bootMs: null, values }];
    t.match(expandBatch(sealBatch({ ...where, codec, seq: 1, samples })), { samples: [{ values }] });
  });

  t.test(`codec ${codec}: asked for one kind, gives just that kind`, async (t) => {
    fc.assert(
      fc.property(fc.array(anySample, { minLength: 1, maxLength: 40 }), (samples) => {
        const kind = samples[0]?.kind ?? 'position';
        const read = expandBatch(sealBatch({ ...where, codec, seq: 1, samples }), [kind]);
        if (!read.ok) throw new Error(read.reason);
        t.same(plain(read.samples), plain(samples.filter((sample) => sample.kind === kind)));
      }),
      { seed, numRuns: 100 },
    );
  });

  t.test(`codec ${codec}: every flipped bit and every truncation is refused with a reason, never thrown`, async (t) => {
    const samples = fc.sample(anySample, { seed, numRuns: 12 });
    const bytes = sealBatch({ ...where, codec, seq: 9, samples });
    const places = Array.from(bytes, (_, at) => at);
    const flipped = places.filter((at) => {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      return expandBatch(damaged).ok;
    });
    t.same(flipped, [], 'no flipped byte is read all the same');
    t.same(
      places.filter((at) => readEnvelope(bytes.subarray(0, at)).ok),
      [],
      'no cut batch is read all the same',
    );
  });

  t.test(
    `codec ${codec}: a body that lies, under a good checksum, gives a reason or samples but never an exception`,
    async (t) => {
      const base = sealBatch({ ...where, codec, seq: 1, samples: fc.sample(anySample, { seed, numRuns: 6 }) });
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 8 }), (edits) => {
          const bytes = base.slice();
          for (const [at, value] of edits) bytes[61 + (at % (bytes.length - 65))] = value;
          new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes, 0, bytes.length - 4), true);
          const read = expandBatch(bytes);
          if (!read.ok) t.match(read.reason, /\w/);
        }),
        { seed, numRuns: 2000 },
      );
    },
  );
}

t.test('a gap record travels in the same envelope', async (t) => {
  const gap = { from: 3, to: 9, reason: 'budget', samples: 71, monoFromUs: 5_000_000, monoToUs: 11_000_000 } as const;
  const read = readEnvelope(sealGap({ ...where, ...gap }));
  t.match(read, { ok: true, gap: { ...gap, boot }, header: { seq: 3, rows: 71, lane: 'history' } });
  t.throws(() => sealGap({ ...where, ...gap, to: 2 }), /ends before it begins/);
});

t.test('a gap record without its body, under a good checksum, is refused and not thrown', async (t) => {
  const whole = sealGap({ ...where, from: 1, to: 1, reason: 'budget', samples: 0, monoFromUs: 0, monoToUs: 0 });
  for (let length = 0; length < 5; length++) {
    // Seq 0 as on the live lane, so that an unread `to` of 0 does not already end before it begins.
    const bytes = new Uint8Array(61 + length + 4);
    bytes.set(whole.subarray(0, 61 + length));
    const view = new DataView(bytes.buffer);
    view.setUint32(29, 0, true);
    view.setUint32(57, length, true);
    view.setUint32(61 + length, crc32c(bytes, 0, 61 + length), true);
    t.match(readEnvelope(bytes), { ok: false, reason: 'gap record without its body' }, `${length} bytes of body`);
  }
});

t.test('the largest numbers a column carries stand next to each other', async (t) => {
  const largest = 2 ** 51 - 1;
  const board = (outboxBytes: number) =>
    ({ kind: 'board', monoUs: 1, bootMs: null, values: { outboxBytes } }) as unknown as Sample;
  const rpm = (rpm: number[]) => ({ kind: 'esc', monoUs: 1, bootMs: null, values: { rpm } }) as unknown as Sample;
  const samples = [board(-largest), board(largest), board(-largest), rpm([-largest, largest, -largest])];
  for (const codec of CODECS) {
    t.match(expandBatch(sealBatch({ ...where, codec, seq: 1, samples })), { ok: true, samples });
    t.match(expandBatch(sealBatch({ ...where, codec, seq: 1, samples: [board(2 ** 51)] })), {
      ok: true,
      samples: [{ values: { outboxBytes: null } }],
    });
  }
});

t.test('both codecs give the same for any numbers, and for what is none', async (t) => {
  fc.assert(
    fc.property(fc.array(anyWideSample, { minLength: 1, maxLength: 12 }), (samples) => {
      const [one, two] = CODECS.map((codec) => expandBatch(sealBatch({ ...where, codec, seq: 1, samples })));
      if (!one?.ok || !two?.ok) throw new Error('not read');
      t.same(plain(two.samples), plain(one.samples));
    }),
    { seed, numRuns: 200 },
  );
});

t.test('codec 2: numbers 2^31 and more apart stand next to each other', async (t) => {
  for (const far of [2 ** 30, 2 ** 31, 2 ** 32, 2 ** 49, 2 ** 50]) {
    const samples = [-12, far - 12, 5].map((lostFrames, i) => {
      return { kind: 'link', monoUs: i, bootMs: i * 2 ** 31, values: { lostFrames } };
    }) as unknown as Sample[];
    t.match(expandBatch(sealBatch({ ...where, codec: 2, seq: 1, samples })), { ok: true, samples }, `${far}`);
    const two = samples.slice(0, 2);
    t.match(expandBatch(sealBatch({ ...where, codec: 2, seq: 1, samples: two })), { ok: true, samples: two }, `${far}`);
  }
});

t.test('the digits of every column fit the byte that codec 2 says them in', async (t) => {
  const digits = KIND_NAMES.flatMap(columnsOf).map(([, column]) => ('digits' in column ? column.digits : 0));
  t.ok(Math.max(...digits) <= MAX_DIGITS);
});

t.test('several envelopes share a message; what precedes damage is not lost', async (t) => {
  const gap = { reason: 'restart', samples: 0, monoFromUs: 0, monoToUs: 0 } as const;
  const one = sealGap({ ...where, from: 1, to: 1, ...gap });
  const two = sealGap({ ...where, from: 2, to: 2, ...gap });
  const message = new Uint8Array([...one, ...two]);
  const both = splitMessage(message);
  t.same(both.ok && both.envelopes.map((envelope) => envelope.header.seq), [1, 2]);
  const cut = splitMessage(message.subarray(0, message.length - 1));
  t.match(cut, { ok: false, reason: 'cut short, or its length is damaged', good: [{ header: { seq: 1 } }] });
  t.match(splitMessage(new Uint8Array(0)), { ok: false, reason: 'empty message' });
});

/** Without columns that were added since: they are null in what was written before them. */
function knownThen(read: readonly Sample[], then: readonly Sample[]): unknown {
  const values = (sample: Sample, i: number) =>
    Object.entries(sample.values).filter(([name, value]) => value !== null || name in (then[i]?.values ?? {}));
  return plain(read.map((sample, i) => ({ ...sample, values: Object.fromEntries(values(sample, i)) }) as Sample));
}

for (const codec of CODECS) {
  t.test(`codec ${codec} as released stays readable (golden file)`, async (t) => {
    const golden = JSON.parse(readFileSync(new URL(`testdata/codec-${codec}.json`, import.meta.url), 'utf8')) as {
      hex: string;
      samples: Sample[];
    };
    const bytes = Uint8Array.from(Buffer.from(golden.hex, 'hex'));
    const read = expandBatch(bytes);
    t.equal(read.ok, true);
    if (read.ok) t.same(knownThen(read.samples, golden.samples), golden.samples);
    t.equal(
      Buffer.from(sealBatch({ ...where, codec, seq: 7, samples: golden.samples })).toString('hex'),
      golden.hex,
      'and is still written so',
    );
  });
}

/** The first section of a codec 2 batch said to be of another kind, under a good checksum. */
function renamed(bytes: Uint8Array, id: number): Uint8Array {
  const other = bytes.slice();
  other[62] = id;
  new DataView(other.buffer).setUint32(other.length - 4, crc32c(other, 0, other.length - 4), true);
  return other;
}

t.test('codec 2: kinds and columns of a later version are stepped over', async (t) => {
  const position = { latDeg: 47.4, lonDeg: 8.5, altAmslM: 500, altRelM: 10, headingDeg: 90 };
  const samples = [0, 1, 2].flatMap((i) => [
    { kind: 'position', monoUs: i, bootMs: i, values: { ...position, headingDeg: 90 + i } },
    { kind: 'home', monoUs: i, bootMs: null, values: { latDeg: 47, lonDeg: 8, altAmslM: 488 + i } },
  ]) as unknown as Sample[];
  const bytes = sealBatch({ ...where, codec: 2, seq: 1, samples });
  const others = samples.filter((sample) => sample.kind === 'home');
  t.match(expandBatch(renamed(bytes, 99)), { ok: true, samples: others }, 'a kind');
  // The first three columns of a position, as a `local` has three; their digits are their own.
  const local = { kind: 'local', bootMs: 2, values: { northM: 47.4, eastM: 8.5, downM: 500 } };
  t.match(expandBatch(renamed(bytes, 24), ['local']), { ok: true, samples: [{}, {}, local] }, 'columns');
});

t.test('codec 2: what a form says of digits holds for numbers only', async (t) => {
  const samples = [4, 7].map((i) => {
    return { kind: 'gps', monoUs: i, bootMs: i, values: { fix: '3d' } };
  }) as unknown as Sample[];
  const bytes = sealBatch({ ...where, codec: 2, seq: 1, samples });
  const columns = columnsOf('gps');
  // Sections, kind, columns, forms: one digit for time_boot_ms and for the choice.
  for (const number of [0, columns.findIndex(([name]) => name === 'fix') + 1])
    bytes[61 + 3 + number] = (bytes[64 + number] ?? 0) | 0x20;
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes, 0, bytes.length - 4), true);
  t.match(expandBatch(bytes), { ok: true, samples });
});

t.test('whose an envelope is does not hang on the memory that it was read from', async (t) => {
  const gap = { lane: 'urgent', from: 1, to: 1, reason: 'restart', samples: 0, monoFromUs: 0, monoToUs: 0 } as const;
  const sealed = ['1', '2', '3'].map((digit) => {
    const owner = { epoch: digit.repeat(16), boot: boot.replaceAll(/[0-9a-f]/g, digit) };
    return { owner, bytes: sealGap({ ...owner, ...gap }) };
  });
  // A socket's buffer, written again and again.
  const memory = Buffer.alloc(sealed[0]?.bytes.length ?? 0);
  for (const { owner, bytes } of [...sealed, ...sealed.slice(1), ...sealed.slice(1).reverse(), ...sealed]) {
    memory.set(bytes);
    t.match(readEnvelope(memory), { ok: true, header: owner });
  }
});

t.test('a codec of the future is refused with its number, its header is read all the same', async (t) => {
  const bytes = sealBatch({ ...where, codec: 2, seq: 1, samples: fc.sample(anySample, { seed, numRuns: 3 }) });
  bytes[3] = 77;
  new DataView(bytes.buffer).setUint32(bytes.length - 4, crc32c(bytes, 0, bytes.length - 4), true);
  t.match(readEnvelope(bytes), { ok: true, header: { codec: 77, seq: 1, rows: 3 } });
  t.match(expandBatch(bytes), { ok: false, reason: 'codec 77 is not known here' });
});
