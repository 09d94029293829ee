/** What stands where, and which pads are free; made once for a decision. */
import { distanceM } from '@skein/protocol/fleet';
import { isFreeFor, keptPads, padKey } from './pads.ts';
import type { Question } from './plan.ts';
import type { Base, Pad, Weather } from './ports.ts';

/** An alternate at another base lies at most so far. */
const ALTERNATE_M = 3_000;

export class Ground {
  readonly bases: ReadonlyMap<string, Base>;
  readonly kept: ReadonlyMap<string, ReadonlySet<string>>;
  readonly weather: ReadonlyMap<string, Weather>;
  readonly standing = new Map<string, string>();
  readonly #room = new Map<string, boolean>();

  constructor({ world, fleet }: Question) {
    this.bases = new Map(world.bases.map((base) => [base.id, base]));
    this.weather = new Map(world.weather.map((one) => [one.base, one]));
    this.kept = keptPads(world.reservations);
    for (const { id, base, pad } of fleet) if (base !== null && pad !== null) this.standing.set(padKey(base, pad), id);
  }

  freePad(drone: string, base: Base, except: Pad | null): Pad | null {
    return base.pads.find((pad) => pad !== except && isFreeFor(drone, base, pad, this.kept, this.standing)) ?? null;
  }

  /** Whether it has a pad for a drone that has none there yet. */
  hasRoom(base: Base): boolean {
    const known = this.#room.get(base.id) ?? this.freePad('', base, null) !== null;
    this.#room.set(base.id, known);
    return known;
  }

  /** A free pad besides the one to land on, at that base or near it. */
  alternate(drone: string, base: Base, pad: Pad): { readonly base: Base; readonly pad: Pad } | null {
    const near = [...this.bases.values()]
      .map((one) => ({ one, awayM: one === base ? 0 : distanceM(one.place, base.place) }))
      .filter(({ awayM }) => awayM <= ALTERNATE_M)
      .sort((a, b) => a.awayM - b.awayM || (a.one.id < b.one.id ? -1 : 1));
    for (const { one } of near) {
      const free = this.freePad(drone, one, pad);
      if (free !== null) return { base: one, pad: free };
    }
    return null;
  }
}
