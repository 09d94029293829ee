/**
 * A curve of any length in bounded memory: time is cut into buckets, of each the least and the greatest value stay at
 * their true times. When there are too many, buckets become twice as wide and two become one.
 */

export interface CurvePoint {
  readonly utcUs: number;
  readonly value: number;
}

interface Bucket {
  least: CurvePoint;
  greatest: CurvePoint;
}

const MAX_BUCKETS = 800;
const FIRST_WIDTH_US = 0.5e6;

/** The point that came first, then the other; one, when they are the same. */
const inOrder = ({ least, greatest }: Bucket): CurvePoint[] => {
  if (least.utcUs === greatest.utcUs) return [least];
  return least.utcUs < greatest.utcUs ? [least, greatest] : [greatest, least];
};

export class Curve {
  #fromUs: number | null = null;
  #buckets: (Bucket | undefined)[] = [];
  #widthUs = FIRST_WIDTH_US;

  add(utcUs: number, value: number | null | undefined): void {
    if (typeof value !== 'number' || !Number.isFinite(value)) return;
    this.#fromUs ??= utcUs;
    // A clock that went back: what lies before the beginning has no place.
    if (utcUs < this.#fromUs) return;
    let index = Math.floor((utcUs - this.#fromUs) / this.#widthUs);
    while (index >= MAX_BUCKETS) {
      this.#widen();
      index = Math.floor((utcUs - this.#fromUs) / this.#widthUs);
    }
    const point = { utcUs, value };
    const bucket = this.#buckets[index];
    if (bucket === undefined) this.#buckets[index] = { least: point, greatest: point };
    else take(bucket, { least: point, greatest: point });
  }

  #widen(): void {
    this.#widthUs *= 2;
    const wider: (Bucket | undefined)[] = [];
    for (const [i, bucket] of this.#buckets.entries()) {
      if (bucket === undefined) continue;
      const into = wider[i >> 1];
      if (into === undefined) wider[i >> 1] = bucket;
      else take(into, bucket);
    }
    this.#buckets = wider;
  }

  /** Points this near to each other belong together, µs. */
  get widthUs(): number {
    return this.#widthUs;
  }

  points(): CurvePoint[] {
    return this.#buckets.flatMap((bucket) => (bucket === undefined ? [] : inOrder(bucket)));
  }
}

function take(into: Bucket, more: Bucket): void {
  if (more.least.value < into.least.value) into.least = more.least;
  if (more.greatest.value > into.greatest.value) into.greatest = more.greatest;
}
