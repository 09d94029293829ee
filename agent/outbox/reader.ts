/** Reads pages of rows to send: in order, without a hole, each checked; a gap is cut to the part that is wanted. */
import type { Lane } from '@skein/protocol/fleet';
import { readEnvelope, sealGap } from '@skein/protocol/telemetry';
import type { OutboxLosses } from './entry.ts';
import type { Epoch } from './epochs.ts';
import { laneEnd, laneStart, rowKey, seqOf } from './keys.ts';
import type { OutboxRows } from './rows.ts';
import { cutGap } from './seal.ts';

/** A row as it goes to the controller; a gap that began before the wanted seq is cut to the part that is wanted. */
export interface PageRow {
  readonly seq: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

export interface Page {
  readonly rows: PageRow[];
  /** Rows whose bytes no longer match their checksum: gaps stand for them in `rows`, and should in the file. */
  readonly damaged: readonly { readonly seq: number; readonly to: number }[];
}

export class PageReader {
  readonly #losses: OutboxLosses;
  readonly #rows: OutboxRows;

  constructor(rows: OutboxRows, losses: OutboxLosses) {
    this.#losses = losses;
    this.#rows = rows;
  }

  /** Rows from `from` on and below `end`, at least one if there is one, at most about `maxBytes`. */
  read(epoch: Epoch, lane: Lane, from: number, maxBytes: number, end = Number.POSITIVE_INFINITY): Page {
    const rows: PageRow[] = [];
    const damaged: { seq: number; to: number }[] = [];
    let expected = from;
    let bytes = 0;
    const key = rowKey(epoch.number, lane, from);
    const start = this.#rows.last(laneStart(epoch.number, lane), key)?.id ?? key;
    for (const row of this.#rows.each(start, laneEnd(epoch.number, lane))) {
      const seq = seqOf(row.id);
      const to = row.upto ?? seq;
      if (to < expected) continue;
      if (expected >= end) break;
      if (rows.length > 0 && bytes + row.bytes.length > maxBytes) break;
      if (seq > expected) {
        this.#losses.holes += seq - expected;
        rows.push(gapRow(epoch, lane, expected, seq - 1, 'unknown'));
        expected = seq;
      }
      const read = readEnvelope(row.bytes);
      if (!read.ok || read.header.epoch !== epoch.epoch || read.header.seq !== seq) {
        damaged.push({ seq, to });
        rows.push(gapRow(epoch, lane, expected, to, 'corrupt'));
      } else if (read.gap && seq < expected) {
        rows.push(cutGap({ epoch: epoch.epoch, boot: read.gap.boot, lane }, read.gap, expected));
      } else {
        rows.push({ seq, to, bytes: row.bytes });
      }
      bytes += row.bytes.length;
      expected = to + 1;
    }
    return { rows, damaged };
  }
}

function gapRow(epoch: Epoch, lane: Lane, from: number, to: number, reason: 'unknown' | 'corrupt'): PageRow {
  const { boot } = epoch;
  const gap = { lane, epoch: epoch.epoch, boot, from, to, reason, samples: 0, monoFromUs: 0, monoToUs: 0 };
  return { seq: from, to, bytes: sealGap(gap) };
}
