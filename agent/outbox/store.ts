/**
 * The outbox file, synchronous; it lives in the worker, where waiting for the disk hurts nobody.
 *
 * Invariants (outbox.invariants.test.ts):
 *  - every seq of a lane from `first` to `next − 1` is one batch or inside one gap;
 *  - a row leaves only after its ack, or by being replaced by a gap over the same seqs in the same transaction;
 *  - what `write` returned for is committed with an fsync.
 */
import type { Lane } from '@skein/protocol/fleet';
import { type Budget, budgetOf, partsOf } from './budget.ts';
import { type Entry, type EpochState, noLosses, type OutboxLosses } from './entry.ts';
import { EpochBook } from './epoch-book.ts';
import { type EarlierEnd, type Epoch, loadFile, stateOf } from './epochs.ts';
import { Evictor } from './evictor.ts';
import { GapWriter } from './gaps.ts';
import { rowKey } from './keys.ts';
import { LyingAside } from './lying-aside.ts';
import { Mender, type Salvaged } from './mender.ts';
import type { PastEpoch } from './past.ts';
import { contradiction } from './problems.ts';
import { asideBeside } from './reach.ts';
import { PageReader, type PageRow } from './reader.ts';
import { type OutboxRows, ROW_OVERHEAD } from './rows.ts';
import { openRows } from './sql-rows.ts';

export interface StoreOptions {
  readonly path: string;
  readonly budgetBytes: number;
  readonly keepAckedS: number;
}

const ACK_SAVE_EVERY_S = 30;
const AGED_STEPS = 4;

export class OutboxStore {
  readonly losses: OutboxLosses = noLosses();
  readonly earlier: EarlierEnd | null;
  readonly #rows: OutboxRows;
  readonly aside: LyingAside;
  readonly #budget: Budget;
  readonly #book: EpochBook;
  readonly #reader: PageReader;
  readonly #evictor: Evictor;
  readonly #gaps: GapWriter;
  readonly #mender: Mender;
  /** Entries of the last group that are in the file: all, but for one that failed. */
  written = 0;
  #acksToSave = false;
  /** Accumulated running time of the agent before this start, seconds. */
  readonly #baseS: number;
  #acksSavedAtS = 0;

  constructor(o: StoreOptions, open = openRows, aside = asideBeside(o.path)) {
    this.aside = new LyingAside({
      ...{ aside, losses: this.losses },
      commit: (past) => this.#transact(() => this.#mender.adoptPast(past, this.#baseS)),
      onChanged: () => {
        this.#rows.cap(this.#evictor.mostBytes());
        // Whoever took it away: what was not found of it stays a gap, and is no longer waited for.
        if (this.asideBytes === 0) this.losses.unsalvaged += this.#mender.release();
      },
    });
    this.#budget = budgetOf(o.budgetBytes);
    this.#rows = open(o.path, this.#budget);
    this.#gaps = new GapWriter(this.#rows);
    const loaded = loadFile(this.#rows);
    this.#book = new EpochBook(this.#rows, loaded);
    this.#reader = new PageReader(this.#rows, this.losses);
    this.#evictor = new Evictor({
      rows: this.#rows,
      budget: this.#budget,
      keepAckedS: o.keepAckedS,
      losses: this.losses,
      gaps: this.#gaps,
      epochs: () => [...this.#book.live.values()].sort((a, b) => a.number - b.number),
      urgentBytes: loaded.urgentBytes,
      aside: this.aside,
    });
    this.#rows.cap(this.#evictor.mostBytes());
    this.#mender = new Mender(this.#rows, this.#book);
    if (this.asideBytes > 0) this.#mender.holdPlaceholders();
    this.earlier = loaded.earlier;
    this.#baseS = loaded.newestAtS;
  }

  /** Of a damaged file that lies aside; 0: there is none. */
  get asideBytes(): number {
    return this.aside.bytes;
  }

