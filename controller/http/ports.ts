/** What the routes need of the rest of the controller. */
import type { AlertPort } from './alert-port.ts';
import type { ConfigurationPort } from './configuration-port.ts';
import type { ProblemCode } from './errors.ts';
import type { EventSearch, FoundEvents } from './event-search.ts';
import type { MapPort } from './map-port.ts';
import type { OrderPort } from './order-port.ts';
import type { WebhookPort } from './webhook-port.ts';

export interface DroneView {
  readonly id: string;
}

export interface SeriesRequest {
  readonly drone: string;
  readonly kind: string;
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  readonly maxPoints: number;
  readonly columns?: readonly string[];
  readonly instance?: number;
}

export type Cell = number | string | boolean | null | readonly (number | null)[];

export interface SeriesAnswer {
  readonly timesUtcUs: readonly number[];
  readonly columns: Readonly<Record<string, readonly Cell[]>>;
  readonly boots: readonly {
    readonly boot: string;
    readonly fromUtcUs: number;
    readonly toUtcUs: number;
    readonly clock: string;
    readonly errUs: number | null;
  }[];
  readonly gaps: readonly {
    readonly fromUtcUs: number;
    readonly toUtcUs: number;
    readonly reason: string;
    readonly lane: string;
    readonly samples: number;
  }[];
  readonly filledLater: readonly { readonly fromUtcUs: number; readonly toUtcUs: number }[];
  readonly rows: number;
  readonly unreadable: number;
}

