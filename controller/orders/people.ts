/** What people do with an order: each says what it became, or why not. */
import { againstRelaunch } from './custody.ts';
import { closed, currentOf, ended, isOver, moved, type Order, withAttempt } from './order.ts';
import type { Seen } from './seen.ts';
import { isLeftAboard } from './taken.ts';

export type Done = { readonly ok: true; readonly order: Order } | { readonly ok: false; readonly detail: string };

const no = (detail: string): Done => ({ ok: false, detail });

/** The parcel is on the drone: from now on it answers for it. Said again it changes nothing. */
export function load(order: Order, by: string): Done {
  const attempt = currentOf(order);
  if (attempt?.parcel === 'aboard') return { ok: true, order };
  if (attempt === null || attempt.phase !== 'load')
    return no(`no drone waits to be loaded: the order is ${order.state}`);
  return { ok: true, order: withAttempt(order, { ...attempt, parcel: 'aboard', loadedBy: by }) };
}

/** People took the parcel off the drone, which is on the ground. */
export function unload(order: Order, seen: Seen): Done {
  const attempt = currentOf(order);
  if (attempt?.parcel === 'off') return { ok: true, order };
  // Of a drone that was given up, and came home with it after all.
  const left = Object.values(order.attempts).find(isLeftAboard);
  if (left !== undefined && attempt?.parcel !== 'aboard')
    return { ok: true, order: withAttempt(order, { ...left, parcel: 'off' }) };
  if (attempt === null || attempt.parcel !== 'aboard') return no('no drone has the parcel aboard');
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
