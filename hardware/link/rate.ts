const BUCKETS = 5;
const BUCKET_MS = 1_000;

/** Bytes per second over the last four whole seconds: the fifth bucket is the one that fills. Costs one addition per chunk. */
export class ByteRate {
  readonly #buckets = new Float64Array(BUCKETS);
  #second = 0;
  #firstSecond: number | null = null;

  add(bytes: number, nowMs: number): void {
    this.#roll(nowMs);
    const slot = this.#second % BUCKETS;
    this.#buckets[slot] = (this.#buckets[slot] ?? 0) + bytes;
  }

  /** The second that is still running does not count, unless it is the first. */
  perSecond(nowMs: number): number {
    this.#roll(nowMs);
    const running = this.#buckets[this.#second % BUCKETS] ?? 0;
    const whole = Math.min(BUCKETS - 1, this.#second - (this.#firstSecond ?? this.#second));
    if (whole === 0) return running;
    return (this.#buckets.reduce((sum, bytes) => sum + bytes, 0) - running) / whole;
  }

  #roll(nowMs: number): void {
    const second = Math.floor(nowMs / BUCKET_MS);
    if (this.#firstSecond === null) {
      this.#firstSecond = second;
      this.#second = second;
    }
    const passed = Math.min(BUCKETS, second - this.#second);
    for (let i = 1; i <= passed; i += 1) this.#buckets[(this.#second + i) % BUCKETS] = 0;
    if (second > this.#second) {
      // Slots are addressed by second, so after a long pause all of them have to be empty.
      if (second - this.#second >= BUCKETS) this.#buckets.fill(0);
      this.#second = second;
    }
  }
}
