/** Waits until something is seen of the vehicle, with a bound. The caller's ticks and messages turn it; it has no timer. */
import type { VehicleState } from './state.ts';

export interface Sight {
  readonly until: (state: VehicleState) => boolean;
  readonly withinMs: number;
  /** It must hold so long without a break. */
  readonly heldMs?: number;
}

interface Watch {
  readonly sight: Sight;
  readonly deadlineMs: number;
  sinceMs: number | null;
  readonly settle: (seen: boolean) => void;
}

export class Watches {
  readonly #nowMs: () => number;
  readonly #state: () => VehicleState;
  #watches: readonly Watch[] = [];

  constructor(o: { readonly nowMs: () => number; readonly state: () => VehicleState }) {
    this.#nowMs = o.nowMs;
    this.#state = o.state;
  }

  /** False after `withinMs`, or when aborted. */
  see(sight: Sight, signal?: AbortSignal): Promise<boolean> {
    if (signal?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (seen: boolean): void => {
        signal?.removeEventListener('abort', onAbort);
        this.#watches = this.#watches.filter((other) => other !== watch);
        resolve(seen);
      };
      const onAbort = (): void => end(false);
      const watch: Watch = { sight, deadlineMs: this.#nowMs() + sight.withinMs, sinceMs: null, settle: end };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#watches = [...this.#watches, watch];
      this.turn();
    });
  }

  /** Call every 100 ms and when something was heard. */
  turn(): void {
    if (this.#watches.length === 0) return;
    const nowMs = this.#nowMs();
    const state = this.#state();
    for (const watch of this.#watches) {
      const { until, heldMs = 0 } = watch.sight;
      if (!until(state)) watch.sinceMs = null;
      else {
        watch.sinceMs ??= nowMs;
        if (nowMs - watch.sinceMs >= heldMs) {
          watch.settle(true);
          continue;
        }
      }
      if (nowMs >= watch.deadlineMs) watch.settle(false);
    }
  }

  close(): void {
    for (const watch of this.#watches) watch.settle(false);
  }
}
