/** The outbox file of the simulation: `OutboxRows` in memory, on a tape (tape.ts). */
import type { Lane } from '@skein/protocol/fleet';
import { FIRST_EPOCH_NUMBER } from '../../agent/outbox/database.ts';
import { epochNumberOf, LANE_NAMES, laneOf, seqOf } from '../../agent/outbox/keys.ts';
import { type Edge, type EpochRow, type OutboxRows, ROW_OVERHEAD, type Row } from '../../agent/outbox/rows.ts';
import type { Tape } from './tape.ts';

const HISTORY_BIT = 2 ** 32;
export const PAGE_BYTES = 512;
/** Header, both trees' roots, the table of names. */
const FIXED_PAGES = 4;

export interface HeldRow extends Row {
  readonly droppable: boolean;
  readonly size: number;
  /** As it was called when the row came; the number alone may be forgotten. */
  readonly epoch: string;
}

export class RowState {
  rows: HeldRow[] = [];
  epochs: EpochRow[] = [];
  lastNumber = FIRST_EPOCH_NUMBER - 1;
  bytes = 0;

  clone(): RowState {
    const other = new RowState();
    other.rows = this.rows.slice();
    other.epochs = this.epochs.slice();
    other.lastNumber = this.lastNumber;
    other.bytes = this.bytes;
    return other;
  }

  /** The place of the first row whose key is `id` or above. */
  at(id: number): number {
    let low = 0;
    let high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle]?.id ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  put(row: HeldRow): void {
    const at = this.at(row.id);
    if (this.rows[at]?.id === row.id) throw new Error(`row ${row.id} is there already`);
    this.rows.splice(at, 0, row);
    this.bytes += takenBy(row);
  }

  remove(from: number, to: number): void {
    const at = this.at(from);
    let end = at;
    for (; end < this.rows.length && (this.rows[end]?.id ?? 0) <= to; end++) {
      const row = this.rows[end];
      if (row !== undefined) this.bytes -= takenBy(row);
    }
    this.rows.splice(at, end - at);
  }

  changeEpoch(which: (one: EpochRow) => boolean, to: Partial<EpochRow>): void {
    this.epochs = this.epochs.map((one) => (which(one) ? { ...one, ...to } : one));
  }

  /** How far it says that each lane went, by epoch and lane: in its rows, and of what was removed in the table of epochs. */
  get reach(): Reach {
    return reachOf(this.rows, this.epochs);
  }

  get pages(): number {
    return FIXED_PAGES + Math.ceil(this.bytes / PAGE_BYTES);
  }
}

/** Rows of a lane fill pages in order, what is removed in between leaves them half full; a large one has pages to itself, of 4 B less each. */
function takenBy({ bytes: { length } }: HeldRow): number {
  const whole = length + ROW_OVERHEAD;
  return whole < PAGE_BYTES ? whole * 1.15 : Math.ceil(whole / (PAGE_BYTES - 4)) * PAGE_BYTES;
}

/** The last number that is known of, by `epoch/lane`. */
export type Reach = ReadonlyMap<string, number>;

export function reachOf(rows: Iterable<HeldRow>, epochs: Iterable<Pick<EpochRow, 'epoch' | 'gone'>>): Reach {
  const reach = new Map<string, number>();
  const reached = (key: string, last: number) => reach.set(key, Math.max(reach.get(key) ?? 0, last));
  for (const { id, upto, epoch } of rows) reached(`${epoch}/${laneOf(id)}`, upto ?? seqOf(id));
  for (const { epoch, gone } of epochs) for (const lane of LANE_NAMES) reached(`${epoch}/${lane}`, gone[lane]);
  return reach;
}

/** A lane, as `epoch/lane`, of which the numbers after `known` up to `last` are no longer known to have been given. */
export interface Beyond {
  readonly lane: string;
  readonly known: number;
  readonly last: number;
}

export function beyond(before: Reach, left: readonly (Reach | undefined)[]): Beyond[] {
  return [...before]
    .map(([lane, last]) => ({ lane, last, known: Math.max(0, ...left.map((one) => one?.get(lane) ?? 0)) }))
    .filter(({ known, last }) => known < last);
}

export interface MemoryRowsOptions {
  readonly tape: Tape<RowState, readonly HeldRow[]>;
  /** Committed, and safe. */
  readonly onCommitted?: (added: readonly HeldRow[]) => void;
}

type Change = (state: RowState) => void;

export class MemoryRows implements OutboxRows {
  readonly #o: MemoryRowsOptions;
  #state: RowState;
  #changes: Change[] | null = null;
  #added: HeldRow[] = [];
  #writtenBytes = 0;
  #mostBytes = Number.POSITIVE_INFINITY;
  readonly pageBytes = PAGE_BYTES;

  /** Throws what the device says when it cannot be read. */
  constructor(o: MemoryRowsOptions) {
    this.#o = o;
    this.#state = o.tape.read();
  }

  first(from: number, to: number, limit: number): readonly Row[] {
    this.#o.tape.checkSound();
    const rows: Row[] = [];
    for (const row of this.each(from, to)) {
      if (rows.length >= limit) break;
      rows.push(row);
    }
    return rows;
  }

