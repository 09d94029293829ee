/** `skein-agent config`. */
import { renderConfig, withoutLogin } from '@skein/protocol/config';
import type { CommandLine } from './cli/index.ts';
import { AgentConfig, SECRET_KEYS } from './config.ts';
import { EXIT, type Terminal } from './exit.ts';
import { AnonymousConfig, readSettings } from './settings.ts';

export function config(line: CommandLine, io: Terminal): number {
  const print = line.switches.has('print');
  if (print === line.switches.has('check')) {
    io.complain(line.usage);
    return EXIT.usage;
  }
  const schema = print ? AnonymousConfig : AgentConfig;
  const settings = readSettings(schema, line, process.env);
  if (!settings.ok) {
    io.complain(settings.problems);
    return EXIT.usage;
  }
  if (!print) io.out('the settings are fine\n');
  else io.out(withoutLogin(renderConfig(AgentConfig, settings.config, settings.sources, SECRET_KEYS)));
  return EXIT.ok;
}
