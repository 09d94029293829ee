/**
 * Keeps the file inside its budget. In this order: rows the controller has (oldest first), those older than
 * `keepAckedHours` at any time; then every second history batch becomes a gap, then all but every fourth …; then the
 * oldest history; then the oldest batches of nothing but texts. Urgent rows that are answers, events, clock records or
 * gaps are never given up.
 *
 *   |<------------------------- maxPages ------------------------->|
 *   | history and urgent                        | urgent's reserve |
 */
import { readEnvelope } from '@skein/protocol/telemetry';
import { type Budget, PAGE_BYTES } from './database.ts';
import type { Entry, OutboxLosses } from './entry.ts';
import type { Epoch } from './epochs.ts';
import type { GapWriter } from './gaps.ts';
import { epochNumberOf, LANE_NAMES, laneEnd, laneOf, laneStart, rowKey, seqOf } from './keys.ts';
import { type OutboxRows, ROW_OVERHEAD, type Row } from './rows.ts';

const CHUNK_ROWS = 16;
const MAX_THINNING = 64;
/** Rows removed by age in one commit: a bound on how long it takes. */
const AGED_ROWS = 64;

export interface EvictorOptions {
  readonly rows: OutboxRows;
  readonly budget: Budget;
  readonly keepAckedS: number;
  readonly losses: OutboxLosses;
  readonly gaps: GapWriter;
  readonly epochs: () => readonly Epoch[];
  readonly urgentBytes: number;
}

export class Evictor {
  readonly #o: EvictorOptions;
  #urgentBytes: number;
  #urgentBytesBefore: number;
  #keepEvery = 2;
  #thinnedTo = 0;

  constructor(o: EvictorOptions) {
    this.#o = o;
    this.#urgentBytes = o.urgentBytes;
    this.#urgentBytesBefore = o.urgentBytes;
  }

  urgentGrew(bytes: number): void {
    this.#urgentBytes += bytes;
  }

  /** The transaction this took part in was rolled back. */
  rolledBack(): void {
    this.#urgentBytes = this.#urgentBytesBefore;
    this.#thinnedTo = 0;
  }

  usedPages(): number {
    return this.#o.rows.usedPages();
  }

  /** Makes room for `entries`, inside the caller's transaction. Returns whether anything was removed. */
  makeRoom(entries: readonly Entry[], atS: number): boolean {
    this.#urgentBytesBefore = this.#urgentBytes;
    const aged = this.#evictAged(atS);
    const needed = entries.reduce((sum, entry) => sum + Math.ceil((entry.bytes.length + 32) / PAGE_BYTES) + 1, 4);
    const onlyUrgent = entries.every((entry) => entry.lane === 'urgent');
    const { maxPages, reservePages } = this.#o.budget;
    const reserved = onlyUrgent ? 0 : Math.max(0, reservePages - Math.ceil(this.#urgentBytes / PAGE_BYTES));
    // 2 % slack: inner pages of the tree, and pages half full after deletions.
    const limit = maxPages - reserved - Math.ceil(maxPages / 50) - needed;
    let removed = aged > 0;
    while (this.usedPages() > limit) {
      const step =
        this.#evictAckedChunk() || this.#thinChunk(atS) || this.#dropOldestHistory(atS) || this.#dropTexts(atS);
      if (step === 0) break;
      removed = true;
    }
    if (this.usedPages() < maxPages / 2) {
      this.#keepEvery = 2;
      this.#thinnedTo = 0;
    }
    return removed;
  }

  /** Removes acked rows, oldest first, until about `maxBytes` are free. Returns the bytes of the removed rows. */
  evictAcked(maxBytes: number): number {
    let freed = 0;
    while (freed < maxBytes) {
      const chunk = this.#evictAckedChunk();
      if (chunk === 0) break;
      freed += chunk;
    }
    return freed;
  }

  #evictAged(atS: number): number {
    return this.#removeAcked(AGED_ROWS, (row) => row.atS < atS - this.#o.keepAckedS);
  }

  #evictAckedChunk(): number {
    return this.#removeAcked(CHUNK_ROWS, () => true);
  }

  #removeAcked(limit: number, may: (row: Row) => boolean): number {
    for (const epoch of this.#o.epochs()) {
      for (const lane of LANE_NAMES) {
        const state = epoch.lanes[lane];
        if (state.first > state.acked) continue;
        let bytes = 0;
        for (const row of this.#o.rows.first(
          laneStart(epoch.number, lane),
          rowKey(epoch.number, lane, state.acked),
          limit,
        )) {
          const to = row.upto ?? seqOf(row.id);
          if (to > state.acked || !may(row)) break;
          this.#o.rows.remove(row.id, row.id);
          state.first = to + 1;
          state.gone = to;
          bytes += row.bytes.length + ROW_OVERHEAD;
          this.#o.losses.evictedAcked++;
        }
        if (lane === 'urgent') this.#urgentBytes -= bytes;
        if (bytes > 0) return bytes;
      }
    }
    return 0;
  }

  #thinChunk(atS: number): number {
    while (this.#keepEvery <= MAX_THINNING) {
      const rows = this.#o.rows.notEvery(this.#keepEvery, this.#thinnedTo, CHUNK_ROWS);
      if (rows.length > 0) {
        for (const row of rows) this.#toGap(row, 'thinned', atS);
        this.#o.losses.thinned += rows.length;
        this.#thinnedTo = rows.at(-1)?.id ?? 0;
        return rows.length;
      }
      this.#keepEvery *= 2;
      this.#thinnedTo = 0;
    }
    return 0;
  }

  #dropOldestHistory(atS: number): number {
    for (const epoch of this.#o.epochs()) {
      const [from, to] = [laneStart(epoch.number, 'history'), laneEnd(epoch.number, 'history')];
      const rows = this.#o.rows.batches(from, to, CHUNK_ROWS);
      if (rows.length === 0) continue;
      for (const row of rows) this.#toGap(row, 'budget', atS);
      this.#o.losses.droppedBudget += rows.length;
      return rows.length;
    }
    return 0;
  }

  #dropTexts(atS: number): number {
    const rows = this.#o.rows.droppable(CHUNK_ROWS);
    for (const row of rows) {
      this.#toGap(row, 'budget', atS);
      this.#urgentBytes -= row.bytes.length + ROW_OVERHEAD;
    }
    this.#o.losses.droppedBudget += rows.length;
    return rows.length;
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
