/**
 * What becomes of an order, as a pure function of it and of what is seen: the same order back when nothing changes. Called
 * whenever something may have changed and each second besides, it needs no memory, so a restart loses nothing.
 */
import { againstRelaunch } from './custody.ts';
import { stepDelivery } from './delivery.ts';
import { isLate } from './late.ts';
import { type Attempt, closed, currentOf, ended, isOver, legOf, moved, type Order, withAttempt } from './order.ts';
import { progressOf, underWayWords } from './progress.ts';
import type { Seen } from './seen.ts';
import { begin, delayed, giveUp, requeued, waited } from './tries.ts';

/** A drone that is to be loaded and is not heard for so long is given up, s. */
const SILENT_AT_PICKUP_S = 120;
/** A drone that has landed to be loaded says by a trusted position where; then another is looked for, µs. */
const WHERE_US = 300e6;

export function step(order: Order, seen: Seen): Order {
  if (isOver(order)) return order;
  const attempt = currentOf(order);
  if (attempt === null) return stepQueued(order, seen);
  if (attempt.parcel === 'none' && order.cancel !== null) return cancelled(order, seen);
  if (attempt.parcel === 'none' && isLate(order, seen.utcUs)) {
    const words = 'its time was over before the parcel was loaded';
    return closed(ended(order, 'expired', words, seen.utcUs), 'expired', words, seen.utcUs);
  }
  if (attempt.phase === 'ferry') return stepFerry(order, attempt, seen);
  if (attempt.phase === 'load') return stepLoad(order, attempt, seen);
  return stepDelivery(order, attempt, seen);
}

function stepQueued(order: Order, seen: Seen): Order {
  if (order.cancel !== null) return closed(order, 'cancelled', cancelWords(order), seen.utcUs);
  if (isLate(order, seen.utcUs)) {
    return closed(order, 'expired', 'its time was over before a drone could fly it', seen.utcUs);
  }
  return order;
}

function cancelWords({ cancel }: Order): string {
  return `cancelled by ${cancel?.by ?? 'nobody'}${cancel?.why ? `: ${cancel.why}` : ''}`;
}

/** Nothing is aboard: the drone may end what it flies, and is free then. */
function cancelled(order: Order, seen: Seen): Order {
  const words = cancelWords(order);
  return closed(ended(order, 'cancelled', words, seen.utcUs), 'cancelled', words, seen.utcUs);
}

function stepFerry(order: Order, attempt: Attempt, seen: Seen): Order {
  const leg = legOf(attempt);
  if (leg === null) return moved(withAttempt(order, { ...attempt, phase: 'load' }), 'loading', null, seen.utcUs);
  const progress = progressOf(leg, seen.ferry, seen.start);
  const { drone } = attempt;
  if (progress.is === 'completed') {
    const { at } = seen.drone;
    if (at?.base === order.wish.base) {
      const words = `${drone} waits at ${order.wish.base} to be loaded`;
      return moved(withAttempt(order, { ...attempt, phase: 'load', landedUtcUs: null }), 'loading', words, seen.utcUs);
    }
    if (at === null) return silence(order, attempt, seen) ?? stepLanded(order, attempt, seen);
    return requeued(order, 'elsewhere', `${drone} landed ${whereWords(at)}, not at ${order.wish.base}`, seen);
  }
  if (progress.is === 'aborted')
    return requeued(order, 'elsewhere', `${drone} ended its flight: ${progress.words}`, seen);
  if (progress.is === 'under-way') {
    const silent = silence(order, attempt, seen);
    return silent ?? moved(delayed(order, attempt, progress), 'ferrying', underWayWords(drone, progress), seen.utcUs);
  }
  return silence(order, attempt, seen) ?? begin(order, attempt, progress, seen);
}

/** Nobody can load what cannot be found; nor may it fly without a position. */
function stepLanded(order: Order, attempt: Attempt, seen: Seen): Order {
  const { drone } = attempt;
  const landedUtcUs = attempt.landedUtcUs ?? seen.utcUs;
  if (Math.abs(seen.utcUs - landedUtcUs) > WHERE_US)
    return giveUp(order, 'elsewhere', `${drone} has landed, and where, is not known`, seen);
  const known = attempt.landedUtcUs === null ? withAttempt(order, { ...attempt, landedUtcUs }) : order;
  return waited(known, `${drone} has landed; where, is not known yet`, landedUtcUs + WHERE_US);
}

function whereWords({ base }: { readonly base: string | null }): string {
  return base === null ? 'at no base' : `at ${base}`;
}

/** Not heard: another drone gets the order once this one cannot act on it any more; null: it is heard, or that is not yet. */
function silence(order: Order, attempt: Attempt, seen: Seen): Order | null {
  const { silentS } = seen.drone;
  if (silentS !== null && silentS < SILENT_AT_PICKUP_S) return null;
  const against = againstRelaunch(attempt, seen);
  const said = `${attempt.drone} is silent`;
  if (against === null) return requeued(order, 'silent', `${said}, and never had the parcel`, seen);
  return waited(order, `${said}; ${against.words}`, against.untilUtcUs);
}

function stepLoad(order: Order, attempt: Attempt, seen: Seen): Order {
  const { drone } = attempt;
  if (attempt.parcel === 'aboard') {
    const words = `loaded; the flight is being planned`;
    return moved(withAttempt(order, { ...attempt, phase: 'delivery' }), 'ready', words, seen.utcUs);
  }
  const silent = silence(order, attempt, seen);
  if (silent !== null) return silent;
  const { at, armed } = seen.drone;
  // Beside its pad by one sample it is still there: somebody may be hanging a parcel on it just then.
  if (armed === true || (at !== null && at.base !== null && at.base !== order.wish.base)) {
    const words = `${drone} left ${order.wish.base} before it was loaded`;
    return giveUp(order, 'elsewhere', words, seen);
  }
  return waited(order, `${drone} waits at ${order.wish.base} to be loaded`);
}
