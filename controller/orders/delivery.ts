/** The flight with the parcel aboard: from the planning of it to the ground. Nobody but its drone, or people, end it. */
import { isUnderWay } from '@skein/protocol/fleet';
import { isLate } from './late.ts';
import { type Attempt, closed, ended, type Leg, moved, type Order, withAttempt } from './order.ts';
import { progressOf, underWayWords } from './progress.ts';
import { isHeardSince, SAYS_US, type Seen, type StandSeen } from './seen.ts';
import { begin, delayed, isTried, waited } from './tries.ts';

/** Silent in the air for so long past the end of its energy, it is called lost: people must look, nothing is done. */
const LOST_AFTER_US = 600e6;
/** Where nobody knows how long its energy lasts, µs after it fell silent. */
const LOST_UNKNOWN_US = 3600e6;
/** Flights begun with one loading, and plans made of which none may have been begun. */
const MAX_FLIGHTS = 2;
const MAX_PLANS = 6;
const SILENT_S = 30;
/** Ends of a command that has changed nothing, as far as is known. */
const NOT_DONE: ReadonlySet<string> = new Set(['rejected', 'failed', 'expired', 'unknown']);
/** A drone that has landed says by a fresh position where, as a rule at once; then people are asked, µs. */
const WHERE_US = 60e6;

export function stepDelivery(order: Order, attempt: Attempt, seen: Seen): Order {
  const { delivery: leg } = attempt;
  const flown = flownBefore(attempt, seen);
  if (flown !== null) {
    return stepDelivery(...withPlan(order, attempt, flown), { ...seen, delivery: seen.standOf(flown), start: null });
  }
  if (leg === null) return stepUnplanned(order, attempt, seen);
  const heard = withParcelWord(order, attempt, seen);
  const now = heard.attempts[attempt.n] ?? attempt;
  const progress = progressOf(leg, seen.delivery, seen.start);
  if (progress.is === 'completed') return landed(heard, now, seen, 'landed');
  if (progress.is === 'aborted') return landed(heard, now, seen, progress.words);
  if (progress.is === 'under-way') {
    const { drone } = attempt;
    if (isLost(seen)) return lost(heard, now, seen);
    const silent = isSilent(seen) ? silentWords(drone) : null;
    const cancelled = order.cancel === null ? null : 'cancelled: it brings the parcel back';
    const words = silent ?? notBack(order, drone, seen) ?? underWayWords(drone, progress) ?? cancelled;
    const flies = delayed(heard, now, progress);
    if (progress.as === 'at-gate' || progress.as === 'releasing') return moved(flies, 'releasing', words, seen.utcUs);
    const home = progress.as === 'returning' || now.parcel === 'released';
    return moved(flies, home ? 'returning' : 'outbound', words, seen.utcUs);
  }
  // It has flown it, whatever is said of the plan by now: that is not done twice.
  if (now.parcel === 'released' || now.parcel === 'unproved') return landed(heard, now, seen, 'landed');
  if (order.state === 'unloading') return stepUnloading(order, attempt, seen);
  // It may have begun, and nobody has heard of it.
  if (isSilent(seen)) return isLost(seen) ? lost(heard, now, seen) : waited(heard, silentWords(attempt.drone));
  const isTold = isTried(leg, progress, seen);
  const told = moved(heard, 'starting', heard.words, seen.utcUs);
  if (isTold && !hasSpoken(leg, seen))
    return waited(told, `${attempt.drone} was told to start, and is not heard since; nothing is done meanwhile`);
  // Heard again, what it has to say of that may still be on its way; nobody goes near it, whoever armed it.
  if (isTold && seen.drone.armed !== false) return waited(told, notDisarmedWords(attempt.drone, seen));
  if (order.cancel !== null && progress.is !== 'starting') return toUnload(heard, 'cancelled', seen);
  return begin(heard, now, progress, seen, {
    starting: 'starting',
    waiting: 'ready',
    onGivenUp: (words) => flyAgain(heard, now, words, seen),
  });
}

