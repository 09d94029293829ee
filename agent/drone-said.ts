/** The name of a drone, as the log of its agent tells it: a recording does not, and settings need not be at hand. */
import { logLines, parseLine } from './log/index.ts';

/** The newest; null: no log tells it. */
export async function droneSaid(logs: string): Promise<string | null> {
  let said: string | null = null;
  try {
    for await (const lines of logLines(logs, null)) {
      const { drone } = parseLine(lines.at(-1) ?? '') ?? {};
      if (typeof drone === 'string' && drone !== '') said = drone;
    }
  } catch {
    return said;
  }
  return said;
}