export interface FeedEvent {
  readonly id: number;
  readonly entity: string;
  readonly version: number;
  readonly type: string;
  readonly atUtcUs: number;
  readonly by: { readonly kind: string; readonly name: string } | null;
  readonly cause: string | null;
  readonly stamp: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

export interface FeedPort {
  /** `next`: everything up to it was looked at. */
  read(query: {
    afterId: number;
    limit: number;
    entity?: string;
    kinds?: readonly string[];
  }): Promise<{ readonly events: readonly FeedEvent[]; readonly next: number }>;
  /** Resolves when there is something after this id, at `signal`, or after `mostMs`. */
  beyond(afterId: number, mostMs: number, signal: AbortSignal): Promise<void>;
}

export interface HealthReport {
  readonly ready: boolean;
  readonly store: 'ok' | 'slow' | 'failed';
  readonly broker: 'ok' | 'down';
  /** Plain words for what is wrong. */
  readonly messages: readonly string[];
  readonly queueBytes: number;
  readonly windowBytes: number;
  readonly storage: {
    readonly telemetryBytes: number;
    readonly budgetBytes: number;
    readonly days: number;
    readonly oldestDay: string | null;
    readonly reserveBytes: number;
  };
}

/** A body of `POST /api/v1/commands`. */
export interface CommandRequest {
  readonly targets: readonly string[] | 'all' | { readonly group: string };
  readonly type: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly expiresInS?: number;
  readonly staggerMs?: number;
  readonly maxFailures?: number;
  readonly session?: string;
}

export interface Sender {
  readonly name: string;
  readonly role: 'operator' | 'admin';
}

/** An Idempotency-Key and what it was used with. */
export interface Key {
  readonly key: string;
  readonly hash: string;
}

export interface CommandView {
  readonly id: string;
}

export interface CommandRefusal {
  readonly ok: false;
  readonly code: ProblemCode;
  readonly detail: string;
}

export interface CommandPort {
  post(
    body: CommandRequest,
    sender: Sender,
    key: Key | null,
  ): Promise<{ readonly ok: true; readonly fresh: boolean; readonly command: CommandView } | CommandRefusal>;
  /** null: there is no such command. */
  get(id: string): Promise<CommandView | null>;
  list(query: { drone?: string; before?: string; limit: number }): Promise<readonly CommandView[]>;
  cancel(
    id: string,
    sender: Sender,
    key: Key | null,
  ): Promise<
    { readonly ok: true; readonly command: CommandView; readonly cancel: string | null } | CommandRefusal | null
  >;
}

export interface ItineraryView {
  readonly id: string;
}

export interface ItineraryRefusal {
  readonly ok: false;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly refusals?: readonly object[];
  readonly warnings?: readonly object[];
}

export type ItineraryAnswer =
  | {
      readonly ok: true;
      readonly fresh?: boolean;
      readonly itinerary: ItineraryView;
      readonly underWay?: readonly string[];
    }
  | ItineraryRefusal;

export interface GiveItinerary {
  readonly id?: string;
  readonly version?: number;
  readonly name?: string;
  readonly heightReference?: string;
  readonly flavour?: 'ardupilot' | 'px4';
  readonly dryRun?: boolean;
  readonly by: string;
}

export interface ItineraryFilePort {
  read(
    body: unknown,
    o: Pick<GiveItinerary, 'id' | 'version' | 'name' | 'heightReference'>,
  ):
    | { readonly ok: true; readonly itinerary: object; readonly source: string; readonly notes: readonly string[] }
    | ItineraryRefusal;
  write(
    body: unknown,
    format: 'plan' | 'wpl' | 'geojson',
    flavour: 'ardupilot' | 'px4',
  ): { readonly ok: true; readonly text: string; readonly leftOut: readonly string[] } | ItineraryRefusal;
}

export interface ItineraryPort {
  readonly files: ItineraryFilePort;
  give(
    body: unknown,
    o: GiveItinerary,
    key: Key | null,
  ): Promise<ItineraryAnswer | { readonly ok: true; readonly dryRun: object }>;
  /** null: there is no such itinerary. */
  get(id: string): Promise<ItineraryView | null>;
  list(query: { before?: string; limit: number }): Promise<readonly ItineraryView[]>;
  write(
    id: string,
    format: 'plan' | 'wpl' | 'geojson',
    flavour: 'ardupilot' | 'px4',
  ): Promise<{ readonly text: string; readonly leftOut: readonly string[] } | null>;
  assign(id: string, targets: readonly string[], by: string, key: Key | null): Promise<ItineraryAnswer>;
  cancel(id: string, targets: readonly string[] | null, by: string, key: Key | null): Promise<ItineraryAnswer>;
  settle(
    o: {
      readonly id: string;
      readonly drone: string;
      readonly item: number;
      readonly word: 'released' | 'aboard';
      readonly by: string;
    },
    key: Key | null,
  ): Promise<ItineraryAnswer>;
}

export type PlaceKind = 'bases' | 'zones' | 'weather';
export interface PlaceHeld {
  readonly id: string;
  readonly atUtcUs: number;
  readonly doc: object;
}
export type PlaceAnswer<T> =
  | { readonly ok: true; readonly fresh?: boolean; readonly value: T }
  | { readonly ok: false; readonly code: ProblemCode; readonly detail: string };
export interface StopView {
  readonly id: string;
  readonly reach: 'fleet' | { readonly group: string } | { readonly base: string };
  readonly reason: string;
  readonly by: string;
  readonly fromUtcUs: number;
  readonly untilUtcUs: number | null;
}
export interface PlacePort {
  list(kind: PlaceKind): readonly PlaceHeld[];
  get(kind: PlaceKind, id: string): PlaceHeld | null;
  put(kind: PlaceKind, id: string, doc: object, by: string): Promise<PlaceAnswer<PlaceHeld>>;
  remove(kind: PlaceKind, id: string, by: string): Promise<PlaceAnswer<null>>;
  zonesAsGeojson(): object;
  /** @param geojson a FeatureCollection */
  putZones(geojson: unknown, by: string): Promise<PlaceAnswer<readonly PlaceHeld[]>>;
  stops(): readonly StopView[];
  stop(
    asked: { reach: StopView['reach']; reason: string; until?: string },
    by: string,
    key: Key | null,
  ): Promise<PlaceAnswer<StopView>>;
  lift(id: string, by: string): Promise<PlaceAnswer<null>>;
}

/** The pre-flight list of a drone, with how old it is. */
export interface PreflightView {
  readonly drone: string;
  readonly verdict: string | null;
}

export interface LiveConnection {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface HttpPorts {
  readonly drone: (id: string) => DroneView | null;
  /** null: no such drone. */
  readonly preflight: (id: string) => PreflightView | null;
  readonly commands: CommandPort;
  readonly itineraries: ItineraryPort;
  readonly orders: OrderPort;
  readonly places: PlacePort;
  readonly configuration: ConfigurationPort;
  readonly alerts: AlertPort;
  readonly drones: () => readonly DroneView[];
  readonly series: (request: SeriesRequest) => Promise<SeriesAnswer>;
  readonly feed: FeedPort;
  readonly searchEvents: (search: EventSearch) => Promise<FoundEvents>;
  readonly webhooks: WebhookPort;
  readonly map: MapPort;
  readonly metrics: { readonly text: () => Promise<string>; readonly contentType: string };
  readonly health: () => HealthReport;
  /** `pieces`: it takes a snapshot in several messages. */
  readonly joinLive: (
    socket: LiveConnection,
    pieces: boolean,
  ) => { message: (text: string) => void; gone: () => void } | null;
  readonly utcUs: () => number;
  readonly count: (name: HttpCounter, by?: number) => void;
  /** Something that is a bug or a fault of ours happened. */
  readonly onError: (error: unknown, instance: string) => void;
}

export const HTTP_COUNTERS = {
  requests: 'requests answered',
  problems: 'requests answered with a problem of the caller',
  failures: 'requests answered with a problem of ours',
  malformed: 'connections closed because what came is not HTTP',
  foreign: 'requests refused for their Host or Origin',
  streams: 'event streams begun',
  streamsDropped: 'event streams ended because their reader did not read',
  pagesSilent: 'live connections ended because nothing answered their pings',
} as const;
export type HttpCounter = keyof typeof HTTP_COUNTERS;
