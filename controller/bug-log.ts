/** Bugs that are caught, so that one order or roll-out holds up no other: with their stacks, for whoever mends them. */

/** What is tried again each second throws the same again: each is written down once, and so many at most. */
const MOST = 100;

export function bugLog(log: { warn(detail: object, message: string): void }, where: string): (error: unknown) => void {
  const said = new Set<string>();
  return (error) => {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (said.size >= MOST || said.has(stack)) return;
    said.add(stack);
    log.warn({ stack }, `a bug in ${where}; it is tried again`);
  };
}
