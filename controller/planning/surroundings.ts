/** What the zones ask of one flight: those that hold while it may fly, by the heights it flies at. */
import type { Place, Point } from '@skein/protocol/fleet';
import type { Plane } from './plane.ts';
import type { World, Zone } from './ports.ts';
import { type Area, type Areas, areaOf, bandMeets, covers, holdsIn, isFree } from './zones.ts';

/** Zones of the world, those of the limits too. */
export function zonesOf(world: World): readonly Zone[] {
  const noFly = world.limits.noFly.map(
    (one, i): Zone => ({
      ...{ id: `limits-${i}`, name: one.name, kind: 'no-fly', frame: one.frame ?? 'home' },
      ...{ fromM: one.fromM ?? null, toM: one.toM ?? null, validFromUtcUs: null, validToUtcUs: null },
      ...(one.ring === undefined ? {} : { ring: one.ring }),
      ...(one.circle === undefined ? {} : { circle: one.circle }),
    }),
  );
  return noFly.length === 0 ? world.zones : [...world.zones, ...noFly];
}

export class Surroundings {
  readonly #areas: readonly Area[];
  readonly #groundAmslM: number | null;
  readonly #within: readonly Area[];
  readonly #byHeight = new Map<number, Areas>();
  readonly marginM: number;

  /** @param from a flight that begins inside a keep-in zone stays inside */
  constructor(
    o: {
      readonly zones: readonly Zone[];
      readonly plane: Plane;
      readonly from: Place;
      readonly groundAmslM: number | null;
    },
    marginM: number,
    fromUtcUs: number,
    toUtcUs: number,
  ) {
    this.#areas = o.zones.filter((zone) => holdsIn(zone, fromUtcUs, toUtcUs)).map((zone) => areaOf(zone, o.plane.of));
    this.#groundAmslM = o.groundAmslM;
    this.marginM = marginM;
    const start = o.plane.of(o.from);
    this.#within = this.#areas.filter((area) => area.zone.kind === 'keep-in' && covers(area, start));
  }

  /** What holds in level flight at this height. */
  at(heightM: number): Areas {
    const known = this.#byHeight.get(heightM);
    if (known !== undefined) return known;
    const areas = this.#between(heightM, heightM);
    this.#byHeight.set(heightM, areas);
    return areas;
  }

  /** The first zone that forbids going straight up or down there, from the ground or below it to this height. */
  column(p: Point, toM: number): Zone | null {
    const areas = this.#between(Number.NEGATIVE_INFINITY, toM);
    const leg = { a: p, b: p };
    for (const area of areas.out)
      if (!isFree(leg, { ...areas, out: [area], within: [] }, this.marginM)) return area.zone;
    for (const area of areas.within)
      if (!isFree(leg, { ...areas, out: [], within: [area] }, this.marginM)) return area.zone;
    return null;
  }

  /** Whether a flight this high stays below the upper end of the zones that it stays in. */
  holdsHeight(heightM: number): boolean {
    return this.#within.every(({ zone }) => {
      const homeM = zone.frame === 'home' ? 0 : this.#groundAmslM;
      return zone.toM === null || (homeM !== null && heightM <= zone.toM - homeM);
    });
  }

  #between(lowM: number, highM: number): Areas {
    const meets = (kind: Zone['kind']): readonly Area[] =>
      this.#areas.filter(({ zone }) => zone.kind === kind && bandMeets(zone, lowM, highM, this.#groundAmslM));
    return { out: meets('no-fly'), within: this.#within, slow: meets('slow'), caution: meets('caution') };
  }
}
