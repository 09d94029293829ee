/** Two bases with pads, where the drones of a run stand, and what the controller has heard of that: for the planning of the product. */
import { resolveConfig } from '@skein/protocol/config';
import { type Itinerary, isUnderWay, type Place } from '@skein/protocol/fleet';
import { type PlanningWiring, plannerOf } from '../../controller/compose-planning.ts';
import { ConfigSchema } from '../../controller/config.ts';
import { reservationsOf } from '../../controller/kept-air.ts';
import type { Held, Planner } from '../../controller/orders/ports.ts';
import type { Reservation } from '../../controller/planning/index.ts';
import type { Random } from '../kit/seed.ts';
import { metres } from './course.ts';
import type { VirtualDrone } from './drone.ts';
import type { Heard } from './ground.ts';

export interface Spot {
  readonly base: string;
  readonly pad: string;
}

const GROUND_AMSL_M = 450;
const CENTRE: Place = { latDeg: 47.4, lonDeg: 8.5 };
const M_PER_DEG = 111_195;
/** Where a drone may stand when it stands on no pad, m north of the bases. */
const FIELD_M = 5_000;
const ON_PAD_M = 2;

export function placeAt(eastM: number, northM: number): Place {
  const shrink = Math.cos((CENTRE.latDeg * Math.PI) / 180);
  return { latDeg: CENTRE.latDeg + northM / M_PER_DEG, lonDeg: CENTRE.lonDeg + eastM / M_PER_DEG / shrink };
}

export interface SiteOptions {
  readonly random: Random;
  readonly drones: ReadonlyMap<string, VirtualDrone>;
  readonly nowS: () => number;
  readonly utcUs: () => number;
  /** Of a plan that was given. */
  readonly planOf: (itinerary: string, version: number) => Itinerary | null;
}

interface Pad {
  readonly id: string;
  readonly place: Place;
}

export class Site {
  /** In words; null: nothing is stopped. */
  stop: string | null = null;
  readonly bases: ReadonlyMap<string, readonly Pad[]>;
  readonly #o: SiteOptions;
  /** People have seen what stands where, µs UTC. */
  #writtenUtcUs: number;

  constructor(o: SiteOptions) {
    this.#o = o;
    this.#writtenUtcUs = o.utcUs();
    const awayM = o.random.between(600, 1500);
    // At the nearer distance no two of a base climb or come down at once.
    const apartM = o.random.pick([40, 80]);
    this.bases = new Map(
      [0, awayM].map((eastM, n) => [
        `base-${n + 1}`,
        Array.from({ length: 2 + Math.floor(o.random.next() * 4) }, (_, i) => ({
          id: `p${i + 1}`,
          place: placeAt(eastM, apartM * i),
        })),
      ]),
    );
  }

