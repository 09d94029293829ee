/** The map's layers in the colours of the theme. No sprite sheet, no glyph server: text is drawn from local fonts. */
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl';
import { token } from '../shell/theme.ts';
import { LABEL_GAP_PX } from './labels.ts';
import { uncertaintyLayer } from './uncertainty-layer.ts';

/** Closer than this Natural Earth's coast is coarser than the street one looks at. */
export const GROUND_HIDDEN_FROM_ZOOM = 11.5;

/** From here on labels have a second line. */
export const DETAIL_FROM_ZOOM = 12;
export const LABEL_PX = 12;
const LABEL_GAP_EM = LABEL_GAP_PX / LABEL_PX;

export const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/**
 * With no glyph URL in the style MapLibre draws letters with these families. The weight is read from the first name,
 * which need not exist (maplibre-gl src/render/glyph_manager.ts).
 */
const FAMILIES = ['-apple-system', 'BlinkMacSystemFont', 'Segoe UI', 'Roboto', 'Noto Sans', 'Liberation Sans', 'Arial'];
export const REGULAR = ['Skein Regular', ...FAMILIES];
export const BOLD = ['Skein Bold', ...FAMILIES];

export function mapStyle(): StyleSpecification {
  const point = (extra: object = {}) => ({ type: 'geojson' as const, data: EMPTY, ...extra });
  return {
    version: 8,
    sources: {
      land: point({ maxzoom: 9 }),
      coast: point({ maxzoom: 9 }),
      borders: point({ maxzoom: 9 }),
      names: point({ maxzoom: 6 }),
      grid: point({ tolerance: 0, buffer: 0 }),
      reach: point(),
      doubt: point(),
      track: point(),
      trails: point({ lineMetrics: true, tolerance: 0.2 }),
      'trails-earlier': point({ tolerance: 0.2 }),
      pads: point(),
      notes: point(),
    },
    layers: [...groundLayers(), ...fleetLayers()],
  };
}

/** Paint that a change of theme must touch; the layers themselves stay. */
export function repaint(set: (layer: string, property: string, value: unknown) => void): void {
  for (const layer of [...groundLayers(), ...fleetLayers()]) {
    for (const [property, value] of Object.entries(layer.paint ?? {})) set(layer.id, property, value);
  }
}

function groundLayers(): LayerSpecification[] {
  const sea = token('--map-sea');
  const land = token('--map-land');
  return [
    // Close up the coast is coarser than the street one looks at, so it gives way to a plain ground with a metre grid.
    {
      id: 'sea',
      type: 'background',
      paint: { 'background-color': ['interpolate', ['linear'], ['zoom'], 9.5, sea, GROUND_HIDDEN_FROM_ZOOM, land] },
    },
    {
      id: 'land',
      type: 'fill',
      source: 'land',
      maxzoom: GROUND_HIDDEN_FROM_ZOOM,
      paint: { 'fill-color': land, 'fill-outline-color': land },
    },
    {
      id: 'borders',
      type: 'line',
      source: 'borders',
      maxzoom: GROUND_HIDDEN_FROM_ZOOM,
      paint: {
        'line-color': token('--map-border'),
        'line-width': ['interpolate', ['linear'], ['zoom'], 2, 0.6, 8, 1.4],
        'line-dasharray': [4, 2],
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 9.5, 1, GROUND_HIDDEN_FROM_ZOOM, 0],
      },
    },
    {
      id: 'grid',
      type: 'line',
      source: 'grid',
      paint: {
        'line-color': ['case', ['get', 'major'], token('--map-grid-major'), token('--map-grid')],
        'line-width': 1,
      },
    },
    {
      id: 'coast',
      type: 'line',
      source: 'coast',
      maxzoom: GROUND_HIDDEN_FROM_ZOOM,
      paint: {
        'line-color': token('--map-coast'),
        'line-width': ['interpolate', ['linear'], ['zoom'], 1, 0.5, 8, 1.2],
        'line-opacity': ['interpolate', ['linear'], ['zoom'], 9.5, 1, GROUND_HIDDEN_FROM_ZOOM, 0],
      },
    },
    {
      id: 'names',
      type: 'symbol',
      source: 'names',
      minzoom: 1.5,
      maxzoom: 7.5,
      layout: {
        'text-field': ['get', 'name'],
        'text-font': REGULAR,
        'text-size': ['interpolate', ['linear'], ['zoom'], 2, 10, 6, 14],
        'text-letter-spacing': 0.06,
        'text-max-width': 7,
        'symbol-sort-key': ['-', 0, ['get', 'size']],
        'text-padding': 6,
      },
      paint: { 'text-color': token('--map-label'), 'text-halo-color': token('--map-land'), 'text-halo-width': 1.2 },
    },
  ];
}

