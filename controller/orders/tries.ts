/** A flight that does not begin: how often it is tried, and who gets the order when it is given up. */
import { againstRelaunch, isOverByItsWord } from './custody.ts';
import {
  type Attempt,
  currentOf,
  type EndOfAttempt,
  ended,
  isAheadOfTime,
  type Leg,
  legOf,
  moved,
  type Order,
  type OrderState,
  withLeg,
} from './order.ts';
import type { Progress } from './progress.ts';
import type { Seen } from './seen.ts';

/** Of one leg: starts, and uploads to an autopilot that did not keep it. */
const MAX_TRIES = 3;
/** Between two of them: the drone is to have answered to the last. */
const PAUSE_US = 10e6;
/** A start that was decided on and of which nobody knows (a restart came between) is out of date after. */
const START_LOST_US = 30e6;
/** A drone that would not fly is not asked again for so long; the next time for twice as long, up to the most. */
const AVOID_US = 300e6;
const AVOID_MOST_US = 3600e6;
/** Attempts kept in the document. */
const KEPT = 20;
/** Nobody flies so much later, µs. */
const LONG_OVER_US = 3600e6;

/** The same order, with why it waits. */
export function waited(order: Order, words: string, dueUtcUs: number | null = null): Order {
  return order.words === words && order.dueUtcUs === dueUtcUs ? order : { ...order, words, dueUtcUs };
}

/** The drone never had the parcel: another one is looked for, this one is left alone for a while. */
export function requeued(order: Order, how: EndOfAttempt, words: string, seen: Seen): Order {
  const { utcUs } = seen;
  const drone = currentOf(order)?.drone;
  const again = Object.values(order.attempts).filter((one) => one.drone === drone).length - 1;
  const forUs = Math.min(AVOID_US * 2 ** Math.max(0, again), AVOID_MOST_US);
  const due = Object.entries(order.avoid).filter(([, untilUtcUs]) => untilUtcUs > utcUs);
  const avoid = Object.fromEntries(drone === undefined ? due : [...due, [drone, utcUs + forUs]]);
  const without = fewer(ended(order, how, words, utcUs), seen);
  return moved({ ...without, avoid, dueUtcUs: null }, 'queued', words, utcUs);
}

/** The oldest attempts stand in the events of the order only: those in which nothing was aboard, and of which nothing more can come. */
function fewer(order: Order, { utcUs, standOf }: Seen): Order {
  const all = Object.entries(order.attempts);
  const isDone = ({ end, parcel, delivery, ferry }: Attempt): boolean => {
    if (end === null || parcel !== 'none' || delivery !== null) return false;
    const stand = ferry && standOf(ferry);
    return ferry === null || (stand !== null && isOverByItsWord(stand)) || utcUs > ferry.endsUtcUs + LONG_OVER_US;
  };
  const old = new Set(all.slice(0, Math.max(0, all.length - KEPT)).flatMap(([n, one]) => (isDone(one) ? [n] : [])));
  return old.size === 0 ? order : { ...order, attempts: Object.fromEntries(all.filter(([n]) => !old.has(n))) };
}

/** As `requeued`, once the drone can no longer act on what it was given. */
export function giveUp(order: Order, how: EndOfAttempt, words: string, seen: Seen): Order {
  const attempt = order.attempts[order.attempt ?? 0];
  const against = attempt === undefined ? null : againstRelaunch(attempt, seen);
  if (against === null) return requeued(order, how, words, seen);
  return waited(order, `${words}; ${against.words}`, against.untilUtcUs);
}

/** Its air is kept until it is down, however long that takes (controller/kept-air.ts). */
export function delayed(order: Order, attempt: Attempt, { as }: Extract<Progress, { is: 'under-way' }>): Order {
  const leg = legOf(attempt);
  const isHeld = as === 'held' || as === 'interrupted';
  return leg === null || leg.late === true || !isHeld ? order : withLeg(order, attempt, { ...leg, late: true });
}

/** It was told to start, and nothing comes of that any more, as far as is known here. */
export function isTried({ startedUtcUs }: Leg, { is }: Progress, { start, utcUs }: Seen): boolean {
  const isLost = start === null && startedUtcUs !== null && Math.abs(utcUs - startedUtcUs) > START_LOST_US;
  return is === 'not-started' || (is === 'starting' && isLost);
}

/** Brings a leg that is not under way nearer to its start, or gives it up by `onGivenUp`. */
export function begin(
  order: Order,
  attempt: Attempt,
  progress: Progress,
  seen: Seen,
  o: {
    readonly starting: OrderState;
    readonly waiting: OrderState;
    readonly onGivenUp: (words: string) => Order;
  } = {
    starting: 'starting',
    waiting: 'assigned',
    onGivenUp: (words) => giveUp(order, 'refused', words, seen),
  },
): Order {
  const leg = legOf(attempt);
  if (leg === null) return order;
  const { utcUs } = seen;
  const { drone } = attempt;
  const set = (change: Partial<Leg>) => withLeg(order, attempt, { ...leg, ...change });
  const is = isTried(leg, progress, seen) ? 'not-started' : progress.is;
  if (is === 'refused') return o.onGivenUp(`${drone} does not fly it: ${wordsOf(progress)}`);
  if (is === 'starting') return moved(order, o.starting, null, utcUs);
  if (utcUs > leg.notAfterUtcUs) return o.onGivenUp(`${drone} could not start in time`);
  if (is === 'broken') {
    const again = `given again: ${wordsOf(progress)}`;
    // Clocks are set back, too.
    if (Math.abs(utcUs - (leg.repeatedUtcUs ?? 0)) < PAUSE_US) return moved(order, o.waiting, again, utcUs);
    if (leg.repeats >= MAX_TRIES) return o.onGivenUp(`its autopilot does not keep the plan: ${wordsOf(progress)}`);
    return moved(set({ repeats: leg.repeats + 1, repeatedUtcUs: utcUs }), o.waiting, again, utcUs);
  }
  if (is !== 'verified' && is !== 'not-started')
    return moved(order, o.waiting, `the plan is on its way to ${drone}`, utcUs);
  if (is === 'not-started') {
    if (leg.starts >= MAX_TRIES) return o.onGivenUp(`${drone} does not start: ${wordsOf(progress)}`);
    const startedUtcUs = leg.startedUtcUs ?? 0;
    if (Math.abs(utcUs - startedUtcUs) < PAUSE_US) {
      const words = `not started: ${wordsOf(progress)}`;
      return waited(moved(order, o.waiting, order.words, utcUs), words, startedUtcUs + PAUSE_US);
    }
  }
  // A ferry is taken back meanwhile (owed.ts).
  if (isAheadOfTime(leg, utcUs)) return o.onGivenUp('the clock was set back since it was planned');
  if (utcUs < leg.startUtcUs) {
    return waited(moved(order, o.waiting, order.words, utcUs), `${drone} starts when the air is free`, leg.startUtcUs);
  }
  const against = seen.againstStart();
  if (against !== null) return waited(moved(order, o.waiting, order.words, utcUs), against);
  return { ...moved(set({ starts: leg.starts + 1, startedUtcUs: utcUs }), o.starting, null, utcUs), dueUtcUs: null };
}

function wordsOf(progress: Progress): string {
  return 'words' in progress ? progress.words : 'nobody knows what became of the start';
}
