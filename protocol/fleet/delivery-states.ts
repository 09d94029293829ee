/** Also by itself, as `@skein/protocol/fleet/delivery-states`: a thread that checks no message need not load the schemas. */
import { ANSWER_STATES } from '../telemetry/choices.ts';

/** The states of one delivery. Those after `executing` are final, but `unknown` is replaced by a later answer. */
export const DELIVERY_STATES = ['queued', ...ANSWER_STATES] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

const OPEN: readonly DeliveryState[] = ['queued', 'delivered', 'accepted', 'executing'];

export function isFinal(state: DeliveryState): boolean {
  return !OPEN.includes(state);
}
