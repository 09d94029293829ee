/**
 * Sealed batches for a load generator, cut from the recorded flight (30 s of ArduCopter with many streams on): each begins at
 * another sample of it, so that no two hold the same rows, and is given a number, an epoch, a boot and a time of its own
 * in place, as an agent would have sealed it without the cost of sealing.
 */
import { readFileSync } from 'node:fs';
import { decode, TlogReader } from '@skein/protocol/mavlink';
import { CODEC_COMPACT, crc32c, type Sample, Sampler, sealBatch } from '@skein/protocol/telemetry';
import { inRepository } from '../kit/paths.ts';

/** Less is not the load that is promised: rows of one kind at one instant, bytes of the sealed batch. */
const MIN_ROWS = 60;
const MIN_BYTES = 300;
const CUTS = 1024;
/** Places in the envelope (docs/wire.md §5). */
const EPOCH_AT = 5;
const BOOT_AT = 13;
const SEQ_AT = 29;
const MONO_FROM_AT = 37;
const MONO_TO_AT = 45;
const SECOND_US = 1e6;
/** Boots began a while ago. */
const FIRST_US = 60e6;

export interface Cut {
  readonly bytes: Uint8Array;
  readonly rows: number;
  readonly spanUs: number;
}

/** The samples an agent would have made of the recorded flight. */
export function recordedFlight(): readonly Sample[] {
  const sampler = new Sampler();
  const samples: Sample[] = [];
  const file = readFileSync(inRepository('protocol/mavlink/testdata/flight-excerpt.tlog'));
  new TlogReader().push(file, ({ timeUs, frame }) => {
    const message = decode(frame);
    if (message !== null && frame.compid === 1) samples.push(...sampler.take(message, timeUs, frame.sysid));
  });
  return samples;
}

/** About a second of flight each, from evenly spread places of it, the last ones going on at its beginning. */
export function cutFlight(): readonly Cut[] {
  const samples = recordedFlight();
  const startUs = samples[0]?.monoUs ?? 0;
  const lengthUs = (samples.at(-1)?.monoUs ?? 0) - startUs + 1;
  return Array.from({ length: CUTS }, (_, i) => {
    const from = Math.floor((i * samples.length) / CUTS);
    const fromUs = samples[from]?.monoUs ?? 0;
    const taken: Sample[] = [];
    for (let at = from; ; at++) {
      const sample = samples[at % samples.length];
      if (sample === undefined) throw new RangeError('nothing was recorded');
      const monoUs = sample.monoUs + (at >= samples.length ? lengthUs : 0) - fromUs;
      if (monoUs >= SECOND_US && taken.length >= MIN_ROWS) break;
      taken.push({ ...sample, monoUs });
    }
    const empty = { lane: 'history', epoch: '0'.repeat(16), boot: '00000000-0000-0000-0000-000000000000' } as const;
    const bytes = sealBatch({ ...empty, seq: 1, samples: taken, codec: CODEC_COMPACT });
    if (bytes.length < MIN_BYTES) throw new RangeError(`a batch of ${bytes.length} bytes is too light a load`);
    return { bytes, rows: taken.length, spanUs: taken.at(-1)?.monoUs ?? 0 };
  });
}

/** Who seals: bytes of epoch and boot. */
export interface Sealer {
  readonly epoch: Uint8Array;
  readonly boot: Uint8Array;
}

/** Writes the batch `seq` of this sealer, made of `cut`, to `into` at `at`. */
export function writeBatch(into: Buffer, at: number, cut: Cut, { epoch, boot }: Sealer, seq: number): void {
  const { bytes, spanUs } = cut;
  into.set(bytes, at);
  into.set(epoch, at + EPOCH_AT);
  into.set(boot, at + BOOT_AT);
  into.writeUInt32LE(seq, at + SEQ_AT);
  const fromUs = FIRST_US + seq * SECOND_US;
  writeUs(into, at + MONO_FROM_AT, fromUs);
  writeUs(into, at + MONO_TO_AT, fromUs + spanUs);
  const end = at + bytes.length - 4;
  into.writeUInt32LE(crc32c(into, at, end), end);
}

/** A 64-bit number of µs, without a BigInt: this is done ten thousand times a second. */
function writeUs(into: Buffer, at: number, us: number): void {
  into.writeUInt32LE(us % 2 ** 32, at);
  into.writeUInt32LE(Math.floor(us / 2 ** 32), at + 4);
}
