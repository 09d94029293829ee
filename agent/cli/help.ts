/** Help on the terminal: the overview, and a command one can learn from it. */
import { type Command, commandsOf, type Exit, type Flag, type Program } from './command.ts';

const WIDTH = 100;

/** Broken at spaces, each line begun with `indent`. */
export function wrap(text: string, indent: string, width = WIDTH): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(`${indent}${line}\n`);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return `${lines.join('')}${indent}${line}\n`;
}

/** Two columns, the second wrapped beside itself. */
function columns(rows: readonly (readonly [string, string])[], most = 34): string {
  const width = Math.min(most, Math.max(0, ...rows.map(([left]) => left.length)));
  const indent = ' '.repeat(width + 4);
  return rows
    .map(([left, right]) => {
      const text = wrap(right, indent);
      return left.length > width ? `  ${left}\n${text}` : `  ${left.padEnd(width)}  ${text.slice(indent.length)}`;
    })
    .join('');
}

export function flagText({ name, short, value }: Flag): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

export function flagWords({ words, choices }: Flag): string {
  return choices === undefined ? words : `${words}: ${choices.join(', ')}`;
}

const exitRows = (exits: readonly Exit[]) => exits.map(({ code, words }) => [String(code), words] as const);

export function overview(program: Program): string {
  const width = Math.max(...commandsOf(program).map(({ name }) => name.length));
  const groups = program.groups.map(({ title, commands }) => {
    const rows = commands.map(({ name, brief }) => [name.padEnd(width), brief] as const);
    return `${title}\n${columns(rows)}\n`;
  });
  return [
    `${program.name} ${program.version}: ${program.brief}\n\n`,
    ...groups,
    `"${program.name} help COMMAND" explains one, with examples.\n\n`,
    ...program.settings.map((text) => `${wrap(text, '')}\n`),
    `Exit codes\n${columns(exitRows(program.exits))}`,
  ].join('');
}

export function commandHelp(program: Program, command: Command): string {
  const { name, brief, usage, about, flags, settings, exits, examples } = command;
  const own = flags.map((flag) => [flagText(flag), flagWords(flag)] as const);
  const shared = settings
    ? ([['--config FILE, --KEY=VALUE', 'settings: which agent is meant, or how it is to run']] as const)
    : [];
  const parts = [
    `${program.name} ${name}: ${brief}\n`,
    usage.map((rest) => `  ${`${program.name} ${name} ${rest}`.trimEnd()}\n`).join(''),
    ...about.map((text) => wrap(text, '')),
    own.length + shared.length === 0 ? '' : `Flags\n${columns([...own, ...shared])}`,
    examples.length === 0
      ? ''
      : `Examples\n${columns(
          examples.map(({ line, words }) => [`${program.name} ${line}`, words]),
          56,
        )}`,
    `Exit codes\n${columns(exitRows(exits))}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}
