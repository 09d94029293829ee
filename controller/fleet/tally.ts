/** The fleet as a few numbers, for /metrics: no drone is named there. One pass over all of them. */
import type { Drone } from './drone.ts';
import { backlogEntry, freshnessEntry, type Now } from './entry.ts';
import { currentOf } from './sessions.ts';
import { trustEntry } from './trust.ts';

export interface Tally {
  readonly online: number;
  /** By the age of the newest live sample of the vehicle (freshness.ts). */
  readonly fresh: number;
  readonly stale: number;
  readonly lost: number;
  readonly never: number;
  /** Fresh ones whose position may not be acted on. */
  readonly untrusted: number;
  /** Drones that two boards say they are. */
  readonly conflicts: number;
  /** Batches that drones say they hold and that are not committed here. */
  readonly backlogBatches: number;
  /** Age of the oldest of these, of the drone that is furthest behind, s; 0 where no time of any is known. */
  readonly oldestUnsentS: number;
}

export function tallyOf(drones: Iterable<Drone>, now: Now): Tally {
  const tally = { online: 0, fresh: 0, stale: 0, lost: 0, never: 0, untrusted: 0, conflicts: 0 };
  let backlogBatches = 0;
  let oldestUnsentS = 0;
  for (const drone of drones) {
    if (currentOf(drone.sessions)?.online) tally.online++;
    if (drone.sessions.conflict !== null) tally.conflicts++;
    const { state } = freshnessEntry(drone, now);
    tally[state]++;
    if (state === 'fresh' && trustEntry(drone, now).state !== 'trusted') tally.untrusted++;
    for (const { batches, oldestS } of Object.values(backlogEntry(drone, now))) {
      backlogBatches += batches;
      oldestUnsentS = Math.max(oldestUnsentS, oldestS ?? 0);
    }
  }
  return { ...tally, backlogBatches, oldestUnsentS };
}
