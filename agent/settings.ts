/** Config file, environment and flags of the command line → a checked configuration. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveConfig } from '@skein/protocol/config';
import { parse } from 'smol-toml';
import { Type } from 'typebox';
import type { CommandLine } from './cli/index.ts';
import { AgentConfig } from './config.ts';
import { diskProblems } from './disk.ts';

/** For commands that only need to find the data directory: the drone need not be named. */
export const AnonymousConfig = Type.Object({
  ...AgentConfig.properties,
  drone: Type.String({ default: 'unnamed', description: 'Name of this drone' }),
});

/** Reads the file if one is named, and resolves everything against the schema. */
export function readSettings<S extends typeof AgentConfig | typeof AnonymousConfig>(
  schema: S,
  line: Pick<CommandLine, 'configFile' | 'flags'>,
  env: Readonly<Record<string, string | undefined>>,
): ReturnType<typeof resolveConfig<S>> {
  let file: unknown;
  if (line.configFile !== null) {
    try {
      file = parse(readFileSync(line.configFile, 'utf8'));
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      return { ok: false, problems: [`config file ${line.configFile}: ${detail}`] };
    }
  }
  const resolved = resolveConfig(schema, { ...(file === undefined ? {} : { file }), env, flags: line.flags });
  const problems = resolved.ok ? diskProblems(resolved.config) : [];
  return problems.length === 0 ? resolved : { ok: false, problems };
}

export function logFolder(config: AgentConfig): string {
  return config.log.dir === '' ? join(config.dataDir, 'log') : config.log.dir;
}
