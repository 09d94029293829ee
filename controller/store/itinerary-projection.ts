/**
 * Itineraries and how each stands on each drone, as people query them, kept by the events of `itinerary:<id>` in the same
 * transaction:
 *
 *   given  {version, about, key?}                       a version as it was given
 *   stand  {drone, version, by, set, step?, parcels?}   fields of a stand that have changed; a step more; of parcels alike
 *   asked  {what, by, key?}                             what an operator asked for; only its key is kept here
 *
 * A parcel's change is {set, step?} under the number of its item. Nothing here is the truth: `rebuild` makes it again.
 */
import type { Database } from 'better-sqlite3';
import type { ItineraryState, KeyUse, NewEvent, StandState, StoredEvent } from './port.ts';

/** Steps kept of one stand and of one parcel. */
const MAX_STEPS = 100;
const KEYS_KEPT_US = 2 * 86_400e6;

type Body = Record<string, unknown>;
interface Change {
  readonly set: Body;
  readonly step?: Body;
}

export class ItineraryProjection {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Part of the transaction that stores the event. */
  take({
    entity,
    type,
    data,
    atUtcUs,
  }: Pick<StoredEvent, 'entity' | 'type' | 'data'> & Pick<NewEvent, 'atUtcUs'>): void {
    if (!entity.startsWith('itinerary:')) return;
    const id = entity.slice('itinerary:'.length);
    if (type === 'given') {
      this.#db
        .prepare('INSERT OR REPLACE INTO itinerary (id, version, at_us, body) VALUES (?, ?, ?, ?)')
        .run(id, data.version, atUtcUs, JSON.stringify(data.about));
    } else if (type === 'stand') this.#stand(id, data, atUtcUs);
    const key = data.key as { readonly key: string; readonly hash: string } | undefined;
    if (key === undefined) return;
    this.#db
      .prepare('INSERT OR REPLACE INTO itinerary_key (key, hash, itinerary, at_us) VALUES (?, ?, ?, ?)')
      .run(key.key, key.hash, id, atUtcUs);
    this.#db.prepare('DELETE FROM itinerary_key WHERE at_us < ?').run(atUtcUs - KEYS_KEPT_US);
  }

  #stand(id: string, data: Readonly<Body>, atUtcUs: number): void {
    const {
      drone,
      version,
      parcels = {},
    } = data as { drone: string; version: number; parcels?: Record<string, Change> };
    const known = this.#db
      .prepare('SELECT body FROM stand WHERE itinerary = ? AND drone = ? AND version = ?')
      .pluck()
      .get(id, drone, version) as string | undefined;
    const before: Body = known === undefined ? { drone, version, steps: [], parcels: {} } : JSON.parse(known);
    const after = changed(before, data as unknown as Change);
    const held = { ...(after.parcels as Record<string, Body>) };
    for (const [item, change] of Object.entries(parcels)) held[item] = changed(held[item] ?? { steps: [] }, change);
    after.parcels = held;
    this.#db
      .prepare('INSERT OR REPLACE INTO stand (itinerary, drone, version, open, at_us, body) VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, drone, version, after.open === true ? 1 : 0, atUtcUs, JSON.stringify(after));
  }
}

function changed(before: Body, { set, step }: Change): Body {
  const steps = before.steps as readonly Body[];
  if (step === undefined) return { ...before, ...set };
  const kept = steps.length < MAX_STEPS ? steps : [...steps.slice(0, 1), ...steps.slice(2)];
  return { ...before, ...set, steps: [...kept, step] };
}

/** Reads of the projection, from any connection. */
export function itineraryOf(db: Database, id: string): ItineraryState | null {
  const versions = db.prepare('SELECT version, at_us, body FROM itinerary WHERE id = ? ORDER BY version').all(id) as {
    version: number;
    at_us: number;
    body: string;
  }[];
  if (versions.length === 0) return null;
  const stands = db.prepare('SELECT body FROM stand WHERE itinerary = ? ORDER BY drone, version').pluck().all(id);
  return {
    id,
    versions: versions.map(({ version, at_us: atUtcUs, body }) => ({ version, atUtcUs, about: JSON.parse(body) })),
    stands: (stands as string[]).map((body) => JSON.parse(body)),
  };
}

/** Those given last, first. */
export function itinerariesOf(
  db: Database,
  { before, limit }: { readonly before?: string; readonly limit: number },
): ItineraryState[] {
  const ids = db
    .prepare(
      `SELECT id FROM (SELECT id, max(at_us) AS at FROM itinerary GROUP BY id)
       WHERE ? IS NULL OR (at, id) < ((SELECT max(at_us) FROM itinerary WHERE id = ?), ?)
       ORDER BY at DESC, id DESC LIMIT ?`,
    )
    .pluck()
    .all(before ?? null, before ?? null, before ?? null, limit) as string[];
  return ids.flatMap((id) => itineraryOf(db, id) ?? []);
}

export function openItineraries(db: Database): ItineraryState[] {
  const ids = db.prepare('SELECT DISTINCT itinerary FROM stand WHERE open = 1 ORDER BY itinerary').pluck().all();
  return (ids as string[]).flatMap((id) => itineraryOf(db, id) ?? []);
}

/** Of each drone the stand that changed last. */
export function lastStands(db: Database): { itinerary: string; stand: StandState }[] {
  const rows = db.prepare('SELECT itinerary, body, max(at_us) FROM stand GROUP BY drone').all() as {
    itinerary: string;
    body: string;
  }[];
  return rows.map(({ itinerary, body }) => ({ itinerary, stand: JSON.parse(body) }));
}

export function itineraryKeys(db: Database, o: { readonly sinceUtcUs: number; readonly limit: number }): KeyUse[] {
  return db
    .prepare(
      `SELECT key, hash, itinerary AS command, at_us AS atUtcUs FROM itinerary_key
       WHERE at_us >= ? ORDER BY at_us DESC LIMIT ?`,
    )
    .all(o.sinceUtcUs, o.limit) as KeyUse[];
}
