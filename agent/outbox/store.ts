/**
 * The outbox file, synchronous; it lives in the worker, where waiting for the disk hurts nobody.
 *
 * Invariants (outbox.invariants.test.ts):
 *  - every seq of a lane from `first` to `next − 1` is one batch or inside one gap;
 *  - a row leaves only after its ack, or by being replaced by a gap over the same seqs in the same transaction;
 *  - what `write` returned for is committed with an fsync.
 */
import type { Lane } from '@skein/protocol/fleet';
import { readEnvelope, sealGap } from '@skein/protocol/telemetry';
import type Database from 'better-sqlite3';
import { type Budget, budgetOf, openDatabase, PAGE_BYTES } from './database.ts';
import type { Entry, EpochState, LaneState, OutboxLosses } from './entry.ts';
import { noLosses } from './entry.ts';
import { Evictor } from './evictor.ts';
import { GapWriter } from './gaps.ts';
import { LANE_NAMES, laneEnd, laneStart, rowKey, seqOf } from './keys.ts';

export interface StoreOptions {
  readonly path: string;
  readonly budgetBytes: number;
  readonly keepAckedS: number;
}

/** A row as it goes to the controller; a gap that began before the wanted seq is cut to the part that is wanted. */
export interface PageRow {
  readonly seq: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

/** How the newest epoch in the file ended; what a start needs for its first gap record. */
export interface EarlierEnd {
  readonly epoch: string;
  readonly boot: string;
  readonly lastMonoUs: number;
  /** Set when the agent closed in order: nothing between this and the start is missing but the time it did not run. */
  readonly stoppedMonoUs: number | null;
}

interface EpochRow {
  readonly number: number;
  readonly epoch: string;
  readonly boot: string;
  readonly acked_urgent: number;
  readonly acked_history: number;
  readonly gone_urgent: number;
  readonly gone_history: number;
  readonly stopped_mono_us: number | null;
}

export interface Epoch {
  readonly number: number;
  readonly epoch: string;
  readonly boot: string;
  readonly lanes: Record<Lane, { first: number; next: number; acked: number; gone: number }>;
}

interface StoredRow {
  readonly id: number;
  readonly upto: number | null;
  readonly bytes: Uint8Array;
}

const ACK_SAVE_EVERY_S = 30;

export class OutboxStore {
  readonly losses: OutboxLosses = noLosses();
  readonly earlier: EarlierEnd | null;
  readonly #db: Database.Database;
  readonly #budget: Budget;
  readonly #epochs = new Map<string, Epoch>();
  readonly #evictor: Evictor;
  readonly #gaps: GapWriter;
  readonly #insert: Database.Statement;
  #acksToSave = false;
  /** Accumulated running time of the agent before this start, seconds. */
  readonly #baseS: number;
  #acksSavedAtS = 0;

