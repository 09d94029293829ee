/** A document as it is in memory, and what changes it. */
import { type Actor, entityParts, type MergePatch, mergePatch } from '@skein/protocol/fleet';
import type { RecordEvent, StoredDocument } from './ports.ts';

export interface Held<T> {
  readonly id: string;
  /** Number of its events; the next write makes it one more. */
  readonly version: number;
  /** Work remains. */
  readonly open: boolean;
  readonly createdUtcUs: number;
  /** Of its last change. */
  readonly atUtcUs: number;
  /** Never changed in place. */
  readonly doc: T;
}

/** An Idempotency-Key and the hash of the request it was used with. */
export interface KeyUse {
  readonly key: string;
  readonly hash: string;
}

export interface Change<T> {
  /** Of a new document: one that was never used. */
  readonly id: string;
  /** Of the event: what happened, in the past tense. */
  readonly type: string;
  /** RFC 7396: null removes a field. */
  readonly set: MergePatch<T>;
  /** Left out: as it was; of a new one true. */
  readonly open?: boolean;
  readonly by: Actor;
  /** `<entity>@<version>` of the event it follows from, or words. */
  readonly cause?: string;
  /** Of a new one 0. */
  readonly expectedVersion?: number;
  readonly key?: KeyUse;
}

export function eventOf<T>(kind: string, change: Change<T>, atUtcUs: number): RecordEvent {
  const { id, type, set, open, by, cause, key } = change;
  // As the store will read it: what JSON does not know is gone, here as there.
  const data = JSON.parse(JSON.stringify({ set, open, key })) as Record<string, unknown>;
  return { entity: `${kind}:${id}`, type, atUtcUs, by, ...(cause === undefined ? {} : { cause }), data };
}

/** The document after one event more; the same rule as the store's (store/document-projection.ts). */
export function applied<T>(before: Held<T> | null, id: string, event: RecordEvent): Held<T> {
  const { set, open } = event.data;
  return {
    id,
    version: (before?.version ?? 0) + 1,
    open: typeof open === 'boolean' ? open : (before?.open ?? true),
    createdUtcUs: before?.createdUtcUs ?? event.atUtcUs,
    atUtcUs: event.atUtcUs,
    doc: mergePatch(before?.doc ?? {}, set ?? {}) as T,
  };
}

/** What stands in the store was written by `eventOf`: it comes back as it went. */
export function heldOf<T>({ entity, doc, ...rest }: StoredDocument): Held<T> {
  return { ...rest, id: entityParts(entity)?.id ?? entity, doc: doc as T };
}
