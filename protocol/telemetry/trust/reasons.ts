/**
 * Why a position is not trusted: one table of stable codes. Callers match codes, people read words; a code may be added,
 * never renamed or given another meaning (docs/position-trust.md prints this table, a test compares them).
 */
import type { TRUST_STATES } from '../choices.ts';

export type TrustState = (typeof TRUST_STATES)[number];

interface Rule {
  readonly state: Exclude<TrustState, 'trusted'>;
  /** How long the evidence must last before it counts, ms. */
  readonly enterMs: number;
  /** How long there must be evidence of the contrary before it no longer counts, ms. */
  readonly leaveMs: number;
  readonly words: string;
}

/** A place that moved and stays there may be the right one at last: nobody can tell, so it waits longer than any glitch. */
const NEW_PLACE_MS = 60_000;
const LEAVE_MS = 5_000;

/** Gravest first: of several that hold, the first is the one that is told. */
export const TRUST_REASONS = {
  zero: {
    state: 'rejected',
    enterMs: 0,
    leaveMs: LEAVE_MS,
    words: 'the autopilot says 0, 0, which is no place but the lack of one',
  },
  range: {
    state: 'rejected',
    enterMs: 0,
    leaveMs: LEAVE_MS,
    words: 'the place, the altitude or the speed lies outside what is possible',
  },
  stale: {
    state: 'rejected',
    enterMs: 500,
    leaveMs: LEAVE_MS,
    words: 'the autopilot’s own stamps on the position stand still or lie behind: it is an old one',
  },
  frozen: {
    state: 'rejected',
    enterMs: 0,
    leaveMs: LEAVE_MS,
    words: 'the position stands still although the drone moves',
  },
  teleport: {
    state: 'rejected',
    enterMs: 0,
    leaveMs: NEW_PLACE_MS,
    words: 'after a silence or a restart of the autopilot the place is one it cannot have reached',
  },
  jump: {
    state: 'rejected',
    enterMs: 0,
    leaveMs: NEW_PLACE_MS,
    words: 'the position jumped farther than the drone can fly',
  },
  'no-estimate': {
    state: 'rejected',
    enterMs: 0,
    leaveMs: LEAVE_MS,
    words: 'the autopilot’s estimator has no horizontal position',
  },
  'no-fix': { state: 'rejected', enterMs: 800, leaveMs: LEAVE_MS, words: 'the satellite receiver has no fix' },
  'gps-differs': {
    state: 'suspect',
    enterMs: 800,
    leaveMs: LEAVE_MS,
    words: 'the satellite receiver and the estimator disagree about the place',
  },
  drift: {
    state: 'suspect',
    // One report may be far away, and the next one not.
    enterMs: 2_500,
    leaveMs: NEW_PLACE_MS,
    words: 'the position moves away from where the speeds lead',
  },
  innovation: {
    state: 'suspect',
    enterMs: 800,
    leaveMs: LEAVE_MS,
    words: 'the autopilot’s estimator hardly believes its sensors, or refuses them',
  },
  altitude: {
    state: 'suspect',
    enterMs: 800,
    leaveMs: LEAVE_MS,
    words: 'the altitude and the barometer disagree',
  },
  'low-fix': {
    state: 'suspect',
    enterMs: 1_500,
    leaveMs: LEAVE_MS,
    words: 'the fix is too poor: too few satellites, or too wide an error',
  },
  late: {
    state: 'suspect',
    enterMs: 0,
    leaveMs: 0,
    words: 'positions arrive too late to be of now',
  },
  silent: { state: 'suspect', enterMs: 0, leaveMs: 0, words: 'no position arrives' },
  unproved: { state: 'suspect', enterMs: 0, leaveMs: 0, words: 'no report of the satellite receiver arrives' },
  settling: {
    state: 'suspect',
    enterMs: 0,
    leaveMs: 0,
    words: 'the position looks right, but not yet for long enough',
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type TrustReason = keyof typeof TRUST_REASONS;
export const TRUST_REASON_CODES = Object.keys(TRUST_REASONS) as TrustReason[];

export function isTrustReason(code: string): code is TrustReason {
  return Object.hasOwn(TRUST_REASONS, code);
}

/** The words of a code; of one that this version does not know, the code itself. */
export function trustWords(code: string): string {
  return isTrustReason(code) ? TRUST_REASONS[code].words : code;
}
