/**
 * When a clock record is worth its place in the urgent lane: the first, each minute, and when who is believed, how well, or the
 * offset changes by more than its uncertainty. Sources that quarrel must not fill the lane: a burst of six, then one in ten
 * seconds.
 */
import { drifted } from '@skein/protocol/time';

const EVERY_US = 60_000_000;
const REFILL_US = 10_000_000;
const BURST = 6;
/** An error so much smaller is worth saying. */
const BETTER_BY = 2;
/** The board's own clock was set. */
const STEPPED_US = 1_000_000;

export interface Said {
  readonly monoUs: number;
  /** Who is believed, and who is not. */
  readonly who: string;
  /** UTC minus monotonic; null: unknown. */
  readonly offsetUs: number | null;
  readonly errUs: number;
  /** The board's clock minus monotonic. */
  readonly systemOffsetUs: number;
}

export class Pace {
  #last: Said | null = null;
  #tokens = BURST;
  #refilledUs: number | null = null;

  /** Is it worth a record? If so it counts as said. */
  due(now: Said): boolean {
    this.#refilledUs ??= now.monoUs;
    const refills = Math.floor((now.monoUs - this.#refilledUs) / REFILL_US);
    this.#tokens = Math.min(BURST, this.#tokens + refills);
    this.#refilledUs += refills * REFILL_US;
    if (!this.#worth(now) || this.#tokens === 0) return false;
    this.#tokens--;
    this.#last = now;
    return true;
  }

  #worth(now: Said): boolean {
    const last = this.#last;
    if (last === null || now.monoUs - last.monoUs >= EVERY_US || now.who !== last.who) return true;
    if (Math.abs(now.systemOffsetUs - last.systemOffsetUs) > STEPPED_US) return true;
    const agedUs = last.errUs + drifted(now.monoUs - last.monoUs);
    if (now.errUs * BETTER_BY < agedUs) return true;
    return now.offsetUs !== null && last.offsetUs !== null && Math.abs(now.offsetUs - last.offsetUs) > agedUs;
  }
}
