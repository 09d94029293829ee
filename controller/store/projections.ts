/**
 * All projections of the events: tables that each event changes in the transaction that stores it. Nothing in them is the
 * truth: replayed from the events they are the same to the byte.
 */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { CommandProjection } from './command-projection.ts';
import { DocumentProjection } from './document-projection.ts';
import type { EventRow } from './event-chain.ts';
import { ItineraryProjection } from './itinerary-projection.ts';
import type { StoredEvent } from './port.ts';

type Told = Pick<StoredEvent, 'entity' | 'version' | 'type' | 'atUtcUs' | 'data'>;

/** The tables with the columns that name a row. */
const TABLES: Readonly<Record<string, string>> = {
  command: 'id',
  delivery: 'command, drone',
  command_key: 'key',
  itinerary: 'id, version',
  stand: 'itinerary, drone, version',
  itinerary_key: 'key',
  document: 'entity',
  document_key: 'kind, key',
};

const PAGE = 1000;

export class Projections {
  readonly #db: Database;
  readonly #each: readonly [CommandProjection, ItineraryProjection, DocumentProjection];

  constructor(db: Database) {
    this.#db = db;
    this.#each = [new CommandProjection(db), new ItineraryProjection(db), new DocumentProjection(db)];
  }

  take(event: Told): void {
    for (const projection of this.#each) projection.take(event);
  }

  clear(): void {
    for (const table of Object.keys(TABLES)) this.#db.exec(`DELETE FROM ${table}`);
  }

  /** Of each table, by all its rows. */
  digests(): ReadonlyMap<string, string> {
    const tables = Object.entries(TABLES).map(([table, key]): [string, string] => {
      const hash = createHash('sha256');
      for (const row of this.#db.prepare(`SELECT * FROM ${table} ORDER BY ${key}`).raw().iterate())
        hash.update(`${JSON.stringify(row)}\n`);
      return [table, hash.digest('hex')];
    });
    return new Map(tables);
  }

  /** Takes all events of a database; how many of those there were. `onPage`: the id it has come to, now and then. */
  replay(from: Database, onPage: (id: number) => void = () => {}): number {
    // Events of drones and of the controller itself are most, and in no projection.
    const events = from.prepare<[number], Pick<EventRow, 'id' | 'entity' | 'version' | 'type' | 'at_us' | 'data'>>(
      `SELECT id, entity, version, type, at_us, data FROM event
       WHERE id > ? AND entity <> 'controller' AND NOT (entity >= 'drone:' AND entity < 'drone;')
       ORDER BY id LIMIT ${PAGE}`,
    );
    let count = 0;
    for (let rows = events.all(0); rows.length > 0; rows = events.all(rows.at(-1)?.id ?? 0)) {
      for (const { entity, version, type, at_us: atUtcUs, data } of rows)
        this.take({ entity, version, type, atUtcUs, data: JSON.parse(data) });
      count += rows.length;
      onPage(rows.at(-1)?.id ?? 0);
    }
    return count;
  }
}

export interface Difference {
  readonly table: string;
  /** What names the row: the values of its key. */
  readonly row: string;
  readonly how: 'missing' | 'invented' | 'other';
}

/** Where what `is` holds is not what `made` holds; at most `limit`. */
export function differences(is: Database, made: Database, limit: number): Difference[] {
  const found: Difference[] = [];
  for (const [table, key] of Object.entries(TABLES)) {
    const rows = (db: Database) =>
      db.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table} ORDER BY ${key}`).iterate();
    const named = (row: Record<string, unknown>) => JSON.stringify(key.split(', ').map((column) => row[column]));
    const left = rows(is);
    const right = rows(made);
    // One of them may be damaged: the other is let go all the same, or its file could not be closed.
    try {
      let [a, b] = [left.next(), right.next()];
      while ((!a.done || !b.done) && found.length < limit) {
        const [x, y] = [a.done ? null : named(a.value), b.done ? null : named(b.value)];
        const order = x === y ? 0 : x === null ? 1 : y === null ? -1 : orderOf(key, a.value, b.value);
        if (order < 0) found.push({ table, row: x ?? '', how: 'invented' });
        else if (order > 0) found.push({ table, row: y ?? '', how: 'missing' });
        else if (JSON.stringify(a.value) !== JSON.stringify(b.value)) found.push({ table, row: x ?? '', how: 'other' });
        if (order <= 0) a = left.next();
        if (order >= 0) b = right.next();
      }
    } finally {
      left.return?.();
      right.return?.();
    }
  }
  return found;
}

/** As SQLite sorts the columns of a key: numbers before texts, texts by their bytes. */
function orderOf(key: string, a: Record<string, unknown>, b: Record<string, unknown>): number {
  for (const column of key.split(', ')) {
    const [x, y] = [a[column], b[column]];
    if (x === y) continue;
    if (typeof x === 'number' && typeof y === 'number') return x - y;
    if (typeof x !== typeof y) return typeof x === 'number' ? -1 : 1;
    return Buffer.compare(Buffer.from(String(x)), Buffer.from(String(y)));
  }
  return 0;
}
