/** What the fleet needs of the rest. */
import type { Actor } from '@skein/protocol/fleet';

export interface Clock {
  /** UTC, µs since 1970. */
  utcUs(): number;
  /** Monotonic, µs. */
  monoUs(): number;
}

export const FLEET_COUNTERS = {
  liveSamples: 'live samples taken',
  liveOlder: 'live samples not newer than what was held',
  liveOldSession: 'live batches of a session that is not the current one',
  liveUnbelievable: 'live samples stamped impossibly far ahead',
  liveTooMany: 'live samples of more batteries, receivers or motors than are kept of one drone',
  oldOffline: 'offline messages of a session that is not the current one',
  timeUnbelievable: 'time messages stamped far ahead of those before: the clocks are compared anew',
  refusedDrones: 'presences refused because fleet.maxDrones is reached',
  unreadableRecord: 'stored drones that could not be read back',
} as const;
export type FleetCounter = keyof typeof FLEET_COUNTERS;
export type Count = (name: FleetCounter, by?: number) => void;

export interface FleetEvent {
  readonly entity: string;
  readonly type: string;
  readonly atUtcUs: number;
  readonly by: Actor;
  readonly cause: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly key?: string;
}

export interface DroneRecord {
  readonly id: string;
  readonly firstSeenUtcUs: number;
  readonly lastSeenUtcUs: number;
  readonly state: string;
}

export interface FleetOptions {
  readonly clock: Clock;
  readonly count: Count;
  readonly onEvent: (event: FleetEvent) => void;
  /** Drones kept; one more is refused and counted. */
  readonly maxDrones: number;
  /** Groups that people put a drone into, besides those it says itself. */
  readonly groupsOf?: (drone: string) => readonly string[];
  /** Live data of it was taken. */
  readonly onLive?: (id: string) => void;
}
