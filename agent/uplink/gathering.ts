/**
 * How long history waits for company: several seconds that share a pack cost half of what they cost one by one. The live
 * lane keeps the view fresh meanwhile. It begins with a second and doubles, so that a session that has just begun shows
 * its history at once; whatever is much is sent without waiting. Pure.
 */
const FIRST_MS = 1_000;
/** So many batches are a backlog, not company. */
const MANY = 16;

export class Gathering {
  readonly #mostMs: number;
  #nextMs: number;
  #sinceMs: number | null = null;

  /** `mostS`: 0 gathers nothing. */
  constructor(mostS: number) {
    this.#mostMs = mostS * 1000;
    this.#nextMs = Math.min(FIRST_MS, this.#mostMs);
  }

  /** The connection is over. */
  reset(): void {
    this.#sinceMs = null;
    this.#nextMs = Math.min(FIRST_MS, this.#mostMs);
  }

  /** May what waits be sent? `batches`: how many do. */
  isReady(batches: number, nowMs: number): boolean {
    if (batches === 0) return true;
    this.#sinceMs ??= nowMs;
    return batches >= MANY || nowMs - this.#sinceMs >= this.#nextMs;
  }

  sent(): void {
    this.#sinceMs = null;
    this.#nextMs = Math.min(2 * this.#nextMs, this.#mostMs);
  }
}
