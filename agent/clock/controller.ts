/**
 * The clock of the controller, by which commands expire: learnt from this session's time exchanges and from nothing
 * else. Our own UTC, the GPS's or the network's is never asked: a controller whose clock is wrong is wrong for issue
 * and expiry alike.
 */
import { DRIFT_PPM, type Exchange, offsetOf } from '@skein/protocol/time';

/** Exchanges come every 5 s; the tightest of the last minute counts. */
const KEEP_US = 60_000_000;
const MAX_KEPT = 16;

interface Estimate {
  readonly offsetUs: number;
  readonly errUs: number;
  readonly monoUs: number;
}

export interface ControllerTime {
  readonly utcUs: number;
  /** Half width of the interval it lies in: half the round trip, and drift since. */
  readonly errUs: number;
}

const errorAt = (estimate: Estimate, monoUs: number): number =>
  estimate.errUs + (Math.abs(monoUs - estimate.monoUs) * DRIFT_PPM) / 1e6;

export class ControllerClock {
  #kept: Estimate[] = [];
  /** Times its clock was found to have been set. */
  steps = 0;

  /** A time answer came. Returns whether it could be used. */
  exchange(exchange: Exchange): boolean {
    const offset = offsetOf(exchange);
    if (offset === null) return false;
    const fresh: Estimate = { ...offset, monoUs: exchange.receivedMonoUs };
    // Two intervals that do not meet: the clock was set, or another controller answers. The newer word counts.
    const agrees = (old: Estimate) =>
      Math.abs(old.offsetUs - fresh.offsetUs) <= errorAt(old, fresh.monoUs) + fresh.errUs;
    const kept = this.#kept.filter((old) => fresh.monoUs - old.monoUs <= KEEP_US && agrees(old));
    if (this.#kept.length > 0 && !this.#kept.every(agrees)) this.steps++;
    this.#kept = [...kept.slice(-(MAX_KEPT - 1)), fresh];
    return true;
  }

  /** Its time at a monotonic stamp of ours; null before the first exchange of this session. */
  at(monoUs: number): ControllerTime | null {
    let best: Estimate | null = null;
    for (const estimate of this.#kept) {
      if (best === null || errorAt(estimate, monoUs) <= errorAt(best, monoUs)) best = estimate;
    }
    if (best === null) return null;
    return { utcUs: Math.round(best.offsetUs + monoUs), errUs: Math.ceil(errorAt(best, monoUs)) };
  }
}
