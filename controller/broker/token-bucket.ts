/** So many a second, so many at once. Pure but for its own count; time is given. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #burst: number;
  #tokens: number;
  #atUs: number | null = null;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** Takes `n`, into debt if need be; ms until the debt is paid, 0 when there is none. */
  take(n: number, nowUs: number): number {
    this.#refill(nowUs);
    this.#tokens -= n;
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens / this.#perSecond) * 1e3);
  }

  /** Takes one if there is one. */
  tryTake(nowUs: number): boolean {
    this.#refill(nowUs);
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** Full again: nothing worth remembering. */
  isFull(nowUs: number): boolean {
    this.#refill(nowUs);
    return this.#tokens >= this.#burst;
  }

  #refill(nowUs: number): void {
    const passedUs = nowUs - (this.#atUs ?? nowUs);
    this.#tokens = Math.min(this.#burst, this.#tokens + (passedUs / 1e6) * this.#perSecond);
    this.#atUs = nowUs;
  }
}
