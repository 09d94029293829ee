/**
 * `core.db`: drones, the append-only events, and what is carried over from day files that retention removes.
 *
 * What people query of the events are projections: tables that each event changes in the transaction that stores it, and
 * that `rebuild` makes again.
 */
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { boundLog, emptyLog, openWriter } from './day-files.ts';
import type { ClockRow, StreamKey } from './day-rows.ts';
import type { EventRow } from './event-chain.ts';
import { EventTable } from './event-table.ts';
import { CORE_STEPS } from './migrations.ts';
import type { DroneRecord, NewEvent, StoredEvent } from './port.ts';
import { Projections } from './projections.ts';
import { WebhookTable } from './webhook-table.ts';

export function corePath(dataDir: string): string {
  return path.join(dataDir, 'core.db');
}

export class CoreDb {
  readonly #db: Database;
  readonly #events: EventTable;
  readonly #projections: Projections;
  readonly webhooks: WebhookTable;

  constructor(dataDir: string, sync = true) {
    this.#db = openWriter(corePath(dataDir), CORE_STEPS, sync);
    this.#events = new EventTable(this.#db);
    this.#projections = new Projections(this.#db);
    this.webhooks = new WebhookTable(this.#db);
  }

  /** Makes the projections again from the events; how many of those there were. */
  rebuild(): number {
    return this.#db
      .transaction(() => {
        this.#projections.clear();
        return this.#projections.replay(this.#db);
      })
      .immediate();
  }

  /** Id of the newest event; 0: there is none. */
  get newestEvent(): number {
    return this.#events.newest;
  }

  /** Of each table of the projections, by all its rows. */
  digests(): ReadonlyMap<string, string> {
    return this.#projections.digests();
  }

  drones(): DroneRecord[] {
    const rows = this.#db.prepare('SELECT * FROM drone ORDER BY id').all() as {
      id: string;
      first_seen_us: number;
      last_seen_us: number;
      state: string;
    }[];
    return rows.map((row) => ({
      id: row.id,
      firstSeenUtcUs: row.first_seen_us,
      lastSeenUtcUs: row.last_seen_us,
      state: row.state,
    }));
  }

  saveDrones(records: readonly DroneRecord[]): void {
    const upsert = this.#db.prepare(
      `INSERT INTO drone (id, first_seen_us, last_seen_us, state) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET last_seen_us = excluded.last_seen_us, state = excluded.state`,
    );
    this.#db
      .transaction(() => {
        for (const one of records) upsert.run(one.id, one.firstSeenUtcUs, one.lastSeenUtcUs, one.state);
      })
      .immediate();
  }

  /** `wallUtcUs`: our clock now, for the stamps. */
  append(events: readonly NewEvent[], wallUtcUs: number): StoredEvent[] {
    if (events.length === 0) return [];
    const take = (event: StoredEvent) => this.#projections.take(event);
    return this.#db.transaction(() => this.#events.append(events, wallUtcUs, take)).immediate();
  }

  /** Rows of another copy of these events, as far as each follows on what is here; how many. */
  adopt(rows: Iterable<EventRow>): number {
    let count = 0;
    const take = (event: StoredEvent) => this.#projections.take(event);
    this.#db
      .transaction(() => {
        for (const row of rows) {
          if (!this.#events.adopt(row, take)) return;
          count++;
        }
      })
      .immediate();
    return count;
  }

  /** Events of an entity; 0: none. */
  versionOf(entity: string): number {
    const found = this.#db.prepare('SELECT max(version) FROM event WHERE entity = ?').pluck().get(entity);
    return typeof found === 'number' ? found : 0;
  }

  /** No id up to this one is given out any more: they were once, and are lost. */
  skipTo(id: number): void {
    this.#db.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'event'").run(id);
  }

  position(key: StreamKey): number {
    const row = this.#db
      .prepare('SELECT up_to FROM position WHERE drone = ? AND epoch = ? AND lane = ?')
      .pluck()
      .get(key.drone, key.epoch, key.lane);
    return typeof row === 'number' ? row : 0;
  }

  /** Keeps what a day file knew beyond its batches, before the file goes. */
  carry(day: string, positions: readonly (StreamKey & { upTo: number })[], clocks: readonly ClockRow[]): void {
    const setPosition = this.#db.prepare(
      `INSERT INTO position (drone, epoch, lane, up_to, day) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET up_to = max(up_to, excluded.up_to), day = max(day, excluded.day)`,
    );
    const setClock = this.#db.prepare(
      'INSERT INTO clock (drone, boot, mono, utc, err, source) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#db
      .transaction(() => {
        for (const p of positions) setPosition.run(p.drone, p.epoch, p.lane, p.upTo, day);
        for (const c of clocks) setClock.run(c.drone, c.boot, c.monoUs, c.utcUs, c.errUs, c.source);
      })
      .immediate();
  }

  /** Clock records of boots no day file speaks of any more, and positions older than `positionsBefore`, go. */
  prune(bootsKept: ReadonlySet<string>, positionsBefore: string): void {
    const boots = this.#db.prepare('SELECT DISTINCT boot FROM clock').pluck().all() as string[];
    const drop = this.#db.prepare('DELETE FROM clock WHERE boot = ?');
    this.#db
      .transaction(() => {
        for (const boot of boots) if (!bootsKept.has(boot)) drop.run(boot);
        this.#db.prepare('DELETE FROM position WHERE day < ?').run(positionsBefore);
      })
      .immediate();
  }

  checkpoint(): void {
    emptyLog(this.#db);
  }

  boundLog(): void {
    boundLog(this.#db);
  }

  close(): void {
    this.#db.close();
  }
}
