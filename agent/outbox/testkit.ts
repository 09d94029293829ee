/** Things the outbox tests share: samples, batches, a scratch folder. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Lane } from '@skein/protocol/fleet';
import { type Sample, sealBatch } from '@skein/protocol/telemetry';
import type { Entry } from './entry.ts';

export const newEpoch = (): string => randomBytes(8).toString('hex');
export const newBoot = (): string => randomUUID();

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
