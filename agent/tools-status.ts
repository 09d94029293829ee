/** `skein-agent status`. */
import { join } from 'node:path';
import { knowsZone } from '@skein/protocol/time';
import { nobodyThere, refusalWords } from './asking.ts';
import type { CommandLine } from './cli/index.ts';
import { EXIT, type Terminal } from './exit.ts';
import { AnonymousConfig, readSettings } from './settings.ts';
import { SOCKET_NAME } from './socket.ts';
import { type AgentStatus, askAgent, statusPage } from './status/index.ts';

export async function status(line: CommandLine, io: Terminal): Promise<number> {
  const settings = readSettings(AnonymousConfig, line, process.env);
  if (!settings.ok) {
    io.complain(settings.problems);
    return EXIT.usage;
  }
  const { timeZone: zone, timeFormat: hours } = settings.config.display;
  if (!knowsZone(zone)) {
    io.complain([
      `display.timeZone: this machine knows no zone "${zone}"; write local, UTC, or a name like Europe/Paris`,
    ]);
    return EXIT.usage;
  }
  const { dataDir } = settings.config;
  const asked = await askAgent(join(dataDir, SOCKET_NAME), '/status');
  if (!asked.ok) {
    io.complain(asked.reached ? [refusalWords(asked.reason).message] : nobodyThere(dataDir, asked.reason));
    return asked.reached ? EXIT.failed : EXIT.notRunning;
  }
  if (line.switches.has('json')) io.out(asked.body);
  else io.out(statusPage(JSON.parse(asked.body) as AgentStatus, { zone, hours }));
  return EXIT.ok;
}
