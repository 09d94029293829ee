/** The fence that a planned flight is flown with: round all its places, out of the zones it goes round, under the ceiling. */
import type { Fence, Limits, Point } from '@skein/protocol/fleet';
import type { Sketch } from './itinerary.ts';
import type { Area } from './zones.ts';

/** Room for wind and turns, m; the drone's own check wants `limits.marginM`. */
const ROOM_M = 120;
const ROUND = 8;
/** As many as an autopilot keeps with ease; the protocol allows 20 polygons of 100 corners. */
const MAX_AREAS = 15;
const MAX_RING = 100;

export function fenceOf(sketch: Sketch, limits: Limits): Fence {
  const { plane, areas } = sketch;
  const places = [
    ...sketch.out,
    ...sketch.back,
    plane.of(sketch.from),
    plane.of(sketch.to),
    ...sketch.rally.map(plane.of),
  ];
  const round = places.flatMap(({ x, y }) =>
    Array.from({ length: ROUND }, (_, i) => ({
      x: x + ROOM_M * Math.cos((2 * Math.PI * i) / ROUND),
      y: y + ROOM_M * Math.sin((2 * Math.PI * i) / ROUND),
    })),
  );
  const hull = hullOf(round);
  const ring = hull.length <= MAX_RING ? hull : boxOf(round);
  // A fence has no heights: what is flown over on one of the ways cannot be fenced off.
  const out = areas.out.filter((area) => sketch.areasBack.out.includes(area));
  const fits = [...areas.within, ...out].filter((area) => (area.ring?.length ?? 0) <= MAX_RING).slice(0, MAX_AREAS);
  const inside = (area: Area): boolean => areas.within.includes(area);
  return {
    maxAltM: limits.ceilingM,
    polygons: [
      { inside: true, points: ring.map(plane.place) },
      ...fits.flatMap((area) =>
        area.ring === null ? [] : [{ inside: inside(area), points: area.ring.map(plane.place) }],
      ),
    ],
    circles: fits.flatMap((area) =>
      area.ring === null
        ? [{ inside: inside(area), centre: plane.place(area.centre), radiusM: Math.max(1, area.radiusM) }]
        : [],
    ),
  };
}

/** Convex hull, counter-clockwise (Andrew's monotone chain). */
export function hullOf(points: readonly Point[]): readonly Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const half = (list: readonly Point[]): Point[] => {
    const chain: Point[] = [];
    for (const p of list) {
      for (;;) {
        const [a, b] = [chain.at(-2), chain.at(-1)];
        if (a === undefined || b === undefined) break;
        if ((b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0) break;
        chain.pop();
      }
      chain.push(p);
    }
    chain.pop();
    return chain;
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function boxOf(points: readonly Point[]): readonly Point[] {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [west, east, south, north] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  return [
    { x: west, y: south },
    { x: east, y: south },
    { x: east, y: north },
    { x: west, y: north },
  ];
}
