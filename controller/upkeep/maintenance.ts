/**
 * Hours, flights and hard landings of each drone, counted in what the store has committed, and the limits that hold a drone
 * on the ground until people have inspected it.
 *
 *   arrived lately? ─► that stretch of time, whole ─► flights in it (flights.ts) ─► in place of those counted there ─► document
 */
import type { MaintenanceLimits } from '@skein/protocol/fleet/configuration';
import { type BatteryAt, dischargeOf } from './discharge.ts';
import { type ClimbAt, type Flight, flightsIn, type StatusAt } from './flights.ts';
import type { PackSeen, Packs } from './packs.ts';
import { type Actor, type Answer, type Clock, type Kept, NOT_STORED, refuse, type Timers } from './ports.ts';
import type { ParametersSeen, Snapshots } from './snapshots.ts';
import { minus, type Totals } from './totals.ts';

export interface UpkeepDoc {
  /** By when they began; the newest, which late history may change. */
  readonly recent?: Readonly<Record<string, Flight>>;
  /** Those before, added up. */
  readonly before?: Totals;
  /** Flights that began earlier are in `before`. */
  readonly beforeUtcUs?: number;
  readonly inspected?: Totals & { readonly atUtcUs: number; readonly by: string; readonly note?: string };
}

/** What the store has of a drone; without `arrivedFromUtcUs` all of it. */
export interface Telemetry {
  status(drone: string, q: Stretch): Promise<readonly StatusAt[]>;
  climbs(drone: string, q: Stretch): Promise<readonly ClimbAt[]>;
  batteries(drone: string, q: Stretch): Promise<readonly BatteryAt[]>;
  packs(drone: string, q: Stretch): Promise<readonly PackSeen[]>;
  parameters(drone: string, q: Stretch): Promise<readonly ParametersSeen[]>;
}
interface Stretch {
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  readonly arrivedFromUtcUs?: number;
}

export interface MaintenanceOptions {
  /** A drone is looked at so often, s; 300 unless said. */
  readonly everyS?: number;
  readonly kept: Kept<UpkeepDoc>;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly drones: () => readonly string[];
  /** When it was last heard, µs UTC; null: never in this run or the one before. */
  readonly lastHeardUtcUs: (drone: string) => number | null;
  readonly limits: (drone: string) => MaintenanceLimits;
  readonly packs: Packs;
  readonly snapshots: Snapshots;
  readonly count: (name: MaintenanceCounter, by?: number) => void;
}

export const MAINTENANCE_COUNTERS = {
  looks: 'looks at what was stored of a drone',
  flights: 'flights counted',
  late: 'flights not counted: their history came after the flights of that time had been added up',
  failed: 'looks at the store that failed; they are made again',
} as const;
export type MaintenanceCounter = keyof typeof MAINTENANCE_COUNTERS;

const TICK_MS = 1000;
/** Of a large fleet so many are looked at a second. */
const PER_TICK = 4;
/** What is committed now may have been received so long ago, µs. */
const OVERLAP_US = 600e6;
const DAY_US = 86_400e6;
/** Room around what arrived, for a flight that began before or ends after it, µs. */
const AROUND_US = 3600e6;
const MOST_AROUND_US = 12 * 3600e6;
/** Later than this after a flight its history does not change what is counted, µs. */
const KEEP_US = 30 * DAY_US;
/** ArduCopter calls a landing over 3 m/s a crash; landing legs are to be looked at before that. */
const HARD_MPS = 2;
const WARN_PART = 0.9;
const NONE: Totals = { armedS: 0, flights: 0, hardLandings: 0 };
const CONTROLLER: Actor = { kind: 'controller', name: 'maintenance' };

export class Maintenance {
  readonly #o: MaintenanceOptions;
  /** Until when, by our clock, what arrived was looked at. */
  readonly #looked = new Map<string, number>();
  /** Armed at the end of what was looked at. */
  readonly #flying = new Set<string>();
  /** What parameters hold drones for was found again after the start. */
  #isCompared = true;
  #stop: (() => void) | null = null;
  #looking: Promise<void> | null = null;

  constructor(o: MaintenanceOptions) {
    this.#o = o;
  }

  start(): void {
    this.#isCompared = false;
    void this.#compare();
    this.#stop = this.#o.timers.every(TICK_MS, () => void this.tick());
  }

  async close(): Promise<void> {
    this.#stop?.();
    this.#stop = null;
    await this.#looking;
  }

