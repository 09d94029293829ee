/** One position of the estimator with the speed that came with it. */
import type { Place } from './geo.ts';

export interface Speed {
  readonly northMps: number;
  readonly eastMps: number;
  readonly downMps: number;
}

export interface Fix extends Place {
  /** When it was true, by our clock: when it came, less what it was late. */
  readonly atUs: number;
  /** When it came. */
  readonly heardUs: number;
  /** The same by `Evidence`: what doubts last by. */
  readonly seenUs: number;
  /** time_boot_ms; null: none given. */
  readonly bootMs: number | null;
  readonly altM: number | null;
  /** Null: none came with it. */
  readonly speed: Speed | null;
}

/** Seconds from a to b: by the autopilot's stamps, which do not jitter; by arrival where it gives none. */
export function secondsBetween(a: Fix, b: Fix): number {
  const own = a.bootMs !== null && b.bootMs !== null ? b.bootMs - a.bootMs : null;
  return own !== null && own > 0 ? own / 1e3 : (b.heardUs - a.heardUs) / 1e6;
}

/** The mean of both, or the one that is known. */
export function meanSpeed(a: Fix, b: Fix): Speed | null {
  if (a.speed === null || b.speed === null) return a.speed ?? b.speed;
  return {
    northMps: (a.speed.northMps + b.speed.northMps) / 2,
    eastMps: (a.speed.eastMps + b.speed.eastMps) / 2,
    downMps: (a.speed.downMps + b.speed.downMps) / 2,
  };
}

/** All of it, or none. */
export function wholeSpeed(speed: { readonly [K in keyof Speed]: number | null } | null): Speed | null {
  if (speed === null) return null;
  const { northMps, eastMps, downMps } = speed;
  return northMps === null || eastMps === null || downMps === null ? null : { northMps, eastMps, downMps };
}
