/** The rings of uncertainty.ts: as wide on the ground at every zoom, under the marks. A ring smaller than its mark is hidden by it. */
import type { CircleLayerSpecification } from 'maplibre-gl';

const NEAREST_ZOOM = 22;

export function uncertaintyLayer(fill: string, edge: string): CircleLayerSpecification {
  return {
    id: 'uncertain',
    type: 'circle',
    source: 'notes',
    minzoom: 10,
    filter: ['>', ['get', 'uncertainPx0'], 0],
    paint: {
      // Between two zooms to the base of 2: exact, as a pixel is half as many metres one zoom nearer.
      'circle-radius': [
        'interpolate',
        ['exponential', 2],
        ['zoom'],
        0,
        ['get', 'uncertainPx0'],
        NEAREST_ZOOM,
        ['*', ['get', 'uncertainPx0'], 2 ** NEAREST_ZOOM],
      ],
      'circle-color': fill,
      'circle-opacity': 0.05,
      'circle-stroke-color': edge,
      'circle-stroke-width': 1,
    },
  };
}
