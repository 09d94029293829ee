/**
 * Many drones with the same trouble at once have one cause that is none of theirs: a broker, a network, a jammer, a time server.
 * Then one alert says so for all of them, with their number and their names, in place of as many.
 *
 *   a drone's own ── the eighth within 30 s ──► one for all; the own ones are `gathered` into it
 *                                                 │ joined by who follows within 30 s, left by whoever is well
 *                                                 └── over with the last of them
 */
import type { Alert } from './alert.ts';
import type { Alerts } from './alerts.ts';
import type { Held } from './ports.ts';
import { type AlertSeverity, type FindingClass, isWorse } from './verdict.ts';

/** As many within so long are one trouble, µs. */
const MANY = 8;
const WITHIN_US = 30e6;
/** The list of names is written down at most so often, µs. */
const WRITTEN_US = 2e6;

interface Storm {
  /** By drone, when it was raised last: of those within the window. */
  readonly recent: Map<string, number>;
  /** Told of by the one alert; empty: there is none. */
  readonly members: Set<string>;
  joinedUs: number;
  wroteUs: number;
  dirty: boolean;
}

export interface StormsOptions {
  readonly alerts: Alerts;
  /** Drones in all. */
  readonly fleet: () => number;
  readonly classOf: (name: string) => FindingClass | null;
}

export class Storms {
  readonly #o: StormsOptions;
  readonly #storms = new Map<string, Storm>();

  constructor(o: StormsOptions) {
    this.#o = o;
  }

  /** What was one alert when the controller ended is one. */
  start(): void {
    for (const { doc } of this.#o.alerts.open) {
      if (doc.drones === undefined) continue;
      const storm = this.#of(doc.class);
      for (const drone of doc.drones) storm.members.add(drone);
    }
  }

  /** A drone is found to have this trouble. True: it is told of with the others, and nothing is to be raised about it alone. */
  take(one: FindingClass, drone: string, severity: AlertSeverity, nowUs: number): boolean {
    if (one.gathers === null) return false;
    const storm = this.#of(one.name);
    const { members, recent } = storm;
    if (members.has(drone)) {
      this.#worsen(one, severity);
      return true;
    }
    for (const [other, atUs] of recent) if (nowUs - atUs > WITHIN_US) recent.delete(other);
    recent.set(drone, nowUs);
    if (members.size > 0) {
      if (nowUs - storm.joinedUs > WITHIN_US) return false;
      this.#join(storm, drone, nowUs);
      this.#worsen(one, severity);
      return true;
    }
    return recent.size >= MANY && this.#begin(one, storm, severity, nowUs);
  }

  /** It is well again. True: it was told of with the others. */
  leave(name: string, drone: string): boolean {
    const storm = this.#storms.get(name);
    if (storm?.members.delete(drone) !== true) return false;
    storm.dirty = true;
    if (storm.members.size === 0) {
      this.#o.alerts.clear(name, {});
      this.#storms.delete(name);
    }
    return true;
  }

  /** An operator called it over. */
  dismissed(name: string): void {
    this.#storms.delete(name);
  }

  /** Those that tell of this drone among others. */
  about(drone: string): readonly Held<Alert>[] {
    return [...this.#storms].flatMap(([name, { members }]) =>
      members.has(drone) ? (this.#o.alerts.openOf(name, {}) ?? []) : [],
    );
  }

  /** Several times a second: what has changed of the lists. */
  flush(nowUs: number): void {
    for (const [name, storm] of this.#storms) {
      const one = this.#o.classOf(name);
      if (!storm.dirty || nowUs - storm.wroteUs < WRITTEN_US || one === null || storm.members.size === 0) continue;
      storm.dirty = false;
      storm.wroteUs = nowUs;
      this.#o.alerts.retold(name, {}, this.#told(one, storm));
    }
  }

  #of(name: string): Storm {
    const known = this.#storms.get(name);
    if (known !== undefined) return known;
    const long = Number.NEGATIVE_INFINITY;
    const storm: Storm = { recent: new Map(), members: new Set(), joinedUs: long, wroteUs: long, dirty: false };
    this.#storms.set(name, storm);
    return storm;
  }

  #begin(one: FindingClass, storm: Storm, severity: AlertSeverity, nowUs: number): boolean {
    const { alerts } = this.#o;
    const own = [...storm.recent.keys()].map((drone) => alerts.openOf(one.name, { drone })?.doc.severity);
    const worst = own.reduce<AlertSeverity>(
      (most, it) => (it !== undefined && isWorse(it, most) ? it : most),
      severity,
    );
    for (const drone of storm.recent.keys()) this.#join(storm, drone, nowUs);
    const { drones, words, values } = this.#told(one, storm);
    const whatToDo = one.gathers?.whatToDo ?? one.whatToDo;
    const id = alerts.raise({ class: one.name, severity: worst, words, whatToDo, values, drones });
    if (id === null) storm.members.clear();
    else for (const drone of drones) alerts.gather(one.name, { drone }, id);
    storm.dirty = false;
    storm.wroteUs = nowUs;
    return id !== null;
  }

  #join(storm: Storm, drone: string, nowUs: number): void {
    storm.members.add(drone);
    storm.joinedUs = nowUs;
    storm.dirty = true;
  }

  #worsen(one: FindingClass, severity: AlertSeverity): void {
    const { alerts } = this.#o;
    const held = alerts.openOf(one.name, {});
    if (held === null || !isWorse(severity, held.doc.severity)) return;
    const { words, whatToDo, evidence: values } = held.doc;
    alerts.raise({ class: one.name, severity, words, whatToDo, values });
  }

  #told({ gathers }: FindingClass, { members }: Storm) {
    const [count, fleet] = [members.size, Math.max(members.size, this.#o.fleet())];
    const words = `${count} of ${fleet} drones at once: ${gathers?.words}`;
    return { drones: [...members].sort(), words, values: { count, fleet } };
  }
}
