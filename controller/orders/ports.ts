/** What orders need of the rest. */
import type { Itinerary, ItineraryState } from '@skein/protocol/fleet';
import type { Wish } from './order.ts';
import type { CommandSeen, DroneSeen, StandSeen } from './seen.ts';

/** `assigned`: given, and its drone has not said anything of it. */
export type StandState = 'assigned' | ItineraryState;

export interface Clock {
  utcUs(): number;
  monoUs(): number;
}

/** What they return calls it off. */
export interface Timers {
  every(ms: number, run: () => void): () => void;
}

export interface Actor {
  readonly kind: 'operator' | 'integrator' | 'drone' | 'controller';
  readonly name: string;
}

export interface KeyUse {
  readonly key: string;
  readonly hash: string;
}

export interface Held {
  readonly id: string;
  readonly version: number;
  readonly open: boolean;
  /** As `orderOf` reads it. */
  readonly doc: Readonly<Record<string, unknown>>;
}

export interface Change {
  readonly id: string;
  readonly type: string;
  readonly set: object;
  readonly open?: boolean;
  readonly by: Actor;
  readonly cause?: string;
  readonly key?: KeyUse;
}

export type Once<A> =
  | { readonly kind: 'run'; readonly answer: A }
  | { readonly kind: 'same'; readonly id: string }
  | { readonly kind: 'reused' };

/** Orders as they are kept (controller/records). */
export interface OrderRecords {
  get(id: string): Held | null;
  find(id: string): Promise<Held | null>;
  open(): Iterable<Held>;
  list(q: { open?: boolean; before?: string; limit: number }): Promise<readonly Held[]>;
  /** In memory at once; true once durable, false when not within 5 s (it is still tried). */
  write(changes: readonly Change[]): Promise<boolean>;
  /** Runs it, unless the same request was made with this key: then the order it made or changed is named. */
  once<A>(key: KeyUse | null, run: () => Promise<A>): Promise<Once<A>>;
  /** So much waits for the store that nothing new is begun. */
  readonly full: boolean;
  /** Nothing of it waits for the store. */
  isDurable(id: string): boolean;
}

/** The ways to a drone; the same that operators have. */
export interface Flights {
  /** Whether it is in memory, or known not to exist; what is not is looked for, and known soon. */
  known(itinerary: string): boolean;
  /** null: it was not given to this drone, as far as is known. */
  stand(itinerary: string, version: number, drone: string): StandSeen | null;
  give(itinerary: Itinerary, drone: string): Promise<Told>;
  assign(itinerary: Itinerary, drone: string): Promise<Told>;
  takeBack(itinerary: string, drone: string): Promise<Told>;
  /** Posted once under its key; the command's id. */
  command(o: {
    readonly drone: string;
    readonly type: 'start' | 'abort';
    /** What is to be started, or ended. */
    readonly itinerary: Pick<Itinerary, 'id' | 'version'>;
    readonly key: string;
  }): Promise<Told & { readonly id?: string }>;
  commandSeen(id: string, drone: string): Promise<CommandSeen | null>;
}
export type Told =
  | { readonly ok: true }
  /** `never`: it breaks a rule, and would break it again. */
  | { readonly ok: false; readonly words: string; readonly never?: boolean };

export interface Drones {
  seen(drone: string): DroneSeen;
  /** The list as it stands, for the order's record. */
  preflight(drone: string): object | null;
}

/** One flight, as the planner found it. */
export interface Planned {
  /** Its id and version are the engine's. */
  readonly itinerary: Omit<Itinerary, 'id' | 'version'>;
  readonly startUtcUs: number;
  readonly notAfterUtcUs: number;
  readonly endsUtcUs: number;
  readonly reservation: object;
  readonly needsPct: number;
}

export type Decision =
  | {
      readonly kind: 'fly';
      readonly drone: string;
      /** null: it stands at the pickup. */
      readonly ferry: Planned | null;
      readonly delivery: Planned;
      readonly why: readonly object[];
    }
  | {
      readonly kind: 'wait';
      readonly words: string;
      readonly untilUtcUs: number | null;
      readonly why: readonly object[];
    }
  | { readonly kind: 'infeasible'; readonly words: string; readonly reasons: readonly object[] };

/** What decides whose turn it is. */
export interface Turn {
  readonly id: string;
  readonly priority: number;
  readonly placedUtcUs: number;
}

export interface Planner {
  /** A piece of the work of knowing the fleet, asked for some times a second while an order is open; false: nothing is planned yet. */
  ready(): boolean;
  /** Below 0: `a` is planned before `b`. */
  inTurn(a: Turn, b: Turn, nowUtcUs: number): number;
  /**
   * @param drone only this one: it has the parcel aboard
   * @param avoid these are not asked
   */
  plan(o: {
    readonly id: string;
    readonly wish: Wish;
    readonly placedUtcUs: number;
    /** Which attempt it would be, from 1. */
    readonly attempt: number;
    readonly drone?: string;
    readonly avoid: ReadonlySet<string>;
    readonly open: readonly Held[];
  }): Decision;
  /** Why this may not start now (ground stop, weather, maintenance, a pad, a zone), in words; null: it may. */
  againstStart(o: {
    readonly drone: string;
    /** Of the pickup. */
    readonly base: string;
    readonly plannedUtcUs: number;
    readonly reservation: object;
  }): string | null;
  /** Whether an order of this kind can ever be flown; null: it can. */
  infeasible(
    wish: Omit<Wish, 'base'>,
  ): { readonly words: string; readonly reasons: readonly object[] } | { readonly base: string };
}

export const ORDER_COUNTERS = {
  placed: 'orders placed',
  infeasible: 'of those, that cannot be flown',
  chosen: 'drones chosen for an order',
  relaunched: 'of those, after another drone had been',
  delivered: 'orders delivered',
  notDelivered: 'orders that ended otherwise',
  needPeople: 'times people were called to an order: unproved, lost, to be unloaded, not loaded for long',
  told: 'itineraries, starts and aborts told to drones',
  notTold: 'of those, refused or not written down',
  bugs: 'plannings of and looks at an order that threw; they are tried again',
  notStored: 'requests refused because the database did not take them in time',
} as const;
export type OrderCounter = keyof typeof ORDER_COUNTERS;
export type Count = (name: OrderCounter, by?: number) => void;
