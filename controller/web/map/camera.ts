/** Where the map looks. */
import type { Map as MapLibre } from 'maplibre-gl';
import { calmMotion } from '../shell/screen.ts';

export interface Place {
  readonly lonDeg: number;
  readonly latDeg: number;
}

export interface Camera {
  /** All of these in view. */
  fit(places: readonly Place[], smooth: boolean): void;
  middle(place: Place): void;
  /** Brings the place into sight, moving no more than is needed. */
  show(place: Place): void;
  zoomBy(steps: number): void;
  northUp(): void;
}

const EASE_MS = 150;
const NEAREST_FIT_ZOOM = 16.5;
const MARGIN_PX = 40;

export function createCamera(map: MapLibre, container: HTMLElement): Camera {
  const duration = (): number => (calmMotion() ? 0 : EASE_MS);
  return {
    fit(places, smooth) {
      if (places.length === 0) return;
      map.fitBounds(boundsOf(places.map(({ lonDeg, latDeg }) => [lonDeg, latDeg])), {
        padding: Math.min(90, container.clientWidth * 0.15),
        maxZoom: NEAREST_FIT_ZOOM,
        duration: smooth ? duration() : 0,
      });
    },
    middle({ lonDeg, latDeg }) {
      // A jump ends whatever moves: a drone that is followed would never come nearer.
      if (!map.isZooming()) map.jumpTo({ center: [lonDeg, latDeg] });
    },
    show({ lonDeg, latDeg }) {
      const { x, y } = map.project([lonDeg, latDeg]);
      const { clientWidth, clientHeight } = container;
      const inside = x > MARGIN_PX && y > MARGIN_PX && x < clientWidth - MARGIN_PX && y < clientHeight - MARGIN_PX;
      if (!inside) map.easeTo({ center: [lonDeg, latDeg], duration: duration() });
    },
    zoomBy: (steps) => void map.easeTo({ zoom: map.getZoom() + steps, duration: duration() }),
    northUp: () => void map.easeTo({ bearing: 0, duration: duration() }),
  };
}

/** West, south, east, north of at least one. */
export function boundsOf(places: readonly (readonly [number, number])[]): [number, number, number, number] {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lon, lat] of places) {
    [west, south] = [Math.min(west, lon), Math.min(south, lat)];
    [east, north] = [Math.max(east, lon), Math.max(north, lat)];
  }
  return [west, south, east, north];
}
