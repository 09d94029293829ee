/** What a flight shows, step by step, each with the time it took. */
export interface StepResult {
  readonly name: string;
  readonly ok: boolean;
  readonly tookMs: number;
  /** What was measured, or what went wrong. */
  readonly detail: string;
}

/** Thrown through a flight when a step failed without which the rest means nothing. */
export class FlightEnded extends Error {}

export class Steps {
  readonly results: StepResult[] = [];
  readonly #say: (result: StepResult) => void;

  constructor(say: (result: StepResult) => void) {
    this.#say = say;
  }

  /** Runs one step. What it gives is printed beside it; what it throws makes it failed, and the flight goes on. */
  async step(name: string, run: () => Promise<string>): Promise<boolean> {
    const began = performance.now();
    let ok = true;
    let detail = '';
    try {
      detail = await run();
    } catch (error) {
      ok = false;
      detail = error instanceof Error ? error.message : String(error);
    }
    const result = { name, ok, tookMs: performance.now() - began, detail };
    this.results.push(result);
    this.#say(result);
    return ok;
  }

  /** A step without which the rest of the flight means nothing. */
  async must(name: string, run: () => Promise<string>): Promise<void> {
    if (!(await this.step(name, run))) throw new FlightEnded(name);
  }

  get passed(): number {
    return this.results.filter(({ ok }) => ok).length;
  }

  get failed(): number {
    return this.results.length - this.passed;
  }
}
