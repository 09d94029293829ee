/** Which fields and kinds of which drones have changed since somebody last asked. */
import { FIELDS, type Field } from './entry.ts';

export interface Changed {
  readonly fields: ReadonlySet<Field>;
  readonly kinds: ReadonlySet<string>;
}

/** Kinds that a field of the entry is made of, under its name. */
const KIND_FIELDS: readonly Field[] = ['safety', 'preflight', 'ladder', 'trust'];

export function fieldOf(kind: string): Field | null {
  return KIND_FIELDS.find((field) => field === kind) ?? null;
}

export const ALL_FIELDS = Object.keys(FIELDS) as Field[];

export class Changes {
  #byDrone = new Map<string, { readonly fields: Set<Field>; readonly kinds: Set<string> }>();

  fields(id: string, fields: readonly Field[]): void {
    const changed = this.#of(id);
    for (const field of fields) changed.fields.add(field);
  }

  kind(id: string, key: string): void {
    this.#of(id).kinds.add(key);
  }

  drain(): ReadonlyMap<string, Changed> {
    const drained = this.#byDrone;
    this.#byDrone = new Map();
    return drained;
  }

  #of(id: string): { readonly fields: Set<Field>; readonly kinds: Set<string> } {
    const known = this.#byDrone.get(id);
    if (known) return known;
    const fresh = { fields: new Set<Field>(), kinds: new Set<string>() };
    this.#byDrone.set(id, fresh);
    return fresh;
  }
}
