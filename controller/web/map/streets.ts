/**
 * Streets under the fleet, out of a PMTiles archive that the controller serves. The reader of the
 * archive is loaded only where a controller says that it has one, and asks for ranges of the file; nothing else is fetched.
 */
import { addProtocol, type LayerSpecification, type Map as MapLibre, type SourceSpecification } from 'maplibre-gl';
import type { Header, PMTiles } from 'pmtiles';
import { token } from '../shell/theme.ts';
import { REGULAR } from './map-style.ts';
import { type Inks, STREETS, schemaOf, streetLayers } from './street-layers.ts';

export interface OwnStyle {
  readonly sources: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly layers: readonly Readonly<Record<string, unknown>>[];
}

export interface Streets {
  readonly credit: string | null;
  /** The theme is another one. A style of somebody's own keeps its colours. */
  repaint(): void;
}

/** Everything of the ground goes under the grid, which is the first layer of what is said about it. */
const UNDER = 'grid';
const PROTOCOL = 'pmtiles';
/** Tile type of an archive, PMTiles v3. */
const MVT = 1;
const TILE = /^pmtiles:\/\/streets\/(\d+)\/(\d+)\/(\d+)$/;

/** Throws in words when the archive cannot be read; then nothing was drawn. `onTrouble`: a tile could not be. */
export async function drawStreets(
  map: MapLibre,
  url: string | null,
  own: OwnStyle | null,
  onTrouble: (words: string) => void,
): Promise<Streets> {
  const archive = url === null ? null : await archiveAt(new URL(url, location.href).href);
  const about = archive === null ? null : await readAbout(archive);
  if (archive !== null) serveTiles(archive, onTrouble);
  const tiles = about === null ? null : sourceOf(about.header);
  const own_ = own === null ? null : withTiles(own, tiles);
  const layers = (): readonly LayerSpecification[] => own_?.layers ?? (about === null ? [] : plainLayers(about));
  const sources = own_?.sources ?? (tiles === null ? {} : { [STREETS]: tiles });
  // What is wrong with a layer is told as an event, by its path in the style.
  map.on('error', ({ error }) => {
    if (/^(layers|sources)\.streets/.test(error.message)) onTrouble(`The style is not right: ${error.message}.`);
  });
  for (const [name, source] of Object.entries(sources)) map.addSource(name, source);
  for (const layer of layers()) map.addLayer(layer, UNDER);
  return {
    credit: about?.credit ?? null,
    repaint() {
      if (own_ !== null) return;
      for (const { id, paint = {} } of layers())
        for (const [property, value] of Object.entries(paint))
          map.setPaintProperty(id, property as never, value as never);
    },
  };
}

async function archiveAt(url: string): Promise<PMTiles> {
  const { FetchSource, PMTiles } = await import('pmtiles');
  return new PMTiles(new FetchSource(url));
}

interface About {
  readonly header: Header;
  readonly layers: readonly string[];
  readonly credit: string | null;
}

async function readAbout(archive: PMTiles): Promise<About> {
  try {
    const header = await archive.getHeader();
    const metadata = (await archive.getMetadata()) as Readonly<Record<string, unknown>>;
    const listed: unknown = metadata.vector_layers;
    const layers = (Array.isArray(listed) ? (listed as readonly unknown[]) : []).flatMap((layer) =>
      typeof layer === 'object' && layer !== null && 'id' in layer ? [String(layer.id)] : [],
    );
    return { header, layers, credit: plainText(metadata.attribution) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The file of the streets cannot be read (${why}): copy it to the controller again.`);
  }
}

/** An attribution may be written as HTML; it is shown as text. */
function plainText(attribution: unknown): string | null {
  if (typeof attribution !== 'string') return null;
  const words = new DOMParser().parseFromString(attribution, 'text/html').body.textContent?.trim() ?? '';
  return words === '' ? null : words.slice(0, 200);
}

function serveTiles(archive: PMTiles, onTrouble: (words: string) => void): void {
  addProtocol(PROTOCOL, async ({ url }, { signal }) => {
    const [, z, x, y] = TILE.exec(url)?.map(Number) ?? [];
    if (z === undefined || x === undefined || y === undefined) throw new Error(`${url}: no such tiles`);
    try {
      return { data: (await archive.getZxy(z, x, y, signal))?.data ?? new ArrayBuffer(0) };
    } catch (error) {
      if (signal.aborted) throw error;
      const why = error instanceof Error ? error.message : String(error);
      onTrouble(`A part of the streets cannot be read (${why}). If it stays, copy the file to the controller again.`);
      return { data: new ArrayBuffer(0) };
    }
  });
}

function sourceOf({ tileType, minZoom, maxZoom, minLon, minLat, maxLon, maxLat }: Header): SourceSpecification {
  const common = { tiles: [`${PROTOCOL}://streets/{z}/{x}/{y}`], minzoom: minZoom, maxzoom: maxZoom };
  const bounds: [number, number, number, number] = [minLon, minLat, maxLon, maxLat];
  if (tileType === MVT) return { type: 'vector', ...common, bounds };
  return { type: 'raster', ...common, bounds, tileSize: 256 };
}

function plainLayers({ header, layers }: About): readonly LayerSpecification[] {
  if (header.tileType !== MVT) {
    // Pictures are dimmed, so that the fleet stands out.
    return [{ id: 'streets-pictures', type: 'raster', source: STREETS, paint: { 'raster-opacity': 0.5 } }];
  }
  const schema = schemaOf(layers);
  if (schema === null) {
    const names = layers.length === 0 ? 'none' : layers.join(', ');
    throw new Error(
      `The layers of this file (${names}) are neither Protomaps’ nor OpenMapTiles’: give it a style (map.style).`,
    );
  }
  return streetLayers(schema, layers, inks(), REGULAR);
}

function inks(): Inks {
  return {
    land: token('--map-land'),
    water: token('--map-sea'),
    green: token('--map-green'),
    building: token('--map-building'),
    road: token('--map-road'),
    label: token('--map-label'),
  };
}

/** Under names of ours, so that nothing in it takes the place of what is there; `pmtiles://streets` is the archive. */
function withTiles(own: OwnStyle, tiles: SourceSpecification | null) {
  const named = (name: unknown): string => `streets-${String(name)}`;
  const sources = Object.entries(own.sources).map(([name, source]) => {
    const isTiles = source.type === 'vector' || source.type === 'raster';
    return [named(name), isTiles ? { ...tiles, ...source, url: undefined } : source] as const;
  });
  // The style was judged by the controller; what MapLibre has against it comes as an event.
  return {
    sources: Object.fromEntries(sources) as unknown as Readonly<Record<string, SourceSpecification>>,
    layers: own.layers.map((layer) => ({
      ...layer,
      id: named(layer.id),
      ...(layer.source === undefined ? {} : { source: named(layer.source) }),
    })) as unknown as readonly LayerSpecification[],
  };
}
