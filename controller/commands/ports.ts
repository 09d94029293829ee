/** What commands need of the rest. */
import type { Actor, CommandType } from '@skein/protocol/fleet';
import type { Command, DeliveryRecord } from './command.ts';
import type { Sighting } from './ways-home.ts';

export interface SessionContact {
  readonly session: string;
  /** Online, and heard within 30 s. */
  readonly alive: boolean;
  /** Kernel boot id of the companion. */
  readonly boot: string;
  /** Null: it says that it does not know yet; undefined: it never says. */
  readonly autopilotBoot: string | null | undefined;
  readonly journal: string | null;
  /** Newest stamp of its monotonic clock that we have; null: none yet. */
  readonly heardMonoMs: number | null;
  /** How long ago that stamp came; null: none came by itself. */
  readonly heardAgeMs: number | null;
}

/** What is known of a drone now. */
export interface Contact {
  readonly id: string;
  readonly current: string | null;
  readonly sessions: readonly SessionContact[];
  /** Two boards claim this identity. */
  readonly conflict: boolean;
  readonly groups: readonly string[];
  /** By a fresh sample; null: not known now. */
  readonly armed: boolean | null;
  /** Where it is and where it would land. */
  readonly sighting: Sighting;
}

export interface FleetPort {
  /** null: never heard of. */
  contact(drone: string): Contact | null;
  ids(): readonly string[];
}

/** One event of `command:<id>`; the store keeps the projection that `StoredCommand` is read from. */
export interface CommandEvent {
  readonly entity: string;
  readonly type: string;
  readonly atUtcUs: number;
  readonly by: Actor;
  readonly cause?: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** An event whose key is stored already is not stored again. */
  readonly key?: string;
}

export interface StoredCommand {
  readonly command: Command;
  readonly deliveries: readonly DeliveryRecord[];
}

export interface CommandStore {
  append(events: readonly CommandEvent[]): Promise<unknown>;
  /** null: there is no such command. */
  command(id: string): Promise<StoredCommand | null>;
  /** Newest first; of one drone, if named; older than `before`. */
  commands(query: { drone?: string; before?: string; limit: number }): Promise<readonly StoredCommand[]>;
  /** Those with a delivery that is not final. */
  openCommands(): Promise<readonly StoredCommand[]>;
  /** The newest deliveries of each drone, so many of each; `deliveries` holds that one only. */
  recentDeliveries(perDrone: number): Promise<readonly StoredCommand[]>;
  /** Idempotency keys used since then, newest first. */
  commandKeys(query: { sinceUtcUs: number; limit: number }): Promise<readonly StoredKey[]>;
}

export interface StoredKey {
  readonly key: string;
  readonly hash: string;
  readonly command: string;
  readonly atUtcUs: number;
}

/** A delivery in the live view (live/messages.ts, CommandEntry). */
export interface Brief {
  readonly id: string;
  readonly type: CommandType;
  readonly state: DeliveryRecord['state'];
  readonly reason: string | null;
  readonly words: string | null;
  readonly at: string;
  readonly issuedBy: string;
}

export interface Clock {
  utcUs(): number;
  monoUs(): number;
}

/** What they return calls them off. */
export interface Timers {
  after(ms: number, run: () => void): () => void;
  every(ms: number, run: () => void): () => void;
}

export const COMMAND_COUNTERS = {
  posted: 'commands posted',
  refused: 'requests refused as a whole',
  repeated: 'requests answered by their Idempotency-Key',
  deliveries: 'deliveries made',
  sent: 'commands sent for the first time to a drone',
  resent: 'commands sent again',
  answers: 'answers that changed a delivery',
  oldAnswers: 'answers that were known already, or came after the end',
  badAnswers: 'answers that cannot be read',
  untargeted: 'answers to commands that nobody here sent',
  untargetedDropped: 'of those, not written down: too many within the hour',
  answersDropped: 'answers dropped because too many were waiting for the database; they come again on the next sending',
  succeeded: 'deliveries that succeeded',
  failed: 'deliveries that failed',
  rejected: 'deliveries rejected',
  expired: 'deliveries expired',
  cancelled: 'deliveries cancelled',
  superseded: 'deliveries superseded',
  unknown: 'deliveries whose outcome is not known',
  notStored: 'commands refused because the database did not take them in time',
  volatile: 'hold, return and land sent before the database had taken them',
  writeFailed: 'writings of events that failed and were tried again',
  writeLost: 'writings of events given up because of a bug in the store',
} as const;
export type CommandCounter = keyof typeof COMMAND_COUNTERS;
export type Count = (name: CommandCounter, by?: number) => void;
