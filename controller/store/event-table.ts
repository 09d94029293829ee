/**
 * The append-only events in core.db: one version after another of each entity, a chain of hashes (event-chain.ts), a
 * hybrid stamp that never goes back. One writer connection, so ids rise without a hole in commit order, and an event never
 * appears behind one already read.
 */
import { formatStamp, type HybridStamp, parseStamp, tick } from '@skein/protocol/time';
import type { Database, Statement } from 'better-sqlite3';
import { StoreError } from './errors.ts';
import { CHAIN_FORM, chainHash, type EventRow } from './event-chain.ts';
import type { Actor, NewEvent, StoredEvent } from './port.ts';

export function toStoredEvent(row: EventRow): StoredEvent {
  const { id, entity, version, type, at_us: atUtcUs, cause, stamp, hash } = row;
  const by = row.actor_kind === null ? null : ({ kind: row.actor_kind, name: row.actor_name ?? '' } as Actor);
  return { id, entity, version, type, atUtcUs, by, cause, stamp, data: JSON.parse(row.data), hash };
}

export class EventTable {
  readonly #known: Statement<[string], number>;
  readonly #head: Statement<[string], { version: number; hash: string }>;
  readonly #lastId: Statement<[], number>;
  readonly #lastStamp: Statement<[], string | null>;
  readonly #insert: Statement<[EventRow]>;

  constructor(db: Database) {
    this.#known = db.prepare<[string], number>('SELECT 1 FROM event WHERE key = ?').pluck();
    this.#head = db.prepare('SELECT version, hash FROM event WHERE entity = ? ORDER BY version DESC LIMIT 1');
    // Of an id that was given out once, also when its row is gone: no number is used twice.
    this.#lastId = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck();
    this.#lastStamp = db.prepare<[], string | null>('SELECT stamp FROM event ORDER BY id DESC LIMIT 1').pluck();
    this.#insert = db.prepare(
      `INSERT INTO event (id, entity, version, type, at_us, data, key, hash, form, stamp, actor_kind, actor_name, cause)
       VALUES (@id, @entity, @version, @type, @at_us, @data, @key, @hash, @form, @stamp, @actor_kind, @actor_name, @cause)`,
    );
  }

  get newest(): number {
    return this.#lastId.get() ?? 0;
  }

  /** A row as it was stored elsewhere: only if it follows on what is here. */
  adopt(row: EventRow, take: (event: StoredEvent) => void): boolean {
    const last = this.#head.get(row.entity);
    const follows = row.id === this.newest + 1 && row.version === (last?.version ?? 0) + 1;
    if (!follows || row.hash !== chainHash(last?.hash ?? '', row)) return false;
    this.#insert.run(row);
    take(toStoredEvent(row));
    return true;
  }

  /** Inside a transaction of the caller. `take` sees each as it is stored. */
  append(events: readonly NewEvent[], wallUtcUs: number, take: (event: StoredEvent) => void): StoredEvent[] {
    let id = this.#lastId.get() ?? 0;
    let stamp: HybridStamp | null = parseStamp(this.#lastStamp.get() ?? '');
    const stored: StoredEvent[] = [];
    for (const event of events) {
      if (event.key !== undefined && this.#known.get(event.key) !== undefined) continue;
      const last = this.#head.get(event.entity);
      const version = (last?.version ?? 0) + 1;
      if (event.expectedVersion !== undefined && event.expectedVersion !== version - 1) {
        throw new StoreError('version-conflict', `${event.entity} is at version ${version - 1}`);
      }
      stamp = tick(stamp, wallUtcUs);
      id++;
      const row = {
        ...{ id, entity: event.entity, version, type: event.type, at_us: event.atUtcUs, form: CHAIN_FORM },
        ...{ data: JSON.stringify(event.data), key: event.key ?? null, stamp: formatStamp(stamp) },
        ...{ actor_kind: event.by?.kind ?? null, actor_name: event.by?.name ?? null, cause: event.cause ?? null },
      };
      const hash = chainHash(last?.hash ?? '', row);
      if (hash === null) throw new Error(`no chain form ${CHAIN_FORM}`);
      this.#insert.run({ ...row, hash });
      const made = toStoredEvent({ ...row, hash });
      take(made);
      stored.push(made);
    }
    return stored;
  }
}
