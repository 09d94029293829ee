/** What changes of a drone by time passing alone: how fresh it is, what it is expected to do, conflicts that are over, where it may be. */
import type { Drone } from './drone.ts';
import type { Field } from './entry.ts';
import { expectedRung } from './expectation.ts';
import { type FreshnessState, freshnessOf } from './freshness.ts';
import { onTick } from './sessions.ts';
import { TrustNews } from './trust.ts';

export class Timed {
  readonly #freshness = new Map<string, FreshnessState>();
  readonly #rungs = new Map<string, string | null>();
  readonly #trust = new TrustNews();

  /** Fields that are others now than when it was looked at last. */
  look(drone: Drone, nowMonoUs: number): readonly Field[] {
    const changed: Field[] = [];
    const sessions = onTick(drone.sessions, nowMonoUs);
    if (sessions !== drone.sessions) {
      drone.sessions = sessions;
      changed.push('conflict');
    }
    const rung = expectedRung(drone, nowMonoUs);
    if ((this.#rungs.get(drone.id) ?? null) !== rung) {
      this.#rungs.set(drone.id, rung);
      changed.push('expectation');
    }
    if (this.#trust.isNews(drone, nowMonoUs)) changed.push('trust');
    const freshness = freshnessOf(drone.vehicleAtMonoUs === null ? null : (nowMonoUs - drone.vehicleAtMonoUs) / 1e3);
    if (this.#freshness.get(drone.id) !== freshness) {
      this.#freshness.set(drone.id, freshness);
      changed.push('freshness');
    }
    return changed;
  }
}
