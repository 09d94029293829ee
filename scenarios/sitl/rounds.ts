/** An itinerary over the controller's API, for one drone: given, looked at, waited for. */
import type { DeliverItem, Itinerary } from '../../protocol/fleet/index.ts';
import { getJson } from '../kit/http.ts';
import { until } from '../kit/until.ts';

const M_PER_DEG = 111_320;
const LOOK_MS = 300;

export interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
}

export interface Parcel {
  readonly item: number;
  readonly state: string;
  readonly reason: string | null;
  readonly steps: readonly { readonly state: string; readonly by: string }[];
}

export interface Round {
  readonly drone: string;
  readonly version: number;
  readonly state: string;
  readonly reason: string | null;
  readonly item: number | null;
  readonly steps: readonly { readonly state: string; readonly reason: string | null }[];
  readonly deliveries: readonly Parcel[];
}

export interface Shape {
  readonly id: string;
  readonly base: Place;
  readonly altM: number;
  /** How far north of the base the last place lies, m. */
  readonly awayM: number;
  readonly speedMps: number;
  /** Null: nothing is delivered there. */
  readonly deliver: Partial<DeliverItem> | null;
  /** A rally point so far north of the base, m; left out: none. */
  readonly rallyM?: number;
}

export const northOf = ({ latDeg, lonDeg }: Place, m: number): Place => ({ latDeg: latDeg + m / M_PER_DEG, lonDeg });

export const apartM = (a: Place, b: Place): number =>
  Math.hypot(
    (a.latDeg - b.latDeg) * M_PER_DEG,
    (a.lonDeg - b.lonDeg) * M_PER_DEG * Math.cos((a.latDeg * Math.PI) / 180),
  );

/** Out by two places, something done at the second, and back; always inside a fence. */
export function planOf({ id, base, altM, awayM, speedMps, deliver, rallyM }: Shape): Itinerary {
  const at = (m: number) => ({ ...northOf(base, m), altM, frame: 'home' as const });
  const there: Itinerary['items'][number] =
    deliver === null
      ? { do: 'waypoint', ...at(awayM) }
      : { do: 'deliver', ...at(awayM), how: 'drop', gateS: 40, minBatteryPct: 20, parcel: `P-${id}`, ...deliver };
  return {
    id,
    version: 1,
    base,
    items: [{ do: 'take-off', altM }, { do: 'waypoint', ...at(awayM / 2), speedMps }, there, { do: 'return' }],
    fence: { polygons: [], circles: [{ inside: true, centre: base, radiusM: 300 }] },
    rally: rallyM === undefined ? [] : [{ ...northOf(base, rallyM), altM }],
  };
}

export class Rounds {
  readonly #httpUrl: string;
  readonly #drone: string;
  readonly #versions = new Map<string, number>();

  constructor(httpUrl: string, drone: string) {
    this.#httpUrl = httpUrl;
    this.#drone = drone;
  }

  async post(path: string, body: unknown): Promise<void> {
    const answer = await fetch(`${this.#httpUrl}/api/v1/itineraries${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }

  /** As a new version if it was given before; says which. */
  async give(plan: Itinerary): Promise<number> {
    const version = (this.#versions.get(plan.id) ?? 0) + 1;
    this.#versions.set(plan.id, version);
    await this.post(`?id=${plan.id}&version=${version}`, { ...plan, version });
    await this.post(`/${plan.id}/assign`, { targets: [this.#drone], issuedBy: 'Ann' });
    return version;
  }

  /** The newest version, as the controller shows it. */
  async look(id: string): Promise<Round> {
    const { drones } = await getJson<{ readonly drones: readonly Round[] }>(
      `${this.#httpUrl}/api/v1/itineraries/${id}`,
    );
    const mine = drones.filter(({ drone }) => drone === this.#drone);
    const round = mine.toSorted((a, b) => a.version - b.version).at(-1);
    if (round === undefined) throw new Error(`${id} is not with ${this.#drone}`);
    return round;
  }

  /** Says how long it took until it was so. */
  async is(
    id: string,
    what: string,
    condition: (round: Round) => boolean,
    timeoutMs: number,
  ): Promise<{ readonly round: Round; readonly tookMs: number }> {
    let seen: Round | null = null;
    const { value, tookMs } = await until(
      async () => {
        seen = await this.look(id);
        return condition(seen) ? seen : null;
      },
      { timeoutMs, everyMs: LOOK_MS, what: `${id} to be ${what}`, seen: () => seen },
    );
    return { round: value, tookMs };
  }

  becomes(id: string, state: string, timeoutMs = 60_000): Promise<{ readonly round: Round; readonly tookMs: number }> {
    return this.is(id, state, (round) => round.state === state, timeoutMs);
  }

  settle(id: string, item: number, word: 'released' | 'aboard'): Promise<void> {
    return this.post(`/${id}/deliveries/${this.#drone}/${item}/settle`, { word, issuedBy: 'Ann' });
  }
}

/** `aborted (gate-closed: link-lost)`. */
export const roundWords = ({ state, reason }: Pick<Round, 'state' | 'reason'>): string =>
  reason === null ? state : `${state} (${reason})`;
