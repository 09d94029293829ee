/**
 * The store as the rest of the controller sees it: asynchronous methods only, so that SQLite in a worker, PostgreSQL
 * or a memory stand-in fit alike. `conformance.ts` says in tests what every implementation must do.
 */
import type { Actor } from '@skein/protocol/fleet/documents';
import type { EventSearchStore } from './event-search-port.ts';
import type { WebhookStore } from './webhook-port.ts';

export type * from './event-search-port.ts';
export type * from './webhook-port.ts';
export type { Actor };
export type Lane = 'urgent' | 'history';

/** One sealed envelope (batch or gap record) on its way to disk. */
export interface StoreItem {
  readonly drone: string;
  readonly receivedUtcUs: number;
  /** Exactly one envelope; read again by the store, so it needs no trust in the caller. */
  readonly bytes: Uint8Array;
  /**
   * false: the next of its lane; extends `upTo`. true: a number at or below `upTo` came again; compare it with what is
   * held, let it fill a gap, or quarantine it.
   */
  readonly verify: boolean;
}

export interface StreamSeq {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: Lane;
  readonly seq: number;
}

export interface StreamPosition {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: Lane;
  readonly upTo: number;
}

/** What became of a group; it is committed, durable, when the promise resolves, and untouched when it rejects. */
export interface CommitResult {
  readonly inserted: number;
  readonly gaps: number;
  /** Same number, same checksum. */
  readonly duplicates: number;
  /** Same number, another checksum: kept in quarantine. */
  readonly conflicts: readonly StreamSeq[];
  /** Late batches that took the place of a gap. */
  readonly filled: number;
  /** Repeats of what retention has removed. */
  readonly expired: number;
  /** Urgent batches that are stored, and whose texts and clocks were not taken: more rows than any agent seals, or damaged. */
  readonly unread: number;
  /** Streams in which something did not follow on, with where they stand. The caller's picture was wrong. */
  readonly refused: readonly StreamPosition[];
}

export interface DroneRecord {
  readonly id: string;
  readonly firstSeenUtcUs: number;
  readonly lastSeenUtcUs: number;
  /** Whatever the fleet wants back after a restart, JSON. */
  readonly state: string;
}

export interface NewEvent {
  /** `drone:<id>`, `command:<id>`, `itinerary:<id>`, `controller`, or `<kind>:<id>` of a document. */
  readonly entity: string;
  readonly type: string;
  readonly atUtcUs: number;
  /** Who did it; left out: not known. */
  readonly by?: Actor;
  /** Why: `<entity>@<version>` of the event it follows from, or words. */
  readonly cause?: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** An event with a key already stored is not stored again. */
  readonly key?: string;
  /** The entity's version this follows; left out: whatever it is. */
  readonly expectedVersion?: number;
}

export interface StoredEvent {
  readonly id: number;
  readonly entity: string;
  readonly version: number;
  readonly type: string;
  readonly atUtcUs: number;
  readonly by: Actor | null;
  readonly cause: string | null;
  /** Hybrid stamp (protocol/time), rising with the id; null: stored before there were any. */
  readonly stamp: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** SHA-256 over the entity's previous hash and this event: the chain that shows tampering. */
  readonly hash: string;
}

export interface EventQuery {
  readonly afterId: number;
  readonly limit: number;
  /** None after it is looked at. */
  readonly upToId?: number;
  readonly entity?: string;
  /** What stands before the colon of their entities; `controller` is one too. */
  readonly kinds?: readonly string[];
}

export interface SeriesQuery {
  readonly drone: string;
  readonly kind: string;
  /** Inclusive, µs UTC. */
  readonly fromUtcUs: number;
  /** Exclusive. */
  readonly toUtcUs: number;
  readonly maxPoints: number;
  /** Columns wanted; all when left out. Fewer columns, finer time. */
  readonly columns?: readonly string[];
  /** Of kinds with several instances (battery, gps): only this one. */
  readonly instance?: number;
  /** Only what came since then by our own clock, µs UTC: how to ask for what is new, whatever time a drone believes it is. */
  readonly arrivedFromUtcUs?: number;
}

export interface SeriesGap {
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  readonly reason: string;
  readonly lane: Lane;
  /** Samples lost, 0 when nobody can know. */
  readonly samples: number;
}

export interface SeriesBoot {
  readonly boot: string;
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  /** Source of its time; 'unset': estimated from when the batches arrived. */
  readonly clock: string;
  readonly errUs: number | null;
}

export type CellValue = number | string | boolean | null | readonly (number | null)[];

export interface Series {
  /** µs UTC, ascending. */
  readonly timesUtcUs: readonly number[];
  readonly columns: Readonly<Record<string, readonly CellValue[]>>;
  readonly boots: readonly SeriesBoot[];
  readonly gaps: readonly SeriesGap[];
  /** Ranges that arrived more than 10 s after they were sampled. */
  readonly filledLater: readonly { readonly fromUtcUs: number; readonly toUtcUs: number }[];
  /** Rows before down-sampling. */
  readonly rows: number;
  /** Batches that could not be read; 0 unless something is wrong. */
  readonly unreadable: number;
}

/** A command as its events left it; what stands in it is the business of who wrote them (commands/events.ts). */
export interface CommandState {
  readonly command: Readonly<Record<string, unknown>> & { readonly id: string };
  readonly deliveries: readonly DeliveryState[];
}
export type DeliveryState = Readonly<Record<string, unknown>> & { readonly drone: string };

