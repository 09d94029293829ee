/** What the writer thread does, as plain synchronous calls: commits, positions, retention. */
import type { Database } from 'better-sqlite3';
import { CoreDb } from './core-db.ts';
import { DayFiles, dayOf, listDays, type OnUnsettled } from './day-files.ts';
import type { ClockRow } from './day-rows.ts';
import { holdAlone } from './directory-lock.ts';
import { StoreError, toStoreError } from './errors.ts';
import { makeFolder } from './folders.ts';
import type { Lane, StoreStats, StreamPosition } from './port.ts';
import { Reserve } from './reserve.ts';
import { type Room, TelemetryWriter } from './telemetry-writer.ts';

/** How long the position of a lane outlives its last day file. Past it a drone found on a shelf starts anew. */
const POSITIONS_KEPT_DAYS = 400;
const DAY_US = 86_400e6;
/** Days younger than `keepDays` that must have telemetry before older ones go. */
const YOUNG_DAYS = 3;

export interface WriterOptions {
  readonly dataDir: string;
  /** Day files beyond this are removed, oldest first. */
  readonly budgetBytes: number;
  /** Day files older than this are removed. */
  readonly keepDays: number;
  /** Wait for the disk at each commit; off, a power cut loses what was acked. */
  readonly syncCommits: boolean;
  /** Kept free for events, commands and the urgent lane. */
  readonly reserveBytes: number;
}

export class Writer implements Room {
  readonly #o: WriterOptions;
  readonly #reserve: Reserve;
  readonly #files: DayFiles;
  #core: CoreDb | null = null;
  #telemetry: TelemetryWriter | null = null;
  #lock: Database | null = null;

  constructor(o: WriterOptions, onUnsettled?: OnUnsettled) {
    this.#o = o;
    this.#files = new DayFiles(o.dataDir, o.syncCommits, onUnsettled);
    this.#reserve = new Reserve(o.dataDir, o.reserveBytes);
  }

  get core(): CoreDb {
    if (this.#core === null) throw new StoreError('worker-died', 'the database is not open');
    return this.#core;
  }

  get telemetry(): TelemetryWriter {
    if (this.#telemetry === null) throw new StoreError('worker-died', 'the database is not open');
    return this.#telemetry;
  }

  start(): void {
    this.close();
    try {
      makeFolder(this.#o.dataDir);
    } catch (error) {
      throw toStoreError(error, this.#o.dataDir);
    }
    this.#lock = this.lend(() => holdAlone(this.#o.dataDir));
    this.#core = this.lend(() => new CoreDb(this.#o.dataDir, this.#o.syncCommits));
    this.lend(() => this.#files.start());
    this.#telemetry = new TelemetryWriter(this.#files, this.#core, this);
    this.#reserve.restore();
  }

  lend<T>(write: () => T): T {
    for (;;) {
      try {
        return write();
      } catch (error) {
        const known = this.#named(error);
        if (known.code !== 'disk-full') throw known;
        if (!this.#reserve.give()) throw new StoreError('disk-full', `${known.detail}; the reserve is used up as well`);
        // With room for the pages that are new the log can be emptied and used again, instead of growing by each commit.
        this.#core?.checkpoint();
        this.#files.checkpoint();
      }
    }
  }

  spare<T>(write: () => T): T {
    if (!this.#reserve.isWhole && !this.#reserve.restore()) {
      throw new StoreError('disk-full', 'history waits on the drones until the reserve is whole again');
    }
    try {
      return write();
    } catch (error) {
      throw this.#named(error);
    }
  }

  /** A database that cannot make or grow its files on a full disk may call that by other names. */
  #named(error: unknown): StoreError {
    const known = toStoreError(error, this.#o.dataDir);
    const isOther = known.code === 'io' || known.code === 'read-only';
    return isOther && this.#reserve.isDiskFull ? new StoreError('disk-full', known.detail) : known;
  }

  positions(drone: string, epochs: readonly string[]): StreamPosition[] {
    const lanes: readonly Lane[] = ['urgent', 'history'];
    return epochs.flatMap((epoch) =>
      lanes.flatMap((lane) => {
        const upTo = this.telemetry.position({ drone, epoch, lane });
        return upTo > 0 ? [{ drone, epoch, lane, upTo }] : [];
      }),
    );
  }

  /**
   * Removes whole days past their age or over the budget, oldest first, never today's. By age none goes while there are
   * too few young days: to a clock that jumped years ahead everything is old. Logs that have grown are cut as well.
   */
  retain(nowUtcUs: number): string[] {
    this.core.boundLog();
    this.#files.boundLogs();
    const today = dayOf(nowUtcUs);
    const oldestKept = dayOf(nowUtcUs - this.#o.keepDays * DAY_US);
    const days = listDays(this.#o.dataDir);
    const knowsAge = days.filter((day) => day >= oldestKept).length >= Math.min(this.#o.keepDays, YOUNG_DAYS);
    let bytes = days.reduce((sum, day) => sum + this.#files.bytes(day), 0);
    const removed: string[] = [];
    for (const day of days) {
      const isOld = knowsAge && day < oldestKept;
      if (day === today || (!isOld && bytes <= this.#o.budgetBytes)) continue;
      bytes -= this.#files.bytes(day);
      this.lend(() => this.#carry(day));
      this.#files.remove(day);
      removed.push(day);
    }
    if (removed.length > 0) {
      this.lend(() => this.core.prune(this.#bootsHeld(), dayOf(nowUtcUs - POSITIONS_KEPT_DAYS * DAY_US)));
    }
    return removed;
  }

  stats(): StoreStats {
    const days = listDays(this.#o.dataDir);
    const telemetryBytes = days.reduce((sum, day) => sum + this.#files.bytes(day), 0);
    return { telemetryBytes, days: days.length, oldestDay: days[0] ?? null, reserveBytes: this.#reserve.bytes };
  }

  close(): void {
    this.#files.close();
    this.#core?.close();
    this.#lock?.close();
    this.#core = null;
    this.#telemetry = null;
    this.#lock = null;
  }

  #carry(day: string): void {
    const db = this.#files.get(day);
    const positions = this.#files.tables(day).positions();
    const clocks = db
      .prepare('SELECT drone, boot, mono AS monoUs, utc AS utcUs, err AS errUs, source FROM clock')
      .all();
    this.core.carry(day, positions, clocks as ClockRow[]);
  }

  #bootsHeld(): Set<string> {
    return new Set(this.#files.allTables().flatMap((tables) => [...tables.boots()]));
  }
}
