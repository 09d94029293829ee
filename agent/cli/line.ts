/** Splits a command line: the command's own flags, bare words, and settings, which the schema judges later. */
import type { Command, Flag } from './command.ts';
import { meant } from './slip.ts';

export interface CommandLine {
  readonly command: string;
  /** Path after --config, or null. */
  readonly configFile: string | null;
  /** Bare words that are no value of a flag. */
  readonly words: readonly string[];
  /** Own flags without a value, by name. */
  readonly switches: ReadonlySet<string>;
  /** Own flags with their values, by name. */
  readonly options: ReadonlyMap<string, string>;
  /** Everything else that begins with `--`, with its value: settings. */
  readonly flags: readonly string[];
  /** How the command is used, to be said to whom uses it otherwise. */
  readonly usage: readonly string[];
}

export type ReadLine =
  | { readonly ok: true; readonly line: CommandLine }
  | { readonly ok: false; readonly problems: readonly string[] };

type Shape = Pick<Command, 'name' | 'usage' | 'flags' | 'words' | 'settings'>;

export function usageLines(program: string, { name, usage }: Pick<Command, 'name' | 'usage'>): string[] {
  return usage.map((rest, i) => `${i === 0 ? 'usage:' : '      '} ${`${program} ${name} ${rest}`.trimEnd()}`);
}

/** `args`: what follows the command's name. */
export function readLine(program: string, shape: Shape, args: readonly string[]): ReadLine {
  const usage = usageLines(program, shape);
  const words: string[] = [];
  const flags: string[] = [];
  const switches = new Set<string>();
  const options = new Map<string, string>();
  const problems: string[] = [];
  let configFile: string | null = null;
  let onlyWords = false;
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? '';
    const next = args[i + 1];
    const isFlag = !onlyWords && word.length > 1 && word.startsWith('-') && !/^-\d/.test(word);
    if (word === '--' && !onlyWords) onlyWords = true;
    else if (!isFlag) words.push(word);
    else if (shape.settings && word === '--config') configFile = args[++i] ?? '';
    else if (shape.settings && word.startsWith('--config=')) configFile = word.slice('--config='.length);
    else {
      const equals = word.indexOf('=');
      const named = equals === -1 ? word : word.slice(0, equals);
      const own = shape.flags.find(({ name, short }) => named === `--${name}` || named === `-${short}`);
      if (own === undefined) {
        const slip = wrongFlag(shape, named);
        if (slip !== null) problems.push(slip);
        flags.push(word);
        if (equals === -1 && next !== undefined && !next.startsWith('--')) flags.push(args[++i] ?? '');
      } else if (own.value === undefined) {
        if (equals !== -1) problems.push(`--${own.name} takes no value`);
        switches.add(own.name);
      } else {
        const takesNext = equals === -1 && next !== undefined && !next.startsWith('--');
        const value = equals !== -1 ? word.slice(equals + 1) : takesNext ? (args[++i] ?? '') : '';
        options.set(own.name, value);
        problems.push(...wrongValue(own, value));
      }
    }
  }
  const { least, most } = shape.words;
  if (problems.length === 0 && (words.length < least || words.length > most)) problems.push(...usage);
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, line: { command: shape.name, configFile, words, switches, options, flags, usage } };
}

function wrongFlag({ name, flags, settings }: Shape, named: string): string | null {
  const slip = meant(
    named.replace(/^-+/, ''),
    flags.map((flag) => flag.name),
  );
  if (settings && named.startsWith('--') && slip === null) return null;
  const hint = slip === null ? `"skein-agent help ${name}" shows what there is` : `did you mean --${slip}?`;
  return `${named} is no flag of ${name}: ${hint}`;
}

function wrongValue({ name, value, choices }: Flag, given: string): string[] {
  if (given === '') return [`--${name} wants a value: --${name} ${value}`];
  if (choices === undefined || choices.includes(given)) return [];
  const slip = meant(given, choices);
  return [`--${name} ${given}: there is ${choices.join(', ')}${slip === null ? '' : ` (${slip}?)`}`];
}