/** An older plan that it flies after all, or has flown: it was silent meanwhile, and was taken not to have begun. */
function flownBefore({ delivery, before, parcel }: Attempt, seen: Seen): Leg | null {
  const counts = (stand: StandSeen | null): boolean => {
    const word = parcelOf(stand);
    const isFlown = stand !== null && stand.state !== 'assigned' && isUnderWay(stand.state);
    return isFlown || word === 'released' || word === 'unproved';
  };
  if (parcel !== 'aboard' || (delivery !== null && counts(seen.delivery))) return null;
  return Object.values(before).findLast((leg) => counts(seen.standOf(leg))) ?? null;
}

function withPlan(order: Order, attempt: Attempt, leg: Leg): readonly [Order, Attempt] {
  const { delivery } = attempt;
  const { [leg.itinerary.version]: _, ...others } = attempt.before;
  const before = delivery === null ? others : { ...others, [delivery.itinerary.version]: delivery };
  const now = { ...attempt, delivery: leg, before };
  return [withAttempt(order, now), now];
}

/** Cancelled, and its drone does not do as it is told: somebody else is in command of it, who may not know. */
function notBack({ cancel }: Order, drone: string, { abort }: Seen): string | null {
  if (cancel === null || abort === null || !NOT_DONE.has(abort.state)) return null;
  return `cancelled, and ${drone} does not bring the parcel back (${abort.words ?? abort.state}): return it, or abort with “take over”`;
}

/** Loaded; the planner has not found its way yet. */
function stepUnplanned(order: Order, attempt: Attempt, seen: Seen): Order {
  if (order.state === 'unloading') return stepUnloading(order, attempt, seen);
  if (order.cancel !== null) return toUnload(order, 'cancelled', seen);
  if (isLate(order, seen.utcUs)) return toUnload(order, 'its time was over before it could be flown', seen);
  // Words are the planner's; silent for good it is for people to look.
  if (isLost(seen)) return lost(order, attempt, seen);
  return moved(order, 'ready', order.words, seen.utcUs);
}

function stepUnloading(order: Order, attempt: Attempt, seen: Seen): Order {
  if (attempt.parcel !== 'off') return order;
  const { utcUs } = seen;
  const outcome = order.cancel !== null ? 'cancelled' : isLate(order, utcUs) ? 'expired' : 'returned';
  return closed(ended(order, 'unloaded', 'unloaded', utcUs), outcome, order.words, utcUs);
}

function toUnload(order: Order, why: string, seen: Seen): Order {
  return { ...moved(order, 'unloading', `${why}: take the parcel off, and say so`, seen.utcUs), dueUtcUs: null };
}

/** It is on the ground: what became of the parcel decides. */
function landed(order: Order, attempt: Attempt, seen: Seen, words: string): Order {
  const { drone, parcel } = attempt;
  if (parcel === 'released') {
    return closed(ended(order, 'delivered', 'delivered', seen.utcUs), 'delivered', `delivered by ${drone}`, seen.utcUs);
  }
  if (order.state === 'unloading') return stepUnloading(order, attempt, seen);
  if (parcel === 'unproved') {
    return moved(order, 'unproved', `nobody knows whether ${drone} released the parcel: look, and say so`, seen.utcUs);
  }
  if (order.cancel !== null) return toUnload(order, `cancelled, and back on the ground`, seen);
  const landedUtcUs = attempt.landedUtcUs ?? seen.utcUs;
  const isKnown = (seen.drone.at?.base ?? null) !== null;
  // One old or stray sample says nothing: people would walk to it, and it could have flown on.
  if (!isKnown && Math.abs(seen.utcUs - landedUtcUs) < WHERE_US) {
    const known = attempt.landedUtcUs === null ? withAttempt(order, { ...attempt, landedUtcUs }) : order;
    const waits = moved(known, 'returning', order.words, seen.utcUs);
    return waited(waits, `${drone} has landed; where, is not known yet`, landedUtcUs + WHERE_US);
  }
  return flyAgain(order, { ...attempt, flights: attempt.flights + 1, landedUtcUs: null }, words, seen);
}

