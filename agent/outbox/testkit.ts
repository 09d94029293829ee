/** Things the outbox tests share: samples, batches, randomness that can be played again. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Lane } from '@skein/protocol/fleet';
import { type Sample, sealBatch } from '@skein/protocol/telemetry';
import type { Entry } from './entry.ts';

export const newEpoch = (): string => randomBytes(8).toString('hex');
export const newBoot = (): string => randomUUID();

/** Mulberry32: 32 bits of state are plenty for choices. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A text sample whose length says how big its batch becomes. */
export function textSample(monoUs: number, length: number): Sample {
  const text = randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);
  return { kind: 'text', monoUs, bootMs: null, values: { severity: 'info', text, repeats: 0 } };
}

export function oneBatch(o: {
  readonly epoch: string;
  readonly boot: string;
  readonly lane: Lane;
  readonly seq: number;
  readonly monoUs: number;
  readonly length: number;
  readonly droppable?: boolean;
}): Entry {
  const samples = [textSample(o.monoUs, o.length)];
  return {
    epoch: o.epoch,
    boot: o.boot,
    lane: o.lane,
    seq: o.seq,
    to: o.seq,
    gap: null,
    samples: samples.length,
    monoFromUs: o.monoUs,
    monoToUs: o.monoUs,
    droppable: o.droppable ?? false,
    bytes: sealBatch({ lane: o.lane, epoch: o.epoch, boot: o.boot, seq: o.seq, samples }),
  };
}
