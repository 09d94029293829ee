/**
 * What waits in an outbox file, read past SQLite: no lock is taken and nothing is written, so the file may be that of a
 * running agent, on a read-only file system, or damaged. Of a file that is written meanwhile it is about right: what a
 * running agent knows exactly (acks) is given to it.
 */
import { existsSync, statSync } from 'node:fs';
import type { Lane } from '@skein/protocol/fleet';
import type { BatchHeader, GapReason } from '@skein/protocol/telemetry';
import { asideBytes } from './aside.ts';
import { DamagedFile } from './damaged-file.ts';
import { LANE_NAMES } from './keys.ts';

/** How many rows are remembered at most, some 40 B each, for it may run beside an agent on a small board; 256 MB hold about 350 000. */
const MAX_ROWS = 1_000_000;

export interface GapSum {
  readonly reason: GapReason;
  readonly records: number;
  /** Sequence numbers that stand for nothing. */
  readonly seqs: number;
  /** Samples that went with them, as far as that was known. */
  readonly samples: number;
}

export interface LaneSurvey {
  readonly epoch: string;
  readonly boot: string;
  readonly lane: Lane;
  /** Every number up to here the controller has. */
  readonly acked: number;
  /** Batches that it has not yet, and their bytes. */
  readonly batches: number;
  readonly bytes: number;
  /** Of the oldest of these, and of the newest: monotonic µs of `boot`; null: none waits. */
  readonly oldestMonoUs: number | null;
  readonly newestMonoUs: number | null;
  /** Gap records that it has not yet. */
  readonly gaps: readonly GapSum[];
}

export interface OutboxSurvey {
  /** Main file and log. */
  readonly fileBytes: number;
  /** Of a damaged file that lies beside it; null: none does. */
  readonly asideBytes: number | null;
  /** False: damaged where it begins, or no outbox at all. What is counted is what could be found in it. */
  readonly beginsWell: boolean;
  /** Batches kept although the controller has them. */
  readonly keptBatches: number;
  /** Oldest epochs first, as they are found; only what waits. */
  readonly lanes: readonly LaneSurvey[];
  /** There were more rows than are remembered. */
  readonly cut: boolean;
}

/** Columns, for a row of its own each would be several times as large. */
class Batches {
  readonly #seqs: number[] = [];
  readonly #bytes: number[] = [];
  readonly #fromUs: number[] = [];
  readonly #toUs: number[] = [];

  add({ seq, byteLength, monoFromUs, monoToUs }: BatchHeader): void {
    this.#seqs.push(seq);
    this.#bytes.push(byteLength);
    this.#fromUs.push(monoFromUs);
    this.#toUs.push(monoToUs);
  }

