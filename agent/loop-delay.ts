/**
 * How late the main thread comes to its work: nothing on it may block for over 20 ms, whatever the disk does. Timers of
 * 10 ms, their lateness in a histogram that is begun anew every 10 s.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const EVERY_MS = 10;
const WINDOW_MS = 10_000;

export interface LoopDelayStatus {
  /** 99 of 100 turns of the last full window were no later than this, ms. */
  readonly p99Ms: number;
  /** Worst since the start, ms. */
  readonly worstMs: number;
}

export class LoopDelay {
  #histogram: ReturnType<typeof monitorEventLoopDelay> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #p99Ms = 0;
  #worstMs = 0;

  start(): void {
    this.#histogram = monitorEventLoopDelay({ resolution: EVERY_MS });
    this.#histogram.enable();
    this.#timer = setInterval(() => this.#turn(), WINDOW_MS);
  }

  /** The histogram has the time between two turns. */
  #turn(): void {
    const histogram = this.#histogram;
    if (histogram === null || histogram.count === 0) return;
    const late = (ns: number): number => Math.max(0, ns / 1e6 - EVERY_MS);
    this.#p99Ms = late(histogram.percentile(99));
    this.#worstMs = Math.max(this.#worstMs, late(histogram.max));
    histogram.reset();
  }

  status(): LoopDelayStatus {
    return { p99Ms: this.#p99Ms, worstMs: this.#worstMs };
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#histogram?.disable();
  }
}
