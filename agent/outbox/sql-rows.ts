/** The rows of the outbox in SQLite: all SQL of the file but for opening it (database.ts). */
import type { Lane } from '@skein/protocol/fleet';
import type Database from 'better-sqlite3';
import type { Budget } from './budget.ts';
import { openDatabase, pageBytesOf } from './database.ts';
import { epochSum } from './epoch-sum.ts';
import { contradiction, isStorageError } from './problems.ts';
import type { Edge, EpochRow, OutboxRows, Row } from './rows.ts';
import { ROW_OVERHEAD } from './rows.ts';

const HISTORY_BIT = 2 ** 32;
const NONE = { urgent: 0, history: 0 } as const;
const COLUMNS = 'id, upto, at_s AS atS, bytes';

type Span = [from: number, to: number];

interface StoredEpoch {
  readonly number: number;
  readonly epoch: string;
  readonly boot: string;
  readonly acked_urgent: number;
  readonly acked_history: number;
  readonly gone_urgent: number;
  readonly gone_history: number;
  readonly stopped_mono_us: number | null;
  readonly sum: number | null;
}

export class SqlRows implements OutboxRows {
  readonly pageBytes: number;
  readonly #db: Database.Database;
  readonly #first: Database.Statement<[number, number, number], Row>;
  readonly #edges: Database.Statement<[number, number, number], Edge>;
  readonly #last: Database.Statement<Span, Row>;
  readonly #get: Database.Statement<[number], Row>;
  readonly #gaps: Database.Statement<Span, Row>;
  readonly #batches: Database.Statement<[number, number, number], Row>;
  readonly #notEvery: Database.Statement<[number, number, number], Row>;
  readonly #droppable: Database.Statement<[number], Row>;
  readonly #addBatch: Database.Statement<[number, number, number, Uint8Array]>;
  readonly #addGap: Database.Statement<[number, number, number, Uint8Array]>;
  readonly #remove: Database.Statement<Span>;

