/**
 * What is to be told to drones, out of how an order stands and what is seen of them. Nothing is remembered: asked again it says
 * the same, until the drone's word has changed what is seen. Only what is written down already may be told.
 */
import { isUnderWay } from '@skein/protocol/fleet';
import { isOverByItsWord } from './custody.ts';
import { type Attempt, currentOf, isAheadOfTime, isOver, type Leg, legOf, type Order } from './order.ts';
import { isHeardSince, type Seen, type StandSeen } from './seen.ts';

export type Owed =
  /** Given and assigned under its own id and version; a repeat changes nothing. */
  | { readonly do: 'give'; readonly leg: Leg }
  /** The autopilot does not hold it (any more): assigned once more, the n-th time. */
  | { readonly do: 'assign'; readonly leg: Leg; readonly n: number }
  | { readonly do: 'start'; readonly leg: Leg; readonly n: number }
  /** Not begun, and not to be. */
  | { readonly do: 'take-back'; readonly leg: Leg }
  /** Under way with a parcel that is not wanted any more. */
  | { readonly do: 'abort'; readonly leg: Leg };

/** A start that was decided on so long ago is not posted any more, µs: it was judged by what was true then. */
const START_FRESH_US = 5e6;

export type SeenOf = (attempt: Attempt) => Pick<Seen, 'ferry' | 'delivery' | 'start' | 'abort' | 'standOf'>;

export function owedOf(order: Order, seenOf: SeenOf, utcUs: number): readonly Owed[] {
  const owed: Owed[] = [];
  const current = currentOf(order);
  for (const attempt of Object.values(order.attempts)) {
    const seen = seenOf(attempt);
    const isCurrent = attempt === current && !isOver(order);
    const wanted = isCurrent && !isToBeTakenBack(attempt, seen.ferry, utcUs) ? wantedLeg(order, attempt) : null;
    const isPlannedAnew = attempt === current && isBetweenPlans(order, attempt);
    for (const [leg, stand] of [
      [attempt.ferry, seen.ferry],
      [attempt.delivery, seen.delivery],
      ...(isPlannedAnew ? [] : Object.values(attempt.before)).map((leg) => [leg, seen.standOf(leg)] as const),
    ] as const) {
      if (leg === null) continue;
      if (leg === wanted) owed.push(...forWanted(leg, stand, seen.start, utcUs));
      // A newer version takes the place of an older one by itself; taking that back would take back both.
      else if (leg.itinerary.id !== wanted?.itinerary.id) owed.push(...forUnwanted(order, attempt, leg, stand));
    }
  }
  return owed;
}

export interface Watched {
  readonly seenOf: SeenOf;
  readonly silentS: (drone: string) => number | null;
  readonly utcUs: number;
}

/** Whatever became of the order: a drone is still to be told, flies for it, or may do so. */
export function goesOn(order: Order, watched: Watched): boolean {
  return owedOf(order, watched.seenOf, watched.utcUs).length > 0 || isFlown(order, watched);
}

/** One of its drones is under way with what it was given, or was told to start and has not been heard since. */
function isFlown({ attempts }: Order, { seenOf, silentS, utcUs }: Watched): boolean {
  return Object.values(attempts).some((attempt) => {
    const { standOf } = seenOf(attempt);
    const legs = [attempt.ferry, attempt.delivery, ...Object.values(attempt.before)].filter((leg) => leg !== null);
    return legs.some((leg) => {
      const stand = standOf(leg);
      if (stand !== null && stand.state !== 'assigned' && isUnderWay(stand.state)) return true;
      const isOver = stand !== null && isOverByItsWord(stand);
      return !isOver && !isHeardSince(leg, { utcUs, silentS: silentS(leg.drone) });
    });
  });
}

/** The next version takes the place of the one before by itself; after a take-back of the itinerary the drone would refuse it. */
function isBetweenPlans(order: Order, { phase, delivery }: Attempt): boolean {
  const goesOn = !isOver(order) && order.cancel === null && order.state !== 'unloading';
  return goesOn && phase === 'delivery' && delivery === null;
}

/** Once its drone says that it will not fly it, the order need not wait for times that a clock which was set back has moved away. */
function isToBeTakenBack({ phase, ferry }: Attempt, stand: StandSeen | null, utcUs: number): boolean {
  return phase === 'ferry' && ferry !== null && stand?.state === 'verified' && isAheadOfTime(ferry, utcUs);
}

/** The leg that is to be flown; null: none, or its parcel is to be taken off. */
function wantedLeg(order: Order, attempt: Attempt): Leg | null {
  if (order.state === 'unloading') return null;
  if (order.cancel !== null && attempt.phase === 'delivery') return null;
  return legOf(attempt);
}

function forWanted(leg: Leg, stand: StandSeen | null, start: Seen['start'], utcUs: number): readonly Owed[] {
  if (stand === null) return [{ do: 'give', leg }];
  if ((stand.state === 'void' || stand.state === 'failed') && leg.repeats > 0) {
    return [{ do: 'assign', leg, n: leg.repeats }];
  }
  const isDecided = leg.startedUtcUs !== null && Math.abs(utcUs - leg.startedUtcUs) <= START_FRESH_US;
  if (stand.state === 'verified' && isDecided && start === null) return [{ do: 'start', leg, n: leg.starts }];
  return [];
}

function forUnwanted(order: Order, attempt: Attempt, leg: Leg, stand: StandSeen | null): readonly Owed[] {
  // Never given: nothing to be taken back. Over: nothing either.
  if (stand === null || stand.takingBack || isOverByItsWord(stand)) return [];
  if (stand.state === 'cancelled' || stand.state === 'refused') return [];
  const flies = stand.state !== 'assigned' && isUnderWay(stand.state);
  if (!flies) return [{ do: 'take-back', leg }];
  // A ferry lands where it was sent: nothing hangs at it. With a parcel that is wanted no more, it comes home.
  const isOnTheWay = stand.state === 'flying' || stand.state === 'at-gate' || stand.state === 'held';
  const unwanted = order.cancel !== null || attempt.end?.how === 'relaunched';
  return leg === attempt.delivery && attempt.parcel === 'aboard' && unwanted && isOnTheWay
    ? [{ do: 'abort', leg }]
    : [];
}
