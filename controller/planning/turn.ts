/**
 * Whose turn it is. Priority first, but waiting raises it by one each `agingS`, without end: whoever waits long enough
 * stands before every order that came later, whatever its priority. The drone that an order ahead waits for is left to it
 * (`Claim`), so that small orders cannot use up again and again what a heavy one is waiting to have charged.
 */
import type { OrderWish, Rules } from './ports.ts';

export type Turn = Pick<OrderWish, 'id' | 'priority' | 'placedUtcUs'>;

export function urgency(order: Turn, nowUtcUs: number, rules: Rules): number {
  return order.priority + Math.max(0, nowUtcUs - order.placedUtcUs) / 1e6 / rules.agingS;
}

/** Most urgent first, then the one placed first, then by name. */
export function byTurn(a: Turn, b: Turn, nowUtcUs: number, rules: Rules): number {
  return (
    urgency(b, nowUtcUs, rules) - urgency(a, nowUtcUs, rules) ||
    a.placedUtcUs - b.placedUtcUs ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** The order in which orders are planned. */
export function inTurn<T extends Turn>(orders: readonly T[], nowUtcUs: number, rules: Rules): readonly T[] {
  return orders.toSorted((a, b) => byTurn(a, b, nowUtcUs, rules));
}
