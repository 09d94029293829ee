/** A drone that was given up speaks after all: of a parcel that people had decided on, or that went by another drone meanwhile. */
import { closed, currentOf, ended, isOver, type Leg, type Order, withAttempt } from './order.ts';
import type { StandSeen } from './seen.ts';

/** The same order, or what drones of attempts that are over have made of it since. */
export function withLateWords(
  order: Order,
  o: {
    readonly standOf: (leg: Leg) => StandSeen | null;
    readonly utcUs: number;
    readonly onTwice: (drone: string) => void;
  },
): Order {
  let now = order;
  for (const { n, end, delivery, before, drone } of Object.values(order.attempts)) {
    if (end === null) continue;
    const legs = [delivery, ...Object.values(before)].filter((leg) => leg !== null);
    const said = legs.map(o.standOf).find((stand) => stand?.parcel?.state === 'released') ?? null;
    const word = onLateWord(now, n, said, o.utcUs);
    if (word === null) continue;
    now = word.order;
    if (word.twice) o.onTwice(drone);
  }
  return now;
}

interface LateWord {
  readonly order: Order;
  /** Two drones have delivered it. */
  readonly twice: boolean;
}

/** @param said what the drone of an attempt that is over says of its delivery */
function onLateWord(order: Order, n: number, said: StandSeen | null, utcUs: number): LateWord | null {
  const attempt = order.attempts[n];
  if (attempt?.end == null || attempt === currentOf(order)) return null;
  if (said?.parcel?.state !== 'released' || attempt.parcel === 'released' || attempt.parcel === 'off') return null;
  const known = withAttempt(order, { ...attempt, parcel: 'released', deliveredUtcUs: utcUs });
  const others = Object.values(order.attempts).filter((one) => one.n !== n);
  const twice = others.some((one) => one.parcel === 'released');
  const current = currentOf(known);
  if (isOver(order)) return { order: { ...known, outcome: 'delivered' }, twice };
  // Nothing is aboard the second one: it need not fly any more.
  if (current === null || current.parcel === 'none') {
    const words = `delivered by ${attempt.drone} after all`;
    return { order: closed(ended(known, 'cancelled', words, utcUs), 'delivered', words, utcUs), twice };
  }
  if (order.cancel !== null) return { order: known, twice };
  const words = `${attempt.drone} had delivered it after all`;
  return { order: { ...known, cancel: { by: 'dispatcher', why: words, atUtcUs: utcUs } }, twice };
}