  constructor(db: Database.Database) {
    this.#db = db;
    this.pageBytes = pageBytesOf(db);
    this.#first = db.prepare(`SELECT ${COLUMNS} FROM rows WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?`);
    this.#edges = db.prepare(
      'SELECT id, upto, at_s AS atS, length(bytes) AS size FROM rows WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?',
    );
    this.#last = db.prepare(`SELECT ${COLUMNS} FROM rows WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1`);
    this.#get = db.prepare(`SELECT ${COLUMNS} FROM rows WHERE id = ?`);
    this.#gaps = db.prepare(`SELECT ${COLUMNS} FROM rows WHERE id BETWEEN ? AND ? AND upto IS NOT NULL ORDER BY id`);
    this.#batches = db.prepare(
      `SELECT ${COLUMNS} FROM rows WHERE id BETWEEN ? AND ? AND upto IS NULL ORDER BY id LIMIT ?`,
    );
    this.#notEvery = db.prepare(
      `SELECT ${COLUMNS} FROM rows WHERE id > ? AND upto IS NULL AND (id & ${HISTORY_BIT}) != 0
         AND (id % ?) != 0 ORDER BY id LIMIT ?`,
    );
    this.#droppable = db.prepare(`SELECT ${COLUMNS} FROM rows WHERE droppable = 1 ORDER BY id LIMIT ?`);
    this.#addBatch = db.prepare(
      'INSERT OR IGNORE INTO rows (id, upto, at_s, droppable, bytes) VALUES (?, NULL, ?, ?, ?)',
    );
    this.#addGap = db.prepare('INSERT INTO rows (id, upto, at_s, droppable, bytes) VALUES (?, ?, ?, 0, ?)');
    this.#remove = db.prepare('DELETE FROM rows WHERE id BETWEEN ? AND ?');
  }

  first(from: number, to: number, limit: number): readonly Row[] {
    return this.#first.all(from, to, limit);
  }

  each(from: number, to: number): Iterable<Row> {
    return this.#first.iterate(from, to, 512);
  }

  edges(from: number, to: number, limit: number): Iterable<Edge> {
    return this.#edges.iterate(from, to, limit);
  }

  last(from: number, to: number): Row | undefined {
    return this.#last.get(from, to);
  }

  get(id: number): Row | undefined {
    return this.#get.get(id);
  }

  gaps(from: number, to: number): Iterable<Row> {
    return this.#gaps.iterate(from, to);
  }

  batches(from: number, to: number, limit: number): readonly Row[] {
    return this.#batches.all(from, to, limit);
  }

  notEvery(every: number, after: number, limit: number): readonly Row[] {
    return this.#notEvery.all(after, every, limit);
  }

  droppable(limit: number): readonly Row[] {
    return this.#droppable.all(limit);
  }

  bytes(from: number, to: number): number {
    const sum = this.#db
      .prepare<Span, { sum: number | null }>(
        `SELECT sum(length(bytes) + ${ROW_OVERHEAD}) AS sum FROM rows WHERE id BETWEEN ? AND ?`,
      )
      .get(from, to);
    return sum?.sum ?? 0;
  }

  addBatch(id: number, atS: number, droppable: boolean, bytes: Uint8Array): void {
    this.#addBatch.run(id, atS, droppable ? 1 : 0, bytes);
  }

  addGap(id: number, upto: number, atS: number, bytes: Uint8Array): void {
    mustBeNew(() => this.#addGap.run(id, upto, atS, bytes));
  }

  remove(from: number, to: number): void {
    this.#remove.run(from, to);
  }

  epochs(): readonly EpochRow[] {
    return this.#db
      .prepare<[], StoredEpoch>('SELECT * FROM epochs ORDER BY number')
      .all()
      .map((row) => {
        const { number, epoch, boot, stopped_mono_us: stoppedMonoUs } = row;
        const acked = { urgent: row.acked_urgent, history: row.acked_history };
        const gone = { urgent: row.gone_urgent, history: row.gone_history };
        // Damaged: as if nothing had been acked yet. The controller says so again.
        const isSound = row.sum === epochSum({ epoch, acked, gone });
        return { number, epoch, boot, acked: isSound ? acked : NONE, gone: isSound ? gone : NONE, stoppedMonoUs };
      });
  }

  addEpoch(epoch: string, boot: string, number: number | null = null): number {
    const insert = this.#db.prepare('INSERT INTO epochs (number, epoch, boot, sum) VALUES (?, ?, ?, ?)');
    const sum = epochSum({ epoch, acked: NONE, gone: NONE });
    return Number(mustBeNew(() => insert.run(number, epoch, boot, sum)).lastInsertRowid);
  }

  saveAcks(number: number, acked: Record<Lane, number>, gone: Record<Lane, number>): void {
    const row = this.#db.prepare<[number], { epoch: string }>('SELECT epoch FROM epochs WHERE number = ?').get(number);
    if (row === undefined) return;
    this.#db
      .prepare(
        'UPDATE epochs SET acked_urgent = ?, acked_history = ?, gone_urgent = ?, gone_history = ?, sum = ? WHERE number = ?',
      )
      .run(acked.urgent, acked.history, gone.urgent, gone.history, epochSum({ epoch: row.epoch, acked, gone }), number);
  }

  markStopped(epoch: string, monoUs: number): void {
    this.#db.prepare('UPDATE epochs SET stopped_mono_us = ? WHERE epoch = ?').run(monoUs, epoch);
  }

  removeEpoch(number: number): void {
    this.#db.prepare('DELETE FROM epochs WHERE number = ?').run(number);
  }

  transaction(run: () => void): void {
    this.#db.transaction(run).immediate();
  }

  usedBytes(): number {
    const count = Number(this.#db.pragma('page_count', { simple: true }));
    return (count - Number(this.#db.pragma('freelist_count', { simple: true }))) * this.pageBytes;
  }

  cap(bytes: number): void {
    this.#db.pragma(`max_page_count = ${Math.max(64, Math.floor(bytes / this.pageBytes))}`);
  }

  close(): void {
    this.#db.close();
  }
}

/** What was looked for and not found, or removed, is there all the same. */
function mustBeNew<T>(insert: () => T): T {
  try {
    return insert();
  } catch (error) {
    if (isStorageError(error) || !(error instanceof Error) || !/^UNIQUE/.test(error.message)) throw error;
    throw contradiction(error.message);
  }
}

export function openRows(path: string, budget: Budget): OutboxRows {
  return new SqlRows(openDatabase(path, budget));
}
