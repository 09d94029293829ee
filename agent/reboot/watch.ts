/** Restarts of the autopilot that nobody ordered: an alarm, and in flight the highest there is. Pure. */

/** It was flying if it was armed so shortly before the restart showed. */
const RECENT_MS = 15_000;
/** After an order of ours, what shows within this is ours. */
const ORDERED_MS = 60_000;

export interface RebootAlarm {
  readonly severity: 'emergency' | 'critical';
  readonly text: string;
}

export class RebootWatch {
  #reboots: number | null = null;
  #armedMs = Number.NEGATIVE_INFINITY;
  #orderedMs = Number.NEGATIVE_INFINITY;
  /** Restarts nobody ordered. */
  unordered = 0;

  /** We are about to restart it. */
  ordered(nowMs: number): void {
    this.#orderedMs = nowMs;
  }

  /** Call at least once a second. `reboots` counts the restarts seen. */
  observe(o: { readonly reboots: number; readonly armed: boolean | null; readonly nowMs: number }): RebootAlarm | null {
    const before = this.#reboots;
    this.#reboots = o.reboots;
    if (before !== null && o.reboots > before) {
      const flying = o.nowMs - this.#armedMs < RECENT_MS;
      // Armed since the order: that was refused, or is long done.
      const ours = o.nowMs - this.#orderedMs < ORDERED_MS && this.#armedMs <= this.#orderedMs;
      this.#orderedMs = Number.NEGATIVE_INFINITY;
      this.#armedMs = Number.NEGATIVE_INFINITY;
      if (!ours) {
        this.unordered++;
        return flying
          ? { severity: 'emergency', text: 'Skein: the autopilot restarted by itself WHILE ARMED' }
          : { severity: 'critical', text: 'Skein: the autopilot restarted by itself' };
      }
    }
    if (o.armed === true) this.#armedMs = o.nowMs;
    return null;
  }
}
