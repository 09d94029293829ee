import type { Port } from './port.ts';
import type { Simulator } from './simulator.ts';

export interface DriverOptions {
  readonly simulator: Simulator;
  /** Virtual seconds per real one. */
  readonly speedup?: number;
  /** Monotonic ms. */
  /** When the time of day it begins with was taken, by `now`: making a simulator takes a while. */
  readonly bornMs?: number;
  readonly now?: () => number;
  /** Called after each stretch of simulated time. */
  readonly onAdvanced?: () => void;
}

/** Wake-ups fall on a grid so that messages due close together share one. Each still carries its own exact time. */
const GRID_MS = 10;
/** After a pause of the process (a suspended laptop) no more than this is made up for at once. */
const CATCH_UP_MS = 2_000;

/** Runs a simulator in real time, with one timer. */
export class Driver {
  readonly #simulator: Simulator;
  readonly #speedup: number;
  readonly #now: () => number;
  readonly #onAdvanced: () => void;
  #lastMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running = false;

  constructor(options: DriverOptions) {
    this.#simulator = options.simulator;
    this.#speedup = options.speedup ?? 1;
    this.#now = options.now ?? (() => performance.now());
    this.#onAdvanced = options.onAdvanced ?? (() => {});
    this.#lastMs = options.bornMs ?? this.#now();
  }

  start(): void {
    this.#running = true;
    const now = this.#now();
    this.#lose(now - this.#lastMs);
    this.#lastMs = now;
    this.#wake();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
  }

  /** Brings bytes to a port, at the present moment. */
  receive(port: Port, bytes: Uint8Array): void {
    this.act(() => port.receive(bytes));
  }

  /** Does something to the simulation at the present moment. */
  act(what: () => void): void {
    if (!this.#running) return;
    this.#catchUp();
    what();
    this.#wake();
  }

  #catchUp(): void {
    const now = this.#now();
    const madeUp = Math.min(CATCH_UP_MS, now - this.#lastMs);
    this.#lose(now - this.#lastMs - madeUp);
    const passed = madeUp * this.#speedup;
    this.#lastMs = now;
    this.#simulator.advanceTo(this.#simulator.nowMs + passed);
    this.#onAdvanced();
  }

  /** Time that the simulation did not live through has passed all the same where its receiver gets the time of day. */
  #lose(ms: number): void {
    if (ms > 0) this.#simulator.autopilot.disturbances.unixErrorUs += BigInt(Math.round(ms * 1_000));
  }

  #wake(): void {
    if (!this.#running) return;
    this.#catchUp();
    const waitMs = (this.#simulator.nextDueMs - this.#simulator.nowMs) / this.#speedup;
    const now = this.#now();
    const due = Math.ceil((now + Math.max(1, waitMs)) / GRID_MS) * GRID_MS;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#wake(), due - now);
  }
}
