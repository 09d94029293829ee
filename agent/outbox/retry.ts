/** When a failing disk is tried again: 1, 2, 4 … 30 s. One attempt is waited for at a time. */
import type { Timers } from './timers.ts';

const MIN_MS = 1_000;
const MAX_MS = 30_000;

export class Retry {
  readonly #timers: Timers;
  readonly #run: () => void;
  #waitMs = MIN_MS;
  #callOff: (() => void) | null = null;

  constructor(timers: Timers, run: () => void) {
    this.#timers = timers;
    this.#run = run;
  }

  get waiting(): boolean {
    return this.#callOff !== null;
  }

  /** Tries again after the next pause, or at once. */
  later(o: { readonly atOnce: boolean }): void {
    this.stop();
    this.#callOff = this.#timers.after(o.atOnce ? 0 : this.#waitMs, () => {
      this.#callOff = null;
      this.#run();
    });
    this.#waitMs = Math.min(this.#waitMs * 2, MAX_MS);
  }

  /** It works again: the next pause is the shortest. */
  succeeded(): void {
    this.#waitMs = MIN_MS;
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = null;
  }
}
