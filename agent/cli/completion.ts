/** Completion scripts for the shells, static: they ask nobody, so they work where no agent runs. */
import { type Command, commandsOf, type Flag, type Program } from './command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const named = ({ name, short }: Flag): string[] => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];
/** Within single quotes. */
const quoted = (text: string): string => text.replaceAll("'", "'\\''");
const choicesOf = (program: Program, { words: { are } }: Command): readonly string[] =>
  are === 'commands' ? commandsOf(program).map(({ name }) => name) : typeof are === 'string' ? [] : are;
const functionName = (program: Program): string => `_${program.name.replaceAll('-', '_')}`;
const SETTING = '--config';

function bash(program: Program): string {
  const commands = commandsOf(program);
  const values = commands.flatMap((command) =>
    command.flags
      .filter(({ choices }) => choices !== undefined)
      .map((flag) => {
        const patterns = named(flag).map((flag) => `'${command.name} ${flag}'`);
        return `    ${patterns.join('|')}) COMPREPLY=($(compgen -W '${flag.choices?.join(' ')}' -- "$cur")); return ;;\n`;
      }),
  );
  const words = commands.map((command) => {
    const flags = [...command.flags.flatMap(named), ...(command.settings ? [SETTING] : []), '--help'];
    const none = command.words.most === 0 ? ' none=1' : '';
    return `    ${command.name}) flags='${flags.join(' ')}' words='${choicesOf(program, command).join(' ')}'${none} ;;\n`;
  });
  return `# bash completion of ${program.name}: source <(${program.name} completion bash)
${functionName(program)}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]} flags='' words='' none=
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$cur"))
    return
  fi
  case "$command $prev" in
${values.join('')}  esac
  case $command in
${words.join('')}  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$cur")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
  esac
  # Files are what bash offers where there is nothing else; they may be the value of a flag (bash 3 cannot be told).
  if [[ $none && $prev != -* ]]; then compopt +o default 2> /dev/null; fi
}
complete -o default -F ${functionName(program)} ${program.name}
`;
}

/** Within the brackets and colons of _arguments. */
const zshWords = (text: string): string => quoted(text).replaceAll(/[[\]:\\]/g, '\\$&');

function zsh(program: Program): string {
  const commands = commandsOf(program);
  const list = commands.map(({ name, brief }) => `    '${name}:${zshWords(brief)}'\n`);
  const cases = commands.map((command) => {
    const flags = command.flags.flatMap((flag) =>
      named(flag).map((name) => {
        const { value, choices } = flag;
        const takes =
          value === undefined ? '' : `:${value}:${choices === undefined ? '_files' : `(${choices.join(' ')})`}`;
        return `'${name}[${zshWords(flag.words)}]${takes}'`;
      }),
    );
    const settings = command.settings ? ["'--config[settings]:FILE:_files'"] : [];
    const choices = choicesOf(program, command);
    const files = command.words.most === 0 ? [] : ["'*:file:_files'"];
    const rest = choices.length > 0 ? [`'*:word:(${choices.join(' ')})'`] : files;
    return `    ${command.name}) _arguments ${[...flags, ...settings, ...rest].join(' ')} ;;\n`;
  });
  return `#compdef ${program.name}
# zsh completion of ${program.name}: ${program.name} completion zsh > "\${fpath[1]}/_${program.name}"
${functionName(program)}() {
  local -a commands
  commands=(
${list.join('')}  )
  if ((CURRENT == 2)); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  ((CURRENT--))
  case $command in
${cases.join('')}  esac
}
if [[ $funcstack[1] == ${functionName(program)} || $funcstack[1] == _${program.name} ]]; then
  ${functionName(program)} "$@"
else
  compdef ${functionName(program)} ${program.name}
fi
`;
}

function fish(program: Program): string {
  const lines = commandsOf(program).flatMap((command) => {
    const here = `complete -c ${program.name} -n '__fish_seen_subcommand_from ${command.name}'`;
    const flags = command.flags.map(({ name, short, value, choices, words }) => {
      const takes = value === undefined ? '' : choices === undefined ? ' -r' : ` -x -a '${choices.join(' ')}'`;
      return `${here} -l ${name}${short === undefined ? '' : ` -s ${short}`}${takes} -d '${quoted(words)}'\n`;
    });
    const choices = choicesOf(program, command);
    return [
      `complete -c ${program.name} -n __fish_use_subcommand -f -a ${command.name} -d '${quoted(command.brief)}'\n`,
      ...flags,
      ...(command.settings ? [`${here} -l config -r -d settings\n`] : []),
      ...(choices.length > 0 ? [`${here} -f -a '${choices.join(' ')}'\n`] : []),
      ...(command.words.most === 0 ? [`${here} -f\n`] : []),
    ];
  });
  return `# fish completion of ${program.name}: ${program.name} completion fish > ~/.config/fish/completions/${program.name}.fish\n${lines.join('')}`;
}

export function completion(program: Program, shell: Shell): string {
  return { bash, zsh, fish }[shell](program);
}
