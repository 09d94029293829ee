/**
 * A small archive of map tiles, made here: PMTiles version 3 with vector tiles in Protomaps' layers, nothing packed. A
 * cross of two roads, a house, a park and water within 150 m of a place.
 */
import { zxyToTileId } from 'pmtiles';

export interface MadeArchive {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly zoom?: number;
  /** In place of Protomaps' names, as they stand in the metadata. */
  readonly vectorLayers?: readonly string[];
  readonly attribution?: string;
}

const EXTENT = 4096;
const HEADER_BYTES = 127;

export function makeArchive({ lonDeg, latDeg, zoom = 14, vectorLayers, attribution = '' }: MadeArchive): Buffer {
  const right = ((lonDeg + 180) / 360) * 2 ** zoom;
  const down = (0.5 - Math.asinh(Math.tan((latDeg * Math.PI) / 180)) / (2 * Math.PI)) * 2 ** zoom;
  const [x, y] = [Math.floor(right), Math.floor(down)];
  /** The place within its tile. */
  const [px, py] = [Math.round((right - x) * EXTENT), Math.round((down - y) * EXTENT)];
  const tile = Buffer.concat(
    [
      layer('earth', { land: polygon(0, 0, EXTENT, EXTENT) }),
      layer('water', { ocean: polygon(0, py - 400, EXTENT, py - 250) }),
      layer('landuse', { park: polygon(px - 400, py + 100, px - 150, py + 300) }),
      layer('buildings', { building: polygon(px + 120, py + 40, px + 170, py + 80) }),
      layer('roads', { highway: line(0, py + 20, EXTENT, py + 20), minor_road: line(px + 90, 0, px + 90, EXTENT) }),
    ].map((one) => field(3, one)),
  );
  // The tile and its neighbours, so that a map about the place is covered.
  const ids = [-1, 0, 1]
    .flatMap((dx) => [-1, 0, 1].map((dy) => zxyToTileId(zoom, x + dx, y + dy)))
    .sort((a, b) => a - b);
  const directory = Buffer.concat([
    varint(ids.length),
    ...ids.map((id, i) => varint(id - (ids[i - 1] ?? 0))),
    ...ids.map(() => varint(1)),
    ...ids.map(() => varint(tile.length)),
    // All lie at the same place: an offset is written as itself plus one.
    ...ids.map(() => varint(1)),
  ]);
  const names = vectorLayers ?? ['earth', 'water', 'landuse', 'buildings', 'roads'];
  const metadata = Buffer.from(JSON.stringify({ attribution, vector_layers: names.map((id) => ({ id, fields: {} })) }));
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('PMTiles');
  header[7] = 3;
  const metadataAt = HEADER_BYTES + directory.length;
  const tilesAt = metadataAt + metadata.length;
  const whole = [HEADER_BYTES, directory.length, metadataAt, metadata.length, tilesAt, 0, tilesAt, tile.length];
  for (const [i, value] of [...whole, ids.length, ids.length, 1].entries())
    header.writeBigUInt64LE(BigInt(value), 8 + 8 * i);
  header.set([1, 1, 1, 1, zoom, zoom], 96);
  const box = [lonDeg - 0.1, latDeg - 0.1, lonDeg + 0.1, latDeg + 0.1];
  for (const [i, deg] of box.entries()) header.writeInt32LE(Math.round(deg * 1e7), 102 + 4 * i);
  header[118] = zoom;
  header.writeInt32LE(Math.round(lonDeg * 1e7), 119);
  header.writeInt32LE(Math.round(latDeg * 1e7), 123);
  return Buffer.concat([header, directory, metadata, tile]);
}

/** Protocol buffers: a number of 7 bits a byte; a field that holds bytes; one that holds a number. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  while (left > 127) {
    bytes.push((left % 128) | 128);
    left = Math.floor(left / 128);
  }
  return Buffer.from([...bytes, left]);
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

function count(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

interface Shape {
  readonly type: number;
  readonly commands: readonly number[];
}

/** One layer of a vector tile (version 2.1): each of its shapes by its `kind`. */
function layer(name: string, shapes: Readonly<Record<string, Shape>>): Buffer {
  const features = Object.values(shapes).map(({ type, commands }, i) => {
    const tags = field(2, Buffer.concat([varint(0), varint(i)]));
    return field(2, Buffer.concat([tags, count(3, type), field(4, Buffer.concat(commands.map(varint)))]));
  });
  return Buffer.concat([
    ...[count(15, 2), field(1, Buffer.from(name)), ...features, field(3, Buffer.from('kind'))],
    ...Object.keys(shapes).map((kind) => field(4, field(1, Buffer.from(kind)))),
    count(5, EXTENT),
  ]);
}

/** Steps from the place before are folded so that small ones, forth or back, are small numbers. */
const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);

function line(x1: number, y1: number, x2: number, y2: number): Shape {
  return { type: 2, commands: [9, zigzag(x1), zigzag(y1), 10, zigzag(x2 - x1), zigzag(y2 - y1)] };
}

function polygon(x1: number, y1: number, x2: number, y2: number): Shape {
  const [w, h] = [x2 - x1, y2 - y1];
  const steps = [
    [w, 0],
    [0, h],
    [-w, 0],
  ].flat();
  return { type: 3, commands: [9, zigzag(x1), zigzag(y1), 26, ...steps.map(zigzag), 15] };
}
