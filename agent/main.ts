/** The command line of the agent: finds the command in its table (program.ts) and runs it. */
import { findCommand, readLine } from './cli/index.ts';
import { EXIT, TERMINAL } from './exit.ts';
import { PROGRAM } from './program.ts';
import { help, strange } from './tools-help.ts';

const HELP_FLAGS = ['--help', '-h'];

async function main([name = 'help', ...args]: readonly string[]): Promise<number> {
  const command = findCommand(PROGRAM, name);
  if (command === null) return strange(name, TERMINAL, PROGRAM);
  // A command asked for help does nothing else.
  const asked = args.some((word) => HELP_FLAGS.includes(word));
  const read = readLine(PROGRAM.name, command, asked ? [] : args);
  if (asked) return help({ words: [command.name] }, TERMINAL, PROGRAM);
  if (read.ok) return command.run(read.line, TERMINAL, PROGRAM);
  TERMINAL.complain(read.problems);
  return EXIT.usage;
}

/** Output that was lost is a failure, `| head` is none. The agent itself goes on whatever becomes of its output. */
function watchOutput(): () => boolean {
  let isLost = false;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (isLost || error.code === 'EPIPE') return;
    isLost = true;
    TERMINAL.complain([`standard output: ${error.message}`]);
    process.exitCode = EXIT.failed;
  });
  return () => isLost;
}

const words = process.argv.slice(2);
const isLost = words[0] === 'run' ? () => false : watchOutput();
const code = await main(words);
process.exitCode = isLost() ? EXIT.failed : code;
