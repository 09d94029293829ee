/**
 * The link that an event makes in its entity's chain: SHA-256 over the hash before it and everything that is stored of it.
 *
 *   form 1   previous hash, entity, version, type, at_us, data        as stored until forms had numbers
 *   form 2   previous hash, form, id, entity, version, type, at_us, data, key, actor_kind, actor_name, cause, stamp
 *
 * as a JSON array of the columns as they are stored; of the first event of an entity the previous hash is ''.
 * A row keeps the form it was stored with: its hash is never made again.
 */
import { createHash } from 'node:crypto';

export const CHAIN_FORM = 2;

/** A row of `event`. */
export interface EventRow {
  readonly id: number;
  readonly entity: string;
  readonly version: number;
  readonly type: string;
  readonly at_us: number;
  readonly data: string;
  readonly key: string | null;
  readonly actor_kind: string | null;
  readonly actor_name: string | null;
  readonly cause: string | null;
  readonly stamp: string | null;
  readonly form: number;
  readonly hash: string;
}

/** null: a form that this program does not know. */
export function chainHash(previous: string, e: Omit<EventRow, 'hash'>): string | null {
  if (e.form === 1) return sha256([previous, e.entity, e.version, e.type, e.at_us, e.data]);
  if (e.form !== CHAIN_FORM) return null;
  const about = [e.id, e.entity, e.version, e.type, e.at_us, e.data, e.key];
  return sha256([previous, e.form, ...about, e.actor_kind, e.actor_name, e.cause, e.stamp]);
}

function sha256(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
