/**
 * Whether the drone can know that a pilot flies it: by a heartbeat that shows a mode which is his doing and nobody else's. One lost
 * on the line, and a mode that an order of ours has changed again by the next, tell of nothing but that order.
 */

/** An order of ours shows in the heartbeats of so long after it. */
const ORDER_SHOWS_MS = 5_000;

export class PilotTruth {
  /** He turned his switch then; null: he does not fly, or nobody could know it any more. */
  #turnedMs: number | null = null;
  /** To this mode, as heartbeats show it. */
  #mode: number | null = null;
  #isKnown = false;
  /** The mode that the drone heard last. */
  #heardMode: number | null = null;
  #orderedMs = Number.NEGATIVE_INFINITY;

  get isKnown(): boolean {
    return this.#isKnown;
  }

  turned(mode: number, nowMs: number): void {
    this.#turnedMs = nowMs;
    this.#mode = mode;
    this.#isKnown = false;
  }

  /** Somebody else flies, or nobody. */
  over(): void {
    this.#turnedMs = null;
    this.#isKnown = false;
  }

  /** An order that changes flight left the agent. */
  ordered(nowMs: number): void {
    this.#orderedMs = nowMs;
  }

  /** A heartbeat that was sent at `sentMs` came to the agent. */
  heard(mode: number, sentMs: number): void {
    const before = this.#heardMode;
    this.#heardMode = mode;
    if (this.#turnedMs === null || this.#isKnown || sentMs <= this.#turnedMs) return;
    const isOurs = mode !== this.#mode && sentMs - this.#orderedMs <= ORDER_SHOWS_MS;
    if (isOurs) this.over();
    // Turned back to the mode that was heard last: nothing has changed, for all that was heard.
    else this.#isKnown = mode !== before;
  }
}
