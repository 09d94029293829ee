export type { Command, CommandGroup, Exit, Flag, Program, Terminal } from './command.ts';
export { commandsOf, findCommand } from './command.ts';
export { completion, SHELLS, type Shell } from './completion.ts';
export { commandHelp, overview } from './help.ts';
export { type CommandLine, type ReadLine, readLine } from './line.ts';
export { manPage } from './man.ts';
export { meant } from './slip.ts';
