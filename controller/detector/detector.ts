/**
 * Looks at one drone after another, and raises and clears its alerts. What it knows of a drone is a fold of what was seen;
 * what it does about it is an alert, and at most a proposal.
 *
 *   seen ─► past ─► each class: verdict ─► hold (hysteresis) ─► alert raised, worsened, cleared ─► proposal
 */
import type { Alert, Proposal } from './alert.ts';
import type { Alerts } from './alerts.ts';
import { DISMISSED, type Hold, isOn, ON, QUIET, step } from './hold.ts';
import { NO_PAST, type Past, remember } from './past.ts';
import type { Held } from './ports.ts';
import { armed, type Seen } from './seen.ts';
import { Storms } from './storms.ts';
import { CLASSES, classOf } from './table.ts';
import type { FindingClass, Verdict } from './verdict.ts';

export interface DetectorOptions {
  readonly alerts: Alerts;
  /** null: there is no such drone. */
  readonly seen: (drone: string) => Seen | null;
  readonly drones: () => readonly string[];
  readonly monoUs: () => number;
  /** The class carries its proposal out without being asked. */
  readonly acts: (name: string) => boolean;
}

interface Watched {
  past: Past;
  readonly holds: Map<string, Hold>;
  lookedUs: number;
}

/** Each drone is looked at when something came of it, and at least so often, µs. */
const EVERY_US = 1e6;
/** The whole fleet in half a second of ticks; of a small one all at each. */
const TICKS_A_ROUND = 10;
const LEAST_A_TICK = 20;

export class Detector {
  readonly #o: DetectorOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #storms: Storms;
  /** Whom to look at next, among `drones()`. */
  #next = 0;
  #tickedUs = Number.NEGATIVE_INFINITY;

  constructor(o: DetectorOptions) {
    this.#o = o;
    this.#storms = new Storms({ alerts: o.alerts, fleet: () => o.drones().length, classOf });
  }

  /** Those that were open when the controller ended are known. */
  start(): void {
    this.#storms.start();
  }

  /** Twenty times a second: those of whom nothing came, a part of the fleet each time, so that nobody waits for all. */
  tick(): void {
    const nowUs = this.#o.monoUs();
    const drones = this.#o.drones();
    const most = Math.min(drones.length, Math.max(LEAST_A_TICK, Math.ceil(drones.length / TICKS_A_ROUND)));
    for (let n = 0; n < most; n++) {
      const drone = drones[this.#next % drones.length];
      this.#next = (this.#next + 1) % drones.length;
      if (drone === undefined) continue;
      if (nowUs - (this.#watched.get(drone)?.lookedUs ?? Number.NEGATIVE_INFINITY) >= EVERY_US) this.look(drone);
    }
    this.#storms.flush(nowUs);
    if (nowUs - this.#tickedUs < EVERY_US / 2) return;
    this.#tickedUs = nowUs;
    this.#o.alerts.tick();
  }

  /** Something came of it. */
  look(drone: string): void {
    const seen = this.#o.seen(drone);
    if (seen === null) return;
    const watched = this.#watched.get(drone) ?? this.#begin(drone);
    watched.lookedUs = seen.monoUs;
    watched.past = remember(watched.past, seen);
    for (const one of CLASSES) this.#judge(one, watched, seen);
  }

  /** Why it is kept on the ground, for people; empty: nothing here speaks against it. */
  holds(drone: string): readonly string[] {
    return this.#about(drone)
      .filter(({ doc }) => classOf(doc.class)?.holds === true)
      .map(({ doc }) => `alert ${doc.class}: ${doc.words}`);
  }

  /** An operator called it over: it is not raised again of these before they were good. */
  dismissed({ class: name, drone, drones = drone === undefined ? [] : [drone] }: Alert): readonly string[] {
    if (classOf(name) === null) return [];
    for (const one of drones) (this.#watched.get(one) ?? this.#begin(one)).holds.set(name, DISMISSED);
    if (drone === undefined) this.#storms.dismissed(name);
    return drones;
  }

  #about(drone: string): readonly Held<Alert>[] {
    return [...this.#o.alerts.about(drone), ...this.#storms.about(drone)];
  }

  #begin(drone: string): Watched {
    // What was open when the controller ended is on, what was dismissed is so.
    const holds = new Map<string, Hold>(this.#o.alerts.dismissals.of(drone).map((name) => [name, DISMISSED]));
    for (const { doc } of this.#about(drone)) holds.set(doc.class, ON);
    const watched: Watched = { past: NO_PAST, holds, lookedUs: Number.NEGATIVE_INFINITY };
    this.#watched.set(drone, watched);
    return watched;
  }

  #judge(one: FindingClass, watched: Watched, seen: Seen): void {
    const verdict = one.judge(seen, watched.past);
    const before = watched.holds.get(one.name) ?? QUIET;
    const { onsetS, clearS } = one;
    const after = step(before, verdict.level, { onsetS, clearS, nowUs: seen.monoUs });
    if (after.is === 'quiet') watched.holds.delete(one.name);
    else watched.holds.set(one.name, after);
    if (before.is === 'dismissed' && after.is === 'quiet') this.#o.alerts.dismissals.well(one.name, seen.drone);
    const about = { drone: seen.drone };
    if (isOn(after)) this.#on(one, verdict, seen);
    else if (isOn(before) && !this.#storms.leave(one.name, seen.drone)) this.#o.alerts.clear(one.name, about);
  }

  #on(one: FindingClass, verdict: Verdict, seen: Seen): void {
    const { alerts } = this.#o;
    const { name, whatToDo } = one;
    if (verdict.level === 'bad') {
      const { words, values, severity = one.severity } = verdict;
      const { drone, monoUs } = seen;
      const isOwn = alerts.openOf(name, { drone }) !== null;
      if (isOwn || !this.#storms.take(one, drone, severity, monoUs)) {
        alerts.raise({ class: name, severity, words, whatToDo, values, drone });
      }
    }
    if (one.proposes === null) return;
    const held = alerts.openOf(name, { drone: seen.drone });
    if (held !== null) this.#propose(one.proposes, held, seen, verdict.level === 'bad');
  }

  #propose(type: Proposal['type'], held: Held<Alert>, seen: Seen, isBad: boolean): void {
    const { alerts, acts } = this.#o;
    const may = mayPropose(type, seen);
    if (may === 'no') alerts.lapse(held);
    const known = held.doc.proposal?.state;
    if (may !== 'yes' || !isBad || (known !== undefined && known !== 'lapsed')) return;
    alerts.offer(held, { type, params: {}, words: WORDS[type], state: 'open' });
    const offered = alerts.openOf(held.doc.class, { drone: seen.drone });
    if (offered !== null && acts(held.doc.class)) void alerts.act(offered);
  }
}

const WORDS = {
  hold: 'Hold it where it is, payload untouched',
  return: 'Have it fly back and land',
  land: 'Land it where it is now',
} as const;

/** `unknown`: it is not heard; what was proposed stays, nothing new is. */
export function mayPropose(type: Proposal['type'], seen: Seen): 'yes' | 'no' | 'unknown' {
  const isArmed = armed(seen);
  if (!seen.connected || isArmed === null) return 'unknown';
  if (!isArmed || seen.control.state !== 'skein') return 'no';
  // On its way back it is already.
  if (type === 'return' && seen.itinerary?.state === 'returning') return 'no';
  // A position that is lost and found again is no reason to take a proposal away and make it anew.
  return type === 'land' || seen.trust().state === 'trusted' ? 'yes' : 'unknown';
}
