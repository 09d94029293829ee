/** What the routes of orders need. */
import type { ProblemCode } from './errors.ts';
import type { Key } from './ports.ts';

export interface OrderWish {
  readonly pickup: { readonly latDeg: number; readonly lonDeg: number };
  readonly dropOff: { readonly latDeg: number; readonly lonDeg: number };
  readonly payloadKg: number;
  readonly priority: number;
  readonly notBeforeUtcUs: number | null;
  readonly notAfterUtcUs: number | null;
  readonly how: 'place' | 'gripper' | 'winch' | 'drop';
  readonly contact: string | null;
}
export type OrderDeed =
  | { readonly do: 'loaded'; readonly drone: string | null }
  | { readonly do: 'unloaded'; readonly drone: string | null }
  | { readonly do: 'cancel'; readonly why: string | null }
  | { readonly do: 'settle'; readonly word: 'delivered' | 'lost' | 'relaunch' };
export type OrderAnswer =
  | { readonly ok: true; readonly fresh?: boolean; readonly order: { readonly id: string } }
  | { readonly ok: false; readonly code: ProblemCode; readonly detail: string };
export interface OrderPort {
  place(wish: OrderWish, by: string, key: Key | null): Promise<OrderAnswer>;
  /** null: there is no such order. */
  get(id: string): Promise<object | null>;
  list(q: { open?: boolean; before?: string; limit: number }): Promise<readonly object[]>;
  deed(id: string, deed: OrderDeed, by: string, key: Key | null): Promise<OrderAnswer>;
}
