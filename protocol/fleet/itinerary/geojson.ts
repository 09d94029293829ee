/**
 * GeoJSON (RFC 7946): a LineString is waypoints, a Point an item (`properties.do`, `waypoint` when left out), a Polygon or
 * a Point with `radiusM` a fence (`properties.fence`: `inside` or `outside`), a Point with `rally: true` a rally point.
 * The format's own heights count from the WGS 84 ellipsoid, which no autopilot flies by: so what they count from must be
 * said, by `heightReference` of the file, of a feature, or beside it; else they are refused.
 */
import { type About, type ReadFile, unreadable, type Written } from './file.ts';
import type { FormatRefusal } from './from-mission.ts';
import {
  ALTITUDE_FRAMES,
  type AltitudeFrame,
  type Fence,
  type Itinerary,
  type ItineraryItem,
  type Place,
  type RallyPoint,
} from './schema.ts';
import { isObject } from './shape.ts';

type Json = Readonly<Record<string, unknown>>;
type Polygon = NonNullable<Fence['polygons']>[number];
type Circle = NonNullable<Fence['circles']>[number];
const isFrame = (value: unknown): value is AltitudeFrame => ALTITUDE_FRAMES.some((frame) => frame === value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const MAX_FEATURES = 2_000;
/** Properties of a feature that are not fields of an item. */
const NOT_FIELDS: ReadonlySet<string> = new Set([
  'heightReference',
  'takeOffAltM',
  'end',
  'fence',
  'rally',
  'radiusM',
  'name',
]);

/** @param heightReference said beside the file; what the file itself says goes first */
export function readGeojson(value: unknown, about: About, heightReference: string | null): ReadFile {
  if (!isObject(value) || value.type !== 'FeatureCollection' || !Array.isArray(value.features)) {
    return unreadable('not GeoJSON: "type" is not "FeatureCollection", or it has no features');
  }
  if (value.features.length > MAX_FEATURES) return unreadable(`more than ${MAX_FEATURES} features`);
  const reader = new Reader(value.heightReference ?? heightReference);
  for (const [index, feature] of value.features.entries()) reader.feature(feature, index);
  const { refusals, items, base, polygons, circles, rally } = reader;
  if (refusals.length > 0) return { ok: false, refusals };
  if (items.length === 0) return unreadable('no feature is an item: nothing to fly');
  const own = isObject(value.skein) ? value.skein : {};
  const maxAltM = typeof own.maxAltM === 'number' ? { maxAltM: own.maxAltM } : {};
  const fence: Fence = {
    ...maxAltM,
    ...(polygons.length > 0 ? { polygons } : {}),
    ...(circles.length > 0 ? { circles } : {}),
  };
  const itinerary: Itinerary = {
    ...about,
    ...(typeof own.id === 'string' ? { id: own.id } : {}),
    ...(typeof own.version === 'number' ? { version: own.version } : {}),
    ...(typeof own.name === 'string' && about.name === undefined ? { name: own.name } : {}),
    ...(base === null ? {} : { base }),
    items,
    ...(Object.keys(fence).length > 0 ? { fence } : {}),
    ...(rally.length > 0 ? { rally } : {}),
    ...(typeof own.notAfter === 'string' ? { notAfter: own.notAfter } : {}),
  };
  return { ok: true, itinerary, notes: [] };
}

class Reader {
  readonly items: ItineraryItem[] = [];
  readonly polygons: Polygon[] = [];
  readonly circles: Circle[] = [];
  readonly rally: RallyPoint[] = [];
  readonly refusals: FormatRefusal[] = [];
  base: Place | null = null;
  readonly #reference: unknown;

  constructor(reference: unknown) {
    this.#reference = reference;
  }

  feature(value: unknown, index: number): void {
    const feature = isObject(value) ? value : {};
    const properties = isObject(feature.properties) ? feature.properties : {};
    const geometry = isObject(feature.geometry) ? feature.geometry : null;
    const kind = geometry === null ? 'none' : String(geometry.type);
    if (kind === 'LineString') this.#line(list(geometry?.coordinates), properties, index);
    else if (kind === 'Polygon') this.#polygon(list(geometry?.coordinates), properties, index);
    else if (kind === 'Point') this.#point(geometry?.coordinates, properties, index);
    else if (kind === 'none') this.#unplaced(properties, index);
    else this.#refuse(index, kind, `a ${kind} is neither a way (LineString), an item (Point) nor a fence (Polygon)`);
  }

  #refuse(index: number, value: string | null, words: string): void {
    if (this.refusals.length < 100) {
      this.refusals.push({ item: index, rule: 'format', value, limit: null, words: `feature ${index}: ${words}` });
    }
  }

  #unplaced(properties: Json, index: number): void {
    if (properties.do === 'take-off' || properties.do === 'return' || properties.do === 'land')
      this.#item(properties, {});
    else this.#refuse(index, String(properties.do ?? null), 'it has no place');
  }

  #line(coordinates: readonly unknown[], properties: Json, index: number): void {
    const places = coordinates.map(placeAt);
    const [first] = places;
    if (first === undefined || places.some((place) => place === null)) {
      this.#refuse(index, 'LineString', 'its coordinates are not [longitude, latitude, height]');
      return;
    }
    if (typeof properties.takeOffAltM === 'number') {
      this.items.push({ do: 'take-off', altM: properties.takeOffAltM });
      if (first !== null) this.base = { latDeg: first.latDeg, lonDeg: first.lonDeg };
    }
    for (const place of places) {
      const height = this.#height(place?.heightM, properties, index);
      if (place === null || height === null) return;
      this.#item({ ...properties, do: 'waypoint' }, { latDeg: place.latDeg, lonDeg: place.lonDeg, ...height });
    }
    if (properties.end === 'return') this.items.push({ do: 'return' });
    if (properties.end === 'land') this.items.push({ do: 'land' });
  }

  #point(coordinates: unknown, properties: Json, index: number): void {
    const place = placeAt(coordinates);
    if (place === null) {
      this.#refuse(index, 'Point', 'its coordinates are not [longitude, latitude, height]');
      return;
    }
    const { latDeg, lonDeg } = place;
    const { fence, radiusM } = properties;
    if (properties.base === true) this.base = { latDeg, lonDeg };
    else if (properties.rally === true) {
      const altM = place.heightM ?? properties.altM;
      if (typeof altM === 'number') this.rally.push({ latDeg, lonDeg, altM });
      else this.#refuse(index, 'rally', 'a rally point has a height, m above home');
    } else if (fence === 'inside' || fence === 'outside') {
      if (typeof radiusM === 'number')
        this.circles.push({ inside: fence === 'inside', centre: { latDeg, lonDeg }, radiusM });
      else this.#refuse(index, 'fence', 'a fence around a point says radiusM');
    } else if (properties.do === 'land' || properties.do === 'take-off') this.#item(properties, { latDeg, lonDeg });
    else {
      const height = this.#height(place.heightM, properties, index);
      if (height !== null) this.#item({ do: 'waypoint', ...properties }, { latDeg, lonDeg, ...height });
    }
  }

  #polygon(rings: readonly unknown[], properties: Json, index: number): void {
    const { fence } = properties;
    if (fence !== 'inside' && fence !== 'outside') {
      this.#refuse(index, 'Polygon', 'a polygon is a fence: say properties.fence, inside or outside');
      return;
    }
    const points = list(rings[0]).map(placeAt);
    // A ring of GeoJSON ends where it began.
    const places = points
      .slice(0, -1)
      .flatMap((one) => (one === null ? [] : [{ latDeg: one.latDeg, lonDeg: one.lonDeg }]));
    if (rings.length !== 1 || places.length < 3 || places.length !== points.length - 1) {
      this.#refuse(index, 'Polygon', 'a fence is one ring of three or more places, without holes');
    } else this.polygons.push({ inside: fence === 'inside', points: places });
  }

  /** Fields are checked with the rest of the plan, by its validation. */
  #item(properties: Json, where: object): void {
    const fields = Object.fromEntries(Object.entries(properties).filter(([key]) => !NOT_FIELDS.has(key)));
    this.items.push({ ...fields, ...where } as unknown as ItineraryItem);
  }

  #height(heightM: number | undefined, properties: Json, index: number): { altM: number; frame: AltitudeFrame } | null {
    const frame = properties.frame ?? properties.heightReference ?? this.#reference;
    const altM = heightM ?? properties.altM;
    if (!isFrame(frame)) {
      const said =
        frame === undefined || frame === null ? 'nothing says' : `"${String(frame).slice(0, 32)}" does not say`;
      this.#refuse(
        index,
        'heightReference',
        `${said} what its height counts from: heightReference is home, amsl or terrain`,
      );
    } else if (typeof altM !== 'number') this.#refuse(index, 'altM', 'it has no height');
    else return { altM, frame };
    return null;
  }
}

