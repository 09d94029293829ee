/**
 * Where a program's settings come from: defaults, then the file, then the environment, then flags, the later winning.
 * Everything wrong is reported at once, each problem saying what to write instead.
 */
import type { Static, TObject } from 'typebox';
import { Value } from 'typebox/value';
import { nearest } from './nearest.ts';
import { environmentName, type Leaf, leafType, leavesOf } from './schema.ts';
import { saidOf } from './secret.ts';

export type ConfigSource = 'default' | 'file' | 'environment' | 'flag';

export interface ConfigInput {
  /** The parsed TOML file, or undefined without one. */
  readonly file?: unknown;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Flags after the command: `--backoff.maxS=3`, `--backoff.maxS 3`; a flag alone sets a boolean. */
  readonly flags?: readonly string[];
  /** Environment names that begin with SKEIN_ but belong to something else. */
  readonly ignoreEnv?: readonly string[];
}

export type Resolved<S extends TObject> =
  | { readonly ok: true; readonly config: Static<S>; readonly sources: Readonly<Record<string, ConfigSource>> }
  | { readonly ok: false; readonly problems: readonly string[] };

interface Given {
  readonly value: unknown;
  readonly source: ConfigSource;
  readonly said: string;
}

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Text from a flag or the environment as its leaf's type; left as it is when it is not one, for the check to name. */
function fromText(leaf: Leaf, value: string): unknown {
  const type = leafType(leaf);
  if ((type === 'number' || type === 'integer') && value.trim() !== '' && !Number.isNaN(Number(value))) {
    return Number(value);
  }
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (type === 'array') return value === '' ? [] : value.split(',').map((item) => item.trim());
  return value;
}

class Gathering {
  readonly given = new Map<string, Given>();
  readonly problems: string[] = [];
  readonly #leaves: ReadonlyMap<string, Leaf>;
  readonly #keys: readonly string[];
  readonly #sections: readonly string[];

  constructor(leaves: readonly Leaf[]) {
    this.#leaves = new Map(leaves.map((leaf) => [leaf.key, leaf]));
    this.#keys = leaves.map((leaf) => leaf.key);
    const above = leaves.flatMap(({ path }) => path.slice(1).map((_, i) => path.slice(0, i + 1).join('.')));
    this.#sections = [...new Set(above)];
  }

  file(tree: unknown, path: readonly string[] = []): void {
    if (!isTree(tree)) {
      if (path.length > 0)
        this.problems.push(`${path.join('.')} is a section; write [${path.join('.')}] and keys below`);
      return;
    }
    for (const [name, value] of Object.entries(tree)) {
      const key = [...path, name].join('.');
      if (this.#leaves.has(key)) this.given.set(key, { value, source: 'file', said: `${key} in the config file` });
      else if (this.#keys.some((known) => known.startsWith(`${key}.`))) this.file(value, [...path, name]);
      else
        this.#unknown(
          `${key} in the config file`,
          key,
          isTree(value) ? [...this.#sections, ...this.#keys] : this.#keys,
        );
    }
  }

  environment(env: Readonly<Record<string, string | undefined>>, ignore: readonly string[]): void {
    const byName = new Map(this.#keys.map((key) => [environmentName(key), key]));
    for (const [name, value] of Object.entries(env)) {
      if (!name.startsWith('SKEIN_') || ignore.includes(name) || value === undefined) continue;
      const key = byName.get(name);
      const leaf = key === undefined ? undefined : this.#leaves.get(key);
      if (leaf === undefined) this.#unknown(`environment variable ${name}`, name, [...byName.keys()]);
      else this.given.set(leaf.key, { value: fromText(leaf, value), source: 'environment', said: name });
    }
  }

  flags(flags: readonly string[]): void {
    for (let i = 0; i < flags.length; i++) {
      const flag = flags[i] ?? '';
      const match = /^--([^=]+)(?:=([\s\S]*))?$/.exec(flag);
      if (match === null) {
        this.problems.push(`"${flag}" is not a flag; settings are given as --key=value`);
        continue;
      }
      const [, key = '', inline] = match;
      const leaf = this.#leaves.get(key);
      if (leaf === undefined) {
        this.#unknown(`flag --${key}`, key, this.#keys);
        continue;
      }
      const next = flags[i + 1];
      let text = inline;
      if (text === undefined && next !== undefined && !next.startsWith('--')) {
        text = next;
        i++;
      } else if (text === undefined && leafType(leaf) === 'boolean') text = 'true';
      if (text === undefined) this.problems.push(`flag --${key} has no value; write --${key}=VALUE`);
      else this.given.set(key, { value: fromText(leaf, text), source: 'flag', said: `--${key}` });
    }
  }

  #unknown(what: string, word: string, candidates: readonly string[]): void {
    const near = nearest(word, candidates);
    this.problems.push(`${what} is not known${near === null ? '' : `; did you mean ${near}?`}`);
  }
}

/** What a value must be, in words, from the first complaint of the check. */
function complaint(leaf: Leaf, value: unknown): string | null {
  if (Value.Check(leaf.schema, value)) return null;
  const first = [...Value.Errors(leaf.schema, value)][0];
  return `${first?.message ?? 'is not valid'} (${leaf.description})`;
}

/** Gathers, checks and merges a program's settings. `sources` says for each key who set it. Never throws on bad input. */
export function resolveConfig<S extends TObject>(schema: S, input: ConfigInput): Resolved<S> {
  const leaves = leavesOf(schema);
  const gathering = new Gathering(leaves);
  if (input.file !== undefined) gathering.file(input.file);
  gathering.environment(input.env ?? {}, input.ignoreEnv ?? []);
  gathering.flags(input.flags ?? []);

  const { given, problems } = gathering;
  const config: Tree = {};
  const sources: Record<string, ConfigSource> = {};
  for (const leaf of leaves) {
    const found = given.get(leaf.key) ?? { value: leaf.fallback, source: 'default' as const, said: leaf.key };
    sources[leaf.key] = found.source;
    if (found.value === undefined) {
      problems.push(
        `${leaf.key} must be set: ${leaf.description} (config file, --${leaf.key} or ${environmentName(leaf.key)})`,
      );
      continue;
    }
    const wrong = complaint(leaf, found.value);
    if (wrong !== null) problems.push(`${found.said} = ${saidOf(leaf.key, found.value)}: ${wrong}`);
    put(config, leaf.path, found.value);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config: config as Static<S>, sources };
}

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    tree[head] = value;
    return;
  }
  const next = tree[head];
  const section: Tree = isTree(next) ? next : {};
  tree[head] = section;
  put(section, rest, value);
}
