/** A difference that should stay where it is: how far has it wandered within the window? */
import { DRIFT_STEP_MS, DRIFT_WINDOW_MS } from './limits.ts';

interface Mark {
  readonly atMs: number;
  readonly northM: number;
  readonly eastM: number;
}

export class Drift {
  #northM = 0;
  #eastM = 0;
  #marks: Mark[] = [];

  /** One more step of the difference, m. */
  add(northM: number, eastM: number, atMs: number): void {
    this.#northM += northM;
    this.#eastM += eastM;
    const last = this.#marks.at(-1);
    if (last !== undefined && atMs - last.atMs < DRIFT_STEP_MS) return;
    this.#marks.push({ atMs, northM: this.#northM, eastM: this.#eastM });
    while ((this.#marks[0]?.atMs ?? atMs) < atMs - DRIFT_WINDOW_MS) this.#marks.shift();
  }

  /** Since the beginning of the window, m. */
  get awayM(): number {
    const [first] = this.#marks;
    return first === undefined ? 0 : Math.hypot(this.#northM - first.northM, this.#eastM - first.eastM);
  }

  reset(): void {
    this.#northM = 0;
    this.#eastM = 0;
    this.#marks = [];
  }
}
