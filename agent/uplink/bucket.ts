/** Token bucket for history, so that filling in never takes the line from what is live. Holds one second's worth. */
export class TokenBucket {
  readonly #bytesPerS: number;
  #tokens: number;
  #filledMs: number;

  constructor(bytesPerS: number, nowMs: number) {
    this.#bytesPerS = bytesPerS;
    this.#tokens = bytesPerS;
    this.#filledMs = nowMs;
  }

  #fill(nowMs: number): void {
    const gained = ((nowMs - this.#filledMs) / 1000) * this.#bytesPerS;
    this.#tokens = Math.min(this.#bytesPerS, this.#tokens + gained);
    this.#filledMs = nowMs;
  }

  /** Milliseconds until something may be taken; 0 when it may be now. A message may overdraw: the next one waits. */
  waitMs(nowMs: number): number {
    this.#fill(nowMs);
    return this.#tokens > 0 ? 0 : Math.ceil((1 - this.#tokens) / (this.#bytesPerS / 1000));
  }

  take(bytes: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#tokens -= bytes;
  }
}
