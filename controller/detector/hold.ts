/**
 * Hysteresis in time, as a pure machine: nothing is raised by a spike, nothing is over by a gap.
 *
 *            bad                bad for onsetS
 *   quiet ────────► rising ───────────────────► on ◄──── bad ──── easing
 *     ▲   ◄──good──                              └───── good ───►   │
 *     └──────────────────── good for clearS ────────────────────────┘
 *
 * What is unclear moves nothing: neither does time spent unclear bring a raise or an end by itself.
 */
import type { Verdict } from './verdict.ts';

export type Hold =
  | { readonly is: 'quiet' }
  | { readonly is: 'rising'; readonly forUs: number; readonly atUs: number }
  | { readonly is: 'on' }
  | { readonly is: 'easing'; readonly forUs: number; readonly atUs: number }
  /** An operator said that it is over while it was bad: not raised again before it was good. */
  | { readonly is: 'dismissed'; readonly forUs: number; readonly atUs: number };

export const QUIET: Hold = { is: 'quiet' };
export const ON: Hold = { is: 'on' };
export const DISMISSED: Hold = { is: 'dismissed', forUs: 0, atUs: 0 };

/** Between two looks further apart than this nothing is known, and no time is counted, µs. */
const LONGEST_US = 5e6;

export function step(hold: Hold, level: Verdict['level'], o: { onsetS: number; clearS: number; nowUs: number }): Hold {
  const { nowUs } = o;
  if (level === 'unclear') return 'atUs' in hold ? { ...hold, atUs: nowUs } : hold;
  const passed = (one: { forUs: number; atUs: number }) =>
    one.forUs + Math.min(LONGEST_US, Math.max(0, nowUs - one.atUs));
  const rising = (forUs: number): Hold => (forUs >= o.onsetS * 1e6 ? ON : { is: 'rising', forUs, atUs: nowUs });
  if (level === 'bad') {
    if (hold.is === 'quiet') return rising(0);
    if (hold.is === 'rising') return rising(passed(hold));
    return hold.is === 'dismissed' ? { ...hold, forUs: 0, atUs: nowUs } : ON;
  }
  if (hold.is === 'quiet' || hold.is === 'rising') return QUIET;
  const forUs = hold.is === 'on' || hold.atUs === 0 ? 0 : passed(hold);
  if (forUs >= o.clearS * 1e6) return QUIET;
  return { is: hold.is === 'dismissed' ? 'dismissed' : 'easing', forUs, atUs: nowUs };
}

/** It is raised, or not over yet. */
export function isOn({ is }: Hold): boolean {
  return is === 'on' || is === 'easing';
}
