export { orderOf } from './kept.ts';
export { NEEDS_CODES, needsPeople } from './needs.ts';
export type { Order } from './order.ts';
export type * from './ports.ts';
export { ORDER_COUNTERS } from './ports.ts';
export type * from './seen.ts';
export { type Answer, type Deed, Orders, type OrdersOptions } from './service.ts';
export { payloadKgOf, takenBy } from './taken.ts';
export type { OrderView } from './view.ts';
