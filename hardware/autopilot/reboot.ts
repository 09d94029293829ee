/**
 * Notices that the autopilot rebooted: its time since boot, carried by many messages, went back. A text such as its
 * banner proves nothing (it comes with every parameter list, observed).
 */

/** Stamps of one boot arrive out of order by less than this. */
const TOLERANCE_MS = 2_000;

export class RebootWatch {
  #newestMs = -1;
  #count = 0;

  get reboots(): number {
    return this.#count;
  }

  /** Newest time since boot heard, ms; null before the first. */
  get bootMs(): number | null {
    return this.#newestMs < 0 ? null : this.#newestMs;
  }

  /** Takes a time since boot. Returns true when the autopilot has rebooted since the one before. */
  take(bootMs: number): boolean {
    const back = this.#newestMs >= 0 && bootMs < this.#newestMs - TOLERANCE_MS;
    if (back) this.#count++;
    if (back || bootMs > this.#newestMs) this.#newestMs = bootMs;
    return back;
  }
}
