/**
 * Leaves a receiver alone that is not well, and looks now and then whether it is again.
 *
 *   closed ──failures one after another──► open ──pause──► one probe ──taken or refused──► closed
 *                                           ▲───────────────── not well, a longer pause ──┘
 */
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleType,
  noJitterGenerator,
} from 'cockatiel';
import type { Outcome } from './ports.ts';

export interface BreakerOptions {
  /** Failures one after another that open it. */
  readonly breakAfter: number;
  /** How long it stays open at first, and at most. */
  readonly breakFirstMs: number;
  readonly breakLongestMs: number;
  readonly monoMs: () => number;
  readonly onOpened: () => void;
}

class NotWell extends Error {
  readonly outcome: Outcome;

  constructor(outcome: Outcome) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

export class Breaker {
  readonly #o: BreakerOptions;
  #policy: ReturnType<typeof policyOf>;
  #openedAtMs = 0;

  constructor(o: BreakerOptions) {
    this.#o = o;
    this.#policy = this.#made();
  }

  get isOpen(): boolean {
    return this.#policy.state !== CircuitState.Closed;
  }

  /** null: it is open, ask again later. */
  async run(attempt: () => Promise<Outcome>): Promise<Outcome | null> {
    // The library counts its pause on the wall clock: one that was set back must not make it endless.
    const { monoMs, breakLongestMs } = this.#o;
    if (this.isOpen && monoMs() - this.#openedAtMs > breakLongestMs + 1000) this.#policy = this.#made();
    try {
      return await this.#policy.execute(async () => {
        const outcome = await attempt();
        if (outcome.kind === 'unwell' || outcome.kind === 'unheard') throw new NotWell(outcome);
        return outcome;
      });
    } catch (error) {
      if (error instanceof NotWell) return error.outcome;
      if (error instanceof BrokenCircuitError) return null;
      throw error;
    }
  }

  #made(): ReturnType<typeof policyOf> {
    const policy = policyOf(this.#o);
    policy.onBreak(() => {
      this.#openedAtMs = this.#o.monoMs();
      this.#o.onOpened();
    });
    return policy;
  }
}

function policyOf({ breakAfter, breakFirstMs, breakLongestMs }: BreakerOptions) {
  const pauses = { generator: noJitterGenerator, initialDelay: breakFirstMs, maxDelay: breakLongestMs };
  return circuitBreaker(handleType(NotWell), {
    breaker: new ConsecutiveBreaker(breakAfter),
    halfOpenAfter: new ExponentialBackoff(pauses),
  });
}
