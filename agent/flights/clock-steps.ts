/**
 * Where the clock of a recording was set, told by the autopilot's own in its positions, so that all of a flight can be shown by
 * the clock at its end. Between two positions it was set where the recording's times are farthest apart. Pure.
 *
 *   recorded   10:00:01  10:00:02 │ 11:00:02  11:00:03        frame 2 and later: as they are
 *   autopilot        4s        5s │       5s        6s        frames 0 and 1:   + 1 h
 */

/** More than lateness: the clock was set, µs. */
const STEP_US = 2e6;
/** Autopilots that restart count anew, µs. */
const MOST_BETWEEN_US = 120e6;
const MAX_STEPS = 1_000;

interface Step {
  /** The first frame by the new clock. */
  readonly frame: number;
  readonly byUs: number;
}

export class ClockSteps {
  readonly #steps: Step[] = [];
  #frame = -1;
  #lastUs: number | null = null;
  #widest = { frame: 0, us: 0 };
  #position: { readonly atUs: number; readonly bootUs: number } | null = null;

  /** Each frame of it in its order. */
  frame(atUs: number): void {
    this.#frame++;
    const us = Math.abs(atUs - (this.#lastUs ?? atUs));
    if (us > this.#widest.us) this.#widest = { frame: this.#frame, us };
    this.#lastUs = atUs;
  }

  /** The frame that was told last is a position. */
  position(bootMs: number): void {
    const before = this.#position;
    const [atUs, bootUs] = [this.#lastUs ?? 0, bootMs * 1e3];
    this.#position = { atUs, bootUs };
    const { frame } = this.#widest;
    this.#widest = { frame: this.#frame, us: 0 };
    if (before === null) return;
    const flownUs = bootUs - before.bootUs;
    if (flownUs < 0 || flownUs > MOST_BETWEEN_US) return;
    const byUs = atUs - before.atUs - flownUs;
    if (Math.abs(byUs) > STEP_US && this.#steps.length < MAX_STEPS) this.#steps.push({ frame, byUs });
  }

  /** What to add to the times of each frame, asked for in order, µs. */
  corrections(): (frame: number) => number {
    const left = [...this.#steps];
    let byUs = left.reduce((sum, step) => sum + step.byUs, 0);
    return (frame) => {
      for (let next = left[0]; next !== undefined && next.frame <= frame; next = left[0]) {
        byUs -= next.byUs;
        left.shift();
      }
      return byUs;
    };
  }
}
