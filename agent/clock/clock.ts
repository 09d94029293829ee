/**
 * What time it is, as far as this board can know. Boards have no battery clock, so UTC is learnt: from the controller
 * (± half a round trip), from the autopilot's GPS, from a system clock that network time has set. The tightest source
 * counts. Nothing is stepped or slewed: a record ties the monotonic clock to UTC, and readers compute.
 */
import type { Sample } from '@skein/protocol/telemetry';
import { type ClockQuality, DRIFT_PPM, offsetOf } from '@skein/protocol/time';

/** SYSTEM_TIME says nothing of its delay: scheduling in the autopilot, a slow line, our own reading. */
const GPS_ERR_US = 300_000;
/** What network time on a board on a mobile network is good for. */
const NTP_ERR_US = 100_000;
/** Before this nobody can have known the time (2025-01-01). */
const PLAUSIBLE_UTC_US = 1_735_689_600_000_000;
/** What a record can hold (docs/wire.md §5: numbers below 2^51), in 2041. */
const LAST_UTC_US = 2 ** 51 - 1;
/** "Anything": the error of a clock nobody has set, ten years. */
const UNSET_ERR_US = 315_576_000_000_000;
const RECORD_EVERY_US = 60_000_000;
/** A new source is worth a record when it is this much better. */
const BETTER_BY = 2;

interface Estimate {
  readonly source: ClockQuality;
  /** UTC minus monotonic. */
  readonly offsetUs: number;
  readonly errUs: number;
  readonly monoUs: number;
}

const errorAt = (estimate: Estimate, monoUs: number): number =>
  estimate.errUs + (Math.abs(monoUs - estimate.monoUs) * DRIFT_PPM) / 1e6;

export interface ClockReading {
  readonly utcUs: number;
  readonly errUs: number;
  readonly source: ClockQuality;
}

export class Clock {
  readonly #estimates = new Map<ClockQuality, Estimate>();
  #recorded: Estimate | null = null;
  #recordedUs = Number.NEGATIVE_INFINITY;

  /** The controller answered: our two stamps and its two. A later exchange counts only if it is tighter by now. */
  controller(o: {
    readonly sentMonoUs: number;
    readonly receivedMonoUs: number;
    readonly remoteReceivedUtcUs: number;
    readonly remoteSentUtcUs: number;
  }): void {
    const offset = offsetOf(o);
    if (offset) this.#offer({ source: 'controller', ...offset, monoUs: o.receivedMonoUs });
  }

  /** SYSTEM_TIME of the autopilot, 0 until its GPS has told it. */
  gps(utcUs: number, monoUs: number): void {
    this.#offer({ source: 'gps', offsetUs: utcUs - monoUs, errUs: GPS_ERR_US, monoUs });
  }

  /** The system clock, when the system says that network time has set it. */
  network(utcUs: number, monoUs: number): void {
    this.#offer({ source: 'ntp', offsetUs: utcUs - monoUs, errUs: NTP_ERR_US, monoUs });
  }

  #offer(estimate: Estimate): void {
    const utcUs = estimate.offsetUs + estimate.monoUs;
    if (utcUs < PLAUSIBLE_UTC_US || utcUs > LAST_UTC_US) return;
    const before = this.#estimates.get(estimate.source);
    if (before && errorAt(before, estimate.monoUs) < estimate.errUs) return;
    this.#estimates.set(estimate.source, estimate);
  }

  #best(monoUs: number): Estimate | null {
    let best: Estimate | null = null;
    for (const estimate of this.#estimates.values()) {
      if (best === null || errorAt(estimate, monoUs) < errorAt(best, monoUs)) best = estimate;
    }
    return best;
  }

  /** UTC at a monotonic stamp, or null when nobody has told. */
  read(monoUs: number): ClockReading | null {
    const best = this.#best(monoUs);
    if (best === null) return null;
    return {
      utcUs: Math.round(best.offsetUs + monoUs),
      errUs: Math.ceil(errorAt(best, monoUs)),
      source: best.source,
    };
  }

  /**
   * A clock record to put on the urgent lane, when one is due: at the start, on a first or better source, each minute.
   * `systemUtcUs` stands in, marked unset, while nothing is known.
   */
  record(monoUs: number, systemUtcUs: number): (Sample & { kind: 'clock' }) | null {
    const best = this.#best(monoUs);
    const first = this.#recordedUs === Number.NEGATIVE_INFINITY;
    const better =
      best !== null &&
      (this.#recorded === null ||
        errorAt(best, monoUs) * BETTER_BY < errorAt(this.#recorded, monoUs) ||
        (best.source !== this.#recorded.source && errorAt(best, monoUs) < errorAt(this.#recorded, monoUs)));
    if (!first && !better && monoUs - this.#recordedUs < RECORD_EVERY_US) return null;
    this.#recorded = best;
    this.#recordedUs = monoUs;
    const reading = this.read(monoUs) ?? {
      utcUs: Math.round(systemUtcUs),
      errUs: UNSET_ERR_US,
      source: 'unset' as const,
    };
    return { kind: 'clock', monoUs: Math.round(monoUs), bootMs: null, values: reading };
  }
}
