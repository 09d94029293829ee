/**
 * Full jitter: wait random(0, min(max, min · 2^k)) before attempt k. A connection forgets k only when it has been stable,
 * or a broker that accepts and then drops everybody would be hammered.
 */
const STABLE_MS = 10_000;

export class Backoff {
  readonly #minMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #attempt = 0;
  #upSinceMs: number | null = null;

  constructor(o: { readonly minS: number; readonly maxS: number; readonly random: () => number }) {
    this.#minMs = o.minS * 1000;
    this.#maxMs = o.maxS * 1000;
    this.#random = o.random;
  }

  up(nowMs: number): void {
    this.#upSinceMs = nowMs;
  }

  /** The connection or the attempt ended: how long to wait before the next one, ms. */
  down(nowMs: number): number {
    if (this.#upSinceMs !== null && nowMs - this.#upSinceMs >= STABLE_MS) this.#attempt = 0;
    this.#upSinceMs = null;
    const cap = Math.min(this.#maxMs, this.#minMs * 2 ** this.#attempt);
    this.#attempt = Math.min(this.#attempt + 1, 30);
    return this.#random() * cap;
  }
}
