/**
 * Deadlines in turns of this thread: on a board with much to do a single long one would be over before it was looked at what
 * had come meanwhile, and silence is a finding.
 */
const TURN_MS = 100;

/** Calls `late` after so long; the returned function calls that off. */
export function afterTurns(ms: number, late: () => void): () => void {
  let turns = Math.ceil(ms / TURN_MS);
  const timer = setInterval(() => {
    turns--;
    if (turns > 0) return;
    clearInterval(timer);
    late();
  }, TURN_MS);
  return () => clearInterval(timer);
}
