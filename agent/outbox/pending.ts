/**
 * What is sealed and not yet durable, in order of sealing, bounded in bytes: 1 MB, 4 MB once the disk has failed. A
 * prefix may be with the worker; the rest is turned into gaps past the bound: history before urgent, oldest first,
 * neighbours merged.
 *
 *   [ with the worker | waiting … ]  → commit drops the prefix, a failed write gives it back
 */
import type { Lane } from '@skein/protocol/fleet';
import type { GapReason } from '@skein/protocol/telemetry';
import type { Entry } from './entry.ts';
import { cutGap, gapEntry } from './seal.ts';

const QUEUE_BYTES = 1 << 20;
const VOLATILE_BYTES = 4 << 20;
/** A fixed cost per entry besides its bytes, so that thousands of tiny batches are bounded too. */
const ENTRY_OVERHEAD = 128;

const costOf = (entry: Entry): number => entry.bytes.length + ENTRY_OVERHEAD;

interface Span {
  readonly from: number;
  readonly end: number;
}

export class Pending {
  #entries: Entry[] = [];
  #writing = 0;
  #bytes = 0;
  #bound = QUEUE_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#entries.length;
  }

  get writing(): boolean {
    return this.#writing > 0;
  }

  /** Monotonic stamp of the oldest sample waiting, null when none; gap records hold no samples. */
  get oldestMonoUs(): number | null {
    let oldest: number | null = null;
    for (const entry of this.#entries) {
      if (entry.gap === null && (oldest === null || entry.monoFromUs < oldest)) oldest = entry.monoFromUs;
    }
    return oldest;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#bytes += costOf(entry);
  }

  /** Puts an entry before all others; only while nothing is with the worker. */
  unshift(entry: Entry): void {
    this.#entries.unshift(entry);
    this.#bytes += costOf(entry);
  }

  /** The next entries to commit together, about `maxBytes`; empty while a group is under way. */
  takeGroup(maxBytes: number): readonly Entry[] {
    if (this.#writing > 0) return [];
    let bytes = 0;
    let count = 0;
    for (const entry of this.#entries) {
      if (count > 0 && bytes + entry.bytes.length > maxBytes) break;
      bytes += entry.bytes.length;
      count++;
    }
    this.#writing = count;
    return this.#entries.slice(0, count);
  }

  /** The group under way is durable, or the first of it. Returns them. */
  committed(count = this.#writing): readonly Entry[] {
    const group = this.#entries.splice(0, count);
    this.#writing = 0;
    for (const entry of group) this.#bytes -= costOf(entry);
    if (this.#bytes < QUEUE_BYTES) this.#bound = QUEUE_BYTES;
    return group;
  }

  /** The group under way failed: it waits again, at its place, and more may wait with it. */
  failed(): void {
    this.#writing = 0;
    this.#bound = VOLATILE_BYTES;
  }

  /**
   * Turns waiting batches into gaps until no more wait than may. Returns how many batches and samples were lost.
   * Batches the controller already has (sent from memory while the disk failed) go first.
   */
  fit(reason: GapReason, isAcked: (entry: Entry) => boolean): { batches: number; samples: number } {
    const lost = { batches: 0, samples: 0 };
    const preferences: readonly ((entry: Entry) => boolean)[] = [
      isAcked,
      (entry) => entry.lane === 'history',
      (entry) => entry.droppable,
      () => true,
    ];
    for (const preferred of preferences) {
      for (let i = this.#writing; i < this.#entries.length && this.#bytes > this.#bound; ) {
        const entry = this.#entries[i];
        if (!entry || entry.gap !== null || !preferred(entry)) {
          i++;
          continue;
        }
        if (!isAcked(entry)) {
          lost.batches++;
          lost.samples += entry.samples;
        }
        i = this.#replaceByGap(i, entry, reason);
      }
      if (this.#bytes <= this.#bound) break;
    }
    return lost;
  }

  /** Replaces entry `i` by a gap, merged into the gap right before it in its lane if there is one. Returns where to go on. */
  #replaceByGap(i: number, entry: Entry, reason: GapReason): number {
    const before = this.#previousOfLane(i, entry.lane);
    const joined = before !== null && before.entry.gap === reason && before.entry.to === entry.seq - 1;
    const first = joined ? before.entry : entry;
    const span = {
      samples: entry.samples + (joined ? before.entry.samples : 0),
      monoFromUs: Math.min(first.monoFromUs, entry.monoFromUs),
      monoToUs: Math.max(first.monoToUs, entry.monoToUs),
    };
    const gap = gapEntry(entry, first.seq, entry.to, { reason, ...span });
    this.#bytes += costOf(gap) - costOf(entry) - (joined ? costOf(before.entry) : 0);
    if (!joined) {
      this.#entries[i] = gap;
      return i + 1;
    }
    this.#entries[before.index] = gap;
    this.#entries.splice(i, 1);
    return i;
  }

  #previousOfLane(i: number, lane: Lane): { index: number; entry: Entry } | null {
    for (let index = i - 1; index >= this.#writing; index--) {
      const entry = this.#entries[index];
      if (entry?.lane === lane) return { index, entry };
    }
    return null;
  }

  /** Entries of a lane between `from` and `end`, a gap cut to the part that is wanted: what can be sent although it is not durable. */
  from(epoch: string, lane: Lane, { from, end }: Span, maxBytes: number): readonly Entry[] {
    const page: Entry[] = [];
    let bytes = 0;
    for (const entry of this.#entries) {
      if (entry.epoch !== epoch || entry.lane !== lane || entry.to < from || entry.seq >= end) continue;
      if (page.length > 0 && bytes + entry.bytes.length > maxBytes) break;
      const { seq, to, gap: reason } = entry;
      page.push(reason !== null && seq < from ? cutGap(entry, { ...entry, from: seq, to, reason }, from) : entry);
      bytes += entry.bytes.length;
    }
    return page;
  }
}
