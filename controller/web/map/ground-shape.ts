/** What the ground files hold: written by ground-files.ts at build, read by base-map.ts in the page. */
export const CELL_DEG = 10;
export const WORLD_FILE = 'ground/world.json';

export interface GroundFile {
  /** Polygons: rings of [longitude, latitude]. */
  readonly land: number[][][][];
  readonly coast: number[][][];
  readonly borders: number[][][];
}

export interface WorldFile extends GroundFile {
  /** [name, longitude, latitude, area in square degrees] */
  readonly names: [string, number, number, number][];
  /** Cells that have any land; the rest is sea. */
  readonly cells: string[];
}

/** Name of the cell with this south-west corner. */
export function cellName(west: number, south: number): string {
  return `${west}_${south}`;
}

export function cellFile(name: string): string {
  return `ground/${name}.json`;
}
