/**
 * When a lane that moved is told so. At once while few move; a fleet of thousands in turns, who has waited longest first,
 * because an ack costs the controller more than the batch it speaks of. Pure but for its own count; time is given.
 */
/** Ten thousand drones with a batch a second each are then told every 2.5 s. */
export const ACKS_PER_S = 4000;
const AT_ONCE = 1000;
/** A drone sends again what is not acked within 5 s. */
export const MAX_WAIT_US = 3e6;

export class AckPace<Lane> {
  /** With the time since when, oldest first. */
  readonly #waiting = new Map<Lane, number>();
  #credit = AT_ONCE;
  #atUs: number | null = null;

  get waiting(): number {
    return this.#waiting.size;
  }

  add(lane: Lane, nowUs: number): void {
    if (!this.#waiting.has(lane)) this.#waiting.set(lane, nowUs);
  }

  /** It was told, or is no more. */
  drop(lane: Lane): void {
    this.#waiting.delete(lane);
  }

  /** All that wait, whosever turn it is. */
  all(): readonly Lane[] {
    return [...this.#waiting.keys()];
  }

  /** Those whose turn it is; they wait no longer. */
  *due(nowUs: number): Iterable<Lane> {
    const passedUs = nowUs - (this.#atUs ?? nowUs);
    this.#credit = Math.min(AT_ONCE, this.#credit + (passedUs / 1e6) * ACKS_PER_S);
    this.#atUs = nowUs;
    for (const [lane, sinceUs] of this.#waiting) {
      if (this.#credit < 1 && nowUs - sinceUs < MAX_WAIT_US) return;
      this.#credit = Math.max(0, this.#credit - 1);
      this.#waiting.delete(lane);
      yield lane;
    }
  }
}
