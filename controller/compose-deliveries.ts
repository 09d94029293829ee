/** Orders, the places they are flown between, and who watches the flights, wired to each other. */
import { reason } from '@skein/protocol/fleet';
import { baseBy } from './candidates.ts';
import { makeDetector } from './compose-detector.ts';
import { makeOrders, type OrderWiring } from './compose-orders.ts';
import { makePlaces } from './compose-places.ts';
import type { Board } from './live/index.ts';

export interface DeliveryWiring extends Omit<OrderWiring, 'places' | 'holds' | 'orderMoved'> {
  /** What maintenance holds it on the ground for, in words. */
  readonly maintenance: (drone: string) => readonly string[];
}

export function makeDeliveries(o: DeliveryWiring) {
  const { records, clock, random, fleet } = o;
  const site = makePlaces({ records, clock, random, onChange: () => orders.service.wake() });
  const { places } = site;
  const watching = makeDetector({ ...o, payloadKg: (itinerary) => orders.payloadKg(itinerary) });
  const orders = makeOrders({
    ...{ ...o, places, orderMoved: watching.orderMoved },
    holds: (drone) => [...watching.detector.holds(drone), ...o.maintenance(drone)],
  });

  /** The ground stop that keeps this drone where it stands, as a reason of commands; null: none does. */
  function groundStop(drone: string): string | null {
    const entry = fleet.entry(drone);
    const base = entry && baseBy(entry, places.list('bases'));
    const stop = places.stopFor({ groups: fleet.contact(drone)?.groups ?? [], base });
    return stop && reason('ground-stop', `${stop.reason} (${stop.by})`);
  }

  /** What everybody must see. */
  function board(): Board {
    return { alerts: watching.tally(), groundStops: places.stops() };
  }

  const start = () => {
    site.start();
    orders.start();
  };
  const close = () => {
    site.close();
    return orders.close();
  };
  return { orders: { ...orders, start, close }, places: site.port, groundStop, watching, board };
}