  *each(from: number, to: number): Iterable<HeldRow> {
    const { rows } = this.#state;
    for (let at = this.#state.at(from); at < rows.length; at++) {
      const row = rows[at];
      if (row === undefined || row.id > to) return;
      yield row;
    }
  }

  *edges(from: number, to: number, limit: number): Iterable<Edge> {
    let count = 0;
    for (const row of this.each(from, to)) {
      if (count++ >= limit) return;
      yield row;
    }
  }

  last(from: number, to: number): Row | undefined {
    const row = this.#state.rows[this.#state.at(to + 1) - 1];
    return row !== undefined && row.id >= from ? row : undefined;
  }

  get(id: number): Row | undefined {
    const row = this.#state.rows[this.#state.at(id)];
    return row?.id === id ? row : undefined;
  }

  gaps(from: number, to: number): Iterable<Row> {
    return [...this.each(from, to)].filter((row) => row.upto !== null);
  }

  batches(from: number, to: number, limit: number): readonly Row[] {
    return [...this.each(from, to)].filter((row) => row.upto === null).slice(0, limit);
  }

  notEvery(every: number, after: number, limit: number): readonly Row[] {
    const wanted = (row: Row) => row.upto === null && row.id % (2 * HISTORY_BIT) >= HISTORY_BIT && row.id % every !== 0;
    return [...this.each(after + 1, Number.MAX_SAFE_INTEGER)].filter(wanted).slice(0, limit);
  }

  droppable(limit: number): readonly Row[] {
    return this.#state.rows.filter((row) => row.droppable).slice(0, limit);
  }

  bytes(from: number, to: number): number {
    let sum = 0;
    for (const row of this.each(from, to)) sum += row.bytes.length + ROW_OVERHEAD;
    return sum;
  }

  addBatch(id: number, atS: number, droppable: boolean, bytes: Uint8Array): void {
    if (this.get(id) === undefined)
      this.#put({ id, upto: null, atS, droppable, bytes, size: bytes.length, epoch: this.#epochOf(id) });
  }

  addGap(id: number, upto: number, atS: number, bytes: Uint8Array): void {
    this.#put({ id, upto, atS, droppable: false, bytes, size: bytes.length, epoch: this.#epochOf(id) });
  }

  #epochOf(id: number): string {
    const number = epochNumberOf(id);
    return this.#state.epochs.find((one) => one.number === number)?.epoch ?? '';
  }

  #put(row: HeldRow): void {
    this.#change((state) => state.put(row), row.bytes.length + ROW_OVERHEAD);
    this.#added.push(row);
    if (this.usedBytes() > this.#mostBytes)
      throw Object.assign(new Error('simulated: budget'), { code: 'SQLITE_FULL' });
  }

  remove(from: number, to: number): void {
    this.#change((state) => state.remove(from, to), 32);
  }

  epochs(): readonly EpochRow[] {
    return this.#state.epochs;
  }

  addEpoch(epoch: string, boot: string, wanted?: number): number {
    const number = wanted ?? this.#state.lastNumber + 1;
    if (this.#state.epochs.some((one) => one.number === number || one.epoch === epoch)) {
      throw new Error('UNIQUE constraint failed: epochs');
    }
    const none = { urgent: 0, history: 0 };
    const row: EpochRow = { number, epoch, boot, acked: none, gone: none, stoppedMonoUs: null };
    this.#change((state) => {
      state.epochs = [...state.epochs, row].sort((a, b) => a.number - b.number);
      state.lastNumber = Math.max(state.lastNumber, number);
    }, 80);
    return number;
  }

  saveAcks(number: number, acked: Record<Lane, number>, gone: Record<Lane, number>): void {
    this.#change((state) => state.changeEpoch((one) => one.number === number, { acked, gone }), 60);
  }

  markStopped(epoch: string, monoUs: number): void {
    this.#change((state) => state.changeEpoch((one) => one.epoch === epoch, { stoppedMonoUs: monoUs }), 60);
  }

  removeEpoch(number: number): void {
    this.#change((state) => {
      state.epochs = state.epochs.filter((one) => one.number !== number);
    }, 60);
  }

  #change(change: Change, bytes: number): void {
    if (this.#changes === null) throw new Error('a change outside a transaction');
    change(this.#state);
    this.#changes.push(change);
    this.#writtenBytes += bytes;
  }

  transaction(run: () => void): void {
    if (this.#changes !== null) throw new Error('a transaction within a transaction');
    const before = this.#state.clone();
    this.#changes = [];
    this.#added = [];
    this.#writtenBytes = 0;
    try {
      run();
      if (this.#changes.length > 0) this.#o.tape.commit(this.#changes, this.#writtenBytes, this.#added);
    } catch (error) {
      this.#state = before;
      throw error;
    } finally {
      this.#changes = null;
    }
    this.#o.onCommitted?.(this.#added);
  }

  usedBytes(): number {
    return this.#state.pages * PAGE_BYTES;
  }

  cap(bytes: number): void {
    this.#mostBytes = bytes;
  }

  close(): void {}
}