  /** One at a time: who asks meanwhile waits for that one. */
  tick(): Promise<void> {
    this.#looking ??= this.#tick().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  /** Why it stays on the ground, for people. */
  holds(drone: string): readonly string[] {
    const own = this.#against(drone, 1).map((words) => `${words}; inspect it`);
    return [...own, ...this.#o.packs.holds(drone), ...this.#o.snapshots.holds(drone)].map(
      (words) => `maintenance: ${words}`,
    );
  }

  view(drone: string): object {
    const doc = this.#o.kept.get(drone)?.doc ?? {};
    const total = totalOf(doc);
    const { inspected = null } = doc;
    const hours = ({ armedS, ...rest }: Totals) => ({ hours: Math.round(armedS / 36) / 100, ...rest });
    const holds = this.holds(drone);
    return {
      ...{ drone, total: hours(total), sinceInspection: hours(minus(total, inspected ?? NONE)), inspected },
      ...{ limits: this.#o.limits(drone), holds },
      warnings: [...(holds.length > 0 ? [] : this.#against(drone, WARN_PART)), ...this.#o.snapshots.warnings(drone)],
      packs: this.#o.packs.of(drone),
      lastFlights: Object.values(doc.recent ?? {}).slice(-20),
    };
  }

  async inspected(drone: string, note: string | undefined, by: Actor): Promise<Answer<object>> {
    if (!this.#o.drones().includes(drone)) return refuse('unknown-drone', `"${drone}"`);
    const total = totalOf(this.#o.kept.get(drone)?.doc ?? {});
    const inspected = { ...total, atUtcUs: this.#o.clock.utcUs(), by: by.name, note: note ?? null };
    const written = await this.#o.kept.write([{ id: drone, type: 'inspected', set: { inspected }, open: false, by }]);
    return written ? { ok: true, value: this.view(drone) } : NOT_STORED;
  }

  async #withPacks(drone: string, flight: Flight): Promise<Flight> {
    const { fromUtcUs, toUtcUs } = flight;
    const packs = dischargeOf(await this.#o.telemetry.batteries(drone, { fromUtcUs, toUtcUs }));
    return isTold(packs) ? { ...flight, packs } : flight;
  }

  #against(drone: string, part: number): readonly string[] {
    const { hours = 0, flights = 0, hardLandings = 0 } = this.#o.limits(drone);
    const doc = this.#o.kept.get(drone)?.doc ?? {};
    const since = minus(totalOf(doc), doc.inspected ?? NONE);
    const each = [
      [since.armedS / 3600, hours, 'hours'],
      [since.flights, flights, 'flights'],
      [since.hardLandings, hardLandings, 'hard landings'],
    ] as const;
    return each.flatMap(([is, limit, what]) =>
      limit > 0 && is >= limit * part
        ? [`${Math.round(is * 10) / 10} ${what} since its inspection, limit ${limit}`]
        : [],
    );
  }

  async #compare(): Promise<void> {
    const found = this.#o.snapshots.start().then(() => true);
    this.#isCompared = await found.catch(() => false);
    if (!this.#isCompared) this.#o.count('failed');
  }

  async #tick(): Promise<void> {
    const { clock, drones, count } = this.#o;
    if (!this.#isCompared) await this.#compare();
    const nowUtcUs = clock.utcUs();
    const eachUs = (this.#o.everyS ?? 300) * 1e6;
    // The clock was set back: when these were looked at is not known.
    for (const [id, atUtcUs] of this.#looked) if (atUtcUs > nowUtcUs) this.#looked.delete(id);
    const lookedUs = (id: string) => this.#looked.get(id) ?? 0;
    // Who waits longest goes first: of a fleet that takes longer than `everyS` the last would never be looked at.
    const due = drones()
      .filter((id) => nowUtcUs - lookedUs(id) >= eachUs)
      .sort((a, b) => lookedUs(a) - lookedUs(b));
    for (const drone of due.slice(0, PER_TICK)) {
      try {
        await this.#look(drone, nowUtcUs);
      } catch {
        count('failed');
        // Not at once: a store that cannot answer is not asked by everybody each second.
        const againUs = nowUtcUs - eachUs + Math.min(60e6, eachUs);
        this.#looked.set(drone, Math.max(this.#looked.get(drone) ?? 0, againUs));
      }
    }
  }

  async #look(drone: string, nowUtcUs: number): Promise<void> {
    const { telemetry, lastHeardUtcUs, count } = this.#o;
    count('looks');
    // After a start: what came in the last day that it was heard; it was looked at each few minutes before.
    const since = this.#looked.get(drone) ?? (lastHeardUtcUs(drone) ?? nowUtcUs) - DAY_US;
    const ever = { fromUtcUs: 0, toUtcUs: Number.MAX_SAFE_INTEGER };
    const lately = { ...ever, arrivedFromUtcUs: Math.max(0, since - OVERLAP_US) };
    const news = await telemetry.status(drone, lately);
    const [first, last] = [news[0], news.at(-1)];
    if (first !== undefined && last !== undefined) {
      const recent = Object.values(this.#o.kept.get(drone)?.doc.recent ?? {});
      const isCounted = recent.some((one) => one.toUtcUs >= first.atUtcUs && one.fromUtcUs <= last.atUtcUs);
      const isFlown = isCounted || this.#flying.has(drone) || news.some(({ armed }) => armed === true);
      // Of a drone that stands, nothing else needs to be read; after a start nobody knows whether it stood.
      if (isFlown || !this.#looked.has(drone)) await this.#recount(drone, first.atUtcUs, last.atUtcUs);
    }
    const seen = await telemetry.packs(drone, lately);
    const { recent = {}, beforeUtcUs = 0 } = this.#o.kept.get(drone)?.doc ?? {};
    await this.#o.packs.counted(drone, seen, Object.values(recent), beforeUtcUs);
    await this.#o.snapshots.counted(drone, await telemetry.parameters(drone, lately));
    this.#looked.set(drone, nowUtcUs);
  }

  async #recount(drone: string, firstUtcUs: number, lastUtcUs: number): Promise<void> {
    const { telemetry, kept, count, clock } = this.#o;
    let fromUtcUs = firstUtcUs - AROUND_US;
    let toUtcUs = lastUtcUs + AROUND_US;
    let found: ReturnType<typeof flightsIn>;
    for (;;) {
      const status = await telemetry.status(drone, { fromUtcUs, toUtcUs });
      found = flightsIn([], []);
      if (status.some(({ armed }) => armed === true)) {
        found = flightsIn(status, await telemetry.climbs(drone, { fromUtcUs, toUtcUs }));
      }
      // A flight over the edge of what is looked at is looked at whole.
      const isBefore = found.cutBegin && firstUtcUs - fromUtcUs < MOST_AROUND_US;
      const isAfter = found.cutEnd && toUtcUs < clock.utcUs() && toUtcUs - lastUtcUs < MOST_AROUND_US;
      if (!isBefore && !isAfter) break;
      if (isBefore) fromUtcUs -= AROUND_US * 3;
      if (isAfter) toUtcUs += AROUND_US * 3;
    }
    if (found.cutEnd) this.#flying.add(drone);
    else this.#flying.delete(drone);
    const doc = kept.get(drone)?.doc ?? {};
    const { beforeUtcUs = 0, recent = {} } = doc;
    const set: Record<string, Flight | null> = {};
    for (const [key, flight] of Object.entries(recent)) {
      if (flight.toUtcUs >= fromUtcUs && flight.fromUtcUs < toUtcUs) set[key] = null;
    }
    for (const flight of found.flights) {
      const key = String(Math.round(flight.fromUtcUs));
      if (flight.fromUtcUs < beforeUtcUs) count('late');
      else set[key] = await this.#withPacks(drone, flight);
      if (set[key] && recent[key] === undefined) count('flights');
    }
    const isSame = Object.entries(set).every(
      ([key, flight]) => JSON.stringify(recent[key] ?? null) === JSON.stringify(flight),
    );
    if (isSame) return;
    const after = Object.entries({ ...recent, ...set }).flatMap(([key, flight]) =>
      flight === null ? [] : [[key, flight] as const],
    );
    const limit = clock.utcUs() - KEEP_US;
    const old = after.filter(([, flight]) => flight.toUtcUs < limit);
    for (const [key] of old) set[key] = null;
    const before =
      old.length === 0
        ? {}
        : {
            before: plus(
              doc.before ?? NONE,
              old.map(([, flight]) => flight),
            ),
            beforeUtcUs: limit,
          };
    await kept.write([{ id: drone, type: 'counted', set: { recent: set, ...before }, open: false, by: CONTROLLER }]);
  }
}

/** Nothing that is an empty object: two are the same when they read the same. */
function isTold(packs: object): boolean {
  return Object.keys(packs).length > 0;
}

function totalOf({ before = NONE, recent = {} }: UpkeepDoc): Totals {
  return plus(before, Object.values(recent));
}

function plus(totals: Totals, flights: readonly Flight[]): Totals {
  return flights.reduce(
    (sum, { fromUtcUs, toUtcUs, touchMps }) => ({
      armedS: sum.armedS + (toUtcUs - fromUtcUs) / 1e6,
      flights: sum.flights + 1,
      hardLandings: sum.hardLandings + ((touchMps ?? 0) > HARD_MPS ? 1 : 0),
    }),
    totals,
  );
}
