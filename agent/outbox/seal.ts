/** Samples or a gap, with their number → the immutable entry that is stored and sent. */
import type { Lane } from '@skein/protocol/fleet';
import {
  type GapReason,
  type GapRecord,
  type Sample,
  type SampleCodec,
  sealBatch,
  sealGap,
} from '@skein/protocol/telemetry';
import type { Entry } from './entry.ts';

interface Place {
  readonly epoch: string;
  readonly boot: string;
  readonly lane: Lane;
}

interface BatchForm {
  readonly droppable: boolean;
  readonly codec: SampleCodec;
}

export function batchEntry(place: Place, seq: number, samples: readonly Sample[], o: BatchForm): Entry {
  let monoFromUs = Number.POSITIVE_INFINITY;
  let monoToUs = 0;
  for (const sample of samples) {
    monoFromUs = Math.min(monoFromUs, sample.monoUs);
    monoToUs = Math.max(monoToUs, sample.monoUs);
  }
  const { droppable, codec } = o;
  const bytes = sealBatch({ ...place, seq, samples, codec });
  return { ...place, seq, to: seq, gap: null, samples: samples.length, monoFromUs, monoToUs, droppable, bytes };
}

export interface GapSpan {
  readonly reason: GapReason;
  readonly samples: number;
  readonly monoFromUs: number;
  readonly monoToUs: number;
}

export function gapEntry(place: Place, from: number, to: number, span: GapSpan): Entry {
  const { epoch, boot, lane } = place;
  const { reason, samples, monoFromUs, monoToUs } = span;
  const bytes = sealGap({ epoch, boot, lane, from, to, reason, samples, monoFromUs, monoToUs });
  return { epoch, boot, lane, seq: from, to, gap: reason, samples, monoFromUs, monoToUs, droppable: false, bytes };
}

/** The part of a gap from one of its numbers on; how many samples that was is a guess. */
export function cutGap(place: Place, gap: GapSpan & Pick<GapRecord, 'from' | 'to'>, from: number): Entry {
  const share = (gap.to - from + 1) / (gap.to - gap.from + 1);
  return gapEntry(place, from, gap.to, { ...gap, samples: Math.round(gap.samples * share) });
}
