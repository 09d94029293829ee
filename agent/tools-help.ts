/** `skein-agent help | man | completion | version`: what the table of commands says of itself. */
import {
  type CommandLine,
  commandHelp,
  commandsOf,
  completion,
  findCommand,
  manPage,
  meant,
  overview,
  type Program,
  SHELLS,
} from './cli/index.ts';
import { EXIT, type Terminal } from './exit.ts';

/** A name that is none. */
export function strange(name: string, io: Terminal, program: Program): number {
  const names = commandsOf(program).map((command) => command.name);
  const slip = meant(name, names);
  io.complain([
    `there is no command "${name}"${slip === null ? '' : `; did you mean ${slip}?`}`,
    `there is ${names.join(', ')}; "${program.name} help" says what each is for`,
  ]);
  return EXIT.usage;
}

export function help({ words }: Pick<CommandLine, 'words'>, io: Terminal, program: Program): number {
  const [name] = words;
  const command = name === undefined || name === 'help' ? null : findCommand(program, name);
  if (name !== undefined && name !== 'help' && command === null) return strange(name, io, program);
  io.out(command === null ? overview(program) : commandHelp(program, command));
  return EXIT.ok;
}

export function manual(_line: CommandLine, io: Terminal, program: Program): number {
  io.out(manPage(program));
  return EXIT.ok;
}

export function completionScript(line: CommandLine, io: Terminal, program: Program): number {
  const shell = SHELLS.find((one) => one === line.words[0]);
  if (shell === undefined) {
    io.complain(line.usage);
    return EXIT.usage;
  }
  io.out(completion(program, shell));
  return EXIT.ok;
}

export function version(_line: CommandLine, io: Terminal, program: Program): number {
  io.out(`${program.name} ${program.version} (node ${process.version})\n`);
  return EXIT.ok;
}
