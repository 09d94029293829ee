/** What the controller sees of a flight: of each kind the newest sample, once a second. */
import type { KindName, Sample } from '../../kinds.ts';

const EVERY_US = 1e6;

export class LiveLane {
  readonly #newest = new Map<KindName, Sample>();
  readonly #out: (sample: Sample) => void;
  #nextUs = 0;

  constructor(out: (sample: Sample) => void) {
    this.#out = out;
  }

  take(sample: Sample): void {
    if (sample.monoUs >= this.#nextUs) {
      this.#nextUs = sample.monoUs + EVERY_US;
      for (const one of [...this.#newest.values()].sort((a, b) => a.monoUs - b.monoUs)) this.#out(one);
      this.#newest.clear();
    }
    this.#newest.set(sample.kind, sample);
  }
}
