/** What the routes need of the rest of the controller. */
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
  readonly data: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

export interface HealthReport {
  readonly ready: boolean;
  readonly store: 'ok' | 'slow' | 'failed';
  readonly broker: 'ok' | 'down';
  /** Plain words for what is wrong. */
  readonly messages: readonly string[];
  readonly queueBytes: number;
  readonly windowBytes: number;
}

export interface LiveConnection {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface HttpPorts {
  readonly drone: (id: string) => DroneView | null;
  readonly drones: () => readonly DroneView[];
  readonly series: (request: SeriesRequest) => Promise<SeriesAnswer>;
  readonly events: (query: { afterId: number; limit: number; entity?: string }) => Promise<readonly FeedEvent[]>;
  readonly metrics: { readonly text: () => Promise<string>; readonly contentType: string };
  readonly health: () => HealthReport;
  readonly joinLive: (socket: LiveConnection) => { message: (text: string) => void; gone: () => void } | null;
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
} as const;
export type HttpCounter = keyof typeof HTTP_COUNTERS;
