/** Fetches the ground files and turns them into what the map draws. The only network is the controller. */
import {
  CELL_DEG,
  cellFile,
  cellName,
  type GroundFile,
  unpackCorners,
  WORLD_FILE,
  type WorldFile,
} from './ground-shape.ts';

export interface Ground {
  readonly land: GeoJSON.FeatureCollection;
  readonly coast: GeoJSON.Feature;
  readonly borders: GeoJSON.Feature;
}

export interface World {
  readonly ground: Ground;
  readonly names: GeoJSON.FeatureCollection;
  readonly cells: ReadonlySet<string>;
}

export async function loadWorld(signal: AbortSignal): Promise<World> {
  const file = await get<WorldFile>(WORLD_FILE, signal);
  return {
    ground: groundOf([file]),
    names: {
      type: 'FeatureCollection',
      features: file.names.map(([name, lon, lat, area]) => ({
        type: 'Feature',
        properties: { name, size: area },
        geometry: { type: 'Point', coordinates: [lon, lat] },
      })),
    },
    cells: new Set(file.cells),
  };
}

/** The cells a view touches, by name; those without land left out. */
export function cellsOf(world: World, west: number, south: number, east: number, north: number): string[] {
  const names: string[] = [];
  const floor = (deg: number): number => Math.floor(deg / CELL_DEG) * CELL_DEG;
  for (let lon = floor(west); lon < east; lon += CELL_DEG) {
    const turned = ((((lon + 180) % 360) + 360) % 360) - 180;
    for (let lat = floor(south); lat < north; lat += CELL_DEG) names.push(cellName(turned, lat));
  }
  return names.filter((name) => world.cells.has(name));
}

export async function loadCells(names: readonly string[], signal: AbortSignal): Promise<Ground> {
  return groundOf(await Promise.all(names.map((name) => get<GroundFile>(cellFile(name), signal))));
}

async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await fetch(`/${path}`, { signal });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return (await response.json()) as T;
}

function groundOf(files: readonly GroundFile[]): Ground {
  const lines = (of: 'coast' | 'borders'): GeoJSON.Feature => ({
    type: 'Feature',
    properties: {},
    geometry: {
      type: 'MultiLineString',
      coordinates: files.flatMap((file) => file[of].map((line) => unpackCorners(line, file.stepDeg))),
    },
  });
  return {
    land: {
      type: 'FeatureCollection',
      features: files.flatMap((file) =>
        file.land.map((rings) => ({
          type: 'Feature' as const,
          properties: {},
          geometry: { type: 'Polygon' as const, coordinates: rings.map((ring) => unpackCorners(ring, file.stepDeg)) },
        })),
      ),
    },
    coast: lines('coast'),
    borders: lines('borders'),
  };
}
