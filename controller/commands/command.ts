/** A command and its deliveries, as they are held here, written down and read back. */
import { COMMANDS, type CommandRule, type DeliveryState, isCommandType } from '@skein/protocol/fleet';

export type Detail = Readonly<Record<string, unknown>>;

/** What was asked for: ids, everybody, or a group. */
export type Targets = readonly string[] | 'all' | { readonly group: string };

export interface Command {
  /** ULID. */
  readonly id: string;
  readonly type: string;
  readonly params: Detail;
  readonly issuedAtUtcUs: number;
  readonly expiresAtUtcUs: number;
  readonly issuedBy: string;
  readonly grants: readonly string[];
  readonly targets: Targets;
  /** Between two first sendings. */
  readonly staggerMs: number;
  /** More failures than this, and what is not sent yet is cancelled; null: they do not matter. */
  readonly maxFailures: number | null;
  /** Deliveries under way at a time; null: all. */
  readonly atATime: number | null;
  /** The session an operator picked in an identity conflict. */
  readonly session: string | null;
  /** A drone answered it, and nobody here sent it. */
  readonly untargeted: boolean;
  /**
   * As it is issued, until the reply to who posted it is certain: a store that takes it too late has made that a 503. Found
   * at a start, nobody knows what was replied: it is not sent (any more).
   */
  readonly undecided?: true;
}

export interface Step {
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly detail: Detail | null;
  readonly atUtcUs: number;
  /** `drone`, `controller`, or an operator. */
  readonly by: string;
}

/**
 * What the controller adds: to a reboot the boot or session it is to end, so that it can never loop; to a return of several
 * the height above home that is this drone's own.
 */
export interface Fill {
  readonly ifBoot?: string;
  readonly ifSession?: string;
  readonly atLeastAltRelM?: number;
}

/** Told something else than was asked for: of a return of several those who must wait are told to hold. */
export interface Instead {
  readonly type: 'hold';
  /** A reason: why. */
  readonly reason: string;
}

/** What is written down of a delivery. */
export interface DeliveryRecord {
  readonly drone: string;
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly detail: Detail | null;
  readonly atUtcUs: number;
  readonly steps: readonly Step[];
  /** Number of the newest answer taken; 0: none. */
  readonly answered: number;
  /** Written down before it is sent for the first time: from here on it may have been acted on. */
  readonly sentUtcUs: number | null;
  /** It goes to no other session. */
  readonly session: string | null;
  /** Journal of the drone as it was sent; null: not known. */
  readonly journal: string | null;
  readonly fill: Fill;
  /** What is sent in place of the command's own type; null: that. */
  readonly instead: Instead | null;
  /** Id of the command that cancels it: it is not sent again. */
  readonly cancel: string | null;
}

export interface Delivery extends DeliveryRecord {
  /** Times it left here; after a restart at least once if it was written down. */
  readonly sends: number;
  /** When it is sent again, our monotonic clock. */
  readonly dueMonoUs: number;
  /** When it is given up as `unknown`. */
  readonly giveUpMonoUs: number;
}

export interface Now {
  /** UTC, µs since 1970. */
  readonly utcUs: number;
  /** Monotonic, µs. */
  readonly monoUs: number;
}

/** The rule of a type; of one that this version does not know (an untargeted answer), that of a ping. */
export function ruleOf(type: string): CommandRule {
  return isCommandType(type) ? COMMANDS[type] : COMMANDS.ping;
}