/** The parcel is still aboard, on the ground: once more where that may help, else people take it off. */
function flyAgain(order: Order, attempt: Attempt, words: string, seen: Seen): Order {
  const { drone } = attempt;
  const isTried = attempt.flights >= MAX_FLIGHTS || attempt.plans >= MAX_PLANS;
  if (isTried || isLate(order, seen.utcUs) || (seen.drone.at?.base ?? null) === null) {
    return toUnload(order, `${drone} did not deliver it (${words})`, seen);
  }
  const { delivery } = attempt;
  const before = delivery === null ? attempt.before : { ...attempt.before, [delivery.itinerary.version]: delivery };
  const again = withAttempt(order, { ...attempt, delivery: null, before });
  return moved(again, 'ready', `${words}; it is planned once more`, seen.utcUs);
}

/** What the drone says of the parcel; an operator's word on it is the drone's once it agrees. */
function withParcelWord(order: Order, attempt: Attempt, { delivery, utcUs }: Seen): Order {
  const parcel = parcelOf(delivery);
  if (parcel === null || parcel === attempt.parcel || attempt.parcel === 'off') return order;
  const deliveredUtcUs = parcel === 'released' ? (attempt.deliveredUtcUs ?? utcUs) : null;
  return withAttempt(order, { ...attempt, parcel, deliveredUtcUs });
}

function parcelOf(stand: StandSeen | null): Attempt['parcel'] | null {
  const state = stand?.parcel?.state;
  if (state === 'released') return 'released';
  if (state === 'unproved') return 'unproved';
  if (state === 'aboard' || state === 'at-gate' || state === 'not-released') return 'aboard';
  return null;
}

/** What it said last of the parcel counts; of one that was aboard people must find out. */
function lost(order: Order, attempt: Attempt, { utcUs }: Seen): Order {
  const { drone, parcel } = attempt;
  if (parcel === 'released') {
    const words = `delivered by ${drone}, which is lost since`;
    return closed(ended(order, 'delivered', words, utcUs), 'delivered', words, utcUs);
  }
  return moved(order, 'lost', `${drone} is lost with the parcel: look for it, and say what became of it`, utcUs);
}

function isSilent({ drone: { silentS } }: Seen): boolean {
  return silentS === null || silentS >= SILENT_S;
}

/**
 * Else it may have begun: what it would have said of that had no time to come. A start that was rejected was not carried out,
 * but one before it may have been; of a drone that is offline only its own word tells.
 */
function hasSpoken(leg: Leg, { utcUs, start, drone: { silentS } }: Seen): boolean {
  return isHeardSince(leg, { utcUs, silentS }, start?.state === 'rejected' ? 0 : SAYS_US);
}

/** Its presence comes before its first sample, and an autopilot that says nothing may fly. */
function notDisarmedWords(drone: string, { drone: { armed } }: Seen): string {
  const is = armed === null ? 'was told to start, and whether it is armed is not known' : 'is armed: it may have begun';
  return `${drone} ${is}; nothing is done meanwhile. If it flies, return or land it; if it stands there, disarm it`;
}

function silentWords(drone: string): string {
  return `${drone} is silent; nothing is done meanwhile`;
}

function isLost(seen: Seen): boolean {
  const { utcUs } = seen;
  const { silentS, energyUntilUtcUs } = seen.drone;
  if (!isSilent(seen)) return false;
  if (energyUntilUtcUs !== null) return utcUs > energyUntilUtcUs + LOST_AFTER_US;
  return silentS === null || silentS * 1e6 > LOST_UNKNOWN_US;
}