  /** By number, each number once: a page that was given up may still hold a copy. */
  *each(): Generator<{ readonly seq: number; readonly bytes: number; readonly fromUs: number; readonly toUs: number }> {
    const order = Uint32Array.from(this.#seqs.keys()).sort((a, b) => (this.#seqs[a] ?? 0) - (this.#seqs[b] ?? 0));
    let before = 0;
    for (const at of order) {
      const [seq = 0, bytes = 0] = [this.#seqs[at], this.#bytes[at]];
      if (seq === before) continue;
      before = seq;
      yield { seq, bytes, fromUs: this.#fromUs[at] ?? 0, toUs: this.#toUs[at] ?? 0 };
    }
  }
}

interface Found {
  readonly boot: string;
  readonly batches: Batches;
  readonly gaps: Map<number, { readonly to: number; readonly reason: GapReason; readonly samples: number }>;
}

/** Acks by epoch and lane, as a running agent knows them. */
export type KnownAcks = (epoch: string, lane: Lane) => number | null;

/** Throws what the system says of the file. */
export function surveyOutbox(path: string, acks: KnownAcks = () => null): OutboxSurvey {
  const found = new Map<string, Map<Lane, Found>>();
  const told = new Map<string, Record<Lane, number>>();
  let rows = 0;
  const file = new DamagedFile(path, 'in-place');
  try {
    for (let page = 1; page <= file.pages; page++) {
      file.look(page, {
        row: ({ envelope: { header, gap } }) => {
          const { epoch, boot, lane, seq } = header;
          if (lane === 'live' || rows >= MAX_ROWS) return;
          rows++;
          const lanes = found.get(epoch) ?? new Map<Lane, Found>();
          found.set(epoch, lanes);
          const one = lanes.get(lane) ?? { boot, batches: new Batches(), gaps: new Map() };
          lanes.set(lane, one);
          if (gap === null) one.batches.add(header);
          else one.gaps.set(seq, { to: gap.to, reason: gap.reason, samples: gap.samples });
        },
        epoch: ({ epoch, acked }) => {
          // Of an old copy of this row the later one counts.
          const before = told.get(epoch) ?? { urgent: 0, history: 0 };
          const { urgent, history } = acked;
          told.set(epoch, { urgent: Math.max(urgent, before.urgent), history: Math.max(history, before.history) });
        },
      });
    }
  } finally {
    file.close();
  }
  let keptBatches = 0;
  const lanes: LaneSurvey[] = [];
  for (const [epoch, byLane] of found) {
    for (const lane of LANE_NAMES) {
      const one = byLane.get(lane);
      if (one === undefined) continue;
      const acked = acks(epoch, lane) ?? told.get(epoch)?.[lane] ?? 0;
      const { survey, kept } = waiting({ epoch, lane, acked }, one);
      keptBatches += kept;
      if (survey.batches > 0 || survey.gaps.length > 0) lanes.push(survey);
    }
  }
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const fileBytes = statSync(path).size + log;
  return {
    fileBytes,
    asideBytes: asideBytes(path),
    beginsWell: file.beginsWell,
    keptBatches,
    lanes,
    cut: rows >= MAX_ROWS,
  };
}

function waiting(
  { epoch, lane, acked }: Pick<LaneSurvey, 'epoch' | 'lane' | 'acked'>,
  { boot, batches, gaps }: Found,
): { readonly survey: LaneSurvey; readonly kept: number } {
  const sums = new Map<GapReason, { records: number; seqs: number; samples: number }>();
  // A page that was given up may still hold what has gone into a larger gap since.
  const covered = covering(gaps);
  for (const [from, { to, reason, samples }] of covered) {
    if (to <= acked) continue;
    const sum = sums.get(reason) ?? { records: 0, seqs: 0, samples: 0 };
    sum.records++;
    sum.seqs += to - Math.max(from, acked + 1) + 1;
    sum.samples += samples;
    sums.set(reason, sum);
  }
  const isCovered = coverer(covered);
  let [count, bytes, kept] = [0, 0, 0];
  let oldestMonoUs: number | null = null;
  let newestMonoUs: number | null = null;
  for (const { seq, ...batch } of batches.each()) {
    if (isCovered(seq)) continue;
    if (seq <= acked) {
      kept++;
      continue;
    }
    count++;
    bytes += batch.bytes;
    oldestMonoUs = Math.min(oldestMonoUs ?? batch.fromUs, batch.fromUs);
    newestMonoUs = Math.max(newestMonoUs ?? batch.toUs, batch.toUs);
  }
  const summed = [...sums].map(([reason, sum]) => ({ reason, ...sum }));
  return {
    survey: { epoch, boot, lane, acked, batches: count, bytes, oldestMonoUs, newestMonoUs, gaps: summed },
    kept,
  };
}

/** In order, without those that lie within others. */
function covering(gaps: Found['gaps']): [number, { to: number; reason: GapReason; samples: number }][] {
  const sorted = [...gaps].sort(([a, one], [b, other]) => a - b || other.to - one.to);
  let reached = 0;
  return sorted.filter(([, { to }]) => {
    if (to <= reached) return false;
    reached = to;
    return true;
  });
}

function coverer(sorted: readonly (readonly [number, { readonly to: number }])[]): (seq: number) => boolean {
  return (seq) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.[0] ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    return low > 0 && (sorted[low - 1]?.[1].to ?? 0) >= seq;
  };
}

/** Is there an outbox at all? */
export const hasOutbox = (path: string): boolean => existsSync(path);
