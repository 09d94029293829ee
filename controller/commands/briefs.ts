/** What the live view shows of each drone's commands: every open delivery and the last few others, newest first. */
import { isFinal } from '@skein/protocol/fleet';
import type { Brief } from './ports.ts';

export const LAST_SHOWN = 5;

export class Briefs {
  readonly #byDrone = new Map<string, Map<string, Brief>>();

  /** The list of this drone after the change. */
  set(drone: string, brief: Brief): readonly Brief[] {
    const known = this.#byDrone.get(drone) ?? new Map<string, Brief>();
    known.set(brief.id, brief);
    // Ids are ULIDs: they sort by time.
    const newest = [...known.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
    let closed = 0;
    const kept = newest.filter((one) => !isFinal(one.state) || ++closed <= LAST_SHOWN);
    this.#byDrone.set(drone, new Map(kept.map((one) => [one.id, one])));
    return kept;
  }
}
