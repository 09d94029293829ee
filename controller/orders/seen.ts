/** What an order sees of its drone and of what the drone was given: sampled whenever something changes, never remembered. */
import type { Leg } from './order.ts';
import type { StandState } from './ports.ts';

export interface StandSeen {
  readonly state: StandState;
  /** For people. */
  readonly words: string | null;
  /** The drone has answered to this version. */
  readonly answered: boolean;
  /** It is being taken back, and the drone has not said what came of that. */
  readonly takingBack: boolean;
  /** Of the one delivery in it; null: the drone has said nothing of it. */
  readonly parcel: { readonly state: string; readonly words: string | null } | null;
}

/** How the last `start` stands; null: none is known of. */
export interface CommandSeen {
  readonly final: boolean;
  readonly state: string;
  readonly words: string | null;
}

export interface DroneSeen {
  /** How long nothing was heard of it, s; null: never heard. */
  readonly silentS: number | null;
  /** By a fresh sample; null: not known now. */
  readonly armed: boolean | null;
  /** On the ground, by a trusted and fresh position; `base` null: at none of ours. Null: in the air, or not known. */
  readonly at: { readonly base: string | null } | null;
  /** Until when its energy lasts at most, while it is silent in the air; null: not known. */
  readonly energyUntilUtcUs: number | null;
}

export interface Seen {
  readonly utcUs: number;
  /** How far the clocks of controller and drone may be apart, µs. */
  readonly clockErrUs: number;
  readonly drone: DroneSeen;
  readonly ferry: StandSeen | null;
  readonly delivery: StandSeen | null;
  readonly start: CommandSeen | null;
  /** Also of plans before the one that counts. */
  readonly standOf: (leg: Leg) => StandSeen | null;
  /** How the last `abort` of its delivery stands; null: none is known of. */
  readonly abort: CommandSeen | null;
  /** Why nothing may be started now (ground stop, weather, …); null: it may. */
  readonly againstStart: () => string | null;
}

/** A drone that has begun says so within, µs: heard for so long after a start, it has not. */
export const SAYS_US = 5e6;

/** @param marginUs what it would have said of a start may take so long */
export function isHeardSince(
  { startedUtcUs }: Pick<Leg, 'startedUtcUs'>,
  { utcUs, silentS }: { readonly utcUs: number; readonly silentS: number | null },
  marginUs = SAYS_US,
): boolean {
  if (startedUtcUs === null) return true;
  if (silentS === null) return false;
  // The clock was set back since: nobody waits for it that long.
  if (startedUtcUs > utcUs) return silentS * 1e6 < SAYS_US;
  return utcUs - silentS * 1e6 >= startedUtcUs + marginUs;
}
