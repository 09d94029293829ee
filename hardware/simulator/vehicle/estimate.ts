import type { GpsFix } from './gps.ts';

/**
 * How far the autopilot's own idea of its place is from the truth, metres, and how well it is doing. With an undisturbed receiver it is
 * exactly right: the noise of a good fix is averaged away.
 */
export interface Estimate {
  readonly northM: number;
  readonly eastM: number;
  /** When a fix was last believed, ms of virtual time. */
  readonly believedAtMs: number;
  /** Since when fixes come that are not believed; null: they are, or none comes. */
  readonly rejectedSinceMs: number | null;
  /** Test ratio of the horizontal position: over 1 the fix is not believed. */
  readonly variance: number;
}

export const exact: Estimate = { northM: 0, eastM: 0, believedAtMs: 0, rejectedSinceMs: null, variance: 0 };

/** A fix further from the estimate is not believed, metres; drift slower than this per fix is followed unnoticed. */
const GATE_M = 5;
/** After this long the estimate gives in to the receiver. */
const GIVE_IN_MS = 10_000;
/** Nothing this far away is ever believed. */
const ABSURD_M = 10_000;
const FOLLOW = 0.3;
const SETTLED_M = 1e-6;

/** Called once per fix of the receiver, also when there is none. */
export function follow(estimate: Estimate, gps: GpsFix, nowMs: number): Estimate {
  if (!gps.fixed) return { ...estimate, rejectedSinceMs: null };
  const north = gps.wrongNorthM - estimate.northM;
  const east = gps.wrongEastM - estimate.eastM;
  const off = Math.hypot(north, east);
  const variance = off / GATE_M;
  if (off === 0) return { ...estimate, believedAtMs: nowMs, rejectedSinceMs: null, variance: 0 };
  if (off <= GATE_M) {
    const settled = off < SETTLED_M;
    return {
      northM: settled ? gps.wrongNorthM : estimate.northM + north * FOLLOW,
      eastM: settled ? gps.wrongEastM : estimate.eastM + east * FOLLOW,
      believedAtMs: nowMs,
      rejectedSinceMs: null,
      variance,
    };
  }
  const since = estimate.rejectedSinceMs ?? nowMs;
  if (nowMs - since < GIVE_IN_MS || off > ABSURD_M) return { ...estimate, rejectedSinceMs: since, variance };
  return {
    northM: gps.wrongNorthM,
    eastM: gps.wrongEastM,
    believedAtMs: nowMs,
    rejectedSinceMs: null,
    variance: 0,
  };
}
