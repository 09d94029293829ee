/** Writes gap records: over whatever lies under them, merged with neighbours of the same reason and boot. */
import type { Lane } from '@skein/protocol/fleet';
import { type GapReason, readEnvelope, sealGap } from '@skein/protocol/telemetry';
import { laneEnd, laneStart, rowKey, seqOf } from './keys.ts';
import type { OutboxRows } from './rows.ts';

export interface NewGap {
  readonly lane: Lane;
  readonly boot: string;
  readonly from: number;
  readonly to: number;
  readonly reason: GapReason;
  readonly samples: number;
  readonly monoFromUs: number;
  readonly monoToUs: number;
}

export interface GapEpoch {
  readonly number: number;
  readonly epoch: string;
  readonly lanes: Readonly<Record<Lane, { readonly acked: number }>>;
}

export class GapWriter {
  readonly #rows: OutboxRows;

  constructor(rows: OutboxRows) {
    this.#rows = rows;
  }

  /** Does this seq lie in a gap? */
  covers(epochNumber: number, { lane, seq }: { readonly lane: Lane; readonly seq: number }): boolean {
    const row = this.#rows.last(laneStart(epochNumber, lane), rowKey(epochNumber, lane, seq));
    return row !== undefined && row.upto !== null && row.upto >= seq;
  }

  /** Inside the caller's transaction. Seqs on both sides of the acked position are never merged into one record. */
  put(epoch: GapEpoch, wanted: NewGap, atS: number): void {
    const { number } = epoch;
    const { acked } = epoch.lanes[wanted.lane];
    const before = this.#rows.last(laneStart(number, wanted.lane), rowKey(number, wanted.lane, wanted.from) - 1);
    const gap = this.#besideOthers(number, wanted, before?.upto ?? 0);
    if (gap === null) return;
    let merged = gap;
    if (before && before.upto === gap.from - 1 && (before.upto > acked || gap.from <= acked)) {
      merged = join(merged, before.bytes);
    }
    const after =
      gap.to === seqOf(laneEnd(number, gap.lane)) ? undefined : this.#rows.get(rowKey(number, gap.lane, gap.to + 1));
    if (after && after.upto !== null && (gap.to > acked || after.upto <= acked)) merged = join(merged, after.bytes);
    this.#rows.remove(rowKey(number, merged.lane, merged.from), rowKey(number, merged.lane, merged.to));
    const bytes = sealGap({ ...merged, epoch: epoch.epoch });
    this.#rows.addGap(rowKey(number, merged.lane, merged.from), merged.to, atS, bytes);
  }

  /**
   * A commit whose outcome was unknown is written again, and meanwhile what it held may lie in gaps that reach further:
   * those stay whole. Null: one covers all of it.
   */
  #besideOthers(number: number, gap: NewGap, coveredTo: number): NewGap | null {
    const from = Math.max(gap.from, coveredTo + 1);
    if (from > gap.to) return null;
    const inside = this.#rows.last(rowKey(number, gap.lane, from), rowKey(number, gap.lane, gap.to));
    return { ...gap, from, to: Math.max(gap.to, inside?.upto ?? 0) };
  }
}

function join(gap: NewGap, neighbour: Uint8Array): NewGap {
  const read = readEnvelope(neighbour);
  if (!read.ok || !read.gap || read.gap.boot !== gap.boot) return gap;
  // Thinning was for want of room as well; kept apart, the two reasons would alternate for ever in tiny records.
  const same = read.gap.reason === gap.reason || (gap.reason === 'budget' && read.gap.reason === 'thinned');
  if (!same) return gap;
  return {
    ...gap,
    from: Math.min(gap.from, read.gap.from),
    to: Math.max(gap.to, read.gap.to),
    samples: gap.samples + read.gap.samples,
    monoFromUs: Math.min(gap.monoFromUs, read.gap.monoFromUs),
    monoToUs: Math.max(gap.monoToUs, read.gap.monoToUs),
  };
}
