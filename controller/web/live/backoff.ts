/**
 * When to try again: full jitter below a ceiling that doubles from 0.5 s to 10 s, never under 0.25 s. Jitter spreads
 * the pages of a control room that all lost the same controller.
 */
const BASE_MS = 500;
const CEILING_MS = 10_000;
const LEAST_MS = 250;

/** `attempt` counts from 0; `random` in 0…1. */
export function retryDelayMs(attempt: number, random: number): number {
  const ceiling = Math.min(CEILING_MS, BASE_MS * 2 ** Math.min(attempt, 10));
  return Math.max(LEAST_MS, Math.round(random * ceiling));
}
