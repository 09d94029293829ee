/** Air and pads of what may still fly, of all orders but one, as its document keeps them. */
import type { Held } from './orders/index.ts';
import type { Reservation } from './planning/index.ts';

interface Kept {
  readonly reservation?: object;
}
interface Tried {
  readonly ferry?: Kept;
  readonly delivery?: Kept;
  readonly parcel?: string;
  readonly end?: object;
}

type Part = Reservation['tube'][number];
/** Flown once it is over the drop-off, and once it is on its way home without the parcel; never wanted again. */
const FLOWN: Readonly<Record<'there' | 'home', ReadonlySet<Part['what']>>> = {
  there: new Set(['climb', 'out']),
  home: new Set(['climb', 'out', 'gate', 'gate-back']),
};

/** What its drone has said to be behind it. With the parcel aboard it may have turned round on any leg: then nothing is. */
function flownOf(state: unknown, { parcel, end }: Tried): ReadonlySet<Part['what']> | null {
  if (end !== undefined && end !== null) return null;
  if (state === 'releasing') return FLOWN.there;
  return state === 'returning' && parcel === 'released' ? FLOWN.home : null;
}

/** Made once of each: planning keeps what it works out of a reservation as long as that lives. */
const lefts = new WeakMap<Reservation, Map<ReadonlySet<Part['what']>, Reservation>>();

function without(flown: ReadonlySet<Part['what']>, kept: Reservation): Reservation {
  const known = lefts.get(kept) ?? new Map<ReadonlySet<Part['what']>, Reservation>();
  lefts.set(kept, known);
  const left = known.get(flown) ?? { ...kept, tube: kept.tube.filter(({ what }) => !flown.has(what)) };
  known.set(flown, left);
  return left;
}

export function reservationsOf(
  open: readonly Pick<Held, 'id' | 'doc'>[],
  own: string,
  nowUtcUs: number,
): readonly Reservation[] {
  return open.flatMap(({ id, doc }) => {
    if (id === own) return [];
    const attempts = Object.values((doc.attempts ?? {}) as Record<string, Tried>);
    return attempts.flatMap((attempt) =>
      [attempt.ferry, attempt.delivery].flatMap((leg) => {
        const kept = leg?.reservation as Reservation | undefined;
        if (kept?.tube === undefined || kept.toUtcUs < nowUtcUs) return [];
        const flown = leg === attempt.delivery ? flownOf(doc.state, attempt) : null;
        return [flown === null ? kept : without(flown, kept)];
      }),
    );
  });
}
