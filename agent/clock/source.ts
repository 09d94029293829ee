/**
 * One source's word on UTC, kept as it grows old. The least uncertain answer is kept until a newer one is better than it has
 * become by drift: of the exchanges with a controller the least delayed counts, a slow answer loosens nothing.
 */
import { type ClockQuality, drifted, type Opinion } from '@skein/protocol/time';

/** A newer answer counts when it is tighter by a tenth: a receiver that jitters within its error would move the time each second. */
const WORTH_A_CHANGE = 0.9;

export interface Estimate {
  /** UTC minus monotonic. */
  readonly offsetUs: number;
  readonly errUs: number;
  readonly monoUs: number;
}

export class Source {
  readonly name: ClockQuality;
  #best: Estimate | null = null;
  #heardUs: number | null = null;
  /** Times its clock was found to have been set. */
  steps = 0;

  constructor(name: ClockQuality) {
    this.name = name;
  }

  offer(fresh: Estimate): void {
    this.#heardUs = fresh.monoUs;
    const before = this.#best;
    if (before !== null) {
      const agedUs = before.errUs + drifted(fresh.monoUs - before.monoUs);
      // Intervals that do not meet: its clock was set. The newer word counts, be it looser.
      if (Math.abs(fresh.offsetUs - before.offsetUs) > agedUs + fresh.errUs) this.steps++;
      else if (agedUs * WORTH_A_CHANGE < fresh.errUs) return;
    }
    this.#best = fresh;
  }

  at(monoUs: number): Opinion | null {
    if (this.#best === null) return null;
    const { offsetUs, errUs, monoUs: takenUs } = this.#best;
    return { source: this.name, offsetUs, errUs: Math.ceil(errUs + drifted(monoUs - takenUs)) };
  }

  /** Since it last said anything, ms; null: never. */
  silentMs(monoUs: number): number | null {
    return this.#heardUs === null ? null : Math.max(0, monoUs - this.#heardUs) / 1000;
  }
}
