/**
 * Keeps the file inside its budget. In this order: rows the controller has (oldest first), those older than
 * `keepAckedHours` at any time; then what lies aside; then every second history batch becomes a gap, then all but every
 * fourth …; then the oldest history; then the oldest batches of nothing but texts. Urgent rows that are answers, events,
 * clock records or gaps are never given up.
 *
 * It frees more than is needed at the moment, so that most commits remove nothing: a commit that removes one row for
 * each it adds writes twice the pages.
 */
import { readEnvelope } from '@skein/protocol/telemetry';
import { type Budget, reserveOf } from './budget.ts';
import type { Entry, OutboxLosses } from './entry.ts';
import type { Epoch } from './epochs.ts';
import type { GapWriter } from './gaps.ts';
import { epochNumberOf, LANE_NAMES, laneEnd, laneOf, laneStart, rowKey, seqOf } from './keys.ts';
import { type Edge, type OutboxRows, ROW_OVERHEAD, type Row } from './rows.ts';

const MAX_THINNING = 64;
/** Freed at a time when room is wanted; a 32nd of a small file. */
const AHEAD_BYTES = 256 << 10;
/** How much later than they may go acked rows go by age, s: not one with each commit. */
const AGED_SLACK_S = 60;

export interface EvictorOptions {
  readonly rows: OutboxRows;
  readonly budget: Budget;
  readonly keepAckedS: number;
  readonly losses: OutboxLosses;
  readonly gaps: GapWriter;
  readonly epochs: () => readonly Epoch[];
  readonly urgentBytes: number;
  /** A damaged file; `want`: its bytes are needed, it is removed after this step. False when there is none. */
  readonly aside: { readonly bytes: number; want(): boolean };
}

export class Evictor {
  readonly #o: EvictorOptions;
  /** Rows that one transaction removes or replaces: a bound on the log. */
  readonly #chunk: number;
  #urgentBytes: number;
  #urgentBytesBefore: number;
  #keepEvery = 2;
  #thinnedTo = 0;

  constructor(o: EvictorOptions) {
    this.#o = o;
    this.#urgentBytes = o.urgentBytes;
    this.#urgentBytesBefore = o.urgentBytes;
    this.#chunk = Math.max(4, Math.min(512, Math.floor(o.budget.transactionBytes / (4 * (o.rows.pageBytes + 24)))));
  }

  urgentGrew(bytes: number): void {
    this.#urgentBytes += bytes;
  }

  /** A transaction begins. */
  begun(): void {
    this.#urgentBytesBefore = this.#urgentBytes;
  }

  /** It was rolled back. */
  rolledBack(): void {
    this.#urgentBytes = this.#urgentBytesBefore;
    this.#thinnedTo = 0;
  }

  /** Most the main file may have now. */
  mostBytes(): number {
    const { budget, aside } = this.#o;
    const besides = budget.totalBytes - budget.logBytes - aside.bytes;
    return aside.bytes === 0 ? budget.fileBytes : Math.min(budget.fileBytes, besides);
  }

  /** Upper bound of what these entries take of the main file. */
  costOf(entries: readonly Pick<Entry, 'bytes'>[]): number {
    const page = this.#o.rows.pageBytes;
    return entries.reduce((sum, { bytes }) => sum + (Math.ceil((bytes.length + 32) / (page - 4)) + 1) * page, 4 * page);
  }

