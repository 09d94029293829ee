/** The command line of the agent. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { renderConfig } from '@skein/protocol/config';
import { knowsZone } from '@skein/protocol/time';
import { AgentConfig, SECRET_KEYS } from './config.ts';
import { complain, EXIT } from './exit.ts';
import { AnonymousConfig, type CommandLine, logFolder, readCommandLine, readSettings } from './settings.ts';
import { SOCKET_NAME } from './socket.ts';
import type { AgentStatus } from './status/index.ts';
import { isSupervised, RESTART_EXIT_CODE } from './supervised.ts';
import { AGENT_VERSION } from './version.ts';

const CLOSE_DEADLINE_MS = 12_000;

const HELP = `skein-agent ${AGENT_VERSION}: keeps one drone in touch with its fleet

  skein-agent run [--config FILE] [--key=value …]     run until SIGINT or SIGTERM
              --respawn                               and start again when it ends by itself (systemd does so too)
  skein-agent status [--json] [--config FILE]         what the agent on this machine is doing
  skein-agent preflight [--json]                      is everything right before the motors start?
  skein-agent lock|unlock --reason "…"                the ground lock: nothing arms, starts or reboots
  skein-agent new-pack [ID]                           the battery was changed (to this pack): no charge is remembered any more
  skein-agent stations [unlock|lock [NAME]]           ground stations through this agent, and what they may
  skein-agent params snapshot|diff|restore [FILE]     parameters of the autopilot; restore shows first, --apply sets
  skein-agent decode FILE|-                           .tlog or raw MAVLink → JSON lines on standard output
  skein-agent config --print|--check [--config FILE]  the settings in force, or what is wrong with them
  skein-agent version | help

Settings: agent.example.toml explains each. SKEIN_… in the environment overrides the file (SKEIN_UPLINK_URL is
uplink.url), flags override both (--uplink.url=mqtt://…).
Exit codes: 0 fine, 1 failed, 2 wrong settings or usage, 3 no agent runs here, 4 one runs already,
5 the answer is no (a pre-flight stop, a lock that stays, parameters that differ), 75 start me again.
`;

async function run(line: CommandLine): Promise<number> {
  const settings = readSettings(AgentConfig, line, process.env);
  if (!settings.ok) {
    complain(settings.problems);
    return EXIT.usage;
  }
  const { config } = settings;
  // Loaded here, not above: `status` and `decode` then start at once on a slow board.
  const [{ AgentRefusal, createAgent }, { openLog }, { systemPorts }] = await Promise.all([
    import('./compose.ts'),
    import('./log/index.ts'),
    import('./ports.ts'),
  ]);
  const { level, fileMB, files, stdout } = config.log;
  const log = openLog({ dir: logFolder(config), level, fileMB, files, stdout, drone: config.drone });
  // Whoever started us may be gone: a closed pipe is no reason to stop.
  process.stdout.on('error', () => {});
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const restart = isSupervised(process.env, process) ? () => end(RESTART_EXIT_CODE) : null;
  const agent = createAgent(config, systemPorts({ log: log.logger, restart }));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    let asked = false;
    process.on(signal, () => {
      if (asked) process.exit(EXIT.failed);
      asked = true;
      end(EXIT.ok);
    });
  }
  try {
    const started = await agent.start();
    process.stdout.write(`${JSON.stringify({ event: 'started', ...started })}\n`);
  } catch (error) {
    await log.close();
    if (!(error instanceof AgentRefusal)) throw error;
    complain([error.message]);
    return error.code === 'already-running' ? EXIT.alreadyRunning : EXIT.usage;
  }
  const code = await ended;
  // Whatever hangs, the process ends: what is durable stays durable.
  setTimeout(() => process.exit(code === EXIT.ok ? EXIT.failed : code), CLOSE_DEADLINE_MS).unref();
  await agent.close();
  await log.close();
  return code;
}

async function status(line: CommandLine): Promise<number> {
  const settings = readSettings(AnonymousConfig, line, process.env);
  if (!settings.ok) {
    complain(settings.problems);
    return EXIT.usage;
  }
  const { timeZone: zone, timeFormat: hours } = settings.config.display;
  if (!knowsZone(zone)) {
    complain([`display.timeZone: this machine knows no zone "${zone}"; write local, UTC, or a name like Europe/Paris`]);
    return EXIT.usage;
  }
  const { askAgent, statusPage } = await import('./status/index.ts');
  const socket = join(settings.config.dataDir, SOCKET_NAME);
  const asked = await askAgent(socket, '/status');
  if (!asked.ok) {
    complain([
      `no agent answers at ${socket} (${asked.reason}).`,
      'Start it with "skein-agent run", or name its data directory with --config FILE or --dataDir=FOLDER.',
    ]);
    return EXIT.notRunning;
  }
  if (line.words.includes('--json')) process.stdout.write(asked.body);
  else process.stdout.write(statusPage(JSON.parse(asked.body) as AgentStatus, { zone, hours }));
  return EXIT.ok;
}

async function decode(line: CommandLine): Promise<number> {
  const [path] = line.words;
  if (path === undefined || line.words.length > 1 || line.flags.length > 0) {
    complain(['usage: skein-agent decode FILE, or - for standard input']);
    return EXIT.usage;
  }
  const { decodeRecording, summaryLine } = await import('./decode/index.ts');
  const input = path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 256 << 10 });
  try {
    const summary = await decodeRecording(input, process.stdout);
    if (!summary.cut) process.stderr.write(`${summaryLine(summary)}\n`);
    if (summary.frames > 0 || summary.cut) return EXIT.ok;
    complain([`${path} holds no MAVLink frame: give a .tlog, or the raw bytes of a link`]);
    return EXIT.failed;
  } catch (error) {
    complain([`${path}: ${error instanceof Error ? error.message : String(error)}`]);
    return EXIT.failed;
  }
}

function config(line: CommandLine): number {
  const [how] = line.words;
  if (how !== '--print' && how !== '--check') {
    complain(['usage: skein-agent config --print, or --check']);
    return EXIT.usage;
  }
  const schema = how === '--print' ? AnonymousConfig : AgentConfig;
  const settings = readSettings(schema, line, process.env);
  if (!settings.ok) {
    complain(settings.problems);
    return EXIT.usage;
  }
  if (how === '--check') process.stdout.write('the settings are fine\n');
  else process.stdout.write(renderConfig(AgentConfig, settings.config, settings.sources, SECRET_KEYS));
  return EXIT.ok;
}

async function main(argv: readonly string[]): Promise<number> {
  const line = readCommandLine(argv);
  if (line.words.includes('--help') || line.words.includes('-h')) {
    process.stdout.write(HELP);
    return EXIT.ok;
  }
  switch (line.command) {
    case 'run':
      return run(line);
    case 'status':
      return status(line);
    case 'preflight':
    case 'lock':
    case 'unlock':
    case 'stations':
      return (await import('./tools.ts'))[line.command](line);
    case 'new-pack':
      return (await import('./tools-battery.ts')).newPack(line);
    case 'params':
      return (await import('./tools-params.ts')).params(line);
    case 'decode':
      return decode(line);
    case 'config':
      return config(line);
    case 'version':
    case '--version':
      process.stdout.write(`skein-agent ${AGENT_VERSION} (node ${process.version})\n`);
      return EXIT.ok;
    case 'help':
    case '--help':
    case '-h':
      process.stdout.write(HELP);
      return EXIT.ok;
    default:
      complain([`there is no command "${line.command}"`]);
      process.stderr.write(HELP);
      return EXIT.usage;
  }
}

process.exitCode = await main(process.argv.slice(2));
