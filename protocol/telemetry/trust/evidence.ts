/**
 * How long something has been seen, counted in the time of the drone, not in that of whoever listens: what a line or a
 * busy process held back for seconds and delivers at once was no moment to the drone, and what comes in a burst was not.
 *
 *   a position   as much later than the one before as its stamp says; without a stamp by arrival
 *   the others   by arrival, between the positions
 *   silence      counts for little: nobody saw it
 */
import { EVIDENCE_GAP_MS } from './limits.ts';

export class Evidence {
  #us = 0;
  #heardUs: number | null = null;
  #positionUs: number | null = null;

  /** Now, µs from an arbitrary beginning; never goes back. */
  get us(): number {
    return this.#us;
  }

  /** Something came, µs by our clock. */
  heard(monoUs: number): number {
    const sinceUs = monoUs - (this.#heardUs ?? monoUs);
    this.#heardUs = Math.max(monoUs, this.#heardUs ?? monoUs);
    this.#us += Math.max(0, Math.min(EVIDENCE_GAP_MS * 1e3, sinceUs));
    return this.#us;
  }

  /** A position that was `heard`. `stepMs`: since the one before by its stamp; null: its stamp says nothing. */
  position(stepMs: number | null): number {
    if (stepMs !== null && this.#positionUs !== null) this.#us = Math.max(this.#us, this.#positionUs + stepMs * 1e3);
    this.#positionUs = this.#us;
    return this.#us;
  }
}
