/** What learning needs of the rest. */
import type { Telemetry } from './measure.ts';

export interface Clock {
  utcUs(): number;
}

/** What they return calls it off. */
export interface Timers {
  every(ms: number, run: () => void): () => void;
}

export interface Actor {
  readonly kind: 'operator' | 'integrator' | 'drone' | 'controller';
  readonly name: string;
}

/** Documents of one kind (controller/records). */
export interface Kept<T extends object> {
  get(id: string): { readonly doc: T } | null;
  write(
    changes: readonly { id: string; type: string; set: object; open: boolean; by: Actor; cause: string }[],
  ): Promise<boolean>;
}

/** A flight of an order that was flown to its end. */
export interface Flown {
  /** Itinerary and version: it is learnt from once. */
  readonly key: string;
  readonly order: string;
  readonly drone: string;
  /** Told to start; over, as the controller knew it. */
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  readonly releasedUtcUs: number | null;
  readonly payloadKg: number;
  /** From start to landing, as planned. */
  readonly plannedS: number;
}

/** What the store has of a drone between two times. */
export type ReadTelemetry = (drone: string, q: { fromUtcUs: number; toUtcUs: number }) => Promise<Telemetry>;

export const LEARNING_COUNTERS = {
  learnt: 'flights that were learnt from',
  notLearnt: 'flights that teach nothing: their measurements do not fit together',
  waits: 'looks at flights whose telemetry is not stored yet; they are looked at again',
  late: 'flights given up: their telemetry did not come within a day',
  failed: 'looks at the store that failed; they are made again',
  dropped: 'flights not looked at: too many wait',
} as const;
export type LearningCounter = keyof typeof LEARNING_COUNTERS;
export type Count = (name: LearningCounter, by?: number) => void;
