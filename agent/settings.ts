/** Config file, environment and flags of the command line → a checked configuration. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveConfig } from '@skein/protocol/config';
import { parse } from 'smol-toml';
import { Type } from 'typebox';
import { AgentConfig } from './config.ts';
import { diskProblems } from './disk.ts';

export interface CommandLine {
  readonly command: string;
  /** Path after --config, or null. */
  readonly configFile: string | null;
  /** Bare words that are no command and no value of a flag. */
  readonly words: readonly string[];
  /** Everything else that begins with `--`, with its value. */
  readonly flags: readonly string[];
}

/** Flags of commands, not settings: they take no value. */
const SWITCHES = new Set(['--json', '--print', '--check', '--help', '--apply', '--safety', '--calibration']);

/** For commands that only need to find the data directory: the drone need not be named. */
export const AnonymousConfig = Type.Object({
  ...AgentConfig.properties,
  drone: Type.String({ default: 'unnamed', description: 'Name of this drone' }),
});

/** Splits argv; `switches` of a command are among `words`. */
export function readCommandLine(argv: readonly string[]): CommandLine {
  const [first = 'help', ...rest] = argv;
  const words: string[] = [];
  const flags: string[] = [];
  let configFile: string | null = null;
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? '';
    if (word === '--config') configFile = rest[++i] ?? '';
    else if (word.startsWith('--config=')) configFile = word.slice('--config='.length);
    else if (SWITCHES.has(word) || !word.startsWith('--')) words.push(word);
    else {
      flags.push(word);
      const next = rest[i + 1];
      if (!word.includes('=') && next !== undefined && !next.startsWith('--')) {
        flags.push(next);
        i++;
      }
    }
  }
  return { command: first, configFile, words, flags };
}

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
