/**
 * `core.db`: drones, the append-only events, and what is carried over from day files that retention removes.
 *
 * Each entity's events form a chain: version = 1, 2, 3 …; hash = SHA-256(previous hash, entity, version, type, time,
 * data). One writer connection, so ids rise in commit order and an event never appears behind one already read.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { Database } from 'better-sqlite3';
import { CommandProjection } from './command-projection.ts';
import { emptyLog, openWriter } from './day-files.ts';
import type { ClockRow, StreamKey } from './day-rows.ts';
import { StoreError } from './errors.ts';
import { ItineraryProjection } from './itinerary-projection.ts';
import { CORE_STEPS } from './migrations.ts';
import type { DroneRecord, NewEvent, StoredEvent } from './port.ts';

export function corePath(dataDir: string): string {
  return path.join(dataDir, 'core.db');
}

interface EventRow {
  readonly id: number;
  readonly entity: string;
  readonly version: number;
  readonly type: string;
  readonly at_us: number;
  readonly data: string;
  readonly hash: string;
}

/** The link of an entity's chain that this event makes. */
export function chainHash(previous: string, event: Omit<EventRow, 'id' | 'hash'>): string {
  const text = JSON.stringify([previous, event.entity, event.version, event.type, event.at_us, event.data]);
  return createHash('sha256').update(text).digest('hex');
}

export function toStoredEvent(row: EventRow): StoredEvent {
  const { id, entity, version, type, at_us: atUtcUs, hash } = row;
  return { id, entity, version, type, atUtcUs, data: JSON.parse(row.data), hash };
}

export class CoreDb {
  readonly #db: Database;
  readonly #projections: readonly [CommandProjection, ItineraryProjection];

  constructor(dataDir: string, sync = true) {
    this.#db = openWriter(corePath(dataDir), CORE_STEPS, sync);
    this.#projections = [new CommandProjection(this.#db), new ItineraryProjection(this.#db)];
  }

  /** Makes the projections again from the events; how many of those there were. */
  rebuild(): number {
    return this.#db
      .transaction(() => {
        for (const table of [...CommandProjection.TABLES, ...ItineraryProjection.TABLES]) {
          this.#db.exec(`DELETE FROM ${table}`);
        }
        const events = this.#db.prepare(
          `SELECT id, entity, type, at_us, data FROM event WHERE id > ?
           AND (entity >= 'command:' AND entity < 'command;' OR entity >= 'itinerary:' AND entity < 'itinerary;')
           ORDER BY id LIMIT 1000`,
        );
        let count = 0;
        let after = 0;
        for (;;) {
          const rows = events.all(after) as Omit<EventRow, 'version' | 'hash'>[];
          for (const { entity, type, at_us: atUtcUs, data } of rows)
            this.#take({ entity, type, atUtcUs, data: JSON.parse(data) });
          count += rows.length;
          const last = rows.at(-1);
          if (last === undefined) return count;
          after = last.id;
        }
      })
      .immediate();
  }

  #take(event: Pick<StoredEvent, 'entity' | 'type' | 'atUtcUs' | 'data'>): void {
    for (const projection of this.#projections) projection.take(event);
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

  append(events: readonly NewEvent[]): StoredEvent[] {
    if (events.length === 0) return [];
    const head = this.#db.prepare('SELECT version, hash FROM event WHERE entity = ? ORDER BY version DESC LIMIT 1');
    const known = this.#db.prepare('SELECT 1 FROM event WHERE key = ?').pluck();
    const insert = this.#db.prepare(
      'INSERT INTO event (entity, version, type, at_us, data, key, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    const appendAll = this.#db.transaction(() => {
      const stored: StoredEvent[] = [];
      for (const event of events) {
        if (event.key !== undefined && known.get(event.key) !== undefined) continue;
        const last = head.get(event.entity) as { version: number; hash: string } | undefined;
        const version = (last?.version ?? 0) + 1;
        if (event.expectedVersion !== undefined && event.expectedVersion !== version - 1) {
          throw new StoreError('version-conflict', `${event.entity} is at version ${version - 1}`);
        }
        const row = { entity: event.entity, version, type: event.type, at_us: event.atUtcUs };
        const data = JSON.stringify(event.data);
        const hash = chainHash(last?.hash ?? '', { ...row, data });
        const done = insert.run(row.entity, version, row.type, row.at_us, data, event.key ?? null, hash);
        const made = toStoredEvent({ ...row, data, hash, id: Number(done.lastInsertRowid) });
        this.#take(made);
        stored.push(made);
      }
      return stored;
    });
    return appendAll.immediate();
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

  close(): void {
    this.#db.close();
  }
}
