/** The grid of the ground, as far as one sees and half as far again. */
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { type Grid, gridFor } from './grid.ts';

export function drawGrid(map: MapLibre): Grid {
  const bounds = map.getBounds();
  const marginLon = (bounds.getEast() - bounds.getWest()) * 0.5;
  const marginLat = (bounds.getNorth() - bounds.getSouth()) * 0.5;
  const grid = gridFor({
    westDeg: bounds.getWest() - marginLon,
    eastDeg: bounds.getEast() + marginLon,
    southDeg: bounds.getSouth() - marginLat,
    northDeg: bounds.getNorth() + marginLat,
    zoom: map.getZoom(),
  });
  void (map.getSource('grid') as GeoJSONSource).setData(grid.lines);
  return grid;
}
