/**
 * An order as it is kept: a JSON document, changed by events of `order:<id>` and by nothing else.
 *
 *   queued ─► assigned ─► ferrying ─► loading ─► ready ─► starting ─► outbound ─► releasing ─► returning ─► closed
 *      ▲         (only where the drone stands elsewhere)    │            │            │            │
 *      └── the drone never had the parcel ◄─────────────────┴────────────┴──► unproved, lost, unloading: people decide
 */
import type { Itinerary, Place } from '@skein/protocol/fleet';

export const ORDER_STATES = [
  'infeasible',
  'queued',
  'assigned',
  'ferrying',
  'loading',
  'ready',
  'starting',
  'outbound',
  'releasing',
  'returning',
  'unproved',
  'lost',
  'unloading',
  'closed',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

export const OUTCOMES = ['infeasible', 'delivered', 'returned', 'cancelled', 'expired', 'lost'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where the parcel of an attempt is. `none`: it was never loaded and waits at the pickup; `off`: people took it down again. */
export type Custody = 'none' | 'aboard' | 'released' | 'unproved' | 'off';

/** What was asked for. Times: µs UTC; mass: kg. */
export interface Wish {
  readonly pickup: Place;
  /** The base the pickup belongs to. */
  readonly base: string;
  readonly dropOff: Place;
  readonly payloadKg: number;
  /** 0–9, greater first. */
  readonly priority: number;
  readonly notBeforeUtcUs: number | null;
  readonly notAfterUtcUs: number | null;
  readonly how: 'place' | 'gripper' | 'winch' | 'drop';
  /** For people. */
  readonly contact: string | null;
}

/** One flight of an attempt, as it was planned; the itinerary is given under these names, again after a restart too. */
export interface Leg {
  readonly itinerary: Itinerary;
  readonly drone: string;
  /** When it was planned: what changed since is looked at before the start. */
  readonly plannedUtcUs: number;
  /** Not started before, and not after. */
  readonly startUtcUs: number;
  readonly notAfterUtcUs: number;
  readonly endsUtcUs: number;
  /** Room in the air that no other plan may use; the planner's own form. */
  readonly reservation: object;
  /** Charge it needs, the reserve not counted, %. */
  readonly needsPct: number;
  /** Times `start` was decided on, and when last; the command is posted under this number, so it goes out once. */
  readonly starts: number;
  readonly startedUtcUs: number | null;
  /** Times it was assigned again because the autopilot did not hold it. */
  readonly repeats: number;
  /** When last. */
  readonly repeatedUtcUs?: number;
  /** It was held on its way, or flown by somebody else: when it will be where is not known any more. */
  readonly late?: true;
}

/** A clock that was set back by more, µs. */
const SET_BACK_US = 60e6;

/** The clock was set back since: all its times, and those its air is kept for, lie so far ahead. */
export function isAheadOfTime({ plannedUtcUs }: Leg, utcUs: number): boolean {
  return plannedUtcUs - utcUs > SET_BACK_US;
}

export interface Attempt {
  readonly n: number;
  readonly drone: string;
  readonly phase: 'ferry' | 'load' | 'delivery';
  readonly ferry: Leg | null;
  readonly delivery: Leg | null;
  /** Of `delivery`: versions before this one; its drone may have kept one of them. By version. */
  readonly before: Readonly<Record<string, Leg>>;
  /** Deliveries that were begun in this attempt. */
  readonly flights: number;
  /** Deliveries planned in this attempt: numbers the versions. */
  readonly plans: number;
  readonly parcel: Custody;
  readonly loadedBy: string | null;
  readonly deliveredUtcUs: number | null;
  /** Since when it is on the ground, and where is not known yet. */
  readonly landedUtcUs: number | null;
  readonly chosenUtcUs: number;
  /** Why the others were not chosen, and the pre-flight list of this one. */
  readonly why: readonly object[];
  readonly preflight: object | null;
  /** Over; its drone may still fly what it was given. */
  readonly end: { readonly how: EndOfAttempt; readonly words: string; readonly atUtcUs: number } | null;
}
export type EndOfAttempt =
  | 'delivered'
  | 'refused'
  | 'silent'
  | 'elsewhere'
  | 'cancelled'
  | 'expired'
  | 'unloaded'
  | 'relaunched'
  | 'lost'
  | 'settled';

export interface Order {
  readonly wish: Wish;
  readonly issuedBy: string;
  readonly placedUtcUs: number;
  readonly state: OrderState;
  readonly outcome: Outcome | null;
  /** Why it is as it is, for people. */
  readonly words: string | null;
  /** When something is done next by itself; null: not known, or people decide. */
  readonly dueUtcUs: number | null;
  readonly sinceUtcUs: number;
  /** The one under way; null: none. */
  readonly attempt: number | null;
  readonly attempts: Readonly<Record<string, Attempt>>;
  /** Drones that are not asked before then. */
  readonly avoid: Readonly<Record<string, number>>;
  readonly cancel: { readonly by: string; readonly why: string | null; readonly atUtcUs: number } | null;
  /** What people said of the parcel when nothing else could tell. */
  readonly settled: { readonly word: string; readonly by: string; readonly atUtcUs: number } | null;
  /** People were called, and have not come yet. */
  readonly asked: Asked | null;
}

export interface Asked {
  readonly what: 'load' | 'take-off' | 'look';
  readonly drone: string;
  readonly atUtcUs: number;
}

export function newOrder(wish: Wish, issuedBy: string, utcUs: number): Order {
  return {
    ...{ wish, issuedBy, placedUtcUs: utcUs, state: 'queued', outcome: null, words: 'waits for its turn' },
    ...{ dueUtcUs: null, sinceUtcUs: utcUs, attempt: null, attempts: {}, avoid: {}, cancel: null, settled: null },
    asked: null,
  };
}

export function isOver({ state }: Order): boolean {
  return state === 'closed' || state === 'infeasible';
}

export function currentOf(order: Order): Attempt | null {
  return order.attempt === null ? null : (order.attempts[order.attempt] ?? null);
}

export function withAttempt(order: Order, attempt: Attempt): Order {
  return { ...order, attempts: { ...order.attempts, [attempt.n]: attempt } };
}

export function withLeg(order: Order, attempt: Attempt, leg: Leg): Order {
  return withAttempt(order, { ...attempt, ...(attempt.phase === 'ferry' ? { ferry: leg } : { delivery: leg }) });
}

/** The flight it is about: the ferry until the parcel is to be loaded. */
export function legOf(attempt: Attempt): Leg | null {
  return attempt.phase === 'delivery' ? attempt.delivery : attempt.phase === 'ferry' ? attempt.ferry : null;
}

export function moved(order: Order, state: OrderState, words: string | null, utcUs: number): Order {
  if (order.state === state) return order.words === words ? order : { ...order, words };
  return { ...order, state, words, sinceUtcUs: utcUs };
}

/** Whatever ends it: what one of its drones has delivered is delivered. */
export function closed(order: Order, outcome: Outcome, words: string | null, utcUs: number): Order {
  const isDelivered = Object.values(order.attempts).some(({ parcel }) => parcel === 'released');
  const ended = moved(order, 'closed', words, utcUs);
  return { ...ended, outcome: isDelivered ? 'delivered' : outcome, dueUtcUs: null };
}

/** The attempt is over; what becomes of the order is said by who ends it. */
export function ended(order: Order, how: EndOfAttempt, words: string, utcUs: number): Order {
  const attempt = currentOf(order);
  if (attempt === null) return order;
  return { ...withAttempt(order, { ...attempt, end: { how, words, atUtcUs: utcUs } }), attempt: null };
}
