/** An itinerary in memory: its versions and how each stands on each drone. */
import type { About } from './events.ts';
import type { StoredItinerary } from './ports.ts';
import { newStand, type Stand } from './stand.ts';

export interface Plan {
  readonly version: number;
  readonly atUtcUs: number;
  readonly about: About;
}

/** Where a stand is in what is sent: not written down, begun anew with each run. */
export interface Sending {
  sends: number;
  /** Our monotonic clock. */
  dueMonoUs: number;
  /** Its first sending is being written down. */
  marking: boolean;
  /** Since when the presence of this session does not name it, though its drone said that it has it. */
  absent: { readonly session: string; readonly stand: Stand; readonly sinceMonoUs: number } | null;
  /** The session in which it was owed again for that: once in each. */
  owedAgainIn: string | null;
}

export class Entry {
  readonly id: string;
  readonly #plans: Plan[] = [];
  readonly #stands = new Map<string, Stand>();
  readonly #sendings = new Map<string, Sending>();
  /** Events not yet durable: until they are, the store knows less than this. */
  unwritten = 0;

  constructor(id: string, first: Plan) {
    this.id = id;
    this.#plans.push(first);
  }

  /** null: nothing was stored of it. What stands there was written by events.ts, and comes back as it went. */
  static stored({ id, versions, stands }: StoredItinerary): Entry | null {
    const [first, ...rest] = versions.map(({ version, atUtcUs, about }) => ({
      version,
      atUtcUs,
      about: about as unknown as About,
    }));
    if (first === undefined) return null;
    const record = new Entry(id, first);
    for (const plan of rest) record.give(plan);
    for (const { drone, version, ...stand } of stands) {
      record.set({ ...newStand(drone, version, 'unknown', 0), ...(stand as Partial<Stand>) });
    }
    return record;
  }

  get plans(): readonly Plan[] {
    return this.#plans;
  }

  get newest(): Plan {
    const newest = this.#plans.at(-1);
    if (newest === undefined) throw new Error('an itinerary has at least one version');
    return newest;
  }

  plan(version: number): Plan | null {
    return this.#plans.find((one) => one.version === version) ?? null;
  }

  give(plan: Plan): void {
    const at = this.#plans.findIndex((one) => one.version >= plan.version);
    if (at < 0) this.#plans.push(plan);
    else this.#plans.splice(at, this.#plans[at]?.version === plan.version ? 1 : 0, plan);
  }

  /** By drone, the newest version of each last. */
  get stands(): readonly Stand[] {
    return [...this.#stands.values()].sort((a, b) =>
      a.drone === b.drone ? a.version - b.version : a.drone < b.drone ? -1 : 1,
    );
  }

  stand(drone: string, version: number): Stand | null {
    return this.#stands.get(`${drone}/${version}`) ?? null;
  }

  standsOf(drone: string): readonly Stand[] {
    return this.stands.filter((one) => one.drone === drone);
  }

  set(stand: Stand): void {
    this.#stands.set(`${stand.drone}/${stand.version}`, stand);
  }

  sending({ drone, version }: Stand): Sending {
    const key = `${drone}/${version}`;
    const known = this.#sendings.get(key);
    if (known) return known;
    const fresh: Sending = { sends: 0, dueMonoUs: 0, marking: false, absent: null, owedAgainIn: null };
    this.#sendings.set(key, fresh);
    return fresh;
  }

  /** Each drone, and whether something may still come of it there. */
  openDrones(): ReadonlyMap<string, boolean> {
    const drones = new Map<string, boolean>();
    for (const { drone, open } of this.#stands.values()) drones.set(drone, open || drones.get(drone) === true);
    return drones;
  }

  /** Something may still come of it on some drone. */
  get open(): boolean {
    return [...this.#stands.values()].some((one) => one.open);
  }
}
