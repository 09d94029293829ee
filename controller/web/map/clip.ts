/** Cutting ground shapes to a box, so that the fine coast of the whole world need not be tiled. Pure. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

type Point = readonly number[];
type Edge = { readonly inside: (p: Point) => boolean; readonly cross: (a: Point, b: Point) => number[] };

function edgesOf(box: Box): Edge[] {
  const atLon = (lon: number) => (a: Point, b: Point) => [lon, y(a) + ((y(b) - y(a)) * (lon - x(a))) / (x(b) - x(a))];
  const atLat = (lat: number) => (a: Point, b: Point) => [x(a) + ((x(b) - x(a)) * (lat - y(a))) / (y(b) - y(a)), lat];
  return [
    { inside: (p) => x(p) >= box.west, cross: atLon(box.west) },
    { inside: (p) => x(p) <= box.east, cross: atLon(box.east) },
    { inside: (p) => y(p) >= box.south, cross: atLat(box.south) },
    { inside: (p) => y(p) <= box.north, cross: atLat(box.north) },
  ];
}

const x = (p: Point): number => p[0] ?? 0;
const y = (p: Point): number => p[1] ?? 0;

/** Sutherland and Hodgman: the ring against each side in turn. Empty when nothing of it lies inside. */
export function clipRing(ring: readonly Point[], box: Box): Point[] {
  let points: readonly Point[] = ring;
  for (const edge of edgesOf(box)) {
    const kept: Point[] = [];
    let before = points.at(-1);
    for (const point of points) {
      if (before && edge.inside(point) !== edge.inside(before)) kept.push(edge.cross(before, point));
      if (edge.inside(point)) kept.push(point);
      before = point;
    }
    points = kept;
    if (points.length === 0) return [];
  }
  const [first] = points;
  const last = points.at(-1);
  return first && last && (x(first) !== x(last) || y(first) !== y(last)) ? [...points, first] : [...points];
}

/** Parts of a line with at least one end in the box; whole segments are kept, so ends stick out a little. */
export function clipLine(line: readonly Point[], box: Box): Point[][] {
  const parts: Point[][] = [];
  let part: Point[] = [];
  const inside = (p: Point): boolean => x(p) >= box.west && x(p) <= box.east && y(p) >= box.south && y(p) <= box.north;
  for (let i = 0; i + 1 < line.length; i += 1) {
    const [a, b] = [line[i], line[i + 1]];
    if (!a || !b) continue;
    if (inside(a) || inside(b)) {
      if (part.length === 0) part.push(a);
      part.push(b);
    } else if (part.length > 0) {
      parts.push(part);
      part = [];
    }
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
