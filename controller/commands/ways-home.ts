/**
 * A return of several (flight rules §4): nearest first, a height of its own for each, no pad twice, the rest hold. Pure.
 *
 *   sightings ─▶ by distance to the pad ─▶ for each: is its pad free? is there a height? ─▶ return, or hold and why
 *
 * A pad is the drone's own home. Who is nearer is there first, so it flies lower: when the next one comes down at its own pad,
 * everybody who flew lower has landed. Heights are compared above the sea, because homes are not equally high.
 */
import { reason } from '@skein/protocol/fleet';
import { RETURN_MODES } from '@skein/protocol/telemetry';
import { distanceM, gapM, offPathM, type Path, type Spot } from './paths.ts';

/** Where a drone is, and where it would land. */
export interface Sighting {
  readonly armed: boolean | null;
  readonly landed: string | null;
  readonly mode: string | null;
  /** Null: not known now. */
  readonly place: (Spot & { readonly altRelM: number }) | null;
  readonly home: (Spot & { readonly altAmslM: number }) | null;
  readonly returnAltM: number | null;
}

export interface HeightLimits {
  /** Taken for the return height of an autopilot that nobody has read, m above home. */
  readonly lowestM: number;
  /** Between two that could meet, m. */
  readonly stepM: number;
  /** Nobody is sent up beyond it, m above home. */
  readonly highestM: number;
  /** Asked for by the operator: all fly at least so high, m above home. */
  readonly askedM?: number;
}

export type WayHome =
  /** Null: at the height of its own autopilot, nobody is near its way. */
  { readonly do: 'return'; readonly atLeastAltRelM: number | null } | { readonly do: 'hold'; readonly reason: string };

export interface WaysHome {
  /** The nearest first, those of whom nothing is known last. */
  readonly order: readonly string[];
  readonly ways: ReadonlyMap<string, WayHome>;
}

/** Two homes nearer than this are one pad. */
export const ONE_PAD_M = 10;
/** Homes so near are one base: whoever flies to one may meet whoever flies to another. */
const ONE_BASE_M = 300;
/** Two ways, or a way and somebody who hovers, that come nearer than this may meet. */
const NEAR_M = 50;
/** So near its pad it comes down as it is. */
const OVER_PAD_M = 20;
/** The most a drone can be told (COMMANDS.return). */
const MAX_M = 1_000;

/** Somebody in the air. Heights are above the sea. */
interface Flyer {
  readonly id: string;
  readonly home: NonNullable<Sighting['home']>;
  /** Null: where it is is not known. */
  readonly path: Path | null;
  readonly isM: number;
  readonly sight: Sighting;
}

interface Returner extends Flyer {
  readonly heightM: number;
}

export function waysHome(
  targets: readonly string[],
  o: {
    /** Everybody known, the targets among them. */
    readonly all: readonly string[];
    readonly sighting: (id: string) => Sighting | null;
    readonly limits: HeightLimits;
  },
): WaysHome {
  const isTarget = new Set(targets);
  const sights = new Map(o.all.map((id) => [id, o.sighting(id)]));
  const order = nearestFirst(targets, sights);
  const ways = new Map<string, WayHome>();
  const flyers = [...sights].flatMap(([id, sight]) => flyerOf(id, sight) ?? []);
  const others = flyers.filter(({ id }) => !isTarget.has(id));
  const returners: Returner[] = others
    .filter(({ sight }) => RETURN_MODES.includes(sight.mode ?? ''))
    .map((one) => ({ ...one, heightM: Math.max(one.isM, ownHeightM(one, o.limits)) }));
  const standing = [...sights].filter(([, sight]) => sight !== null && isDown(sight) && sight.place !== null);
  for (const id of order) {
    const sight = sights.get(id) ?? null;
    if (sight !== null && isDown(sight)) {
      // It says itself that it is on the ground.
      ways.set(id, { do: 'return', atLeastAltRelM: null });
      continue;
    }
    const flyer = flyerOf(id, sight);
    if (flyer === null) {
      ways.set(id, { do: 'hold', reason: reason('pad-taken', 'or not: where its home is is not known here') });
      continue;
    }
    const holder = padHolder(flyer, { standing, others, returners });
    if (holder !== null) {
      ways.set(id, { do: 'hold', reason: reason('pad-taken', holder) });
      continue;
    }
    const height = heightOf(flyer, { returners, flyers, limits: o.limits });
    if (typeof height === 'string') {
      ways.set(id, { do: 'hold', reason: reason('no-height', height) });
      continue;
    }
    returners.push({ ...flyer, heightM: height.aboveSeaM });
    const atLeastAltRelM = height.climb ? Math.min(MAX_M, Math.ceil(height.aboveSeaM - flyer.home.altAmslM)) : null;
    ways.set(id, { do: 'return', atLeastAltRelM });
  }
  return { order, ways };
}

