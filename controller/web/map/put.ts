/**
 * Gives a source its data. One that holds nothing has its layers hidden: MapLibre would cut out its tiles in every picture all
 * the same, and of all sources there are (reach, doubt, track, trails, zones …) most are empty most of the time.
 */
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';

export function put(map: MapLibre, id: string, data: GeoJSON.GeoJSON): void {
  void (map.getSource(id) as GeoJSONSource).setData(data);
  showLayersOf(map, id, !('features' in data) || data.features.length > 0);
}

export function showLayersOf(map: MapLibre, source: string, on: boolean): void {
  const visibility = on ? 'visible' : 'none';
  for (const id of map.getLayersOrder()) {
    // Said again it would make MapLibre look at all layers anew.
    if (map.getLayer(id)?.source === source && map.getLayoutProperty(id, 'visibility') !== visibility)
      map.setLayoutProperty(id, 'visibility', visibility);
  }
}
