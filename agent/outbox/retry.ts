/** When a failing disk is tried again: 1, 2, 4 … 30 s. One attempt is waited for at a time. */
const MIN_MS = 1_000;
const MAX_MS = 30_000;

export class Retry {
  readonly #run: () => void;
  #waitMs = MIN_MS;
  #timer: NodeJS.Timeout | null = null;

  constructor(run: () => void) {
    this.#run = run;
  }

  get waiting(): boolean {
    return this.#timer !== null;
  }

  /** Tries again after the next pause, or at once. */
  later(o: { readonly atOnce: boolean }): void {
    this.stop();
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#run();
      },
      o.atOnce ? 0 : this.#waitMs,
    );
    this.#waitMs = Math.min(this.#waitMs * 2, MAX_MS);
  }

  /** It works again: the next pause is the shortest. */
  succeeded(): void {
    this.#waitMs = MIN_MS;
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
