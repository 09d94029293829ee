/**
 * What became of a parcel, judged by what was measured (flight rules §7). Pure. Nothing is rounded up: "item reached" and
 * the text "Gripper load released" (a timer after the servo's pulse) are no evidence, so they are not even asked for.
 */
import { type DeliveryMethod, type ReleaseState, reason } from '@skein/protocol/fleet';
import type { Json } from './types.ts';

/** So few readings are a guess. */
const MIN_READINGS = 3;
/** The line counts as paid out so far of what was asked. */
const PAID_OUT = 0.9;
/** A drop in the line's tension by so much of what it was. */
const SLACK = 0.5;
/** Line that is out at most when it counts as wound in again, m: a parcel on its hook would hang and pull. */
const WOUND_IN_M = 0.5;

export interface Hover {
  readonly readings: number;
  readonly meanA: number;
  /** Standard deviation of one reading, A. */
  readonly spreadA: number;
}

export interface Evidence {
  readonly how: DeliveryMethod;
  /** A payload sensor, if there is one: is it still there? */
  readonly sensorHolds: boolean | null;
  /** Current while it hovered, before and after. */
  readonly before: Hover | null;
  readonly after: Hover | null;
  /** By which the current must fall, part of what it was. */
  readonly wantedDrop: number;
  readonly gripper: 'open' | 'closed' | null;
  readonly winch: {
    /** Most line that was out, m. */
    readonly mostOutM: number;
    /** Line that is out at the end, m. */
    readonly endOutM: number;
    readonly lineM: number;
    /** Line tension before and at the end, N or kg as it comes; null: it does not say. */
    readonly tensionBefore: number | null;
    readonly tensionAfter: number | null;
  } | null;
  /** A pilot or another station flew it last: how it ended was not seen. */
  readonly byOthers: boolean;
  /** It came down before this was judged: what hung on a line met the ground then, and nothing felt of it there counts. */
  readonly cameDown: boolean;
  /** `place`: it went as deep as it may and found no ground. */
  readonly maxDescent: boolean;
  /** The autopilot came as far as the release at all. */
  readonly reached: boolean;
}

export interface Judgement {
  readonly state: Extract<ReleaseState, 'released' | 'not-released' | 'unproved'>;
  readonly reason: string;
  readonly detail: Json;
}

/** Part of the hover current that is gone; null: too little was measured to say. */
export function dropOf({ before, after }: Pick<Evidence, 'before' | 'after'>): number | null {
  if (before === null || after === null || before.meanA <= 0) return null;
  if (before.readings < MIN_READINGS || after.readings < MIN_READINGS) return null;
  return 1 - after.meanA / before.meanA;
}

/** It fell by as much as was wanted, and by more than the readings spread. */
function isLighter(e: Evidence): boolean | null {
  const drop = dropOf(e);
  if (drop === null || e.before === null || e.after === null) return null;
  const spreadA = Math.hypot(
    e.before.spreadA / Math.sqrt(e.before.readings),
    e.after.spreadA / Math.sqrt(e.after.readings),
  );
  return drop >= e.wantedDrop && e.before.meanA - e.after.meanA > 2 * spreadA;
}

function letGo(e: Evidence, lighter: boolean | null): boolean | null {
  if (e.how !== 'winch') return e.gripper === null ? null : e.gripper === 'open';
  if (e.winch === null) return null;
  const { mostOutM, endOutM, lineM, tensionBefore, tensionAfter } = e.winch;
  const isSlack =
    tensionBefore === null || tensionAfter === null || tensionBefore <= 0
      ? null
      : tensionAfter <= tensionBefore * (1 - SLACK);
  if (mostOutM >= PAID_OUT * lineM) return isSlack ?? true;
  // Short of its length the ground may have come first (a PX4's winch lowers until then): only what still pulls or weighs
  // tells of a parcel on it, and only a line that was wound in, and pulls no more, of one that is not.
  if (isSlack === false || lighter === false) return false;
  return isSlack === true && endOutM <= WOUND_IN_M ? true : null;
}

export function judge(e: Evidence): Judgement {
  const drop = dropOf(e);
  const detail: Json = {
    how: e.how,
    drop: drop === null ? null : Math.round(drop * 1000) / 1000,
    before: e.before,
    after: e.after,
    gripper: e.gripper,
    winch: e.winch,
    sensor: e.sensorHolds,
    byOthers: e.byOthers,
    cameDown: e.cameDown,
    maxDescent: e.maxDescent,
  };
  const say = (state: Judgement['state'], why: string): Judgement => ({ state, reason: why, detail });
  // A sensor that sees the parcel outweighs everything that speaks for its being gone.
  if (e.sensorHolds === true) return say('not-released', reason('still-aboard', 'the payload sensor'));
  if (!e.reached) return say('not-released', reason('still-aboard', 'its release was never reached'));
  if (e.sensorHolds === false) return say('released', reason('seen-released', 'the payload sensor'));
  const lighter = isLighter(e);
  if (e.how === 'place' && e.maxDescent) {
    // It comes up without letting go; if it is lighter all the same, nobody knows what happened.
    if (lighter === true) return say('unproved', reason('not-seen', 'no ground found, and yet lighter'));
    return say('not-released', reason('still-aboard', 'no ground within the greatest descent'));
  }
  const open = letGo(e, lighter);
  if (open === false && lighter !== true) {
    if (e.byOthers) return say('unproved', reason('not-seen', 'it was held, and then flown by others'));
    if (e.cameDown && e.winch !== null && e.winch.endOutM > WOUND_IN_M)
      return say('unproved', reason('not-seen', 'it came down with its line out'));
    const what = e.how === 'winch' ? 'the line did not go all the way, or still pulls' : 'the gripper is closed';
    return say('not-released', reason('still-aboard', what));
  }
  if (open === true && lighter === true) return say('released', reason('seen-released'));
  return say('unproved', reason('not-seen', missing(open, lighter)));
}

function missing(open: boolean | null, lighter: boolean | null): string {
  const mechanism = open === null ? 'gripper or winch do not say' : open ? '' : 'gripper or winch hold';
  const weight =
    lighter === null ? 'hover current not measured' : lighter ? '' : 'the hover current did not fall as it should';
  return [mechanism, weight].filter((words) => words !== '').join(', ');
}
