/** Which ground the map holds: none close up, where it is hidden; the world from afar; the fine coast near the view. */
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl';
import { cellsOf, type Ground, loadCells, loadWorld, type World } from './base-map.ts';
import { GROUND_HIDDEN_FROM_ZOOM } from './map-style.ts';

const FINE_FROM_ZOOM = 4.5;

export interface GroundKeeper {
  /** Call when the view has come to rest. */
  look(): void;
  close(): void;
}

export function keepGround(map: MapLibre): GroundKeeper {
  const closing = new AbortController();
  let world: World | null = null;
  let shown = '';
  let busy = false;

  const isSeen = (): boolean => map.getZoom() < GROUND_HIDDEN_FROM_ZOOM;

  function put(key: string, ground: Ground): void {
    const source = (id: string): GeoJSONSource => map.getSource(id) as GeoJSONSource;
    void source('land').setData(ground.land);
    void source('coast').setData(ground.coast);
    void source('borders').setData(ground.borders);
    shown = key;
  }

  async function look(): Promise<void> {
    if (busy || !isSeen()) return;
    busy = true;
    try {
      if (!world) {
        world = await loadWorld(closing.signal);
        put('world', world.ground);
        void (map.getSource('names') as GeoJSONSource).setData(world.names);
      }
      if (isSeen() && map.getZoom() >= FINE_FROM_ZOOM) {
        const bounds = map.getBounds();
        const cells = cellsOf(
          world,
          bounds.getWest() - 1,
          bounds.getSouth() - 1,
          bounds.getEast() + 1,
          bounds.getNorth() + 1,
        );
        const key = cells.join(' ');
        if (key !== shown) put(key, await loadCells(cells, closing.signal));
      } else if (isSeen() && shown !== 'world') put('world', world.ground);
    } catch {
      // The ground is a help, not a need: drones, grid and scale are there without it. The next move tries again.
    } finally {
      busy = false;
    }
  }

  return { look: () => void look(), close: () => closing.abort() };
}