  /** Bytes over what the file may have with these entries in it; none when it is not positive. */
  excess(entries: readonly Pick<Entry, 'bytes' | 'lane'>[]): number {
    const most = this.mostBytes();
    const onlyUrgent = entries.every((entry) => entry.lane === 'urgent');
    const reserved = onlyUrgent ? 0 : Math.max(0, reserveOf(most) - this.#urgentBytes);
    // 2 % slack: inner pages of the tree, and pages half full after deletions.
    return this.#o.rows.usedBytes() + this.costOf(entries) - (most * 0.98 - reserved);
  }

  /** What is freed beyond the excess. */
  ahead(): number {
    return Math.min(AHEAD_BYTES, this.mostBytes() / 32);
  }

  /** One bounded step towards room, inside the caller's transaction. False when there is nothing to give any more. */
  step(atS: number, o: { readonly pressing: boolean }): boolean {
    if (this.#removeAcked(() => true) > 0) return true;
    if (!o.pressing && this.#keepEvery === 2 && this.#thinnedTo === 0) return false;
    if (o.pressing && this.#o.aside.want()) return true;
    return this.#thinChunk(atS) || this.#dropOldestHistory(atS) || (o.pressing && this.#dropTexts(atS));
  }

  /** There is room again: thinning begins anew, with every second. */
  relax(): void {
    if (this.#o.rows.usedBytes() >= this.mostBytes() / 2) return;
    this.#keepEvery = 2;
    this.#thinnedTo = 0;
  }

  /** Removes acked rows, oldest first, until about `maxBytes` are free. Returns the bytes of the removed rows. */
  evictAcked(maxBytes: number): number {
    let freed = 0;
    while (freed < maxBytes) {
      const chunk = this.#removeAcked(() => true);
      if (chunk === 0) break;
      freed += chunk;
    }
    return freed;
  }

  /** Removes acked rows that are too old; a bounded number, and a minute's worth at a time. Returns their bytes. */
  evictAged(atS: number): number {
    const { keepAckedS } = this.#o;
    const slackS = Math.min(AGED_SLACK_S, keepAckedS / 1000);
    return this.#removeAcked((row, first) => row.atS < atS - keepAckedS - (first ? slackS : 0));
  }

  #removeAcked(may: (row: Edge, first: boolean) => boolean): number {
    for (const epoch of this.#o.epochs()) {
      for (const lane of LANE_NAMES) {
        const state = epoch.lanes[lane];
        if (state.first > state.acked) continue;
        const start = laneStart(epoch.number, lane);
        let bytes = 0;
        let count = 0;
        let last = 0;
        for (const row of this.#o.rows.edges(start, rowKey(epoch.number, lane, state.acked), this.#chunk)) {
          const to = row.upto ?? seqOf(row.id);
          if (to > state.acked || !may(row, count === 0)) break;
          last = row.id;
          state.first = to + 1;
          state.gone = to;
          bytes += row.size + ROW_OVERHEAD;
          count++;
        }
        if (count === 0) continue;
        this.#o.rows.remove(start, last);
        this.#o.losses.evictedAcked += count;
        if (lane === 'urgent') this.#urgentBytes -= bytes;
        return bytes;
      }
    }
    return 0;
  }

  #thinChunk(atS: number): boolean {
    while (this.#keepEvery <= MAX_THINNING) {
      const rows = this.#o.rows.notEvery(this.#keepEvery, this.#thinnedTo, this.#chunk);
      if (rows.length > 0) {
        for (const row of rows) this.#toGap(row, 'thinned', atS);
        this.#o.losses.thinned += rows.length;
        this.#thinnedTo = rows.at(-1)?.id ?? 0;
        return true;
      }
      this.#keepEvery *= 2;
      this.#thinnedTo = 0;
    }
    return false;
  }

  #dropOldestHistory(atS: number): boolean {
    for (const { number } of this.#o.epochs()) {
      const rows = this.#o.rows.batches(laneStart(number, 'history'), laneEnd(number, 'history'), this.#chunk);
      if (rows.length === 0) continue;
      for (const row of rows) this.#toGap(row, 'budget', atS);
      this.#o.losses.droppedBudget += rows.length;
      return true;
    }
    return false;
  }

  #dropTexts(atS: number): boolean {
    const rows = this.#o.rows.droppable(this.#chunk);
    for (const row of rows) {
      this.#toGap(row, 'budget', atS);
      this.#urgentBytes -= row.bytes.length + ROW_OVERHEAD;
    }
    this.#o.losses.droppedBudget += rows.length;
    return rows.length > 0;
  }

  #toGap(row: Row, reason: 'thinned' | 'budget', atS: number): void {
    const epoch = this.#o.epochs().find((candidate) => candidate.number === epochNumberOf(row.id));
    if (!epoch) throw new Error(`row ${row.id} belongs to no epoch`);
    const read = readEnvelope(row.bytes);
    const seq = seqOf(row.id);
    const lane = laneOf(row.id);
    const span = read.ok
      ? {
          boot: read.header.boot,
          samples: read.header.rows,
          monoFromUs: read.header.monoFromUs,
          monoToUs: read.header.monoToUs,
        }
      : { boot: epoch.boot, samples: 0, monoFromUs: 0, monoToUs: 0 };
    this.#o.gaps.put(epoch, { lane, from: seq, to: seq, reason: read.ok ? reason : 'corrupt', ...span }, atS);
  }
}
