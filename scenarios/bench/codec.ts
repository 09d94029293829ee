/**
 * Sealing and reading batches of the recorded flight against JSON and gzip of the same samples, in one run: seconds of it
 * one by one as they are stored, and six in a message as they travel.
 *
 *   node scenarios/bench/codec.ts          PASSES=200 by default; each kind of work takes turns, the best of each counts
 */
import { deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import {
  expandBatch,
  openMessage,
  packEnvelopes,
  type Sample,
  type SampleCodec,
  sealBatch,
} from '@skein/protocol/telemetry';
import { bySecond, flightSamples, readFlight } from './flight.ts';

const PER_MESSAGE = 6;
const passes = Number(process.env.PASSES ?? 200);
const frames = readFlight();
const rawBytes = frames.reduce((sum, { frame }) => sum + frame.bytes.length, 0);
const samples = flightSamples(frames, 734_000_000);
const batches = bySecond(samples);
const where = { lane: 'history', epoch: '00c0ffee00c0ffee', boot: '6f1d2c3b-4a59-4e68-8777-0123456789ab' } as const;

function inMessages<T>(all: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / PER_MESSAGE) }, (_, i) =>
    all.slice(i * PER_MESSAGE, (i + 1) * PER_MESSAGE),
  );
}

const sealAll = (codec: SampleCodec) =>
  batches.map((second, i) => sealBatch({ ...where, codec, seq: i + 1, samples: second }));
const expandAll = (sealed: readonly Uint8Array[]) => sealed.map((bytes) => expandBatch(bytes));
const pack = (envelopes: readonly Uint8Array[]): Uint8Array =>
  packEnvelopes(envelopes, (raw, dictionary) => deflateRawSync(raw, { dictionary, level: 6 })) ?? new Uint8Array(0);
const open = (packed: Uint8Array) =>
  openMessage(packed, (bytes, dictionary, most) => inflateRawSync(bytes, { dictionary, maxOutputLength: most }));
const zip = (rows: readonly Sample[]) => gzipSync(JSON.stringify(rows));
const unzip = (bytes: Uint8Array): unknown => JSON.parse(gunzipSync(bytes).toString());

const sealed1 = sealAll(1);
const sealed2 = sealAll(2);
const packs = inMessages(sealed2).map(pack);
const sixes = inMessages(batches).map((seconds) => seconds.flat());
const zipped = batches.map(zip);
const zippedSixes = sixes.map(zip);

const WORK = {
  seal1: () => sealAll(1),
  expand1: () => expandAll(sealed1),
  seal2: () => sealAll(2),
  expand2: () => expandAll(sealed2),
  pack: () => inMessages(sealed2).map(pack),
  open: () => packs.map(open),
  zip: () => batches.map(zip),
  unzip: () => zipped.map(unzip),
  zipSixes: () => sixes.map(zip),
  unzipSixes: () => zippedSixes.map(unzip),
} as const;
type Work = keyof typeof WORK;

/** Best time of each, µs a sample. */
const best = Object.fromEntries(Object.keys(WORK).map((name) => [name, Number.POSITIVE_INFINITY])) as Record<
  Work,
  number
>;
for (let i = 0; i < passes; i++) {
  for (const name of Object.keys(WORK) as Work[]) {
    const beganMs = performance.now();
    WORK[name]();
    best[name] = Math.min(best[name], ((performance.now() - beganMs) * 1000) / samples.length);
  }
}

const bytesOf = (all: readonly Uint8Array[]): number => all.reduce((sum, bytes) => sum + bytes.length, 0);
const line = (what: string, value: string): void => console.log(`codec: ${what.padEnd(58)} ${value}`);
const size = (all: readonly Uint8Array[]): string => `${((100 * bytesOf(all)) / rawBytes).toFixed(1)} %`;
const times = (theirs: number, ours: number): string => `${(theirs / ours).toFixed(1)} ×`;
line(
  'bytes per byte of MAVLink: codec 1, codec 2, packed by six',
  `${size(sealed1)}, ${size(sealed2)}, ${size(packs)}`,
);
line('the same as JSON and gzip, by one, by six', `${size(zipped)}, ${size(zippedSixes)}`);
line(
  'µs a sample: seal, expand, pack, open',
  [best.seal2, best.expand2, best.pack, best.open].map((us) => us.toFixed(2)).join(', '),
);
line('µs a sample: JSON and gzip, and back, by one', [best.zip, best.unzip].map((us) => us.toFixed(2)).join(', '));
line('encode + decode, faster than JSON + gzip (aim ≥ 5 ×)', times(best.zip + best.unzip, best.seal2 + best.expand2));
line(
  'encode + decode, packs and all, by six',
  times(best.zipSixes + best.unzipSixes, best.seal2 + best.expand2 + best.pack + best.open),
);
line('encode + decode of codec 1', times(best.zip + best.unzip, best.seal1 + best.expand1));
