/**
 * Learns from the flights of orders what each drone really draws and how long it really takes: measured in what is stored
 * (measure.ts), kept as `calibration:<drone>` with each flight's figures, so that anybody can see what was learnt from what.
 */
import { type Measured, measure, type Power } from './measure.ts';
import type { Actor, Clock, Count, Flown, Kept, ReadTelemetry, Timers } from './ports.ts';

/** A flight as it is kept; `not`: why it counts for nothing. */
export interface LearntFlight extends Partial<Measured> {
  readonly order: string;
  readonly atUtcUs: number;
  readonly modelS?: number;
  readonly not?: string;
}

export interface CalibrationDoc {
  /** By itinerary and version. */
  readonly flights?: Readonly<Record<string, LearntFlight>>;
}

/** What planning reads; it has made it out of the flights. */
export interface LearntRatios {
  readonly modelWh: number;
  readonly flownWh: number;
  readonly modelS: number;
  readonly flownS: number;
}

export interface LearningOptions<C> {
  readonly kept: Kept<CalibrationDoc>;
  readonly telemetry: ReadTelemetry;
  readonly power: Power;
  /** Mass with a parcel ÷ mass without; energy of a full pack. */
  readonly airframe: (drone: string) => { readonly emptyKg: number; readonly batteryWh: number | null };
  /** Oldest first; null: too few. */
  readonly calibrate: (flights: readonly LearntRatios[]) => C | null;
  /** Flown lately, of what is kept of orders: looked at after a start. */
  readonly recent: () => Promise<readonly Flown[]>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly count: Count;
}

const TICK_MS = 5000;
/** History follows the flight by minutes, after an outage by hours. */
const AGAIN_US = 60e6;
export const GIVEN_UP_US = 86_400e6;
const MOST_WAITING = 1000;
/** Of each drone: those that count (planning takes the newest 50), and those that do not, for people. */
const KEPT = 60;
/** Room around what the controller knew of the flight, µs. */
const AROUND_US = 60e6;
const CONTROLLER: Actor = { kind: 'controller', name: 'learning' };

export class Learning<C> {
  readonly #o: LearningOptions<C>;
  readonly #waiting = new Map<string, { readonly flown: Flown; dueUtcUs: number }>();
  /** Made once of each document. */
  readonly #made = new WeakMap<CalibrationDoc, { readonly calibration: C | null }>();
  #stop: (() => void) | null = null;
  #looking: Promise<void> | null = null;

  constructor(o: LearningOptions<C>) {
    this.#o = o;
  }

  async start(): Promise<void> {
    this.#stop = this.#o.timers.every(TICK_MS, () => void this.tick());
    try {
      for (const flown of await this.#o.recent()) this.flown(flown);
    } catch {
      this.#o.count('failed');
    }
  }

  async close(): Promise<void> {
    this.#stop?.();
    this.#stop = null;
    await this.#looking;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** It is looked at when its telemetry is there. Said again it changes nothing. */
  flown(flown: Flown): void {
    if (this.#o.kept.get(flown.drone)?.doc.flights?.[flown.key] !== undefined) return;
    if (this.#waiting.size >= MOST_WAITING) this.#o.count('dropped');
    else this.#waiting.set(flown.key, { flown, dueUtcUs: this.#o.clock.utcUs() + AROUND_US });
  }

  of(drone: string): C | null {
    const doc = this.#o.kept.get(drone)?.doc;
    if (doc === undefined) return null;
    const made = this.#made.get(doc) ?? { calibration: this.#o.calibrate(usedOf(doc)) };
    this.#made.set(doc, made);
    return made.calibration;
  }

  view(drone: string): object {
    const flights = Object.entries(this.#o.kept.get(drone)?.doc.flights ?? {}).sort(byAge);
    return {
      ...{ drone, calibration: this.of(drone) },
      flights: flights.map(([itinerary, { atUtcUs, ...one }]) => ({
        ...{ itinerary, at: new Date(atUtcUs / 1000).toISOString(), ...one },
      })),
    };
  }

  /** One at a time. */
  tick(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { clock, count } = this.#o;
    // The longest due: else those whose telemetry does not come would be looked for again before the others once.
    const all = [...this.#waiting.values()];
    const due = all.reduce<(typeof all)[number] | null>(
      (first, one) => (first === null || one.dueUtcUs < first.dueUtcUs ? one : first),
      null,
    );
    if (due === null || due.dueUtcUs > clock.utcUs()) return;
    due.dueUtcUs = clock.utcUs() + AGAIN_US;
    try {
      await this.#learn(due.flown);
    } catch {
      count('failed');
    }
  }

  async #learn(flown: Flown): Promise<void> {
    const { telemetry, power, airframe, clock, count } = this.#o;
    const { key, order, drone, releasedUtcUs, payloadKg, plannedS } = flown;
    const { emptyKg, batteryWh } = airframe(drone);
    const stretch = { fromUtcUs: flown.fromUtcUs - AROUND_US, toUtcUs: flown.toUtcUs + AROUND_US };
    const loadedMass = (emptyKg + payloadKg) / emptyKg;
    const answer = measure(await telemetry(drone, stretch), {
      ...stretch,
      releasedUtcUs,
      loadedMass,
      batteryWh,
      power,
    });
    const about = { order, atUtcUs: flown.toUtcUs };
    if ('ok' in answer) return this.#keep(flown, { ...about, ...answer.ok, modelS: plannedS });
    if ('not' in answer) return this.#keep(flown, { ...about, not: answer.not });
    if (clock.utcUs() - flown.toUtcUs < GIVEN_UP_US) return count('waits');
    this.#waiting.delete(key);
    count('late');
  }

  async #keep({ key, drone, order }: Flown, flight: LearntFlight): Promise<void> {
    const { kept, count } = this.#o;
    const flights = Object.entries(kept.get(drone)?.doc.flights ?? {}).sort(byAge);
    const old = flights.slice(0, Math.max(0, flights.length + 1 - KEPT)).map(([name]) => [name, null] as const);
    this.#waiting.delete(key);
    count(flight.not === undefined ? 'learnt' : 'notLearnt');
    const set = { flights: { ...Object.fromEntries(old), [key]: flight } };
    await kept.write([{ id: drone, type: 'flown', set, open: false, by: CONTROLLER, cause: `order:${order}` }]);
  }
}

const byAge = (a: readonly [string, LearntFlight], b: readonly [string, LearntFlight]): number =>
  a[1].atUtcUs - b[1].atUtcUs;

function usedOf({ flights = {} }: CalibrationDoc): readonly LearntRatios[] {
  return Object.entries(flights)
    .sort(byAge)
    .flatMap(([, { not, modelWh, flownWh, modelS, flownS }]) =>
      not !== undefined ||
      modelWh === undefined ||
      flownWh === undefined ||
      modelS === undefined ||
      flownS === undefined
        ? []
        : [{ modelWh, flownWh, modelS, flownS }],
    );
}
