/** What the ground files hold: written by ground-files.ts at build, read by base-map.ts in the page. */
export const CELL_DEG = 10;
export const WORLD_FILE = 'ground/world.json';

/**
 * A ring or line: the first corner and then the steps from corner to corner, longitude and latitude in turn, in units
 * of `stepDeg`. A third the size of plain coordinates.
 */
export type Corners = readonly number[];

export interface GroundFile {
  readonly stepDeg: number;
  /** Polygons as rings. */
  readonly land: readonly (readonly Corners[])[];
  readonly coast: readonly Corners[];
  readonly borders: readonly Corners[];
}

export interface WorldFile extends GroundFile {
  /** [name, longitude, latitude, area in square degrees] */
  readonly names: readonly [string, number, number, number][];
  /** Cells that have any land; the rest is sea. */
  readonly cells: readonly string[];
}

/** Points to corners; points that fall on the one before are left out. */
export function packCorners(points: readonly (readonly number[])[], stepDeg: number): Corners {
  const packed: number[] = [];
  let x = 0;
  let y = 0;
  for (const [lon = 0, lat = 0] of points) {
    const [nextX, nextY] = [Math.round(lon / stepDeg), Math.round(lat / stepDeg)];
    if (packed.length > 0 && nextX === x && nextY === y) continue;
    packed.push(nextX - x, nextY - y);
    x = nextX;
    y = nextY;
  }
  return packed;
}

export function unpackCorners(corners: Corners, stepDeg: number): [number, number][] {
  const points: [number, number][] = [];
  let x = 0;
  let y = 0;
  for (let i = 0; i + 1 < corners.length; i += 2) {
    x += corners[i] ?? 0;
    y += corners[i + 1] ?? 0;
    points.push([x * stepDeg, y * stepDeg]);
  }
  return points;
}

/** Name of the cell with this south-west corner. */
export function cellName(west: number, south: number): string {
  return `${west}_${south}`;
}

export function cellFile(name: string): string {
  return `ground/${name}.json`;
}
