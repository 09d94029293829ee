/** Air and pads of what may still fly, of all orders but one, as its document keeps them. */
import type { Held } from './orders/index.ts';
import type { Reservation } from './planning/index.ts';

interface Kept {
  readonly reservation?: object;
  readonly late?: boolean;
}
interface Tried {
  readonly ferry?: Kept;
  readonly delivery?: Kept;
  readonly parcel?: string;
  readonly end?: { readonly how?: string };
}

type Part = Reservation['tube'][number];
type Parts = ReadonlySet<Part['what']>;
/** Flown once it is over the drop-off, and once it is on its way home without the parcel; never wanted again. */
const FLOWN: Readonly<Record<'there' | 'home', Parts>> = {
  there: new Set(['climb', 'out']),
  home: new Set(['climb', 'out', 'gate', 'gate-back']),
};

/** What its drone has said to be behind it. With the parcel aboard it may have turned round on any leg: then nothing is. */
function flownOf(state: unknown, { parcel, end }: Tried): Parts | null {
  if (end !== undefined && end !== null) return null;
  if (state === 'releasing') return FLOWN.there;
  return state === 'returning' && parcel === 'released' ? FLOWN.home : null;
}

/** Made once of each: planning keeps what it works out of a reservation as long as that lives. */
const lefts = new WeakMap<Reservation, Map<Parts, Reservation>>();

function without(flown: Parts, kept: Reservation): Reservation {
  const known = lefts.get(kept) ?? new Map<Parts, Reservation>();
  lefts.set(kept, known);
  const left = known.get(flown) ?? { ...kept, tube: kept.tube.filter(({ what }) => !flown.has(what)) };
  known.set(flown, left);
  return left;
}

/** Of a flight that is late nobody knows where it will be when: all that it has before it is kept for so long from now, µs. */
const LATE_US = 1800e6;
/** In these states it flies; when it has left these parts at the latest it says so, and is in another state. */
const FLIES: Readonly<Record<string, Parts | null>> = {
  ferrying: null,
  outbound: new Set(['climb', 'out']),
  releasing: new Set(['climb', 'out', 'gate', 'release']),
  returning: null,
};

/** It flies still, and was held on its way or is past the latest that was thought of. */
function isLate(state: unknown, { late, reservation }: Kept, nowUtcUs: number): boolean {
  const parts = FLIES[String(state)];
  if (parts === undefined) return false;
  const { tube, toUtcUs } = reservation as Reservation;
  const end = (most: number, one: Part) => (parts?.has(one.what) === true ? Math.max(most, one.toUtcUs) : most);
  return late === true || nowUtcUs > (parts === null ? toUtcUs : tube.reduce(end, 0));
}

function lasting(kept: Reservation, nowUtcUs: number): Reservation {
  const toUtcUs = nowUtcUs + LATE_US;
  const tube = kept.tube.map((part) => ({ ...part, toUtcUs: Math.max(part.toUtcUs, toUtcUs) }));
  return { ...kept, tube, toUtcUs: Math.max(kept.toUtcUs, toUtcUs) };
}

/** Its drone was not heard when another was looked for: it may fly what it was given. */
const GIVEN_UP_UNHEARD: ReadonlySet<unknown> = new Set(['silent', 'relaunched']);

/** @param own the order that is planned: what it had planned before is not in its way, but drones of it that may fly are */
export function reservationsOf(
  open: readonly Pick<Held, 'id' | 'doc'>[],
  own: string,
  nowUtcUs: number,
): readonly Reservation[] {
  return open.flatMap(({ id, doc: { state, attempt: current, attempts = {} } }) =>
    Object.entries(attempts as Record<string, Tried>).flatMap(([n, attempt]) => {
      if (id === own && !GIVEN_UP_UNHEARD.has(attempt.end?.how)) return [];
      return [attempt.ferry, attempt.delivery].flatMap((leg) => {
        const kept = leg?.reservation as Reservation | undefined;
        if (leg === undefined || kept?.tube === undefined) return [];
        const late = String(current) === n && isFlownNow(state, attempt, leg) && isLate(state, leg, nowUtcUs);
        if (kept.toUtcUs < nowUtcUs && !late) return [];
        const flown = leg === attempt.delivery ? flownOf(state, attempt) : null;
        const left = flown === null ? kept : without(flown, kept);
        return [late ? lasting(left, nowUtcUs) : left];
      });
    }),
  );
}

/** This leg, and not the one before it. */
function isFlownNow(state: unknown, { ferry, end }: Tried, leg: Kept): boolean {
  return (end === undefined || end === null) && (state === 'ferrying') === (leg === ferry);
}
