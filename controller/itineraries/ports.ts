/** What itineraries need of the rest. */
import type { Actor, Aircraft, Limits } from '@skein/protocol/fleet';

export interface Clock {
  utcUs(): number;
  monoUs(): number;
}

/** One event of `itinerary:<id>`; the store keeps the projection that `StoredItinerary` is read from. */
export interface ItineraryEvent {
  readonly entity: string;
  readonly type: string;
  readonly atUtcUs: number;
  readonly by: Actor;
  readonly cause?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface StoredItinerary {
  readonly id: string;
  readonly versions: readonly {
    readonly version: number;
    readonly atUtcUs: number;
    readonly about: Readonly<Record<string, unknown>>;
  }[];
  readonly stands: readonly (Readonly<Record<string, unknown>> & {
    readonly drone: string;
    readonly version: number;
  })[];
}

export interface ItineraryStore {
  itinerary(id: string): Promise<StoredItinerary | null>;
  /** Those given last, first. */
  itineraries(query: { before?: string; limit: number }): Promise<readonly StoredItinerary[]>;
  openItineraries(): Promise<readonly StoredItinerary[]>;
  itineraryKeys(query: { sinceUtcUs: number; limit: number }): Promise<readonly StoredKey[]>;
  lastStands(): Promise<readonly { readonly itinerary: string; readonly stand: StoredItinerary['stands'][number] }[]>;
}

export interface StoredKey {
  readonly key: string;
  readonly hash: string;
  /** The itinerary it was used on. */
  readonly command: string;
  readonly atUtcUs: number;
}

/** Idempotency keys (commands/keys.ts). */
export interface Keys {
  load(keys: readonly StoredKey[]): void;
  look(
    key: string,
    hash: string,
    nowUtcUs: number,
  ):
    | { readonly kind: 'new' | 'other' }
    | { readonly kind: 'pending'; readonly until: Promise<unknown> }
    | { readonly kind: 'same'; readonly command: string };
  hold(key: string, hash: string, until: Promise<unknown>): void;
  forget(key: string): void;
  use(key: string, use: Omit<StoredKey, 'key'>): void;
}

/** Events on their way to the store, in order; tried again until they are durable. */
export interface Writing {
  /** Events not yet durable. */
  readonly depth: number;
  write(events: readonly ItineraryEvent[]): Promise<unknown>;
  close(): Promise<void>;
}

/** How to reach a drone. */
export interface Contact {
  /** The session it is to be sent to; null: it is away, or two boards claim its identity. */
  readonly session: string | null;
  /** What that session's newest presence names as the itinerary it has, null: none; undefined: it never says. */
  readonly itinerary?: Named | null | undefined;
}
export interface Named {
  readonly id: string;
  readonly version: number;
}

/** What is known of a drone when a plan is judged for it. */
export interface Known {
  readonly aircraft: Aircraft;
}

export interface DronePort {
  /** null: never heard of. */
  contact(drone: string): Contact | null;
  known(drone: string): Known | null;
}

/** An operator’s word on a parcel, on its way to the drone, or `refused` already; null: it could not be written down. */
export type Settle = (o: {
  readonly drone: string;
  readonly itinerary: string;
  readonly item: number;
  readonly released: boolean;
  readonly by: string;
}) => Promise<{ readonly command: string; readonly refused?: string } | null>;

/** How the command that tells an operator’s word has ended, `refused` null: its drone agreed; null: it has not ended. */
export type SettleEnd = (drone: string, command: string) => Promise<{ readonly refused: string | null } | null>;

/** Samples of the kinds `itinerary` and `delivery` that are stored, of one drone, since then. */
export type SaidSince = (drone: string, fromUtcUs: number) => Promise<readonly Said[]>;
export interface Said {
  readonly kind: 'itinerary' | 'delivery';
  readonly values: Readonly<Record<string, unknown>>;
}

/** How an itinerary stands on a drone, in short: the live view (live/messages.ts, ItineraryEntry). */
export interface ItineraryBrief {
  readonly id: string;
  readonly version: number;
  readonly state: string;
  readonly reason: string | null;
  readonly words: string | null;
  readonly item: number | null;
  readonly items: number | null;
  readonly at: string;
}
export interface DeliveryBrief {
  readonly itinerary: string;
  readonly version: number;
  readonly item: number;
  readonly parcel: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly words: string | null;
  readonly at: string;
  /** What an operator said of it, while the drone has not agreed. */
  readonly settling: 'released' | 'aboard' | null;
}

export interface Settings {
  readonly limits: Limits;
}

export const ITINERARY_COUNTERS = {
  given: 'versions of itineraries given',
  refused: 'itineraries refused',
  assigned: 'itineraries assigned to a drone',
  sent: 'itineraries sent to a drone, repeats too',
  answers: 'words of drones about itineraries and parcels that changed something',
  oldAnswers: 'of those, known already',
  badAnswers: 'of those, not readable',
  untargeted: 'words about an itinerary that nobody here assigned',
  untargetedDropped: 'of those, not written down: too many within the hour',
  answersDropped: 'words dropped because too many were waiting for the database',
  unproved: 'parcels of which nothing proves what became of them',
  filesRead: 'files read into itineraries, for an editor',
  filesWritten: 'files written of itineraries that an editor sent',
  filesRefused: 'of both, refused: no itinerary, or not to be said in one',
  notStored: 'requests refused because the database did not take them in time',
} as const;
export type ItineraryCounter = keyof typeof ITINERARY_COUNTERS;
export type Count = (name: ItineraryCounter, by?: number) => void;
