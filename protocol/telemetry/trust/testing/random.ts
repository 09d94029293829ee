/** Random numbers that replay: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 ≤ x < 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.next();
  }

  /** Mean 0, variance 1. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  chance(part: number): boolean {
    return this.next() < part;
  }
}

/** A value that wanders about 0 with a standard deviation and a time it keeps its direction for. */
export class Wander {
  readonly #random: Random;
  value = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  step(dtS: number, sigma: number, tauS: number): number {
    const keep = Math.exp(-dtS / tauS);
    this.value = this.value * keep + sigma * Math.sqrt(1 - keep * keep) * this.#random.normal();
    return this.value;
  }
}
