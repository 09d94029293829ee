/** What is not the fleet itself: bases, zones, the order looked at, and the past of a drone. */
import type { Map as MapLibre } from 'maplibre-gl';
import type { Fleet } from '../live/fleet.ts';
import { keepOrder } from '../orders/orders-layer.ts';
import { dropOffAt } from '../orders/placing.ts';
import { keepPlaces } from '../places/places-layer.ts';
import type { Camera, Place } from './camera.ts';
import { keepPast } from './replay.ts';

export interface Business {
  /** A click on the map that is for a form: true when it was taken. */
  take(place: Place): boolean;
  /** A click where nothing of the fleet is. */
  press(point: { readonly x: number; readonly y: number }): void;
  close(): void;
}

export function keepBusiness(map: MapLibre, fleet: Fleet, camera: Camera): Business {
  const places = keepPlaces(map, fleet);
  const closeOrder = keepOrder(map, fleet, camera);
  const closePast = keepPast(map);
  return {
    take: dropOffAt,
    press: (point) => void places.click(point),
    close() {
      closePast();
      closeOrder();
      places.close();
    },
  };
}
