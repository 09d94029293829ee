/** `skein-controller run | backup | restore | verify | rebuild | export | config | version` */
import fs from 'node:fs';
import { renderConfig, resolveConfig } from '@skein/protocol/config';
import { parse, TomlError } from 'smol-toml';
import { createController, StartError } from './compose.ts';
import { type Config, ConfigSchema, configProblems } from './config.ts';
import { exportData } from './export.ts';
import { createLog } from './log.ts';
import { backup, rebuild, restore, type Tool, UsageError, verify } from './maintenance.ts';
import { StoreError } from './store/index.ts';
import { systemClock } from './system-clock.ts';

const USAGE = `skein-controller: holds the fleet

  skein-controller run      [--config FILE] [--key=value …]   run until Ctrl-C
  skein-controller backup   --to=DIR [--config FILE] [--key=value …]   copy the databases, also while it runs
  skein-controller restore  --from=BACKUP [--damaged=DIR] [--key=FILE] [--anyway] [--json] --dataDir=DIR [--config FILE]
                            a new dataDir out of a backup and what is left of a damaged one; says what is missing
  skein-controller verify   [--key=FILE] [--json] [--config FILE] [--key=value …]   was anything changed since it was stored?
  skein-controller rebuild  [--config FILE] [--key=value …]   make again from the events what people query, while it does not run
  skein-controller export   [--drones=ID,ID|all] [--from=TIME] [--to=TIME] [--kind=position] --format=csv|geojson|gpx [--out=FILE]
  skein-controller export   --events [--from=TIME] [--to=TIME] --format=csv|jsonl [--out=FILE]
  skein-controller config   [--print | --check] [--config FILE] [--key=value …]
  skein-controller version

Settings come from the file (TOML), then SKEIN_… in the environment, then flags; controller.example.toml lists them all.
`;

const CLOSE_DEADLINE_MS = 30_000;
const VERSION: string = JSON.parse(fs.readFileSync(new URL('./package.json', import.meta.url), 'utf8')).version;

/** Exit codes: 1 it cannot run here, 2 what was asked for is wrong, 3 what was looked at is not sound (maintenance.ts), 70 a bug. */
const EXIT = { cannotRun: 1, usage: 2, bug: 70 } as const;

function fail(lines: readonly string[], code: number = EXIT.usage): never {
  for (const line of lines) process.stderr.write(`skein-controller: ${line}\n`);
  process.exit(code);
}

/** `--config FILE` or `--config=FILE` taken out of the flags. */
function takeFile(flags: readonly string[]): { file: string | null; rest: string[] } {
  const rest = [...flags];
  const at = rest.findIndex((flag) => flag === '--config' || flag.startsWith('--config='));
  if (at < 0) return { file: null, rest };
  const [flag = ''] = rest.splice(at, 1);
  if (flag.includes('=')) return { file: flag.slice('--config='.length), rest };
  const [file] = rest.splice(at, 1);
  if (file === undefined) fail(['--config needs the name of a file']);
  return { file, rest };
}

function readToml(file: string): unknown {
  try {
    return parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof TomlError) fail([`${file}, line ${error.line}: ${error.message.split('\n')[0]}`]);
    fail([`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function settings(flags: readonly string[]) {
  const { file, rest } = takeFile(flags);
  const given = file === null ? {} : { file: readToml(file) };
  const resolved = resolveConfig(ConfigSchema, { ...given, env: process.env, flags: rest });
  if (!resolved.ok) fail(resolved.problems);
  const problems = configProblems(resolved.config);
  if (problems.length > 0) fail(problems);
  return resolved;
}

async function run(config: Config): Promise<void> {
  const log = createLog(config);
  const { logger } = log;
  const controller = await createController(config, {
    clock: systemClock(),
    random: Math.random,
    log: logger,
    version: VERSION,
  });
  let stopping = false;
  const stop = async (why: string, code: number) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    // Every part closes within a bound of its own; this one is for what nobody thought of.
    setTimeout(() => {
      process.stderr.write('skein-controller: closing takes too long; ending all the same\n');
      process.exit(1);
    }, CLOSE_DEADLINE_MS).unref();
    await controller.close();
    await log.close();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal, 0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'a bug; the controller ends, drones keep what is not acked');
    process.stderr.write(`skein-controller: ${error.stack ?? String(error)}\n`);
    void stop('a bug', EXIT.bug);
  });
  try {
    const addresses = await controller.start();
    logger.info({ ...addresses, version: VERSION, dataDir: config.dataDir }, 'listening');
    process.stdout.write(`${JSON.stringify({ event: 'listening', ...addresses })}\n`);
  } catch (error) {
    await log.close();
    if (error instanceof StartError || (error instanceof StoreError && error.code !== 'internal'))
      fail([error.message], EXIT.cannotRun);
    fail([error instanceof Error ? (error.stack ?? error.message) : String(error)], EXIT.cannotRun);
  }
}

/** What a tool has to say, and how it ends. */
async function tool(flags: readonly string[], names: readonly string[], run: Tool): Promise<void> {
  const own = new Map<string, string>();
  const rest = flags.filter((flag) => {
    const name = names.find((one) => flag === `--${one}` || flag.startsWith(`--${one}=`));
    if (name !== undefined) own.set(name, flag.slice(name.length + 3));
    return name === undefined;
  });
  const { config } = settings(rest);
  try {
    const { words, code } = await run(config, own);
    process.stdout.write(words);
    process.exitCode = code;
  } catch (error) {
    if (error instanceof UsageError) fail([error.message]);
    if (error instanceof StoreError) fail([error.message], EXIT.cannotRun);
    throw error;
  }
}

const [first, ...flags] = process.argv.slice(2);
const command = flags.includes('--help') || flags.includes('-h') ? 'help' : first;
switch (command) {
  case 'run':
    await run(settings(flags).config);
    break;
  case 'backup':
    await tool(flags, ['to'], backup);
    break;
  case 'restore':
    await tool(flags, ['from', 'damaged', 'key', 'json', 'anyway'], restore);
    break;
  case 'verify':
    await tool(flags, ['key', 'json'], verify);
    break;
  case 'export':
    await tool(flags, ['drones', 'from', 'to', 'kind', 'format', 'events', 'out'], exportData);
    break;
  case 'rebuild':
    await tool(flags, [], rebuild);
    break;
  case 'config': {
    const rest = flags.filter((flag) => flag !== '--print' && flag !== '--check');
    const { config, sources } = settings(rest);
    if (flags.includes('--check')) process.stdout.write('the settings are fine\n');
    else process.stdout.write(renderConfig(ConfigSchema, config, sources));
    break;
  }
  case 'version':
    process.stdout.write(`skein-controller ${VERSION}\n`);
    break;
  case 'help':
  case '--help':
  case '-h':
    process.stdout.write(USAGE);
    break;
  default:
    if (command !== undefined) process.stderr.write(`skein-controller: there is no command "${command}"\n\n`);
    process.stderr.write(USAGE);
    process.exit(EXIT.usage);
}
