/** The end of an agent of this process as by kill -9, and its next start. */
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { InProcessDrone } from '../in-process.ts';

/** What an agent knows again after whatever happens. */
export const BOOK = 'itinerary.json';
const KEPT = [BOOK, 'journal.jsonl', 'state.json'];

/**
 * From this moment nothing it says or writes reaches anybody, and what it kept stays as the disk had it. Resolves when it
 * is gone.
 */
export async function kill(drone: InProcessDrone): Promise<void> {
  drone.simulator.unplug();
  drone.uplink.cut();
  const asKilled = KEPT.map((name) => join(drone.dir, name)).filter((path) => existsSync(path));
  for (const path of asKilled) cpSync(path, `${path}.as-killed`);
  await drone.stopAgent();
  for (const path of asKilled) cpSync(`${path}.as-killed`, path);
}

export async function revive(drone: InProcessDrone): Promise<void> {
  drone.uplink.mend();
  drone.simulator.plug();
  await drone.startAgent();
}
