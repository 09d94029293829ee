import type { Exit, Terminal } from './cli/index.ts';
import { RESTART_EXIT_CODE } from './supervised.ts';

export type { Terminal } from './cli/index.ts';

/** What the command line ends with; scripts match these. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  alreadyRunning: 4,
  /** It was understood and the answer is no: a pre-flight stop, a lock that stays, parameters that differ, a doctor’s finding. */
  refused: 5,
  doubtful: 6,
  again: RESTART_EXIT_CODE,
} as const;

type ExitName = keyof typeof EXIT;

export const EXIT_WORDS: Readonly<Record<ExitName, string>> = {
  ok: 'done',
  failed: 'it could not be done; why is on standard error',
  usage: 'wrong settings or usage',
  notRunning: 'no agent runs here',
  alreadyRunning: 'an agent runs here already',
  refused: 'understood, and the answer is no: a pre-flight stop, a lock that stays, parameters that differ',
  doubtful: 'nothing is wrong, and there is something to look at',
  again: 'start me again (systemd does so, or run --respawn)',
};

/** How a command can end: done, not done, used wrongly, and what else is given, in its own words. */
export function exitsOf(own: Partial<Record<ExitName, string>> = {}): readonly Exit[] {
  const words: Partial<Record<ExitName, string>> = {
    ok: EXIT_WORDS.ok,
    failed: EXIT_WORDS.failed,
    usage: EXIT_WORDS.usage,
    ...own,
  };
  const names = Object.keys(EXIT) as ExitName[];
  return names.flatMap((name) => {
    const said = words[name];
    return said === undefined ? [] : [{ code: EXIT[name], words: said }];
  });
}

export function complain(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`skein-agent: ${line}\n`);
}

export const TERMINAL: Terminal = {
  out: (text) => void process.stdout.write(text),
  complain,
  stream: process.stdout,
  colours: process.stdout.isTTY === true && process.stdout.hasColors(),
};
