/** An event as the controller tells it, read with care. Pure. */
import { kindAndId } from '@skein/protocol/fleet';
import { isObject, type Json, listOf, numberOf, objectOf, textOf, timeOf } from '../shell/json.ts';

export interface LoggedEvent {
  readonly cursor: string;
  /** `order:01J…`, `controller`. */
  readonly entity: string;
  /** What stands before the colon, and behind it. */
  readonly kind: string;
  readonly id: string;
  readonly version: number;
  readonly type: string;
  readonly atMs: number;
  readonly by: { readonly kind: string; readonly name: string } | null;
  readonly cause: string | null;
  readonly data: Json;
  /** What happened, and why, as the controller says it. */
  readonly words: string;
  readonly why: string | null;
  /** As it is stored. */
  readonly raw: Json;
}

export interface SearchAnswer {
  /** Newest first. */
  readonly events: readonly LoggedEvent[];
  readonly newest: string | null;
  /** null: all that was asked for was looked at. */
  readonly next: string | null;
  readonly searchedToMs: number | null;
}

/** null: that was no such answer. */
export function readAnswer(value: unknown): SearchAnswer | null {
  if (!isObject(value) || !Array.isArray(value.events)) return null;
  return {
    events: listOf(value.events).flatMap((one) => readEvent(one) ?? []),
    newest: textOf(value.newest),
    next: textOf(value.next),
    searchedToMs: timeOf(value.searchedTo),
  };
}

function readEvent(value: unknown): LoggedEvent | null {
  const { words, why, ...raw } = objectOf(value);
  const [cursor, entity, type, atMs] = [textOf(raw.cursor), textOf(raw.entity), textOf(raw.type), timeOf(raw.at)];
  if (cursor === null || entity === null || type === null || atMs === null) return null;
  const [kind, id] = kindAndId(entity);
  const by = objectOf(raw.by);
  const actor = { kind: textOf(by.kind) ?? '', name: textOf(by.name) ?? '' };
  return {
    ...{ cursor, entity, kind, id, type, atMs, raw, version: numberOf(raw.version) ?? 0 },
    ...{ words: textOf(words) ?? `${entity}: ${type}`, why: textOf(why) },
    ...{ by: raw.by === null ? null : actor, cause: textOf(raw.cause), data: objectOf(raw.data) },
  };
}

/** Who did it. */
export function whoWords({ by }: LoggedEvent): string {
  if (by === null) return 'not known';
  return by.name === '' ? by.kind : by.name;
}
