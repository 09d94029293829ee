/** `skein-agent run`: the agent as a process. */
import type { CommandLine } from './cli/index.ts';
import { AgentRefusal, createAgent } from './compose.ts';
import { AgentConfig } from './config.ts';
import { EXIT, type Terminal } from './exit.ts';
import { openLog } from './log/index.ts';
import { systemPorts } from './ports.ts';
import { logFolder, readSettings } from './settings.ts';
import { isSupervised, RESTART_EXIT_CODE } from './supervised.ts';

const CLOSE_DEADLINE_MS = 12_000;

export async function run(line: CommandLine, io: Terminal): Promise<number> {
  const settings = readSettings(AgentConfig, line, process.env);
  if (!settings.ok) {
    io.complain(settings.problems);
    return EXIT.usage;
  }
  const { config } = settings;
  const { level, fileMB, files, stdout } = config.log;
  const log = openLog({ dir: logFolder(config), level, fileMB, files, stdout, drone: config.drone });
  // Whoever started us may be gone: a closed pipe is no reason to stop.
  process.stdout.on('error', () => {});
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const restart = isSupervised(process.env, process) ? () => end(RESTART_EXIT_CODE) : null;
  const agent = createAgent(config, systemPorts({ log: log.logger, restart }), settings.sources);
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
    io.complain([error.message]);
    return error.code === 'already-running' ? EXIT.alreadyRunning : EXIT.usage;
  }
  const code = await ended;
  // Whatever hangs, the process ends: what is durable stays durable.
  setTimeout(() => process.exit(code === EXIT.ok ? EXIT.failed : code), CLOSE_DEADLINE_MS).unref();
  await agent.close();
  await log.close();
  return code;
}
