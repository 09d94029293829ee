/**
 * How one version of an itinerary stands on one drone, as a pure machine: (stand, what happens, now) → stand.
 *
 *   assigned ── written down, sent, sent again ──► the drone answers ──► its own states ──► over
 *      │ never sent: taken back at once
 *      ▼
 *   cancelled
 *
 * Nothing here says more of the drone than it has said itself, but `refused` (never sent), `cancelled` (never sent), and what
 * follows from its presence: forgotten (owed again), `replaced` (it has what was sent later).
 */
import {
  type ItineraryState,
  isItineraryOver,
  isUnderWay,
  type PlanWarning,
  type Refusal,
  type ReleaseState,
  reasonCode,
} from '@skein/protocol/fleet';

export type Detail = Readonly<Record<string, unknown>>;
/** `assigned`: the drone has not said anything of it yet. */
export type StandState = 'assigned' | ItineraryState;

export interface Step<S extends string> {
  readonly state: S;
  readonly reason: string | null;
  readonly atUtcUs: number;
  /** `drone`, `controller`, or an operator. */
  readonly by: string;
  /** Item under way. */
  readonly item?: number | null;
}

export interface Settling {
  readonly word: 'released' | 'aboard';
  readonly by: string;
  /** The command that tells the drone. */
  readonly command: string | null;
  /** How that command ended without its agreeing; absent while it may. */
  readonly refused?: string;
}

export interface Parcel {
  readonly item: number;
  readonly state: ReleaseState;
  readonly reason: string | null;
  readonly detail: Detail | null;
  readonly latDeg: number | null;
  readonly lonDeg: number | null;
  readonly atUtcUs: number;
  /** Number of the drone's newest word taken; 0: none. */
  readonly answered: number;
  readonly steps: readonly Step<ReleaseState>[];
  /** What an operator said of it. It is only that until the drone agrees (`state` is then `settled`). */
  readonly settled: Settling | null;
}

export interface Stand {
  readonly drone: string;
  readonly version: number;
  readonly state: StandState;
  readonly reason: string | null;
  readonly detail: Detail | null;
  /** Item under way, counted from 0; null: none. */
  readonly item: number | null;
  readonly atUtcUs: number;
  readonly issuedBy: string;
  /** When an operator assigned it last; the drone tells by it what only comes again. */
  readonly givenUtcUs: number;
  /** What was found when it was assigned. */
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly PlanWarning[];
  /** Written down before it left for the first time. */
  readonly sentUtcUs: number | null;
  /** Number of the drone's newest word taken; 0: none. */
  readonly answered: number;
  /** The drone has said something since it was last told something new. */
  readonly heard: boolean;
  /** An operator takes it back; the drone is asked until it has said what came of it. */
  readonly takingBack: string | null;
  /** Nobody here assigned it. */
  readonly untargeted: boolean;
  /** Something may still come of it. */
  readonly open: boolean;
  readonly steps: readonly Step<StandState>[];
  readonly parcels: Readonly<Record<string, Parcel>>;
}

/** Steps kept of one stand and of one parcel (the store keeps as many). */
const MAX_STEPS = 100;
/** Pauses between two sendings while nothing is answered, s; the last one repeats. */
const RESEND_S = [1, 2, 4, 8, 15, 30] as const;

export function newStand(drone: string, version: number, by: string, utcUs: number, o: Partial<Stand> = {}): Stand {
  const state = o.state ?? 'assigned';
  const reason = o.reason ?? null;
  return {
    ...{ drone, version, state, reason, detail: null, item: null, atUtcUs: utcUs, issuedBy: by, givenUtcUs: utcUs },
    ...{ refusals: [], warnings: [], sentUtcUs: null, answered: 0, heard: false, takingBack: null, untargeted: false },
    ...{ open: !isOver(state), parcels: {}, steps: [{ state, reason, atUtcUs: utcUs, by }] },
    ...o,
  };
}

export function isOver(state: StandState): boolean {
  return state !== 'assigned' && isItineraryOver(state);
}

/** Something is to be told to the drone that it has not answered. */
export function isOwed(stand: Stand): boolean {
  return !stand.heard && (stand.takingBack !== null || (!stand.untargeted && !isOver(stand.state)));
}

/** By its own words the drone has it, and has not begun to fly it. */
export function isHad(stand: Stand): boolean {
  const { heard, untargeted, takingBack, state } = stand;
  if (!heard || untargeted || takingBack !== null || state === 'assigned') return false;
  return !isItineraryOver(state) && !isUnderWay(state);
}

