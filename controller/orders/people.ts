/** What people do with an order: each says what it became, or why not. */
import { againstRelaunch } from './custody.ts';
import { type Attempt, closed, currentOf, ended, isOver, moved, type Order, withAttempt } from './order.ts';
import type { Seen } from './seen.ts';
import { isLeftAboard, leftOf } from './taken.ts';

export type Done = { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly detail: string };

const no = (detail: string): Done => ({ ok: false, detail });

export interface Loading {
  readonly by: string;
  /** On which drone people hung it; null: they did not say, so on the one that waits. */
  readonly drone: string | null;
  readonly utcUs: number;
  /** Has another order by now. */
  readonly isTaken: (drone: string) => boolean;
}

/** Said of no drone by name, it may be about one that was given up so long ago at most, µs. */
const JUST_GIVEN_UP_US = 600e6;

/** The parcel is on the drone: from now on it answers for it. Said again it changes nothing. */
export function load(order: Order, loading: Loading): Done {
  const { by, drone } = loading;
  const attempt = currentOf(order);
  const isMeant = attempt !== null && (drone === null || drone === attempt.drone);
  if (isMeant && attempt.parcel === 'aboard') return { ok: true, order };
  if (isMeant && attempt.phase === 'load' && attempt.parcel === 'none') {
    const left = Object.values(order.attempts).find((one) => isLeftAboard(one) && one.end?.how !== 'relaunched');
    if (left !== undefined)
      return no(`the parcel may be aboard ${left.drone} still: take it off there, and say so, first`);
    return { ok: true, order: withAttempt(order, { ...attempt, parcel: 'aboard', loadedBy: by }) };
  }
  const late = Object.values(order.attempts).findLast((one) => wasWaiting(one, loading));
  if (late !== undefined) return { ok: true, order: loadedLate(order, late, loading) };
  return no(
    drone === null
      ? `no drone waits to be loaded: the order is ${order.state}`
      : `${drone} does not wait for it: take it off again; the order is ${order.state}`,
  );
}

/** It waited to be loaded until it was given up, and was loaded all the same, or has the parcel by such a word already. */
function wasWaiting({ end, phase, parcel, drone }: Attempt, asked: Loading): boolean {
  if (end === null || phase !== 'load' || (parcel !== 'none' && parcel !== 'aboard')) return false;
  return asked.drone === null ? asked.utcUs - end.atUtcUs <= JUST_GIVEN_UP_US : asked.drone === drone;
}

/** What hangs on a drone hangs there, whatever was decided meanwhile: it flies it where nobody else does yet, else it is taken off. */
function loadedLate(order: Order, late: Attempt, { by, utcUs, isTaken }: Loading): Order {
  const { drone } = late;
  if (late.parcel === 'aboard') return order;
  const aboard: Attempt = { ...late, parcel: 'aboard', loadedBy: by };
  const isFree = currentOf(order) === null && !isOver(order) && order.cancel === null && !isTaken(drone);
  if (!isFree) {
    const words = `${drone} was loaded after it had been given up: take the parcel off, and say so`;
    return { ...withAttempt(order, aboard), words };
  }
  const { [drone]: _, ...avoid } = order.avoid;
  const again = { ...withAttempt(order, { ...aboard, end: null, phase: 'delivery' }), attempt: late.n, avoid };
  return moved(
    { ...again, dueUtcUs: null },
    'ready',
    `${drone} is loaded after all; the flight is being planned`,
    utcUs,
  );
}

/**
 * People took the parcel off a drone, which is on the ground.
 * @param drone null: they did not say which, so the one that waits for it
 */
export function unload(order: Order, seen: Seen, drone: string | null): Done {
  const current = currentOf(order);
  const attempt = drone === null || current?.drone === drone ? current : null;
  if (attempt?.parcel === 'off') return { ok: true, order };
  // Of a drone that was given up, and came home with it after all.
  const left = leftOf(order, drone);
  if (left !== null && attempt?.parcel !== 'aboard')
    return { ok: true, order: withAttempt(order, { ...left, parcel: 'off' }) };
  if (Object.values(order.attempts).some((one) => one.drone === drone && one.parcel === 'off'))
    return { ok: true, order };
  if (attempt === null || attempt.parcel !== 'aboard')
    return no(drone === null ? 'no drone has the parcel aboard' : `${drone} has no parcel of this order aboard`);
  if (order.state !== 'unloading' && order.state !== 'ready')
    return no(`it is ${order.state}: cancel it, and it comes back`);
  if (seen.drone.armed === true) return no(`${attempt.drone} is armed`);
  const off = withAttempt(order, { ...attempt, parcel: 'off' });
  return { ok: true, order: moved(off, 'unloading', `unloaded from ${attempt.drone}`, seen.utcUs) };
}

export function cancel(
  order: Order,
  o: { readonly by: string; readonly why: string | null; readonly utcUs: number },
): Done {
  if (order.cancel !== null) return { ok: true, order };
  if (isOver(order)) return no(`it is over: ${order.outcome ?? order.state}`);
  const parcel = currentOf(order)?.parcel;
  if (parcel === 'released') return no('too late: the parcel was released');
  return { ok: true, order: { ...order, cancel: { by: o.by, why: o.why, atUtcUs: o.utcUs } } };
}

export type Word = 'delivered' | 'lost' | 'relaunch';

/** Of a parcel that no drone can tell of any more. `relaunch`: another parcel goes by another drone; the first one must not count. */
export function settle(order: Order, word: Word, by: string, seen: Seen): Done {
  const attempt = currentOf(order);
  if (attempt === null || isOver(order)) return no(`nothing is under way: the order is ${order.state}`);
  if (attempt.parcel !== 'aboard' && attempt.parcel !== 'unproved')
    return no(`the parcel is not aboard ${attempt.drone}`);
  if (againstRelaunch(attempt, seen) === null) return no('its drone can tell by itself');
  const { utcUs } = seen;
  const settled = { ...order, settled: { word, by, atUtcUs: utcUs } };
  const said = `${by}: ${word}`;
  if (word === 'relaunch')
    return { ok: true, order: moved(ended(settled, 'relaunched', said, utcUs), 'queued', said, utcUs) };
  return { ok: true, order: closed(ended(settled, 'settled', said, utcUs), word, said, utcUs) };
}
