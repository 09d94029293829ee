import type { Order } from './order.ts';

/** The time is over by which it is to be delivered. */
export function isLate({ wish: { notAfterUtcUs } }: Order, utcUs: number): boolean {
  return notAfterUtcUs !== null && utcUs > notAfterUtcUs;
}
