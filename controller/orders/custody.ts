/**
 * Who answers for the parcel, and when an order may be given to another drone (flight rules §7): never while the parcel may be
 * aboard the first one; else on the first drone's own word that it will not fly, or once nothing that it was given may be begun
 * any more.
 */
import { isItineraryOver } from '@skein/protocol/fleet';
import { parseTime } from '@skein/protocol/time';
import type { Attempt, Leg } from './order.ts';
import type { Seen, StandSeen } from './seen.ts';

/** Kept besides the error of the clocks before an order is given to another drone, µs. */
export const RELAUNCH_MARGIN_US = 10e6;

export interface Against {
  readonly words: string;
  /** null: only people can say. */
  readonly untilUtcUs: number | null;
}

/** null: another drone may have it. */
export function againstRelaunch(attempt: Attempt, seen: Seen): Against | null {
  const { drone, parcel } = attempt;
  if (parcel === 'aboard') return { words: `the parcel is aboard ${drone}`, untilUtcUs: null };
  if (parcel === 'unproved') return { words: `nobody knows whether ${drone} released the parcel`, untilUtcUs: null };
  if (parcel === 'released') return { words: `${drone} has delivered it`, untilUtcUs: null };
  const open = [open1(attempt.ferry, seen.ferry), open1(attempt.delivery, seen.delivery)].filter((one) => one !== null);
  if (open.length === 0) return null;
  const untilUtcUs = Math.max(...open.map(mayBeginUntil)) + seen.clockErrUs + RELAUNCH_MARGIN_US;
  if (seen.utcUs > untilUtcUs) return null;
  return { words: `${drone} may still begin what it was given`, untilUtcUs };
}

/** What the drone goes by stands in the itinerary; it may be later than what was meant, never earlier than that counts. */
function mayBeginUntil({ notAfterUtcUs, itinerary: { notAfter } }: Leg): number {
  return Math.max(notAfterUtcUs, (notAfter === undefined ? null : parseTime(notAfter)) ?? 0);
}

/** The leg, where the drone has not said that it is over. */
function open1(leg: Leg | null, stand: StandSeen | null): Leg | null {
  if (leg === null) return null;
  return stand !== null && isOverByItsWord(stand) ? null : leg;
}

export function isOverByItsWord({ state, answered }: StandSeen): boolean {
  return answered && state !== 'assigned' && isItineraryOver(state);
}