  /** @param onChosen before its order has it */
  planner(onChosen: (drone: VirtualDrone) => void): Planner {
    const planner = plannerOf(this.#wiring());
    return {
      ...planner,
      plan: (asked) => {
        const decision = planner.plan(asked);
        const drone = decision.kind === 'fly' ? this.#o.drones.get(decision.drone) : undefined;
        if (drone !== undefined) onChosen(drone);
        return decision;
      },
    };
  }

  placeOf({ base, pad }: Spot): Place {
    const found = this.bases.get(base)?.find(({ id }) => id === pad);
    if (found === undefined) throw new Error(`no pad ${base}/${pad}`);
    return found.place;
  }

  spotAt(place: Place): Spot | null {
    for (const [base, pads] of this.bases)
      for (const { id, place: at } of pads) if (metres(at, place) < ON_PAD_M) return { base, pad: id };
    return null;
  }

  /** A pad on which nothing stands. @param isKept people ask before they put something on it */
  empty(isKept: (spot: Spot) => boolean): Spot | null {
    const all = [...this.bases].flatMap(([base, pads]) => pads.map(({ id }): Spot => ({ base, pad: id })));
    const free = all.filter((spot) => !isKept(spot) && this.standsOn(spot) === null);
    return free.length === 0 ? null : this.#o.random.pick(free);
  }

  standsOn({ base, pad }: Spot): VirtualDrone | null {
    const there = (one: VirtualDrone) => !one.inAir && !one.crashed && one.base === base && one.pad === pad;
    return [...this.#o.drones.values()].find(there) ?? null;
  }

  /** People have looked at the pads, and say so. */
  seenByPeople(): void {
    this.#writtenUtcUs = this.#o.utcUs();
  }

  /** What is kept of air and pads, as planning sees it. */
  kept(open: Iterable<Held>): readonly Reservation[] {
    return reservationsOf([...open], {
      ...{ own: '', nowUtcUs: this.#o.utcUs(), writtenUtcUs: () => this.#writtenUtcUs },
      wordOf: (id) => {
        const heard = this.#o.drones.get(id)?.heard ?? null;
        const { itinerary = null } = heard ?? {};
        const flies = itinerary !== null && isUnderWay(itinerary.state as 'flying');
        return { heardUtcUs: this.#heardUtcUs(heard), flies: flies ? itinerary : null };
      },
    });
  }

  #heardUtcUs(heard: Heard | null): number | null {
    return heard === null ? null : this.#o.utcUs() - (this.#o.nowS() - heard.atS) * 1e6;
  }

  /** Somewhere around a base. */
  door(): Place {
    const turn = this.#o.random.next() * 2 * Math.PI;
    const farM = this.#o.random.between(150, 1200);
    return placeAt(farM * Math.cos(turn), farM * Math.sin(turn));
  }

  #wiring(): PlanningWiring {
    const { drones, utcUs, nowS, planOf } = this.#o;
    const resolved = resolveConfig(ConfigSchema, { flags: ['--itineraries.batteryWh=900', '--orders.methods=winch'] });
    if (!resolved.ok) throw new Error(resolved.problems.join('; '));
    const entry = (id: string) => this.#entry(id);
    const docs = new Map(
      [...this.bases].map(([id, pads]) => [
        id,
        { name: id, place: pads[0]?.place ?? CENTRE, groundAmslM: GROUND_AMSL_M, pads: [...pads] },
      ]),
    );
    const bases = () =>
      [...docs].map(([id, doc]) => ({ id, open: true, doc, createdUtcUs: 0, atUtcUs: this.#writtenUtcUs }));
    const stops = () =>
      this.stop === null
        ? []
        : [{ id: 's', reach: 'fleet', reason: this.stop, by: 'Ann', fromUtcUs: 0, untilUtcUs: null }];
    return {
      config: resolved.config,
      noFly: [],
      clock: { utcUs, monoUs: () => nowS() * 1e6 },
      fleet: {
        get ids() {
          return [...drones.keys()];
        },
        picked: (ids: readonly string[]) => ids.flatMap((id) => entry(id) ?? []),
        contact: () => ({ groups: [] }),
      },
      places: {
        list: (kind: string) => (kind === 'bases' ? bases() : []),
        get: (kind: string, id: string) => (kind === 'bases' ? bases() : []).find((one) => one.id === id) ?? null,
        stops,
        stopFor: () => stops()[0] ?? null,
      },
      ...{ holds: () => [], airframe: () => ({}), calibration: () => null },
      itineraries: { planOf },
    } as unknown as PlanningWiring;
  }

  /** As the fleet shows it, out of what was heard last. */
  #entry(id: string): object | null {
    const drone = this.#o.drones.get(id);
    if (drone === undefined) return null;
    const { heard } = drone;
    if (heard === null) return null;
    const silentS = this.#o.nowS() - heard.atS;
    const ageMs = silentS * 1e3;
    const place = heard.at ?? placeAt(0, FIELD_M);
    const values = { autopilot: 3, armed: heard.inAir, landed: heard.inAir ? 'in-air' : 'on-ground' };
    return {
      ...{ id, online: silentS < 45, conflict: null, control: { state: 'skein' }, safety: { locked: false } },
      trust: { state: 'trusted', last: { ...place, altAmslM: GROUND_AMSL_M, atUtcUs: this.#o.utcUs() - ageMs * 1e3 } },
      itinerary: heard.itinerary,
      freshness: { lastHeardUtcUs: this.#heardUtcUs(heard) },
      kinds: {
        position: { ageMs, values: place },
        status: { ageMs, values },
        battery: { ageMs, values: { remainingPct: 100 } },
        preflight: { ageMs, values: { verdict: 'ok', items: '' } },
      },
    };
  }
}
