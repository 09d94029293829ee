/**
 * Whether a drone that stands on a charger is charged: a cable that is not in, a charger that is off and a pack that takes
 * nothing all look like a drone that will be full in a while, for ever. Only forecasts ask: a start counts with the charge that
 * there is (flight rules §5).
 */

/** Reported in whole percent: less may be the rounding, %. */
const RISE_PCT = 1;
/** So much lower and it was used meanwhile: what rises from there counts, %. */
const FALL_PCT = 3;
/** So full there is nothing to see. */
const FULL_PCT = 98;
/** Not risen for so long at the least, µs; and for so many times as long as the charger would take for 2 %. */
const PATIENCE_US = 600e6;
const PATIENCE_TIMES = 3;

export interface Charge {
  readonly drone: string;
  /** Of a base; null: it stands on no charger, or is armed. */
  readonly pad: string | null;
  /** The lower of reported and remembered. */
  readonly pct: number | null;
  /** How long its charger takes for 2 % more, s. */
  readonly stepS: number;
  readonly monoUs: number;
}

interface Watched {
  readonly pad: string;
  /** The highest seen on this pad, and since when it is not exceeded. */
  readonly pct: number;
  readonly sinceUs: number;
}

export class ChargeWatch {
  readonly #watched = new Map<string, Watched>();

  /** False: it stands on a charger, and its charge does not rise. */
  charges({ drone, pad, pct, stepS, monoUs }: Charge): boolean {
    const was = this.#watched.get(drone);
    if (pad === null || pct === null || pct >= FULL_PCT) {
      // Not known for a moment is no news of its charger.
      if (pct !== null) this.#watched.delete(drone);
      return true;
    }
    if (was === undefined || was.pad !== pad || pct >= was.pct + RISE_PCT) {
      this.#watched.set(drone, { pad, pct, sinceUs: monoUs });
      return true;
    }
    if (pct <= was.pct - FALL_PCT) this.#watched.set(drone, { ...was, pct });
    return monoUs - was.sinceUs < Math.max(PATIENCE_US, PATIENCE_TIMES * stepS * 1e6);
  }
}