const isDown = ({ armed, landed }: Sighting): boolean => armed === false || landed === 'on-ground';

function nearestFirst(ids: readonly string[], sights: ReadonlyMap<string, Sighting | null>): readonly string[] {
  const away = new Map(
    ids.map((id) => {
      const { place = null, home = null } = sights.get(id) ?? {};
      return [id, place === null || home === null ? Number.POSITIVE_INFINITY : distanceM(place, home)];
    }),
  );
  const of = (id: string): number => away.get(id) ?? Number.POSITIVE_INFINITY;
  return [...ids].sort((a, b) => (of(a) === of(b) ? 0 : of(a) - of(b)));
}

/** Null: on the ground, or nobody knows where it would land. */
function flyerOf(id: string, sight: Sighting | null): Flyer | null {
  if (sight === null || isDown(sight) || sight.home === null) return null;
  const { home, place } = sight;
  const path = place === null ? null : { from: place, to: home };
  return { id, home, path, isM: home.altAmslM + (place?.altRelM ?? 0), sight };
}

/** Who has the pad already, in words; null: nobody. */
function padHolder(
  { id, home }: Flyer,
  o: {
    readonly standing: readonly (readonly [string, Sighting | null])[];
    readonly others: readonly Flyer[];
    readonly returners: readonly Flyer[];
  },
): string | null {
  const onPad = (spot: Spot | null | undefined): boolean => spot != null && distanceM(spot, home) < ONE_PAD_M;
  const stands = o.standing.find(([other, sight]) => other !== id && onPad(sight?.place));
  if (stands !== undefined) return `${stands[0]} stands on it`;
  const first = o.returners.find((one) => onPad(one.home));
  if (first !== undefined) return `${first.id} returns to it first`;
  const over = o.others.find(({ path }) => onPad(path?.from));
  return over === undefined ? null : `${over.id} hovers over it`;
}

function ownHeightM({ home, sight }: Flyer, { lowestM, askedM = 0 }: HeightLimits): number {
  return home.altAmslM + Math.max(sight.returnAltM ?? lowestM, askedM);
}

/** Its height on the way, or why it has none. `climb`: it is sent up to it, since somebody is near its way. */
function heightOf(
  flyer: Flyer,
  o: { readonly returners: readonly Returner[]; readonly flyers: readonly Flyer[]; readonly limits: HeightLimits },
): { readonly aboveSeaM: number; readonly climb: boolean } | string {
  const { id, home, path, isM } = flyer;
  const { stepM, highestM } = o.limits;
  // Over its pad it climbs nowhere.
  if (path !== null && distanceM(path.from, path.to) < OVER_PAD_M) return { aboveSeaM: isM, climb: false };
  let aboveSeaM = Math.max(ownHeightM(flyer, o.limits), isM);
  let climb = flyer.sight.returnAltM === null;
  const meeting = o.returners.filter((other) => other.id !== id && canMeet(flyer, other));
  for (const other of meeting) {
    if (path !== null && other.path !== null && isM < other.heightM && offPathM(path.from, other.path) < NEAR_M) {
      return `${other.id} passes over it`;
    }
    aboveSeaM = Math.max(aboveSeaM, other.heightM + stepM);
    climb = true;
  }
  // Whoever does not return yet stays where it is: not through its height.
  const lower = new Set(meeting.map((other) => other.id));
  const inTheWay = o.flyers.filter(
    (other) => other.id !== id && !lower.has(other.id) && path !== null && other.path !== null && hovers(other, path),
  );
  for (const other of inTheWay.sort((a, b) => a.isM - b.isM)) {
    if (Math.abs(aboveSeaM - other.isM) < stepM) aboveSeaM = other.isM + stepM;
    climb = true;
  }
  const above = inTheWay.find(
    (other) =>
      path !== null &&
      other.path !== null &&
      distanceM(other.path.from, path.from) < NEAR_M &&
      other.isM > isM &&
      other.isM < aboveSeaM,
  );
  if (above !== undefined) return `${above.id} hovers above it`;
  const limitM = Math.max(home.altAmslM + highestM, isM);
  return aboveSeaM > limitM ? `${Math.ceil(aboveSeaM - home.altAmslM)} m would be needed` : { aboveSeaM, climb };
}

function hovers({ path }: Flyer, way: Path): boolean {
  return path !== null && offPathM(path.from, way) < NEAR_M;
}

function canMeet(a: Flyer, b: Flyer): boolean {
  if (distanceM(a.home, b.home) < ONE_BASE_M) return true;
  return a.path !== null && b.path !== null && gapM(a.path, b.path) < NEAR_M;
}
