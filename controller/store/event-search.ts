/**
 * Events from the newest back. What is looked for may stand nowhere, in ten millions of them, and one thread reads for everybody:
 * so each search looks at a bounded number, for a bounded time, and says how far back it came.
 *
 *   ids          bottom ···· nextId ◄──── window ◄──── window ◄──── top      of one entity: its versions, by their index
 *                (from,after)                                     (to,before)
 */
import { formatStamp } from '@skein/protocol/time';
import type { Database } from 'better-sqlite3';
import type { EventRow } from './event-chain.ts';
import type { EventSearch, FoundEvents } from './event-search-port.ts';
import { toStoredEvent } from './event-table.ts';
import type { StoredEvent } from './port.ts';
import { monotonicMs } from './query-bound.ts';

/** Events between two looks at the clock: some milliseconds. */
const WINDOW = 2000;
const FOR_MS = 150;

type Named = Record<string, string | number>;

export function searchEvents(db: Database, q: EventSearch, nowMs = monotonicMs): FoundEvents {
  const newestId = db.prepare<[], number | null>('SELECT max(id) FROM event').pluck().get() ?? 0;
  const topId = Math.min(
    newestId,
    q.beforeId === undefined ? newestId : q.beforeId - 1,
    q.toUtcUs === undefined ? newestId : lastBefore(db, q.toUtcUs, newestId),
  );
  const bottomId = Math.max(q.afterId ?? 0, q.fromUtcUs === undefined ? 0 : lastBefore(db, q.fromUtcUs, newestId));
  const axis = q.entity === undefined ? ids(db, topId, bottomId) : versions(db, q.entity, topId, bottomId);
  const { where, named } = filterOf(q);
  const rows = db.prepare<[Named], EventRow>(
    `SELECT * FROM event WHERE ${axis.where} ${axis.column} > @low AND ${axis.column} <= @high ${where}
     ORDER BY ${axis.column} DESC LIMIT @left`,
  );
  const untilMs = nowMs() + FOR_MS;
  const events: StoredEvent[] = [];
  let at = axis.top;
  // At least one window: a search that is repeated comes on, however slow the disk.
  for (let looked = 0; at > axis.bottom && looked < q.look && events.length < q.limit && nowMs() <= untilMs; ) {
    const low = Math.max(axis.bottom, at - Math.min(WINDOW, q.look - looked));
    const found = rows.all({ ...named, ...axis.named, low, high: at, left: q.limit - events.length });
    events.push(...found.map(toStoredEvent));
    looked += at - low;
    const last = found.at(-1);
    at = last !== undefined && events.length === q.limit ? last[axis.column] - 1 : low;
  }
  const nextId = at > axis.bottom ? axis.idAfter(at) : null;
  return { events, newestId, nextId, backToUtcUs: nextId === null ? null : timeOf(db, nextId) };
}

/** What is walked along, from the top down to the bottom. */
interface Axis {
  readonly column: 'id' | 'version';
  readonly where: string;
  readonly named: Named;
  readonly top: number;
  /** Not looked at any more. */
  readonly bottom: number;
  /** Id of the event just above this place. */
  idAfter(at: number): number;
}

function ids(db: Database, top: number, bottom: number): Axis {
  const next = db.prepare<[number], number>('SELECT id FROM event WHERE id > ? ORDER BY id LIMIT 1').pluck();
  return { column: 'id', where: '', named: {}, top, bottom, idAfter: (at) => next.get(at) ?? at + 1 };
}

function versions(db: Database, entity: string, topId: number, bottomId: number): Axis {
  const upTo = db
    .prepare<[string, number], number>(
      'SELECT version FROM event WHERE entity = ? AND id <= ? ORDER BY version DESC LIMIT 1',
    )
    .pluck();
  const idOf = db.prepare<[string, number], number>('SELECT id FROM event WHERE entity = ? AND version = ?').pluck();
  return {
    ...{ column: 'version', where: 'entity = @entity AND', named: { entity } },
    ...{ top: upTo.get(entity, topId) ?? 0, bottom: upTo.get(entity, bottomId) ?? 0 },
    idAfter: (at) => idOf.get(entity, at + 1) ?? topId,
  };
}

/** Greatest id whose stamp is before this time; stamps rise with ids, and those that have none were first. 0: there is none. */
function lastBefore(db: Database, utcUs: number, newestId: number): number {
  const stamp = formatStamp({ utcUs: Math.max(0, utcUs), count: 0 });
  const from = db.prepare<[number], { id: number; stamp: string | null }>(
    'SELECT id, stamp FROM event WHERE id >= ? ORDER BY id LIMIT 1',
  );
  let low = 0;
  let high = newestId;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    // Ids may have a hole, after a restore: the first behind it speaks for it.
    const found = from.get(middle);
    if (found !== undefined && (found.stamp ?? '') < stamp) low = middle;
    else high = middle - 1;
  }
  return low;
}

function timeOf(db: Database, id: number): number | null {
  const row = db
    .prepare<[number], { at_us: number; stamp: string | null }>('SELECT at_us, stamp FROM event WHERE id = ?')
    .get(id);
  if (row === undefined) return null;
  return row.stamp === null ? row.at_us : Number(row.stamp.slice(0, 16));
}

/** `+` keeps SQLite from an index of another order: it would read all of a kind before the first is there. */
function filterOf(q: EventSearch): { readonly where: string; readonly named: Named } {
  const terms: string[] = [];
  const named: Named = {};
  const name = (value: string): string => {
    const key = `p${Object.keys(named).length}`;
    named[key] = value;
    return `@${key}`;
  };
  const anyOf = (parts: readonly string[]) => terms.push(`(${parts.join(' OR ')})`);
  if (q.kinds !== undefined && q.kinds.length > 0)
    anyOf(
      q.kinds.map((kind) => {
        const k = name(kind);
        return `+entity = ${k} OR (+entity >= ${k} || ':' AND +entity < ${k} || ';')`;
      }),
    );
  if (q.type !== undefined) terms.push(`type = ${name(q.type)}`);
  if (q.by !== undefined) terms.push(`actor_name = ${name(q.by)} COLLATE NOCASE`);
  if (q.byKinds !== undefined && q.byKinds.length > 0) terms.push(`actor_kind IN (${q.byKinds.map(name).join(', ')})`);
  if (q.drone !== undefined) {
    const d = name(q.drone);
    anyOf([
      `substr(entity, instr(entity, ':') + 1) = ${d}`,
      `actor_kind = 'drone' AND actor_name = ${d}`,
      `instr(data, '"' || ${d} || '"') > 0`,
    ]);
  }
  for (const word of q.words ?? []) {
    const plain = name(likeOf(word));
    // In the data a quotation mark and its like stand as JSON writes them.
    const written = name(likeOf(JSON.stringify(word).slice(1, -1)));
    anyOf([
      ...['entity', 'type', 'actor_name', 'cause'].map((column) => `${column} LIKE ${plain} ESCAPE '\\'`),
      `data LIKE ${written} ESCAPE '\\'`,
    ]);
  }
  return { where: terms.map((term) => `AND ${term}`).join(' '), named };
}

function likeOf(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`;
}
