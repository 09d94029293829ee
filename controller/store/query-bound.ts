/** What one query may cost: no reader thread is held by one of them for ever. */
import { StoreError } from './errors.ts';

/** Samples one query may read; some ten seconds' worth. */
const MAX_ROWS = 20_000_000;

export class QueryBound {
  readonly #what: string;
  readonly #untilMs: number;

  /** `untilMs` by `monotonicMs`; throws `busy` when it is past before the query has begun. */
  constructor(what: string, untilMs: number) {
    this.#what = what;
    this.#untilMs = untilMs;
    if (monotonicMs() > untilMs) throw new StoreError('busy', `${what}: its turn came too late`);
  }

  /** Throws `too-long`. */
  check(rows: number): void {
    if (rows > MAX_ROWS) throw new StoreError('too-long', `${this.#what}: over ${MAX_ROWS} samples`);
    if (monotonicMs() > this.#untilMs) throw new StoreError('too-long', `${this.#what}: stopped half-way`);
  }
}

/** ms since 1970 by a clock that never steps, the same in every thread. */
export function monotonicMs(): number {
  return performance.timeOrigin + performance.now();
}
