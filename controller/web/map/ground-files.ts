/**
 * Makes the ground files of the map from Natural Earth (world-atlas) when the page is built: the coarse world in one
 * file, the fine coast in cells of 10°, so that a page fetches a few kilobytes around its fleet and the map's worker,
 * in whose queue the drones wait too, is never kept busy by the far side of the planet. Pure.
 */
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import { type Box, clipLine, clipRing } from './clip.ts';
import { CELL_DEG, type Corners, cellName, type GroundFile, packCorners, type WorldFile } from './ground-shape.ts';

export type Countries = Topology<{ countries: GeometryCollection<{ name: string }> }>;
type Ring = readonly (readonly number[])[];

interface Shapes {
  readonly polygons: readonly (readonly Ring[])[];
  readonly coast: readonly Ring[];
  readonly borders: readonly Ring[];
}

/** Coordinates are rounded to these steps, degrees: under two pixels where each file is used. */
const COARSE_STEP_DEG = 0.05;
const FINE_STEP_DEG = 0.002;

export function groundFiles(
  coarse: Countries,
  fine: Countries,
): { readonly world: WorldFile; readonly cells: ReadonlyMap<string, GroundFile> } {
  const cells = fineCells(shapesOf(fine));
  const shapes = shapesOf(coarse);
  return {
    cells,
    world: {
      ...packed(shapes, COARSE_STEP_DEG),
      names: feature(coarse, coarse.objects.countries).features.flatMap((one) =>
        nameOf(one.properties.name, one.geometry),
      ),
      cells: [...cells.keys()],
    },
  };
}

function shapesOf(topology: Countries): Shapes {
  const { countries } = topology.objects;
  return {
    polygons: feature(topology, countries).features.flatMap((one) =>
      polygonsOf(one.geometry).map((rings) => rings.map(unwrapRing)),
    ),
    coast: mesh(topology, countries, (a, b) => a === b).coordinates.flatMap(splitLine),
    borders: mesh(topology, countries, (a, b) => a !== b).coordinates.flatMap(splitLine),
  };
}

function polygonsOf(geometry: GeoJSON.Geometry): GeoJSON.Position[][][] {
  if (geometry.type === 'Polygon') return [geometry.coordinates];
  return geometry.type === 'MultiPolygon' ? geometry.coordinates : [];
}

/** The source is cut for a sphere: rings step over the date line. Unrolled they run on past ±180°, as a plane needs. */
export function unwrapRing(ring: Ring): number[][] {
  let turn = 0;
  const flat: number[][] = [];
  ring.forEach(([lon = 0, lat = 0], i) => {
    const before = ring[i - 1]?.[0] ?? lon;
    if (lon - before > 180) turn -= 360;
    else if (before - lon > 180) turn += 360;
    flat.push([lon + turn, lat]);
  });
  const [first] = flat;
  const last = flat.at(-1);
  if (!first || !last || Math.abs((last[0] ?? 0) - (first[0] ?? 0)) < 180) return flat;
  // Around a pole: closed along it.
  const pole = (first[1] ?? 0) < 0 ? -89.9 : 89.9;
  return [...flat, [last[0] ?? 0, pole], [first[0] ?? 0, pole], first];
}

/** A line cut where it steps over the date line. */
function splitLine(line: Ring): number[][][] {
  const parts: number[][][] = [];
  let part: number[][] = [];
  let before: number | null = null;
  for (const [lon = 0, lat = 0] of line) {
    if (before !== null && Math.abs(lon - before) > 180) {
      parts.push(part);
      part = [];
    }
    part.push([lon, lat]);
    before = lon;
  }
  parts.push(part);
  return parts.filter((one) => one.length > 1);
}

function fineCells(shapes: Shapes): Map<string, GroundFile> {
  const cells = new Map<string, GroundFile>();
  // What was unrolled past ±180° belongs to the other side as well.
  const everywhere = {
    ...shapes,
    polygons: [-360, 0, 360].flatMap((turn) => shapes.polygons.map((rings) => turned(rings, turn))),
  };
  for (let west = -180; west < 180; west += CELL_DEG) {
    const strip = cutTo(everywhere, { west, south: -90, east: west + CELL_DEG, north: 90 });
    for (let south = -90; south < 90; south += CELL_DEG) {
      const inside = cutTo(strip, { west, south, east: west + CELL_DEG, north: south + CELL_DEG });
      if (inside.polygons.length > 0) cells.set(cellName(west, south), packed(inside, FINE_STEP_DEG));
    }
  }
  return cells;
}

function turned(rings: readonly Ring[], turn: number): readonly Ring[] {
  return turn === 0 ? rings : rings.map((ring) => ring.map(([lon = 0, lat = 0]) => [lon + turn, lat]));
}

function cutTo(shapes: Shapes, box: Box): Shapes {
  const cutLines = (lines: readonly Ring[]): Ring[] =>
    lines.filter((line) => touches(line, box)).flatMap((line) => clipLine(line, box));
  return {
    polygons: shapes.polygons
      .filter(([outer]) => outer !== undefined && touches(outer, box))
      .map((rings) => rings.map((ring) => clipRing(ring, box)).filter((ring) => ring.length > 3))
      .filter((rings) => rings.length > 0),
    coast: cutLines(shapes.coast),
    borders: cutLines(shapes.borders),
  };
}

const extents = new WeakMap<Ring, Box>();

function touches(ring: Ring, box: Box): boolean {
  const extent = extents.get(ring) ?? extentOf(ring);
  extents.set(ring, extent);
  return extent.west <= box.east && extent.east >= box.west && extent.south <= box.north && extent.north >= box.south;
}

function extentOf(ring: Ring): Box {
  const box = { west: 999, south: 999, east: -999, north: -999 };
  for (const [lon = 0, lat = 0] of ring) {
    box.west = Math.min(box.west, lon);
    box.east = Math.max(box.east, lon);
    box.south = Math.min(box.south, lat);
    box.north = Math.max(box.north, lat);
  }
  return box;
}

function packed(shapes: Shapes, stepDeg: number): GroundFile {
  const corners = (points: Ring, least: number): Corners[] => {
    const one = packCorners(points, stepDeg);
    return one.length >= 2 * least ? [one] : [];
  };
  return {
    stepDeg,
    land: shapes.polygons.map((rings) => rings.flatMap((ring) => corners(ring, 4))).filter((rings) => rings.length > 0),
    coast: shapes.coast.flatMap((line) => corners(line, 2)),
    borders: shapes.borders.flatMap((line) => corners(line, 2)),
  };
}

/** A label in the middle of the largest part of a country. */
function nameOf(name: string, geometry: GeoJSON.Geometry): WorldFile['names'][number][] {
  let best: { x: number; y: number; area: number } | null = null;
  for (const [outer] of polygonsOf(geometry)) {
    const middle = outer ? centroid(unwrapRing(outer)) : null;
    if (middle && (!best || middle.area > best.area)) best = middle;
  }
  return best
    ? [[name, Math.round(best.x * 100) / 100, Math.round(best.y * 100) / 100, Math.round(best.area * 10) / 10]]
    : [];
}

function centroid(ring: Ring): { x: number; y: number; area: number } | null {
  let twice = 0;
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [ax = 0, ay = 0] = ring[i] ?? [];
    const [bx = 0, by = 0] = ring[i + 1] ?? [];
    const cross = ax * by - bx * ay;
    twice += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return twice === 0 ? null : { x: x / (3 * twice), y: y / (3 * twice), area: Math.abs(twice / 2) };
}
