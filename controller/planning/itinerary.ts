/**
 * The itinerary of a planned flight (flight rules §6): take-off, level legs in a layer, the delivery with its gate, level
 * legs home in another layer, a landing on a pad. Layers are changed over the drop-off only, straight up or down.
 */
import type { Fence, Itinerary, ItineraryItem, Limits, Place, Point, RallyPoint } from '@skein/protocol/fleet';
import { fenceOf } from './fence.ts';
import { apartM, type Plane } from './plane.ts';
import type { OrderWish, Rules } from './ports.ts';
import { type Piece, pieces } from './way.ts';
import type { Area, Areas } from './zones.ts';

/** Where to, and how high. */
export interface Sketch {
  readonly plane: Plane;
  readonly from: Place;
  readonly to: Place;
  /** Ways with both their ends. */
  readonly out: readonly Point[];
  readonly back: readonly Point[];
  readonly outM: number;
  readonly backM: number;
  /** A gate that stays shut leads on along the way back, and not straight home. */
  readonly gateAlong: boolean;
  readonly areas: Areas;
  readonly areasBack: Areas;
  /** Where a failsafe may go besides home. */
  readonly rally: readonly RallyPoint[];
}

export interface Delivery {
  readonly order: OrderWish;
  readonly minBatteryPct: number;
  readonly notAfterUtcUs: number | null;
}

/** The first place after the take-off lies at most so far from the base (protocol, rule `base`), m. */
const FIRST_SHARE = 0.5;

export function itineraryOf(
  id: string,
  sketch: Sketch,
  delivery: Delivery | null,
  startByUtcUs: number,
  limits: Limits,
  rules: Rules,
): Itinerary {
  const items: ItineraryItem[] = [{ do: 'take-off', altM: sketch.outM }];
  const speed = { mps: limits.cruiseMps };
  const out = legs(sketch.out, sketch.areas.slow, limits, true);
  items.push(...waypoints(out, sketch.plane, sketch.outM, speed, limits));
  if (delivery !== null) {
    const spot = delivery.order.dropOff;
    items.push(deliver(delivery, sketch, spot, rules));
    if (sketch.backM !== sketch.outM) items.push({ do: 'waypoint', ...at(spot, sketch.backM) });
    const back = legs(sketch.back, sketch.areasBack.slow, limits, false);
    items.push(...waypoints(back, sketch.plane, sketch.backM, speed, limits));
  }
  items.push({ do: 'land', latDeg: sketch.to.latDeg, lonDeg: sketch.to.lonDeg });
  const fence: Fence = fenceOf(sketch, limits);
  return {
    ...{ id, version: 1, base: { latDeg: sketch.from.latDeg, lonDeg: sketch.from.lonDeg }, items, fence },
    ...(sketch.rally.length === 0 ? {} : { rally: [...sketch.rally] }),
    notAfter: time(startByUtcUs),
  };
}

function deliver(
  { order, minBatteryPct, notAfterUtcUs }: Delivery,
  sketch: Sketch,
  spot: Place,
  rules: Rules,
): ItineraryItem {
  return {
    ...{ do: 'deliver', ...at(spot, sketch.outM), how: order.how, parcel: order.id.slice(0, 64), gateS: rules.gateS },
    // By the others it is set on the ground.
    ...(order.how === 'winch' || order.how === 'drop' ? { releaseAltM: rules.releaseAltM } : {}),
    ...(order.how === 'place' ? { maxDescentM: Math.min(120, sketch.outM + 10) } : {}),
    minBatteryPct: Math.min(100, Math.ceil(minBatteryPct)),
    ...(notAfterUtcUs === null ? {} : { notAfter: time(notAfterUtcUs) }),
    ...(sketch.gateAlong ? { shut: 'along' as const } : {}),
  };
}

const at = ({ latDeg, lonDeg }: Place, altM: number) => ({ latDeg, lonDeg, altM, frame: 'home' as const });

/** RFC 3339, whole milliseconds. */
const time = (utcUs: number): string => new Date(Math.floor(utcUs / 1000)).toISOString();

/** A way in legs no longer than allowed, each at one speed. */
function legs(points: readonly Point[], slow: readonly Area[], limits: Limits, first: boolean): readonly Piece[] {
  const result: Piece[] = [];
  for (const [i, b] of points.entries()) {
    const a = points[i - 1];
    if (a === undefined) continue;
    for (const piece of pieces(a, b, slow)) {
      const length = apartM(piece.a, piece.b);
      if (length === 0) continue;
      const nearM = limits.baseWithinM * FIRST_SHARE;
      // One leg short enough for the rule that a plan begins near its base.
      const cut = first && result.length === 0 && length > nearM ? nearM / length : 0;
      const start = mid(piece, cut);
      if (cut > 0) result.push({ ...piece, b: start });
      const count = Math.ceil(apartM(start, piece.b) / (limits.legMaxM * 0.99));
      for (let k = 0; k < count; k += 1) {
        const rest = { ...piece, a: start };
        result.push({ ...piece, a: mid(rest, k / count), b: mid(rest, (k + 1) / count) });
      }
    }
  }
  return result;
}

const mid = ({ a, b }: { readonly a: Point; readonly b: Point }, share: number): Point =>
  share === 0 ? a : share === 1 ? b : { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share };

/** The last leg ends where the next item of the plan is, which flies there itself unless the speed changes. */
function waypoints(
  flown: readonly Piece[],
  plane: Plane,
  altM: number,
  speed: { mps: number },
  limits: Limits,
): readonly ItineraryItem[] {
  return flown.flatMap((piece, i): readonly ItineraryItem[] => {
    const mps = speedIn(piece, limits);
    const changes = mps !== speed.mps;
    speed.mps = mps;
    if (i === flown.length - 1 && !changes) return [];
    return [{ do: 'waypoint', ...at(plane.place(piece.b), altM), ...(changes ? { speedMps: mps } : {}) }];
  });
}

function speedIn({ inside }: Piece, limits: Limits): number {
  const slowest = inside.reduce((least, { zone }) => Math.min(least, zone.speedMaxMps ?? least), limits.cruiseMps);
  return Math.max(0.5, slowest);
}