/** The drone has forgotten it: it is owed again, and what it says of it from now on is counted from the beginning. */
export function onForgotten(stand: Stand, reason: string, utcUs: number): Stand {
  const step = { state: 'assigned', reason, atUtcUs: utcUs, by: 'controller' } as const;
  const said = { state: step.state, reason, atUtcUs: utcUs, detail: null, item: null, answered: 0, heard: false };
  return { ...stand, ...said, steps: bounded(stand.steps, step) };
}

/** By its own words the drone took it: of this itinerary it has nothing older any more. */
export function isTaken({ answered, state }: Stand): boolean {
  return answered > 0 && state !== 'refused';
}

/** The drone has what it was sent later, and has only one: what was still to be taken back of this one is gone. */
export function onReplaced(stand: Stand, reason: string, utcUs: number): Stand {
  const step = { state: 'replaced', reason, atUtcUs: utcUs, by: 'controller' } as const;
  const over = { state: step.state, reason, atUtcUs: utcUs, detail: null, item: null, heard: true };
  const after: Stand = { ...stand, ...over, takingBack: null };
  return { ...after, open: hasUnsettled(after), steps: bounded(stand.steps, step) };
}

/** Pause after the n-th sending, µs. */
export function pauseUs(sends: number): number {
  return (RESEND_S[Math.min(Math.max(sends, 1), RESEND_S.length) - 1] ?? 30) * 1e6;
}

export interface Word {
  readonly step: number;
  readonly state: ItineraryState;
  readonly reason: string | null;
  readonly item: number | null;
  readonly detail: Detail | null;
}

/** The drone says how it stands. The same stand back: it was known. */
export function onWord(stand: Stand, word: Word, utcUs: number): Stand {
  // A repeat is an answer as well: it is what a drone says that knows it already.
  if (word.step <= stand.answered) {
    const heard = stand.heard || isAnswer(stand, word.state);
    return heard === stand.heard ? stand : { ...stand, heard };
  }
  const { state, reason, item, detail } = word;
  const moved = state !== stand.state || reason !== stand.reason || item !== stand.item;
  const step = { state, reason, atUtcUs: utcUs, by: 'drone', item };
  return {
    ...stand,
    ...{
      state,
      reason,
      item,
      detail,
      answered: word.step,
      heard: stand.heard || isAnswer(stand, state),
      open: !isOver(state) || hasUnsettled(stand),
    },
    // Under way it is not taken back any more: who still wants it ended aborts it.
    takingBack: isUnderWay(state) ? null : stand.takingBack,
    ...(moved ? { atUtcUs: utcUs, steps: bounded(stand.steps, step) } : {}),
  };
}

/**
 * Whether a word answers what the drone was told last. A taking back is answered by an end, or by being under way (then it
 * came too late): any other word may have been on its way already, and the taking back lost.
 */
function isAnswer(stand: Stand, state: ItineraryState): boolean {
  return stand.takingBack === null || isItineraryOver(state) || isUnderWay(state);
}

export interface ParcelWord {
  readonly item: number;
  readonly step: number;
  readonly state: ReleaseState;
  readonly reason: string | null;
  readonly latDeg: number | null;
  readonly lonDeg: number | null;
  readonly detail: Detail | null;
}

export function onParcelWord(stand: Stand, word: ParcelWord, utcUs: number): Stand {
  const before = stand.parcels[word.item];
  if (before !== undefined && word.step <= before.answered) return stand;
  const { item, latDeg, lonDeg, detail } = word;
  // An operator has decided: that nothing proves it is known, and no news.
  const decided = before?.settled !== null && before?.settled !== undefined && word.state === 'unproved';
  const { state, reason } = decided ? before : word;
  const moved = state !== before?.state || reason !== before.reason;
  const steps = before?.steps ?? [];
  const after: Parcel = {
    ...{ item, state, reason, latDeg, lonDeg, detail, answered: word.step, settled: before?.settled ?? null },
    atUtcUs: moved ? utcUs : (before?.atUtcUs ?? utcUs),
    steps: moved ? bounded(steps, { state, reason, atUtcUs: utcUs, by: 'drone' }) : steps,
  };
  return withParcel(stand, after);
}

