import { readFileSync } from 'node:fs';
import { renderConfig } from '@skein/protocol/config';
import { parse } from 'smol-toml';
import { describeFaults } from './behaviours/catalogue.ts';
import { resolve, schema } from './config.ts';
import { KNOWN_LINES, runSimulator } from './program.ts';

/** Exit code for wrong settings, the same for all programs of the project. */
const EXIT_USAGE = 2;

function fail(lines: readonly string[], code: number): never {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exit(code);
}

/** `--config FILE` is taken out of the flags; the rest are settings. */
function takeFile(args: readonly string[]): { readonly file: string | null; readonly flags: readonly string[] } {
  const at = args.findIndex((arg) => arg === '--config' || arg.startsWith('--config='));
  if (at < 0) return { file: process.env.SKEIN_SIM_CONFIG ?? null, flags: args };
  const inline = args[at]?.split('=').slice(1).join('=') ?? '';
  const file = inline === '' ? (args[at + 1] ?? '') : inline;
  return { file, flags: args.filter((_, index) => index !== at && (inline !== '' || index !== at + 1)) };
}

function readFile(file: string | null): unknown {
  if (file === null) return undefined;
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return fail(
      [`skein-sim: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`],
      EXIT_USAGE,
    );
  }
}

const [, , ...args] = process.argv;
if (args.includes('--help') || args.includes('help')) {
  const defaults = resolve({ env: {}, flags: [] });
  process.stdout.write(
    'skein-sim: a quadcopter autopilot in software. Settings by --key=value, SKEIN_SIM_KEY, or --config FILE with:\n\n',
  );
  if (defaults.ok) process.stdout.write(renderConfig(schema, defaults.config));
  process.stdout.write(`\nIt reads lines: ${KNOWN_LINES}. SIGUSR1 replugs the pty, SIGTERM ends it.\n`);
  process.stdout.write(`\nFaults, with their settings and what these are otherwise:\n${describeFaults()}\n`);
  process.exit(0);
}

const { file, flags } = takeFile(args);
const { SKEIN_SIM_CONFIG: _, ...env } = process.env;
const resolved = resolve({ file: readFile(file), env, flags });
if (!resolved.ok)
  fail(
    resolved.problems.map((problem) => `skein-sim: ${problem}`),
    EXIT_USAGE,
  );
const { config } = resolved;
if (config.tcp.length + config.udp.length === 0 && !config.pty && config.ptyLink === '') {
  fail(['skein-sim: give it something to talk on: --tcp 127.0.0.1:5760, --udp 127.0.0.1:14550 or --pty'], EXIT_USAGE);
}

try {
  const running = await runSimulator(config, {
    print: (line) => process.stdout.write(`${line}\n`),
    commands: process.stdin,
  });
  const end = (): void => {
    void running.close().then(() => {
      process.stdin.destroy();
      process.exitCode = 0;
    });
  };
  // Ctrl-C reaches us from the terminal and again from whoever started us: the second must not cut the first short.
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGUSR1', () => running.replug());
  // Whoever read our lines may go; the simulation does not end for that.
  process.stdout.on('error', () => {});
} catch (error) {
  fail([`skein-sim: ${error instanceof Error ? error.message : String(error)}`], 1);
}