function fleetLayers(): LayerSpecification[] {
  const attention = token('--attention');
  const ink = token('--ink');
  return [
    {
      id: 'doubt',
      type: 'fill',
      source: 'doubt',
      filter: ['==', ['get', 'filled'], true],
      paint: { 'fill-color': attention, 'fill-opacity': 0.08 },
    },
    {
      id: 'doubt-edge',
      type: 'line',
      source: 'doubt',
      paint: { 'line-color': attention, 'line-width': 1.4, 'line-dasharray': [2, 2] },
    },
    uncertaintyLayer(ink, token('--ink-2')),
    {
      id: 'reach',
      type: 'fill',
      source: 'reach',
      filter: ['==', ['get', 'filled'], true],
      paint: { 'fill-color': ['match', ['get', 'what'], 'stale', attention, token('--skein')], 'fill-opacity': 0.07 },
    },
    {
      id: 'reach-edge',
      type: 'line',
      source: 'reach',
      paint: {
        'line-color': ['match', ['get', 'what'], 'stale', attention, 'home', token('--ink-3'), token('--skein')],
        'line-width': 1,
        'line-dasharray': [3, 3],
      },
    },
    {
      id: 'trails-earlier',
      type: 'line',
      source: 'trails-earlier',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': token('--ink-3'), 'line-width': 1.5, 'line-opacity': 0.45 },
    },
    {
      id: 'trails',
      type: 'line',
      source: 'trails',
      layout: { 'line-cap': 'butt', 'line-join': 'round' },
      paint: {
        'line-width': 2,
        'line-gradient': [
          'interpolate',
          ['linear'],
          ['line-progress'],
          0,
          'rgba(128,140,150,0)',
          0.25,
          withAlpha(token('--ink-2'), 0.25),
          1,
          withAlpha(token('--ink-2'), 0.9),
        ],
      },
    },
    {
      id: 'track-case',
      type: 'line',
      source: 'track',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': token('--map-halo'), 'line-width': 4 },
    },
    {
      id: 'track',
      type: 'line',
      source: 'track',
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': token('--skein'), 'line-width': 1.5, 'line-opacity': 0.7 },
    },
    {
      id: 'pads',
      type: 'symbol',
      source: 'pads',
      minzoom: 9,
      layout: {
        'icon-image': 'pad',
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'icon-size': ['interpolate', ['linear'], ['zoom'], 9, 0.5, 14, 1],
      },
    },
    {
      id: 'selected',
      type: 'circle',
      source: 'notes',
      filter: ['get', 'selected'],
      paint: {
        'circle-radius': 17,
        'circle-color': token('--skein'),
        'circle-opacity': 0.16,
        'circle-stroke-color': token('--skein'),
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'labels',
      type: 'symbol',
      source: 'notes',
      filter: ['!=', ['get', 'side'], 'none'],
      layout: {
        'text-field': [
          'step',
          ['zoom'],
          ['case', ['==', ['get', 'state'], 'fresh'], ['get', 'id'], ['concat', ['get', 'id'], '\n', ['get', 'sub']]],
          DETAIL_FROM_ZOOM,
          ['format', ['get', 'id'], {}, '\n', {}, ['get', 'sub'], { 'font-scale': 0.9 }],
        ],
        'text-font': BOLD,
        'text-size': LABEL_PX,
        'text-line-height': 1.25,
        // labels.ts has chosen the side, or none; nothing is left to MapLibre's placement.
        'text-anchor': ['match', ['get', 'side'], 'left', 'right', 'below', 'top', 'above', 'bottom', 'left'],
        'text-offset': [
          'match',
          ['get', 'side'],
          'left',
          ['literal', [-LABEL_GAP_EM, 0]],
          'below',
          ['literal', [0, LABEL_GAP_EM]],
          'above',
          ['literal', [0, -LABEL_GAP_EM]],
          ['literal', [LABEL_GAP_EM, 0]],
        ],
        'text-justify': ['match', ['get', 'side'], 'left', 'right', ['below', 'above'], 'center', 'left'],
        'text-allow-overlap': true,
        'text-ignore-placement': true,
        'text-max-width': 40,
      },
      paint: {
        'text-color': ['match', ['get', 'state'], 'fresh', ink, attention],
        'text-halo-color': token('--map-halo'),
        'text-halo-width': 1.6,
      },
    },
  ];
}

/** A token written `#rrggbb` with an alpha. */
function withAlpha(colour: string, alpha: number): string {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(colour.slice(i, i + 2), 16));
  return `rgba(${r},${g},${b},${alpha})`;
}
