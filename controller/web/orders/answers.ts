/** Orders as the controller tells them (docs/orders.md). Pure. */
import { listOf, numberOf, objectOf, type Spot, spotOf, textOf, timeOf } from '../shell/json.ts';

export interface OrderAnswer {
  /** A ULID: greater is newer. */
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly words: string | null;
  readonly drone: string | null;
  readonly parcel: string | null;
  /** Of a drone that was given up with the parcel aboard, or perhaps aboard: people are to take it off. */
  readonly leftOn: string | null;
  readonly base: string | null;
  readonly pickup: Spot | null;
  readonly dropOff: Spot | null;
  readonly payloadKg: number | null;
  readonly priority: number | null;
  readonly issuedBy: string | null;
  readonly contact: string | null;
  readonly placedMs: number | null;
  readonly sinceMs: number | null;
  readonly dueMs: number | null;
  readonly notBeforeMs: number | null;
  readonly notAfterMs: number | null;
  readonly cancelledBy: string | null;
}

/** Null: not an order at all. */
export function readOrder(value: unknown): OrderAnswer | null {
  const { id, state, ...rest } = objectOf(value);
  if (typeof id !== 'string' || typeof state !== 'string') return null;
  return {
    ...{ id, state, outcome: textOf(rest.outcome), words: textOf(rest.words) },
    ...{ drone: textOf(rest.drone), parcel: textOf(rest.parcel), leftOn: textOf(rest.leftOn) },
    ...{ base: textOf(rest.base), pickup: spotOf(rest.pickup), dropOff: spotOf(rest.dropOff) },
    ...{ payloadKg: numberOf(rest.payloadKg), priority: numberOf(rest.priority) },
    ...{ issuedBy: textOf(rest.issuedBy), contact: textOf(rest.contact) },
    ...{ placedMs: timeOf(rest.placedAt), sinceMs: timeOf(rest.since), dueMs: timeOf(rest.due) },
    ...{ notBeforeMs: timeOf(rest.notBefore), notAfterMs: timeOf(rest.notAfter) },
    cancelledBy: textOf(objectOf(rest.cancel).by),
  };
}

export function readOrders(value: unknown): readonly OrderAnswer[] {
  return listOf(objectOf(value).orders).flatMap((one) => readOrder(one) ?? []);
}
