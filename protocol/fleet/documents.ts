/**
 * What is kept as a document: the events of `<kind>:<id>` carry JSON merge patches (RFC 7396), and the document is what they
 * make of nothing, one after another. Whoever reads the events makes the same of them.
 */
export interface Actor {
  readonly kind: 'operator' | 'integrator' | 'drone' | 'controller';
  /** A person, a program, a drone, a part of the controller. */
  readonly name: string;
}

/** Of who stands in a step as `drone`, `controller` or by name: a person or program that asked for it. */
export function actorOf(by: string, drone: string): Actor {
  if (by === 'drone') return { kind: 'drone', name: drone };
  return { kind: by === 'controller' ? 'controller' : 'operator', name: by };
}

/** RFC 7396: null removes a field, objects are merged, anything else takes the place of what was. */
export type MergePatch<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [K in keyof T]?: MergePatch<T[K]> | null }
    : T;

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The target with the patch in it; neither is changed. Of fields that stay, the order stays; new ones come last. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/** `order:01J…` → its kind and id; null: it names no entity. */
export function entityParts(entity: string): { readonly kind: string; readonly id: string } | null {
  const at = entity.indexOf(':');
  return at > 0 && at < entity.length - 1 ? { kind: entity.slice(0, at), id: entity.slice(at + 1) } : null;
}
