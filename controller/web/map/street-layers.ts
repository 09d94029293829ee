/**
 * How streets are drawn: quiet, under the fleet, in the colours of the theme, without a sprite sheet or a glyph server.
 * For the two schemas in which free archives come: Protomaps' basemap (docs.protomaps.com/basemaps/layers) and
 * OpenMapTiles (openmaptiles.org/schema). Pure.
 */
import type { FilterSpecification, LayerSpecification } from 'maplibre-gl';

export type Schema = 'protomaps' | 'openmaptiles';

export const STREETS = 'streets';
/** From afar the plain ground says enough. */
const FROM_ZOOM = 6;
const NAMES_FROM_ZOOM = 8;
const STREET_NAMES_FROM_ZOOM = 15;

/** Null: neither; such an archive needs a style of its own. */
export function schemaOf(layers: readonly string[]): Schema | null {
  if (layers.includes('transportation')) return 'openmaptiles';
  return layers.includes('roads') || layers.includes('earth') ? 'protomaps' : null;
}

export interface Inks {
  readonly land: string;
  readonly water: string;
  readonly green: string;
  readonly building: string;
  readonly road: string;
  readonly label: string;
}

interface Words {
  readonly land: string | null;
  readonly water: string;
  readonly waterway: string;
  readonly green: readonly (readonly [layer: string, filter: FilterSpecification])[];
  readonly building: string;
  readonly road: string;
  /** The property that says how large a road is, and its values, largest first. */
  readonly roadKind: string;
  readonly roads: readonly (readonly [width: number, fromZoom: number, kinds: readonly string[]])[];
  readonly roadName: string;
  readonly place: string;
  readonly placeKind: string;
  readonly places: readonly string[];
}

const oneOf = (property: string, values: readonly string[]): FilterSpecification => [
  'in',
  ['get', property],
  ['literal', [...values]],
];

const WORDS: Readonly<Record<Schema, Words>> = {
  protomaps: {
    land: 'earth',
    water: 'water',
    waterway: 'water',
    green: [
      ['landuse', oneOf('kind', ['park', 'forest', 'wood', 'nature_reserve', 'grass', 'cemetery', 'golf_course'])],
      ['landcover', oneOf('kind', ['forest', 'grassland'])],
    ],
    building: 'buildings',
    road: 'roads',
    roadKind: 'kind',
    roads: [
      [1.6, 6, ['highway']],
      [1.2, 9, ['major_road']],
      [0.8, 12, ['minor_road']],
      [0.4, 14, ['path', 'rail', 'other']],
    ],
    roadName: 'roads',
    place: 'places',
    placeKind: 'kind',
    places: ['locality', 'neighbourhood', 'macrohood'],
  },
  openmaptiles: {
    land: null,
    water: 'water',
    waterway: 'waterway',
    green: [
      ['landcover', oneOf('class', ['wood', 'grass'])],
      ['park', ['has', 'class']],
    ],
    building: 'building',
    road: 'transportation',
    roadKind: 'class',
    roads: [
      [1.6, 6, ['motorway', 'trunk']],
      [1.2, 9, ['primary', 'secondary']],
      [0.8, 12, ['tertiary', 'minor', 'service']],
      [0.4, 14, ['path', 'track', 'rail']],
    ],
    roadName: 'transportation_name',
    place: 'place',
    placeKind: 'class',
    places: ['city', 'town', 'village', 'suburb', 'neighbourhood'],
  },
};

const POLYGON: FilterSpecification = ['==', ['geometry-type'], 'Polygon'];
const LINE: FilterSpecification = ['==', ['geometry-type'], 'LineString'];

/** `has`: layers of the archive; what it lacks is not asked for. `font`: families, the first names the weight. */
export function streetLayers(
  schema: Schema,
  has: readonly string[],
  inks: Inks,
  font: readonly string[],
): LayerSpecification[] {
  const words = WORDS[schema];
  const from = { source: STREETS, minzoom: FROM_ZOOM };
  const fill = (id: string, layer: string, colour: string, filter: FilterSpecification): LayerSpecification => ({
    ...{ id: `streets-${id}`, type: 'fill', ...from, 'source-layer': layer, filter },
    paint: { 'fill-color': colour },
  });
  const all: (LayerSpecification | null)[] = [
    words.land === null ? null : fill('land', words.land, inks.land, POLYGON),
    ...words.green.map(([layer, filter], i) => fill(`green-${i}`, layer, inks.green, filter)),
    fill('water', words.water, inks.water, POLYGON),
    {
      ...{ id: 'streets-waterway', type: 'line', ...from, 'source-layer': words.waterway, filter: LINE },
      paint: { 'line-color': inks.water, 'line-width': ['interpolate', ['linear'], ['zoom'], 8, 0.5, 16, 3] },
    },
    { ...fill('building', words.building, inks.building, POLYGON), minzoom: 14 } as LayerSpecification,
    // Smaller ones first, so that larger ones lie over them.
    ...words.roads.toReversed().map(
      ([width, fromZoom, kinds]): LayerSpecification => ({
        ...{ id: `streets-road-${kinds[0]}`, type: 'line', source: STREETS, minzoom: fromZoom },
        ...{ 'source-layer': words.road, filter: oneOf(words.roadKind, kinds) },
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: {
          'line-color': inks.road,
          'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 6, width / 2, 12, width, 18, width * 9],
        },
      }),
    ),
    {
      ...{ id: 'streets-road-names', type: 'symbol', source: STREETS, minzoom: STREET_NAMES_FROM_ZOOM },
      ...{ 'source-layer': words.roadName, filter: LINE },
      layout: {
        ...{ 'symbol-placement': 'line', 'text-field': ['get', 'name'], 'text-font': [...font], 'text-size': 11 },
      },
      paint: { 'text-color': inks.label, 'text-halo-color': inks.land, 'text-halo-width': 1.2 },
    },
    {
      ...{ id: 'streets-places', type: 'symbol', source: STREETS, minzoom: NAMES_FROM_ZOOM, maxzoom: 16 },
      ...{ 'source-layer': words.place, filter: oneOf(words.placeKind, words.places) },
      layout: { 'text-field': ['get', 'name'], 'text-font': [...font], 'text-size': 12, 'text-max-width': 8 },
      paint: { 'text-color': inks.label, 'text-halo-color': inks.land, 'text-halo-width': 1.4 },
    },
  ];
  return all.filter(
    (layer): layer is LayerSpecification =>
      layer !== null && 'source-layer' in layer && has.includes(layer['source-layer'] ?? ''),
  );
}