export interface CommandQuery {
  /** Only those with a delivery to this drone. */
  readonly drone?: string;
  /** Only those older than this id. */
  readonly before?: string;
  readonly limit: number;
}

export interface KeyUse {
  readonly key: string;
  readonly hash: string;
  readonly command: string;
  readonly atUtcUs: number;
}

/** An itinerary as its events left it; what stands in it is the business of who wrote them (itineraries/events.ts). */
export interface ItineraryState {
  readonly id: string;
  readonly versions: readonly {
    readonly version: number;
    readonly atUtcUs: number;
    readonly about: Readonly<Record<string, unknown>>;
  }[];
  /** By drone and version. */
  readonly stands: readonly StandState[];
}
export type StandState = Readonly<Record<string, unknown>> & { readonly drone: string; readonly version: number };

/** A document as its events left it (document-projection.ts). */
export interface DocumentState {
  readonly entity: string;
  /** Of the entity's newest event that changed it. */
  readonly version: number;
  /** Work remains. */
  readonly open: boolean;
  readonly createdUtcUs: number;
  readonly atUtcUs: number;
  readonly doc: Readonly<Record<string, unknown>>;
}

export interface DocumentQuery {
  /** What stands before the colon of their entities. */
  readonly kind: string;
  /** Only those that are open, or are not. */
  readonly open?: boolean;
  /** Only those older than that of this id (without its kind). */
  readonly before?: string;
  readonly limit: number;
}

export interface DocumentKeyUse {
  readonly key: string;
  readonly hash: string;
  readonly entity: string;
  readonly atUtcUs: number;
}

/** What a run of events is, in one digest (checkpoint.ts). */
export interface EventBlock {
  readonly digest: string;
  readonly from: number;
  readonly to: number;
  readonly stamp: string | null;
}

export interface StoreStats {
  readonly telemetryBytes: number;
  readonly days: number;
  readonly oldestDay: string | null;
  /** Left of the room kept for events, commands and the urgent lane on a full disk. */
  readonly reserveBytes: number;
}

export interface Store extends WebhookStore, EventSearchStore {
  /** Opens and migrates; rejects with a StoreError when it cannot be used. */
  start(): Promise<void>;
  /** All or nothing, in the order given; resolves once durable. */
  commit(items: readonly StoreItem[], nowUtcUs: number): Promise<CommitResult>;
  /** Where the lanes of these epochs stand; those never seen are left out. */
  positions(drone: string, epochs: readonly string[]): Promise<readonly StreamPosition[]>;
  drones(): Promise<readonly DroneRecord[]>;
  saveDrones(records: readonly DroneRecord[]): Promise<void>;
  /** Rejects with code `version-conflict` when an `expectedVersion` does not hold; then nothing is stored. */
  append(events: readonly NewEvent[]): Promise<readonly StoredEvent[]>;
  /** Events after `afterId` in the order they were committed; with `entity` or `kinds`, only those. */
  events(query: EventQuery): Promise<readonly StoredEvent[]>;
  /**
   * Rejects with code `too-long` when it reads more than it may, in rows or in time: a shorter range, fewer columns or
   * one instance read less.
   */
  series(query: SeriesQuery): Promise<Series>;
  /** Projections of the events of `command:<id>`, as new as the last `append`. */
  command(id: string): Promise<CommandState | null>;
  /** Newest first; fewer than `limit` where they are to very many drones: go on with `before`. */
  commands(query: CommandQuery): Promise<readonly CommandState[]>;
  /** Those with a delivery that is not final. */
  openCommands(): Promise<readonly CommandState[]>;
  /** The newest deliveries of each drone, so many of each; of each command only that delivery. */
  recentDeliveries(perDrone: number): Promise<readonly CommandState[]>;
  /** Idempotency keys used since then, newest first. */
  commandKeys(query: { sinceUtcUs: number; limit: number }): Promise<readonly KeyUse[]>;
  /** Projections of the events of `itinerary:<id>`, as new as the last `append`. */
  itinerary(id: string): Promise<ItineraryState | null>;
  /** Those given last, first; older than the one named. */
  itineraries(query: { before?: string; limit: number }): Promise<readonly ItineraryState[]>;
  /** Those with a stand that is open. */
  openItineraries(): Promise<readonly ItineraryState[]>;
  /** Of each drone the stand that changed last. */
  lastStands(): Promise<readonly { readonly itinerary: string; readonly stand: StandState }[]>;
  /** Idempotency keys used on itineraries since then, newest first; `command` is the itinerary. */
  itineraryKeys(query: { sinceUtcUs: number; limit: number }): Promise<readonly KeyUse[]>;
  /** Projection of the events of any other entity, as new as the last `append`. */
  document(entity: string): Promise<DocumentState | null>;
  /** Newest first, by their first event. */
  documents(query: DocumentQuery): Promise<readonly DocumentState[]>;
  /** Idempotency keys used on documents of a kind since then, newest first. */
  documentKeys(query: { kind: string; sinceUtcUs: number; limit: number }): Promise<readonly DocumentKeyUse[]>;
  /** Of the thousand events after this one, or as many as there are; null: there are none. */
  block(afterId: number): Promise<EventBlock | null>;
  /** Makes the projections again from the events; how many events there were. */
  rebuild(): Promise<number>;
  /** Applies retention; the days removed. */
  retain(nowUtcUs: number): Promise<readonly string[]>;
  stats(): Promise<StoreStats>;
  close(): Promise<void>;
}
