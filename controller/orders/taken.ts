/** Drones that an order has, or whose parcel somebody is still to take off. */
import { orderOf } from './kept.ts';
import { type Attempt, currentOf, isOver, type Order } from './order.ts';
import type { Held } from './ports.ts';

/** Over, and the parcel is where it was: aboard, or nobody knows. Until people say that it is off, nothing else is given to its drone. */
export function isLeftAboard({ end, parcel }: Attempt): boolean {
  return end !== null && (parcel === 'aboard' || parcel === 'unproved');
}

/** Whose parcel people are to take off; a drone whose order went on with another parcel comes last: it may never come home. */
export function leftOf({ attempts }: Order, drone: string | null = null): Attempt | null {
  const left = Object.values(attempts).filter((one) => isLeftAboard(one) && (drone === null || one.drone === drone));
  return left.find(({ end }) => end?.how !== 'relaunched') ?? left[0] ?? null;
}

/** It flies for this order, or may have its parcel still. */
export function has(order: Order, drone: string): boolean {
  if (!isOver(order) && currentOf(order)?.drone === drone) return true;
  return Object.values(order.attempts).some((one) => one.drone === drone && isLeftAboard(one));
}

/** Of orders as they are kept. */
export function takenBy(open: Iterable<Pick<Held, 'id' | 'doc'>>): ReadonlyMap<string, string> {
  return takenDrones([...open].map(({ id, doc }) => [id, orderOf(doc)] as const));
}

/** By drone, why it is not free, for people. */
export function takenDrones(orders: Iterable<readonly [string, Order]>): ReadonlyMap<string, string> {
  const taken = new Map<string, string>();
  for (const [id, order] of orders) {
    for (const attempt of Object.values(order.attempts)) {
      if (isLeftAboard(attempt))
        taken.set(attempt.drone, `the parcel of order ${id} may be aboard still: take it off, and say so`);
    }
    const current = isOver(order) ? null : currentOf(order);
    if (current !== null) taken.set(current.drone, `flies order ${id}`);
  }
  return taken;
}

/** Of the parcel that is flown with an itinerary, kg; 0: it is flown for no order. */
export function payloadKgOf(open: Iterable<Pick<Held, 'doc'>>, itinerary: string): number {
  for (const { doc } of open) {
    const { attempts, wish } = orderOf(doc);
    if (Object.values(attempts).some((one) => one.delivery?.itinerary.id === itinerary)) return wish.payloadKg;
  }
  return 0;
}
