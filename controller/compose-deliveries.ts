/** Orders and the places they are flown between, wired to each other. */
import { reason } from '@skein/protocol/fleet';
import { placeOf, standingOf } from './candidates.ts';
import { makeOrders, type OrderWiring } from './compose-orders.ts';
import { makePlaces } from './compose-places.ts';

export function makeDeliveries(o: Omit<OrderWiring, 'places'>) {
  const { records, clock, random, fleet } = o;
  const { places, port } = makePlaces({ records, clock, random, onChange: () => orders.service.wake() });
  const orders = makeOrders({ ...o, places });

  /** The ground stop that keeps this drone where it stands, as a reason of commands; null: none does. */
  function groundStop(drone: string): string | null {
    const entry = fleet.entry(drone);
    const at = entry && placeOf(entry);
    const base = at === null ? null : standingOf(at, places.list('bases')).base;
    const stop = places.stopFor({ groups: fleet.contact(drone)?.groups ?? [], base });
    return stop && reason('ground-stop', `${stop.reason} (${stop.by})`);
  }

  return { orders, places: port, groundStop };
}
