/** What a command is: from this its help, its line of the overview, its completion and its part of the man page are made. */
import type { Writable } from 'node:stream';
import type { CommandLine } from './line.ts';

/** A flag of the command itself; all others are settings. */
export interface Flag {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  /** It takes a value, shown by this word; left out: it takes none. */
  readonly value?: string;
  /** The values there are. */
  readonly choices?: readonly string[];
  readonly words: string;
}

/** What the bare words of a line are. */
export interface Words {
  readonly least: number;
  readonly most: number;
  /** For completion: paths, the commands there are, or these words. */
  readonly are: 'files' | 'free' | 'commands' | readonly string[];
}

export interface Exit {
  readonly code: number;
  readonly words: string;
}

export interface Example {
  /** Without `skein-agent`. */
  readonly line: string;
  readonly words: string;
}

/** Where a command speaks. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly complain: (lines: readonly string[]) => void;
  /** For what is long: standard output, which may be slow or go away (outlet.ts). */
  readonly stream: Writable;
  /** People look at it, on something that shows colours. */
  readonly colours: boolean;
}

export interface Command {
  readonly name: string;
  /** What it is for, in half a line. */
  readonly brief: string;
  /** What follows its name, a line for each way to use it. */
  readonly usage: readonly string[];
  /** Paragraphs one can learn it from. */
  readonly about: readonly string[];
  readonly flags: readonly Flag[];
  readonly words: Words;
  /** It takes settings as well (`--config FILE`, `--key=value`): which agent is meant, or how it is to run. */
  readonly settings: boolean;
  /** Other names. */
  readonly aliases?: readonly string[];
  readonly exits: readonly Exit[];
  readonly examples: readonly Example[];
  /** Loads what it needs when it is called: `status` then starts at once on a slow board. */
  readonly run: (line: CommandLine, io: Terminal, program: Program) => Promise<number>;
}

/** As the overview shows them together. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** The program around its commands. */
export interface Program {
  readonly name: string;
  readonly version: string;
  readonly brief: string;
  readonly groups: readonly CommandGroup[];
  /** How settings are given, and what else holds for all commands: paragraphs. */
  readonly settings: readonly string[];
  readonly exits: readonly Exit[];
  readonly files: readonly { readonly path: string; readonly words: string }[];
}

export const commandsOf = (program: Program): readonly Command[] => program.groups.flatMap(({ commands }) => commands);

export function findCommand(program: Program, name: string): Command | null {
  return commandsOf(program).find((one) => one.name === name || one.aliases?.includes(name)) ?? null;
}
