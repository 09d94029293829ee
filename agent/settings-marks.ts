/**
 * Whether the agent runs with what its file says now. Neither side tells the other a value: who asks sends a mark of each
 * setting under a key of its own, and hears the names of those that differ, so a password is compared like all else.
 */
import { createHmac } from 'node:crypto';
import type { ConfigSource } from '@skein/protocol/config';
import type { AgentConfig } from './config.ts';

/** Who set each key. */
export type Sources = Readonly<Record<string, ConfigSource>>;

type Marks = Readonly<Record<string, string>>;

/** What came by a command line or an environment stands in no file, and is there again after a restart. */
const FROM_FILE: readonly (ConfigSource | undefined)[] = ['file', 'default', undefined];

function leavesOf(value: unknown, path: string): readonly (readonly [name: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, one]) => leavesOf(one, path === '' ? name : `${path}.${name}`));
}

export function marksOf(config: AgentConfig, sources: Sources, key: string): Marks {
  const mark = (name: string, value: unknown): string =>
    createHmac('sha256', key)
      .update(`${name}=${JSON.stringify(value)}`)
      .digest('hex');
  return Object.fromEntries(
    leavesOf(config, '')
      .filter(([name]) => FROM_FILE.includes(sources[name]))
      .map(([name, value]) => [name, mark(name, value)]),
  );
}

function readAsked(body: unknown): { readonly key: string; readonly marks: ReadonlyMap<string, unknown> } | null {
  if (typeof body !== 'object' || body === null) return null;
  const { key, marks } = body as Readonly<Record<string, unknown>>;
  if (typeof key !== 'string' || typeof marks !== 'object' || marks === null) return null;
  return { key, marks: new Map(Object.entries(marks)) };
}

/** Names of settings that both sides have from a file, and not the same. Null: what was asked cannot be read. */
export function differingOf(config: AgentConfig, sources: Sources, body: unknown): readonly string[] | null {
  const asked = readAsked(body);
  if (asked === null) return null;
  return Object.entries(marksOf(config, sources, asked.key))
    .filter(([name, mark]) => asked.marks.has(name) && asked.marks.get(name) !== mark)
    .map(([name]) => name);
}
