/**
 * Runs of events as digests, for what is signed (checkpoint.ts). Apart from it, because the store's threads need only these:
 * each thread loads what it names anew, and schemas are the dearest of it.
 */
import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import type { EventBlock } from './port.ts';

export const BLOCK = 1000;
export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Link {
  readonly id: number;
  readonly entity: string;
  readonly version: number;
  readonly hash: string;
  readonly key: string | null;
}

/**
 * The digest of the rows with ids in (after, after + BLOCK], or fewer when there are no more or `upTo` comes first; null: there
 * are none. A row that is missing changes it.
 */
export function blockAfter(db: Database, after: number, upTo = Number.MAX_SAFE_INTEGER): EventBlock | null {
  const end = Math.min(after + BLOCK, upTo);
  const rows = db
    .prepare<[number, number], Link & { stamp: string | null }>(
      'SELECT id, entity, version, hash, key, stamp FROM event WHERE id > ? AND id <= ? ORDER BY id',
    )
    .all(after, end);
  // Ids that a restored backup has lost make a block shorter, or empty, and never end them.
  const isMore = db.prepare('SELECT 1 FROM event WHERE id > ? AND id <= ? LIMIT 1').get(end, upTo) !== undefined;
  const last = rows.at(-1);
  if (last === undefined && !isMore) return null;
  const text = rows.map(({ id, entity, version, hash, key }) => JSON.stringify([id, entity, version, hash, key]));
  const to = isMore ? end : (last?.id ?? end);
  return { digest: sha256(text.join('\n')), from: after + 1, to, stamp: last?.stamp ?? null };
}

/** All that there are after this event. */
export function blocksAfter(db: Database, after: number): EventBlock[] {
  const blocks: EventBlock[] = [];
  for (let at = blockAfter(db, after); at !== null; at = blockAfter(db, at.to)) blocks.push(at);
  return blocks;
}
