/** The manual page, in man(7). */
import { type Command, commandsOf, type Exit, type Program } from './command.ts';
import { flagText, flagWords } from './help.ts';

/** Text that roff takes as it stands; a line that begins with a dot or a quote would be a request. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

const bold = (text: string): string => `\\fB${roff(text)}\\fR`;
const item = (left: string, right: string): string => `.TP\n${bold(left)}\n${roff(right)}\n`;
const exitItems = (exits: readonly Exit[]): string =>
  exits.map(({ code, words }) => item(String(code), words)).join('');

function commandPart(program: Program, command: Command): string {
  const { name, brief, usage, about, flags, examples } = command;
  const ways = usage.map((rest) => `${bold(`${program.name} ${name}`)} ${roff(rest)}`.trimEnd());
  return [
    `.SS ${roff(name)}\n`,
    `${ways.join('\n.br\n')}\n.PP\n${roff(`${brief[0]?.toUpperCase()}${brief.slice(1)}${brief.endsWith('?') ? '' : '.'}`)}\n`,
    ...about.map((text) => `.PP\n${roff(text)}\n`),
    ...flags.map((flag) => item(flagText(flag), flagWords(flag))),
    ...examples.map(
      ({ line, words }) => `.PP\n${roff(`${words}:`)}\n.RS\n.nf\n${roff(`${program.name} ${line}`)}\n.fi\n.RE\n`,
    ),
  ].join('');
}

export function manPage(program: Program): string {
  const { name, version, brief, settings, exits, files } = program;
  return [
    `.\\" Made by "${name} man" from the table of its commands; not to be edited.\n`,
    `.TH ${name.toUpperCase().replaceAll('-', '\\-')} 1 "" "Skein ${version}" "Skein"\n`,
    `.SH NAME\n${roff(name)} \\- ${roff(brief)}\n`,
    `.SH SYNOPSIS\n${bold(name)} COMMAND [FLAGS] [WORDS] [${roff('--config')} FILE] [${roff('--KEY=VALUE')} ...]\n`,
    `.SH COMMANDS\n`,
    ...commandsOf(program).map((command) => commandPart(program, command)),
    `.SH SETTINGS\n`,
    settings.map((text) => `${roff(text)}\n`).join('.PP\n'),
    `.SH EXIT STATUS\n${exitItems(exits)}`,
    `.SH FILES\n`,
    ...files.map(({ path, words }) => item(path, words)),
  ].join('');
}
