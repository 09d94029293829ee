/** What the command line ends with; scripts match these. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  notRunning: 3,
  alreadyRunning: 4,
  /** It was understood and the answer is no: a pre-flight stop, a lock that stays, parameters that differ. */
  refused: 5,
} as const;

export function complain(lines: readonly string[]): void {
  for (const line of lines) process.stderr.write(`skein-agent: ${line}\n`);
}

/** Where a tool speaks. */
export interface Terminal {
  readonly out: (text: string) => void;
  readonly complain: (lines: readonly string[]) => void;
}

export const TERMINAL: Terminal = { out: (text) => void process.stdout.write(text), complain };
