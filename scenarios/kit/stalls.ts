/** When this process did not run though it was due: the machine was busy with others. What is measured in it meanwhile says nothing. */

const EVERY_MS = 100;
/** Later than this is a stall; what is below is what timers do. */
const LATE_MS = 250;

export class Stalls {
  readonly #stalls: { readonly fromMs: number; readonly toMs: number }[] = [];
  #lastMs = performance.now();

  constructor() {
    setInterval(() => this.#turn(), EVERY_MS).unref();
  }

  #turn(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs > EVERY_MS + LATE_MS) this.#stalls.push({ fromMs: this.#lastMs + EVERY_MS, toMs: nowMs });
    this.#lastMs = nowMs;
  }

  /** How much of this span, `performance.now()`, the process stood still, ms. */
  withinMs(fromMs: number, toMs: number): number {
    this.#turn();
    return this.#stalls.reduce(
      (sum, stall) => sum + Math.max(0, Math.min(toMs, stall.toMs) - Math.max(fromMs, stall.fromMs)),
      0,
    );
  }
}