  /** One transaction; when it fails, what is known of the file is as before it. */
  #transact<T>(run: () => T): T {
    const before = this.#book.begun();
    this.#evictor.begun();
    try {
      let result: T | undefined;
      this.#rows.transaction(() => {
        result = run();
      });
      return result as T;
    } catch (error) {
      this.#book.rolledBack(before);
      this.#evictor.rolledBack();
      throw error;
    }
  }

  /**
   * Commits entries, making room first. Entries of one lane come in order of seq. A batch already there is left as it is
   * (a commit whose outcome was unknown); a gap replaces whatever lies under it. Larger groups than the log has room for
   * take several transactions. Throws SqliteError; then the last of these is not durable, or, after a failed COMMIT,
   * unknown until the file is opened anew; giving all of them again is right in each case.
   */
  write(entries: readonly Entry[], runningS: number): void {
    const atS = this.#baseS + Math.floor(runningS);
    this.written = 0;
    this.aside.pay();
    this.#evictAged(atS, runningS);
    for (const part of partsOf(entries, (entry) => this.#evictor.costOf([entry]), this.#budget.transactionBytes / 2)) {
      this.#makeRoom(part, atS, runningS);
      this.#transact(() => {
        if (this.#acksToSave && runningS - this.#acksSavedAtS >= ACK_SAVE_EVERY_S) this.#saveAcks(runningS);
        for (const entry of part) this.#put(entry, atS);
        this.#book.retireEmpty((epoch) => part.some((entry) => entry.epoch === epoch));
      });
      this.written += part.length;
    }
  }

  #evictAged(atS: number, runningS: number): void {
    // A bound on how long it takes; what is left is for the next time.
    for (let steps = 0; steps < AGED_STEPS; steps++) {
      const freed = this.#transact(() => {
        const bytes = this.#evictor.evictAged(atS);
        if (bytes > 0) this.#saveAcks(runningS);
        return bytes;
      });
      if (freed === 0) break;
    }
  }

  #makeRoom(entries: readonly Entry[], atS: number, runningS: number): void {
    if (this.#evictor.excess(entries) > 0) {
      const ahead = this.#evictor.ahead();
      for (;;) {
        const excess = this.#evictor.excess(entries);
        if (excess + ahead <= 0) break;
        const more = this.#transact(() => {
          const freed = this.#evictor.step(atS, { pressing: excess > 0 });
          if (freed) this.#saveAcks(runningS);
          return freed;
        });
        this.aside.goIfWanted();
        if (!more) break;
      }
    }
    this.#evictor.relax();
  }

  /** Is there room below the budget for these? If not, a full file is not the disk's fault. */
  fits(entries: readonly Entry[]): boolean {
    return this.#rows.usedBytes() + this.#evictor.costOf(entries) <= this.#evictor.mostBytes();
  }

  #put(entry: Entry, atS: number): void {
    const epoch = this.#book.of(entry.epoch, entry.boot);
    const lane = epoch.lanes[entry.lane];
    // A file that replaces a damaged one takes the epoch up in its middle.
    if (lane.first === lane.next && lane.gone === 0 && entry.seq > lane.next) lane.first = entry.seq;
    const key = rowKey(epoch.number, entry.lane, entry.seq);
    if (entry.gap === null) {
      // What a commit of unknown outcome held is written again: it may lie in a gap by now, or be acked and removed.
      const again = entry.seq < lane.next && (entry.seq < lane.first || this.#gaps.covers(epoch.number, entry));
      if (!again) this.#rows.addBatch(key, atS, entry.droppable, entry.bytes);
      else if (this.#mender.restore(entry, atS) === 0) return;
    } else {
      this.#gaps.put(epoch, { ...entry, from: entry.seq, reason: entry.gap }, atS);
    }
    lane.next = Math.max(lane.next, entry.to + 1);
    if (entry.lane === 'urgent') this.#evictor.urgentGrew(entry.bytes.length + ROW_OVERHEAD);
  }

  /** The controller has everything up to `upTo`. May go backwards: a controller restored from a backup knows less. */
  ack(epochId: string, lane: Lane, upTo: number): void {
    const epoch = this.#book.live.get(epochId);
    if (!epoch) return;
    // May exceed what the file holds: rows sent from memory while the disk failed.
    epoch.lanes[lane].acked = upTo;
    this.#acksToSave = true;
  }

  #saveAcks(runningS: number): void {
    for (const { number, lanes } of this.#book.live.values()) {
      const { urgent, history } = lanes;
      const acked = { urgent: urgent.acked, history: history.acked };
      this.#rows.saveAcks(number, acked, { urgent: urgent.gone, history: history.gone });
    }
    this.#acksToSave = false;
    this.#acksSavedAtS = runningS;
  }

  /** Rows from `from` on; see PageReader. */
  read(epochId: string, lane: Lane, from: number, maxBytes: number): PageRow[] {
    const epoch = this.#book.live.get(epochId);
    if (!epoch) return [];
    const start = Math.max(from, epoch.lanes[lane].first);
    const { next } = epoch.lanes[lane];
    const end = this.#mender.heldFrom(epochId, lane);
    const { rows, damaged } = this.#reader.read(epoch, lane, start, maxBytes, end);
    if (rows.length === 0 && start < Math.min(next, end ?? next)) {
      throw contradiction(`${lane} of ${epochId}: the file says that it holds ${start} to ${next - 1}, and gives none`);
    }
    if (damaged.length > 0) this.#replaceDamaged(epoch, lane, damaged);
    return rows;
  }

  #replaceDamaged(epoch: Epoch, lane: Lane, damaged: readonly { seq: number; to: number }[]): void {
    this.losses.corruptRows += damaged.length;
    this.#rows.transaction(() => {
      for (const { seq, to } of damaged) {
        const gap = { lane, boot: epoch.boot, from: seq, to, reason: 'corrupt' as const, samples: 0 };
        this.#gaps.put(epoch, { ...gap, monoFromUs: 0, monoToUs: 0 }, this.#baseS);
      }
    });
  }

  /** Newest first. */
  states(): EpochState[] {
    return [...this.#book.live.values()]
      .sort((a, b) => b.number - a.number)
      .map((epoch) => stateOf(epoch, (lane) => this.#mender.heldFrom(epoch.epoch, lane)));
  }

  /** Of which nothing is held any more, oldest first; the same array until that changes. */
  get past(): readonly PastEpoch[] {
    return this.#book.past;
  }

  /** Takes up what a damaged file held: placeholders, until it has been looked for (mender.ts). Newest first. */
  adopt(states: readonly EpochState[], past: readonly PastEpoch[] = []): void {
    this.#transact(() => {
      this.#mender.adopt(states, this.#baseS);
      this.#mender.adoptPast(past, this.#baseS);
    });
  }

  /** Puts rows of a damaged file back in their places. False when there is no room: then what lay aside is gone. */
  restore(salvaged: readonly Salvaged[]): boolean {
    const excess = this.#evictor.excess(salvaged);
    if (excess > 0) this.giveBack(excess);
    // What is here goes before what was damaged.
    if (this.#evictor.excess(salvaged) > 0) return !this.aside.giveUp();
    this.losses.salvaged += this.#transact(() =>
      salvaged.reduce((sum, row) => {
        const found = this.#mender.restore(row, this.#baseS);
        if (found > 0 && row.lane === 'urgent') this.#evictor.urgentGrew(row.bytes.length + ROW_OVERHEAD);
        return sum + found;
      }, 0),
    );
    return true;
  }

  endSalvage(): void {
    this.aside.done();
  }

  /** The disk is full: what lies aside goes. False when nothing did. */
  giveUpAside(): boolean {
    return this.aside.giveUp();
  }

  /** Of the main file, but for what was freed in it. */
  usedBytes(): number {
    return this.#rows.usedBytes();
  }

  /** Gives up to `maxBytes` of acked rows up: the disk is full, and what is freed in the file can be written again. */
  giveBack(maxBytes: number): number {
    return this.#transact(() => {
      const freed = this.#evictor.evictAcked(maxBytes);
      this.#saveAcks(this.#acksSavedAtS);
      return freed;
    });
  }

  /** The agent stops in order at `monoUs`; everything sealed has been written. */
  markStopped(epochId: string, monoUs: number, runningS: number): void {
    this.#rows.transaction(() => {
      this.#saveAcks(runningS);
      this.#rows.markStopped(epochId, Math.round(monoUs));
    });
  }

  close(): void {
    this.#rows.close();
  }
}
