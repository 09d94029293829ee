/**
 * A program's configuration: one schema gives type, default, check and documentation.
 *
 * The schema is a TypeBox object of sections (objects) and leaves; every leaf has a `description`, and a `default`
 * unless it must be given. A key is the path of a leaf joined by dots, `backoff.maxS`.
 */
import type { TObject, TSchema } from 'typebox';

export interface Leaf {
  /** `backoff.maxS` */
  readonly key: string;
  readonly path: readonly string[];
  readonly schema: TSchema;
  readonly description: string;
  /** Undefined when the leaf must be given. */
  readonly fallback: unknown;
}

export interface SectionNote {
  readonly key: string;
  readonly description: string;
}

interface Described {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, TSchema>>;
}

const about = (schema: TSchema): Described => schema as Described;

/** The leaves of a schema in the order they are written. */
export function leavesOf(schema: TObject): Leaf[] {
  const leaves: Leaf[] = [];
  const walk = (node: TSchema, path: readonly string[]): void => {
    const { type, properties, description, default: fallback } = about(node);
    if (type === 'object' && properties !== undefined) {
      for (const [name, child] of Object.entries(properties)) walk(child, [...path, name]);
      return;
    }
    if (description === undefined) throw new Error(`config schema: ${path.join('.')} has no description`);
    leaves.push({ key: path.join('.'), path, schema: node, description, fallback });
  };
  walk(schema, []);
  return leaves;
}

/** The description of each section, by its key. */
export function sectionsOf(schema: TObject): SectionNote[] {
  return Object.entries(about(schema).properties ?? {})
    .filter(([, child]) => about(child).type === 'object')
    .map(([key, child]) => ({ key, description: about(child).description ?? '' }));
}

/** The environment variable of a key: `backoff.maxS` → `SKEIN_BACKOFF_MAX_S`. */
export function environmentName(key: string): string {
  return `SKEIN_${key
    .replace(/[.-]/g, '_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()}`;
}

export function leafType(leaf: Leaf): string {
  return about(leaf.schema).type ?? 'string';
}
