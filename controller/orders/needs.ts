/** What only people can do: told of at once where nothing else is left, after a while where they are expected anyway. Pure. */
import { type Asked, currentOf, type Order } from './order.ts';
import { leftOf } from './taken.ts';

/** Only people end these. */
const NEED_PEOPLE: ReadonlySet<string> = new Set(['unproved', 'lost', 'unloading']);
/** People have looked for it and gave it up: they are asked once it is heard, s. */
const HEARD_S = 30;
const GIVEN_UP: ReadonlySet<unknown> = new Set(['settled', 'relaunched']);

export interface Waiting {
  readonly utcUs: number;
  /** They are expected within, µs; 0: nobody is called. */
  readonly askAfterUs: number;
  readonly silentS: (drone: string) => number | null;
}

export function needsPeople({ state, asked }: Order): boolean {
  return NEED_PEOPLE.has(state) || asked !== null;
}

/** The same order, with what people are asked for: noted once, so that nobody is called twice, also not after a restart. */
export function withAsked(order: Order, waiting: Waiting): Order {
  const { asked } = order;
  if (asked !== null && isSo(order, asked)) return order;
  const now = askedNow(order, waiting);
  return now === null && asked === null ? order : { ...order, asked: now };
}

function isSo(order: Order, { what, drone }: Asked): boolean {
  if (what === 'take-off') return leftOf(order, drone) !== null;
  if (what === 'look') return startedUtcUs(order) !== null && currentOf(order)?.drone === drone;
  return order.state === 'loading' && currentOf(order)?.drone === drone;
}

function askedNow(order: Order, { utcUs, askAfterUs, silentS }: Waiting): Asked | null {
  // Clocks are set back, too.
  const isLong = (sinceUtcUs: number): boolean => askAfterUs > 0 && Math.abs(utcUs - sinceUtcUs) >= askAfterUs;
  const left = leftOf(order);
  if (left?.end != null && isLong(left.end.atUtcUs)) {
    const canBeFound = !GIVEN_UP.has(left.end.how) || (silentS(left.drone) ?? Number.POSITIVE_INFINITY) < HEARD_S;
    if (canBeFound) return { what: 'take-off', drone: left.drone, atUtcUs: utcUs };
  }
  const attempt = currentOf(order);
  if (attempt === null) return null;
  const { drone } = attempt;
  const toldUtcUs = startedUtcUs(order);
  // One that is silent is lost after a while, and people are called for that.
  const isHeard = (silentS(drone) ?? Number.POSITIVE_INFINITY) < HEARD_S;
  if (toldUtcUs !== null && isLong(toldUtcUs) && isHeard) return { what: 'look', drone, atUtcUs: utcUs };
  if (order.state !== 'loading' || !isLong(order.sinceUtcUs)) return null;
  return { what: 'load', drone, atUtcUs: utcUs };
}

/** Its drone was told to start with the parcel then, and nobody knows what became of that, µs UTC; null: it is not so. */
function startedUtcUs(order: Order): number | null {
  return order.state === 'starting' ? (currentOf(order)?.delivery?.startedUtcUs ?? null) : null;
}

/** For whom people are called by this change. */
export function callsFor(
  before: Order | null,
  after: Order,
): readonly { readonly code: string; readonly words: string }[] {
  const { state, asked, words } = after;
  const calls = [];
  if (before !== null && before.state !== state && NEED_PEOPLE.has(state))
    calls.push({ code: state, words: words ?? state });
  if (asked !== null && asked !== before?.asked) calls.push(ASKED[asked.what](asked.drone, after));
  return calls;
}

const ASKED = {
  load: (drone: string, { wish }: Order) => ({
    code: 'not-loaded',
    words: `${drone} waits at ${wish.base} to be loaded, and nobody came`,
  }),
  'take-off': (drone: string) => ({
    code: 'left-aboard',
    words: `${drone} may have its parcel aboard still: take it off, and say so`,
  }),
  look: (drone: string) => ({
    code: 'not-known-to-fly',
    words: `${drone} was told to start, and whether it flies is not known: look. If it flies, return or land it; if it stands there, disarm it`,
  }),
} as const;

/** Codes of alerts that say so. */
export const NEEDS_CODES: ReadonlySet<string> = new Set([
  ...NEED_PEOPLE,
  'not-loaded',
  'left-aboard',
  'not-known-to-fly',
]);