  constructor(o: StoreOptions) {
    this.#budget = budgetOf(o.budgetBytes);
    this.#db = openDatabase(o.path, this.#budget);
    this.#insert = this.#db.prepare(
      'INSERT OR IGNORE INTO rows (id, upto, at_s, droppable, bytes) VALUES (?, NULL, ?, ?, ?)',
    );
    this.#gaps = new GapWriter(this.#db);
    this.#loadEpochs();
    this.#evictor = new Evictor({
      db: this.#db,
      budget: this.#budget,
      keepAckedS: o.keepAckedS,
      losses: this.losses,
      gaps: this.#gaps,
      epochs: () => [...this.#epochs.values()].sort((a, b) => a.number - b.number),
      urgentBytes: this.#urgentBytes(),
    });
    this.earlier = this.#findEarlierEnd();
    this.#baseS = this.#newestAgeStamp();
  }

  #loadEpochs(): void {
    const rows = this.#db.prepare<[], EpochRow>('SELECT * FROM epochs ORDER BY number').all();
    for (const row of rows) {
      const lane = (name: Lane, acked: number, gone: number) => {
        const low = this.#edge(row.number, name, 'ASC');
        const high = this.#edge(row.number, name, 'DESC');
        const next = Math.max(gone, high === null ? 0 : (high.upto ?? seqOf(high.id))) + 1;
        return { first: low === null ? next : seqOf(low.id), next, acked, gone };
      };
      this.#epochs.set(row.epoch, {
        number: row.number,
        epoch: row.epoch,
        boot: row.boot,
        lanes: {
          urgent: lane('urgent', row.acked_urgent, row.gone_urgent),
          history: lane('history', row.acked_history, row.gone_history),
        },
      });
    }
  }

  #edge(number: number, lane: Lane, order: 'ASC' | 'DESC'): StoredRow | null {
    const row = this.#db
      .prepare<[number, number], StoredRow>(
        `SELECT id, upto, bytes FROM rows WHERE id BETWEEN ? AND ? ORDER BY id ${order} LIMIT 1`,
      )
      .get(laneStart(number, lane), laneEnd(number, lane));
    return row ?? null;
  }

  #findEarlierEnd(): EarlierEnd | null {
    const row = this.#db.prepare<[], EpochRow>('SELECT * FROM epochs ORDER BY number DESC LIMIT 1').get();
    if (row === undefined) return null;
    let lastMonoUs = 0;
    let boot = row.boot;
    for (const lane of LANE_NAMES) {
      const last = this.#edge(row.number, lane, 'DESC');
      const read = last === null ? null : readEnvelope(last.bytes);
      if (!read?.ok || read.header.monoToUs <= lastMonoUs) continue;
      lastMonoUs = read.header.monoToUs;
      boot = read.header.boot;
    }
    return { epoch: row.epoch, boot, lastMonoUs, stoppedMonoUs: row.stopped_mono_us };
  }

  #newestAgeStamp(): number {
    let newest = 0;
    for (const epoch of this.#epochs.values()) {
      for (const lane of LANE_NAMES) {
        const row = this.#db
          .prepare<[number, number], { at_s: number }>(
            'SELECT at_s FROM rows WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1',
          )
          .get(laneStart(epoch.number, lane), laneEnd(epoch.number, lane));
        newest = Math.max(newest, row?.at_s ?? 0);
      }
    }
    return newest;
  }

  #urgentBytes(): number {
    let sum = 0;
    const statement = this.#db.prepare<[number, number], { sum: number | null }>(
      'SELECT sum(length(bytes) + 24) AS sum FROM rows WHERE id BETWEEN ? AND ?',
    );
    for (const epoch of this.#epochs.values()) {
      sum += statement.get(laneStart(epoch.number, 'urgent'), laneEnd(epoch.number, 'urgent'))?.sum ?? 0;
    }
    return sum;
  }

  #epochOf(epoch: string, boot: string): Epoch {
    const known = this.#epochs.get(epoch);
    if (known) return known;
    const { lastInsertRowid } = this.#db.prepare('INSERT INTO epochs (epoch, boot) VALUES (?, ?)').run(epoch, boot);
    const empty = () => ({ first: 1, next: 1, acked: 0, gone: 0 });
    const made: Epoch = {
      number: Number(lastInsertRowid),
      epoch,
      boot,
      lanes: { urgent: empty(), history: empty() },
    };
    this.#epochs.set(epoch, made);
    return made;
  }

  /**
   * Commits entries in one transaction, making room first. Entries of one lane come in order of seq. A batch already
   * there is left as it is (a commit whose outcome was unknown); a gap replaces whatever lies under it.
   * Throws SqliteError; then nothing of it is durable, or, after a failed COMMIT, unknown until the file is opened anew.
   */
  write(entries: readonly Entry[], runningS: number): void {
    const before = structuredClone(this.#epochs);
    const atS = this.#baseS + Math.floor(runningS);
    try {
      this.#db
        .transaction(() => {
          if (this.#acksToSave && runningS - this.#acksSavedAtS >= ACK_SAVE_EVERY_S) this.#saveAcks(runningS);
          if (this.#evictor.makeRoom(entries, atS)) this.#saveAcks(runningS);
          for (const entry of entries) this.#put(entry, atS);
          this.#dropEmptyEpochs(entries);
        })
        .immediate();
    } catch (error) {
      this.#epochs.clear();
      for (const [name, epoch] of before) this.#epochs.set(name, epoch);
      this.#evictor.rolledBack();
      throw error;
    }
  }

  #put(entry: Entry, atS: number): void {
    const epoch = this.#epochOf(entry.epoch, entry.boot);
    const lane = epoch.lanes[entry.lane];
    // A file that replaces a damaged one takes the epoch up in its middle.
    if (lane.first === lane.next && lane.gone === 0 && entry.seq > lane.next) lane.first = entry.seq;
    const key = rowKey(epoch.number, entry.lane, entry.seq);
    if (entry.gap === null) {
      this.#insert.run(key, atS, entry.droppable ? 1 : 0, entry.bytes);
    } else {
      this.#gaps.put(epoch, { ...entry, from: entry.seq, reason: entry.gap }, atS);
    }
    lane.next = Math.max(lane.next, entry.to + 1);
    if (entry.lane === 'urgent') this.#evictor.urgentGrew(entry.bytes.length + 24);
  }

  /** The controller has everything up to `upTo`. May go backwards: a controller restored from a backup knows less. */
  ack(epochId: string, lane: Lane, upTo: number): void {
    const epoch = this.#epochs.get(epochId);
    if (!epoch) return;
    // May exceed what the file holds: rows sent from memory while the disk failed.
    epoch.lanes[lane].acked = upTo;
    this.#acksToSave = true;
  }

  #saveAcks(runningS: number): void {
    const update = this.#db.prepare(
      'UPDATE epochs SET acked_urgent = ?, acked_history = ?, gone_urgent = ?, gone_history = ? WHERE number = ?',
    );
    for (const epoch of this.#epochs.values()) {
      const { urgent, history } = epoch.lanes;
      update.run(urgent.acked, history.acked, urgent.gone, history.gone, epoch.number);
    }
    this.#acksToSave = false;
    this.#acksSavedAtS = runningS;
  }

  #dropEmptyEpochs(entries: readonly Entry[]): void {
    const newest = Math.max(0, ...[...this.#epochs.values()].map((epoch) => epoch.number));
    for (const epoch of this.#epochs.values()) {
      const empty = LANE_NAMES.every((lane) => epoch.lanes[lane].first === epoch.lanes[lane].next);
      if (!empty || epoch.number === newest || entries.some((entry) => entry.epoch === epoch.epoch)) continue;
      this.#db.prepare('DELETE FROM epochs WHERE number = ?').run(epoch.number);
      this.#epochs.delete(epoch.epoch);
    }
  }

  /**
   * Rows from `from` on, at least one if there is one, at most about `maxBytes`. Always without a hole: rows that can no
   * longer be read become gap records, in the file too.
   */
  read(epochId: string, lane: Lane, from: number, maxBytes: number): PageRow[] {
    const epoch = this.#epochs.get(epochId);
    if (!epoch) return [];
    const page: PageRow[] = [];
    let expected = Math.max(from, epoch.lanes[lane].first);
    const key = rowKey(epoch.number, lane, expected);
    const covering = this.#db
      .prepare<[number, number], { id: number | null }>('SELECT max(id) AS id FROM rows WHERE id BETWEEN ? AND ?')
      .get(laneStart(epoch.number, lane), key);
    const rows = this.#db
      .prepare<[number, number], StoredRow>(
        'SELECT id, upto, bytes FROM rows WHERE id BETWEEN ? AND ? ORDER BY id LIMIT 512',
      )
      .iterate(covering?.id ?? key, laneEnd(epoch.number, lane));
    const damaged: { seq: number; to: number }[] = [];
    let bytes = 0;
    for (const row of rows) {
      const seq = seqOf(row.id);
      const to = row.upto ?? seq;
      if (to < expected) continue;
      if (page.length > 0 && bytes + row.bytes.length > maxBytes) break;
      if (seq > expected) {
        this.losses.holes += seq - expected;
        page.push(this.#gapRow(epoch, lane, expected, seq - 1, 'unknown'));
        expected = seq;
      }
      const read = readEnvelope(row.bytes);
      if (!read.ok || read.header.epoch !== epochId || read.header.seq !== seq) {
        damaged.push({ seq, to });
        page.push(this.#gapRow(epoch, lane, expected, to, 'corrupt'));
      } else if (read.gap && seq < expected) {
        const share = (to - expected + 1) / (to - seq + 1);
        const samples = Math.round(read.gap.samples * share);
        page.push({
          seq: expected,
          to,
          bytes: sealGap({ ...read.gap, lane, epoch: epochId, from: expected, to, samples }),
        });
      } else {
        page.push({ seq, to, bytes: row.bytes });
      }
      bytes += row.bytes.length;
      expected = to + 1;
    }
    if (damaged.length > 0) this.#replaceDamaged(epoch, lane, damaged);
    return page;
  }

  #gapRow(epoch: Epoch, lane: Lane, from: number, to: number, reason: 'unknown' | 'corrupt'): PageRow {
    const { boot } = epoch;
    const gap = { lane, epoch: epoch.epoch, boot, from, to, reason, samples: 0, monoFromUs: 0, monoToUs: 0 };
    return { seq: from, to, bytes: sealGap(gap) };
  }

  #replaceDamaged(epoch: Epoch, lane: Lane, damaged: readonly { seq: number; to: number }[]): void {
    this.losses.corruptRows += damaged.length;
    this.#db
      .transaction(() => {
        for (const { seq, to } of damaged) {
          const gap = { lane, boot: epoch.boot, from: seq, to, reason: 'corrupt' as const, samples: 0 };
          this.#gaps.put(epoch, { ...gap, monoFromUs: 0, monoToUs: 0 }, this.#baseS);
        }
      })
      .immediate();
  }

  /** Every epoch in the file, newest first. */
  states(): EpochState[] {
    const shown = ({ first, next, acked }: LaneState): LaneState => ({ first, next, acked });
    return [...this.#epochs.values()]
      .sort((a, b) => b.number - a.number)
      .map(({ epoch, boot, lanes }) => ({
        epoch,
        boot,
        lanes: { urgent: shown(lanes.urgent), history: shown(lanes.history) },
      }));
  }

  usedBytes(): number {
    return this.#evictor.usedPages() * PAGE_BYTES;
  }

  /** Gives up to `maxBytes` of acked rows back and hands free pages to the file system: the disk is full. */
  giveBack(maxBytes: number): number {
    let freed = 0;
    this.#db
      .transaction(() => {
        freed = this.#evictor.evictAcked(maxBytes);
        this.#saveAcks(this.#acksSavedAtS);
      })
      .immediate();
    this.#db.pragma('incremental_vacuum');
    return freed;
  }

  /** The agent stops in order at `monoUs`; everything sealed has been written. */
  markStopped(epochId: string, monoUs: number, runningS: number): void {
    this.#db
      .transaction(() => {
        this.#saveAcks(runningS);
        this.#db.prepare('UPDATE epochs SET stopped_mono_us = ? WHERE epoch = ?').run(Math.round(monoUs), epochId);
      })
      .immediate();
  }

  close(): void {
    this.#db.close();
  }
}