/** An operator says what became of a parcel: the drone answers for it until it has agreed. */
export function onSettle(stand: Stand, parcel: Parcel, settled: Settling, utcUs: number): Stand {
  return withParcel(stand, { ...parcel, settled, atUtcUs: utcUs });
}

/**
 * The command that told the drone has ended; null: it succeeded. Then it is settled; so it is where the drone knows of no such
 * parcel (`not-found`: another card), for it answers for none. Any other end leaves the word unconfirmed: it may be said again.
 */
export function onSettleEnded(stand: Stand, parcel: Parcel, refused: string | null, utcUs: number): Stand {
  const { settled } = parcel;
  if (settled === null || !isSettling(parcel)) return stand;
  const agreed = refused === null || reasonCode(refused) === 'not-found';
  if (!agreed) return withParcel(stand, { ...parcel, settled: { ...settled, refused }, atUtcUs: utcUs });
  const reason = `operator-word: ${settled.word}, ${settled.by}`;
  const step = { state: 'settled', reason, atUtcUs: utcUs, by: 'drone' } as const;
  const steps = bounded(parcel.steps, step);
  return withParcel(stand, { ...parcel, state: 'settled', reason, atUtcUs: utcUs, steps });
}

/** An operator has said what became of it, and the drone has not agreed yet. */
export function isSettling({ settled, state }: Parcel): boolean {
  return settled !== null && settled.refused === undefined && state !== 'settled' && state !== 'released';
}

/**
 * Assigned once more, what the operator did last. `fresh` is how it stands as it is judged now. Null: it is over there, and
 * this version never comes back. The same stand back: nothing is to be told again.
 */
export function onAssignedAgain(stand: Stand, fresh: () => Stand, by: string, utcUs: number): Stand | null {
  const { state, sentUtcUs, steps, parcels } = stand;
  // The drone never had it, or took nothing of it for what has passed since: it is judged, and told, anew.
  if (isRefusedForNow(stand) || (state === 'cancelled' && sentUtcUs === null)) {
    const made = fresh();
    return { ...made, parcels, steps: made.steps.reduce<Stand['steps']>((all, step) => bounded(all, step), steps) };
  }
  if (isOver(state)) return null;
  // What was told of a taking back is no longer wanted; what lies there void or failed is to be looked at again.
  const isTold = stand.takingBack !== null || state === 'void' || state === 'failed';
  // What a drone spoke of first is somebody's from now on.
  if (!isTold && !stand.untargeted) return stand;
  // Later than before, also where the clock was set back.
  const givenUtcUs = Math.max(utcUs, stand.givenUtcUs + 1);
  const heard = stand.heard && !isTold;
  return { ...stand, takingBack: null, heard, givenUtcUs, issuedBy: by, untargeted: false };
}

/** What a drone refuses by the content it refuses again under the same version (flight rules §6); not what stood in the way. */
function isRefusedForNow({ state, answered, reason }: Stand): boolean {
  if (state !== 'refused') return false;
  const code = reason === null ? null : reasonCode(reason);
  return answered === 0 || code === 'still-aboard' || code === 'other-active';
}

/** Taken back on the drone: it takes no version of this id any more. */
export function isTakenBack({ state, reason }: Stand): boolean {
  return state === 'cancelled' || (state === 'refused' && reason !== null && reasonCode(reason) === 'taken-back');
}

/** Somebody takes it back. Never sent: it ends at once. */
export function onTakeBack(stand: Stand, by: string, utcUs: number): Stand {
  if (stand.sentUtcUs !== null) return { ...stand, takingBack: by, heard: false };
  const step = { state: 'cancelled', reason: 'taken-back', atUtcUs: utcUs, by } as const;
  return { ...stand, ...step, open: false, steps: bounded(stand.steps, step) } satisfies Stand & { by: string };
}

function withParcel(stand: Stand, parcel: Parcel): Stand {
  const after = { ...stand, parcels: { ...stand.parcels, [parcel.item]: parcel } };
  return { ...after, open: !isOver(after.state) || hasUnsettled(after) };
}

/** A parcel that nobody knows about, or that is being settled, keeps its flight open. */
function hasUnsettled(stand: Stand): boolean {
  return Object.values(stand.parcels).some((parcel) => parcel.state === 'unproved' || isSettling(parcel));
}

function bounded<T>(steps: readonly T[], step: T): readonly T[] {
  const kept = steps.length < MAX_STEPS ? steps : [...steps.slice(0, 1), ...steps.slice(2)];
  return [...kept, step];
}
