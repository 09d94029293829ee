/** Events looked for from the newest back, by what stands in them. */
import type { StoredEvent } from './port.ts';

export interface EventSearch {
  readonly limit: number;
  /** Events looked at by one search, at most; it goes on at `nextId`. */
  readonly look: number;
  /** Only those before it; left out: from the newest on. */
  readonly beforeId?: number;
  /** Only those after it. */
  readonly afterId?: number;
  /** By their stamps, µs UTC; from inclusive, to exclusive. */
  readonly fromUtcUs?: number;
  readonly toUtcUs?: number;
  readonly entity?: string;
  /** What stands before the colon of their entities. */
  readonly kinds?: readonly string[];
  /** Its own, those it caused, and those that name it. */
  readonly drone?: string;
  readonly type?: string;
  /** Name of who did it; small and capital letters of ASCII are one. */
  readonly by?: string;
  /** operator, integrator, drone, controller. */
  readonly byKinds?: readonly string[];
  /** Each must stand somewhere in it, as it is stored. */
  readonly words?: readonly string[];
}

export interface FoundEvents {
  /** Newest first. */
  readonly events: readonly StoredEvent[];
  /** There was none after it when this was looked for; 0: there was none. */
  readonly newestId: number;
  /** The search goes on with those before it; null: all that were asked for were looked at. */
  readonly nextId: number | null;
  /** Time of the event `nextId`, µs UTC. */
  readonly backToUtcUs: number | null;
}

export interface EventSearchStore {
  /** Bounded in events looked at and in time, whatever is asked for. */
  searchEvents(query: EventSearch): Promise<FoundEvents>;
}
