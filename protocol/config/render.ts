/** A configuration as the commented TOML a person would write, for `config --print`. */
import type { TObject } from 'typebox';
import type { ConfigSource } from './resolve.ts';
import { type Leaf, leavesOf, sectionsOf } from './schema.ts';

function valueAt(config: unknown, path: readonly string[]): unknown {
  let node = config;
  for (const name of path)
    node = typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[name] : undefined;
  return node;
}

function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name} = ${toml(inner)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/**
 * TOML with every key, its description above it and, behind it, who set it when that was not the default.
 * `secrets`: keys whose values are replaced by "…".
 */
export function renderConfig(
  schema: TObject,
  config: unknown,
  sources: Readonly<Record<string, ConfigSource>> = {},
  secrets: readonly string[] = [],
): string {
  const notes = new Map(sectionsOf(schema).map((section) => [section.key, section.description]));
  const lines: string[] = [];
  const write = (leaf: Leaf): void => {
    const value = valueAt(config, leaf.path);
    const source = sources[leaf.key];
    const by = source === undefined || source === 'default' ? '' : `  # set by ${source}`;
    const shown = secrets.includes(leaf.key) && value !== '' ? '"…"' : toml(value);
    lines.push(`# ${leaf.description}`, `${leaf.path.at(-1)} = ${shown}${by}`);
  };
  const leaves = leavesOf(schema);
  for (const leaf of leaves.filter((leaf) => leaf.path.length === 1)) write(leaf);
  let open = '';
  for (const leaf of leaves.filter((leaf) => leaf.path.length > 1)) {
    const section = leaf.path.slice(0, -1).join('.');
    if (section !== open) {
      const note = notes.get(section);
      lines.push('', ...(note ? [`# ${note}`] : []), `[${section}]`);
      open = section;
    }
    write(leaf);
  }
  return `${lines.join('\n')}\n`;
}
