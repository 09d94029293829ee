/**
 * Documents, one for each entity, kept by the events of every kind that has no projection of its own, in the same
 * transaction. `data` of such an event:
 *
 *   {set?, open?, key?}    a merge patch (RFC 7396) on the document; whether work remains; an Idempotency-Key that it uses
 *
 * A document is open until an event says otherwise. Nothing here is the truth: `rebuild` makes it again to the same bytes.
 */
import { entityParts, mergePatch } from '@skein/protocol/fleet/documents';
import type { Database, Statement } from 'better-sqlite3';
import type { DocumentKeyUse, DocumentQuery, DocumentState, StoredEvent } from './port.ts';

/** Kinds that are no documents: they were there before, and keep their own form. */
const OTHER_KINDS = ['command', 'itinerary', 'drone', 'controller'];
/** Keys outlive their day by another, then they go. */
const KEYS_KEPT_US = 2 * 86_400e6;

interface DocumentRow {
  readonly entity: string;
  readonly kind: string;
  readonly version: number;
  readonly open: number;
  readonly created_us: number;
  readonly at_us: number;
  readonly body: string;
}

export class DocumentProjection {
  readonly #get: Statement<[string], DocumentRow>;
  readonly #put: Statement<[DocumentRow]>;
  readonly #useKey: Statement<[string, string, string, string, number]>;
  readonly #forgetKeys: Statement<[number]>;

  constructor(db: Database) {
    this.#get = db.prepare('SELECT * FROM document WHERE entity = ?');
    this.#put = db.prepare(
      `INSERT OR REPLACE INTO document (entity, kind, version, open, created_us, at_us, body)
       VALUES (@entity, @kind, @version, @open, @created_us, @at_us, @body)`,
    );
    this.#useKey = db.prepare(
      'INSERT OR REPLACE INTO document_key (kind, key, hash, entity, at_us) VALUES (?, ?, ?, ?, ?)',
    );
    this.#forgetKeys = db.prepare('DELETE FROM document_key WHERE at_us < ?');
  }

  /** Part of the transaction that stores the event. */
  take({ entity, version, data, atUtcUs }: Pick<StoredEvent, 'entity' | 'version' | 'data' | 'atUtcUs'>): void {
    const kind = entityParts(entity)?.kind;
    if (kind === undefined || OTHER_KINDS.includes(kind)) return;
    const before = this.#get.get(entity);
    const body = mergePatch(before === undefined ? {} : JSON.parse(before.body), data.set ?? {});
    this.#put.run({
      ...{ entity, kind, version, body: JSON.stringify(body) },
      open: typeof data.open === 'boolean' ? Number(data.open) : (before?.open ?? 1),
      ...{ created_us: before?.created_us ?? atUtcUs, at_us: atUtcUs },
    });
    const key = data.key as { readonly key: string; readonly hash: string } | undefined;
    if (key === undefined) return;
    this.#useKey.run(kind, key.key, key.hash, entity, atUtcUs);
    this.#forgetKeys.run(atUtcUs - KEYS_KEPT_US);
  }
}

function toState({ entity, version, open, created_us, at_us, body }: DocumentRow): DocumentState {
  const times = { createdUtcUs: created_us, atUtcUs: at_us };
  return { entity, version, open: open === 1, ...times, doc: JSON.parse(body) };
}

/** Reads of the projection, from any connection. */
export function documentOf(db: Database, entity: string): DocumentState | null {
  const row = db.prepare<[string], DocumentRow>('SELECT * FROM document WHERE entity = ?').get(entity);
  return row === undefined ? null : toState(row);
}

/** Newest first, by when the first event of each was. */
export function documentsOf(db: Database, { kind, open, before, limit }: DocumentQuery): DocumentState[] {
  const only = open === undefined ? '' : `AND open = ${open ? 1 : 0}`;
  const older = 'AND (created_us, entity) < ((SELECT created_us FROM document WHERE entity = @entity), @entity)';
  return db
    .prepare<[object], DocumentRow>(
      `SELECT * FROM document WHERE kind = @kind ${only} ${before === undefined ? '' : older}
       ORDER BY created_us DESC, entity DESC LIMIT @limit`,
    )
    .all({ kind, limit, entity: `${kind}:${before}` })
    .map(toState);
}

export function documentKeys(
  db: Database,
  o: { readonly kind: string; readonly sinceUtcUs: number; readonly limit: number },
): DocumentKeyUse[] {
  return db
    .prepare(
      `SELECT key, hash, entity, at_us AS atUtcUs FROM document_key WHERE kind = ? AND at_us >= ?
       ORDER BY at_us DESC LIMIT ?`,
    )
    .all(o.kind, o.sinceUtcUs, o.limit) as DocumentKeyUse[];
}
