import type { Program, Said } from './program.ts';
import { within } from './until.ts';

/** Tells a program a line and settles with the next it says: for those that answer each line by one. */
export function ask(program: Program, line: string, withinMs = 300_000): Promise<Said> {
  const answered = new Promise<Said>((resolve) => {
    const stop = program.onSaid((said) => {
      stop();
      resolve(said);
    });
  });
  program.tell(line);
  return within(answered, withinMs, `${program.name} to answer "${line}" (its log: ${program.logFile})`);
}
