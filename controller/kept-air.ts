/** Air and pads of what may still fly, of all orders but one, as its document keeps them. */
import { type Held, isHeardSince } from './orders/index.ts';
import type { Reservation } from './planning/index.ts';

interface Kept {
  readonly itinerary?: { readonly id: string; readonly version: number };
  readonly reservation?: object;
  readonly late?: boolean;
  readonly starts?: number;
  readonly startedUtcUs?: number | null;
}
interface Tried {
  readonly ferry?: Kept;
  readonly delivery?: Kept;
  readonly before?: Readonly<Record<string, Kept>>;
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

/** Made once a minute of each, for the same reason. */
const lasts = new WeakMap<Reservation, Reservation>();
const STEP_US = 60e6;

function lasting(kept: Reservation, nowUtcUs: number): Reservation {
  const untilUtcUs = (Math.floor(nowUtcUs / STEP_US) + 1) * STEP_US + LATE_US;
  const toUtcUs = Math.max(kept.toUtcUs, untilUtcUs);
  const known = lasts.get(kept);
  if (known?.toUtcUs === toUtcUs) return known;
  const tube = kept.tube.map((part) => ({ ...part, toUtcUs: Math.max(part.toUtcUs, untilUtcUs) }));
  const made = { ...kept, tube, toUtcUs };
  lasts.set(kept, made);
  return made;
}

/** What a drone has said last. */
export interface LastWord {
  /** µs UTC; null: it was never heard. */
  readonly heardUtcUs: number | null;
  /** The plan that it flew by then. */
  readonly flies: { readonly id: string; readonly version: number } | null;
}

export interface Asked {
  /** The order that is planned: what it had planned before is not in its way, but drones of it that may fly are. */
  readonly own: string;
  readonly nowUtcUs: number;
  readonly wordOf: (drone: string) => LastWord;
  /** When people last said how this base is, µs UTC: they have seen what stands there. */
  readonly writtenUtcUs: (base: string) => number;
}

/** Its drone was not heard when another was looked for: it may fly what it was given. */
const GIVEN_UP_UNHEARD: ReadonlySet<unknown> = new Set(['silent', 'relaunched']);
/** What was said of a flight so long ago tells nothing of the air any more, µs. */
const OLD_US = 3600e6;

/** Told to start, and nobody knows more; or by its own word it flies, whatever became of the order. */
function mayFly({ itinerary, starts = 0, startedUtcUs }: Kept, drone: string, o: Asked): 'unheard' | 'flies' | null {
  if (starts === 0 || startedUtcUs == null) return null;
  const { heardUtcUs, flies } = o.wordOf(drone);
  if (flies !== null && flies.id === itinerary?.id && flies.version === itinerary.version)
    return o.nowUtcUs - (heardUtcUs ?? 0) < OLD_US ? 'flies' : null;
  const silentS = heardUtcUs === null ? null : (o.nowUtcUs - heardUtcUs) / 1e6;
  return isHeardSince({ startedUtcUs }, { utcUs: o.nowUtcUs, silentS }) ? null : 'unheard';
}

export function reservationsOf(open: readonly Pick<Held, 'id' | 'doc'>[], o: Asked): readonly Reservation[] {
  const { own, nowUtcUs } = o;
  return open.flatMap(({ id, doc: { state, attempt: current, attempts = {} } }) =>
    Object.entries(attempts as Record<string, Tried>).flatMap(([n, attempt]) => {
      const { ferry, delivery, before = {} } = attempt;
      return [ferry, delivery, ...Object.values(before)].flatMap((leg) => {
        const kept = leg?.reservation as Reservation | undefined;
        if (leg === undefined || kept?.tube === undefined) return [];
        const isBefore = leg !== ferry && leg !== delivery;
        const isWanted = !isBefore && (id !== own || GIVEN_UP_UNHEARD.has(attempt.end?.how));
        const late = String(current) === n && isFlownNow(state, attempt, leg) && isLate(state, leg, nowUtcUs);
        if (!isWanted || (kept.toUtcUs < nowUtcUs && !late)) return unwanted(kept, leg, o);
        const flown = leg === delivery ? flownOf(state, attempt) : null;
        const left = flown === null ? kept : without(flown, kept);
        return [late ? lasting(left, nowUtcUs) : left];
      });
    }),
  );
}

/** Its order does not want it, or does not any more: kept where its drone may fly it all the same. */
function unwanted(kept: Reservation, leg: Kept, o: Asked): readonly Reservation[] {
  const may = mayFly(leg, kept.drone, o);
  if (may === null) return [];
  if (kept.toUtcUs >= o.nowUtcUs) return [kept];
  const isLate = may === 'flies' || o.nowUtcUs < kept.toUtcUs + LATE_US;
  return isLate ? [lasting(kept, o.nowUtcUs)] : padsOf(kept, leg, o);
}

/** It is down again, perhaps where it was sent: until it is heard, or people have looked, nothing else lands there. */
function padsOf(kept: Reservation, { startedUtcUs }: Kept, o: Asked): readonly Reservation[] {
  const pads = kept.pads.filter(({ base }) => o.writtenUtcUs(base) < (startedUtcUs ?? 0));
  return pads.length === 0 ? [] : [{ ...kept, pads, tube: [], toUtcUs: o.nowUtcUs + LATE_US }];
}

/** This leg, and not the one before it. */
function isFlownNow(state: unknown, { ferry, end }: Tried, leg: Kept): boolean {
  return (end === undefined || end === null) && (state === 'ferrying') === (leg === ferry);
}