function placeAt(value: unknown): (Place & { readonly heightM?: number }) | null {
  const [lonDeg, latDeg, heightM] = list(value);
  if (typeof lonDeg !== 'number' || typeof latDeg !== 'number') return null;
  return typeof heightM === 'number' ? { latDeg, lonDeg, heightM } : { latDeg, lonDeg };
}

/** Keeps everything a plan says. */
export function writeGeojson(itinerary: Itinerary): Written {
  const { id, version, name, notAfter, base, items, fence, rally } = itinerary;
  const point = (place: Place, properties: object, ...height: readonly number[]): object => ({
    ...{
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [place.lonDeg, place.latDeg, ...height] },
      properties,
    },
  });
  const features = [
    ...(base === undefined ? [] : [point(base, { base: true })]),
    ...items.map((item) => {
      if (!('latDeg' in item) || item.latDeg === undefined || item.lonDeg === undefined) {
        return { type: 'Feature', geometry: null, properties: item };
      }
      const { latDeg, lonDeg, ...properties } = item;
      const place = { latDeg, lonDeg };
      return 'altM' in properties ? point(place, properties, properties.altM) : point(place, properties);
    }),
    ...(fence?.polygons ?? []).map(({ inside, points }) => {
      const ring = [...points, ...points.slice(0, 1)].map(({ latDeg, lonDeg }) => [lonDeg, latDeg]);
      const properties = { fence: inside ? 'inside' : 'outside' };
      return { type: 'Feature', geometry: { type: 'Polygon', coordinates: [ring] }, properties };
    }),
    ...(fence?.circles ?? []).map(({ inside, centre, radiusM }) =>
      point(centre, { fence: inside ? 'inside' : 'outside', radiusM }),
    ),
    ...(rally ?? []).map((one) => point(one, { rally: true }, one.altM)),
  ];
  const skein = { id, version, name, notAfter, maxAltM: fence?.maxAltM };
  return { text: `${JSON.stringify({ type: 'FeatureCollection', skein, features }, null, 2)}\n`, leftOut: [] };
}
