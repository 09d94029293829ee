/** Waits for a condition, not for a time. Rejects after `deadlineMs`, naming what did not come. */
import { setTimeout as wait } from 'node:timers/promises';

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 60_000,
): Promise<void> {
  for (const endMs = performance.now() + deadlineMs; !(await condition()); await wait(10)) {
    if (performance.now() > endMs) throw new Error(`waited ${deadlineMs} ms for ${what}`);
  }
}
