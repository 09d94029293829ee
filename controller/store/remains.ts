/** What can still be read of files that SQLite calls damaged: row by row, until it says no. */
import fs from 'node:fs';
import type Database from 'better-sqlite3';
import { openDamaged } from './damaged-db.ts';
import { dayPath, listDays, telemetryDir } from './day-files.ts';
import { DayTables } from './day-tables.ts';
import type { EventRow } from './event-chain.ts';

export interface Range {
  readonly from: number;
  readonly to: number;
}

const MAX_ENTITIES = 1000;

/** The rows of a query up to the first that cannot be read. */
function* rowsOf<T>(db: Database.Database, sql: string, ...args: unknown[]): Generator<T> {
  try {
    yield* db.prepare<unknown[], T>(sql).iterate(...args);
  } catch {
    // Damaged from here on: what came before is what there is.
  }
}

export interface Readable {
  /** The greatest id known to have been given out. */
  readonly given: number;
  eventsAfter(id: number): Iterable<EventRow>;
  /** Entities with events after this one, by rows that can be read here and there and by documents that know more. */
  entitiesBeyond(id: number, versionOf: (entity: string) => number): readonly string[];
  close(): void;
}

/** null: nothing of it can be read. */
export function readable(core: string): Readable | null {
  let db: Database.Database;
  try {
    db = openDamaged(core);
  } catch {
    return null;
  }
  const one = (sql: string): number => [...rowsOf<{ n: number | null }>(db, sql)][0]?.n ?? 0;
  return {
    given: Math.max(
      one("SELECT seq AS n FROM sqlite_sequence WHERE name = 'event'"),
      one('SELECT id AS n FROM event ORDER BY id DESC LIMIT 1'),
    ),
    *eventsAfter(id) {
      // Page by page: a reader that stays open could not be left in the middle while others write.
      for (let after = id; ; ) {
        const rows = [...rowsOf<EventRow>(db, 'SELECT * FROM event WHERE id > ? ORDER BY id LIMIT 500', after)];
        yield* rows;
        const last = rows.at(-1);
        if (rows.length < 500 || last === undefined) return;
        after = last.id;
      }
    },
    entitiesBeyond(id, versionOf) {
      const found = new Set<string>();
      for (const { entity } of rowsOf<{ entity: string }>(
        db,
        'SELECT entity FROM event WHERE id > ? ORDER BY id DESC',
        id,
      )) {
        if (found.size < MAX_ENTITIES) found.add(entity);
      }
      for (const { entity, version } of rowsOf<{ entity: string; version: number }>(
        db,
        'SELECT entity, version FROM document',
      )) {
        if (found.size < MAX_ENTITIES && version > versionOf(entity)) found.add(entity);
      }
      return [...found].sort();
    },
    close: () => db.close(),
  };
}

interface Standing {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: string;
  readonly upTo: number;
}

/** With what stands in its newest chunks; where these cannot be read, what was written down of them before. */
function positionsOf(db: Database.Database): Iterable<Standing> {
  try {
    return new DayTables(db, () => {}).positions();
  } catch {
    return rowsOf<Standing>(db, 'SELECT drone, epoch, lane, up_to AS upTo FROM position');
  }
}

/** Where each lane stood, as far as the files can be read. */
function standings(dataDir: string): ReadonlyMap<string, Standing> {
  const found = new Map<string, Standing>();
  if (!fs.existsSync(telemetryDir(dataDir))) return found;
  for (const day of listDays(dataDir)) {
    let db: Database.Database;
    try {
      db = openDamaged(dayPath(dataDir, day));
    } catch {
      continue;
    }
    for (const row of positionsOf(db)) {
      const name = `${row.drone} ${row.epoch} ${row.lane}`;
      if (row.upTo > (found.get(name)?.upTo ?? 0)) found.set(name, row);
    }
    db.close();
  }
  return found;
}

/** Of each lane what one directory had and the other has not. */
export function missingBatches(had: string, has: string): (Range & { drone: string; epoch: string; lane: string })[] {
  const now = standings(has);
  return [...standings(had)].flatMap(([name, { drone, epoch, lane, upTo: to }]) => {
    const from = (now.get(name)?.upTo ?? 0) + 1;
    return from <= to ? [{ drone, epoch, lane, from, to }] : [];
  });
}
