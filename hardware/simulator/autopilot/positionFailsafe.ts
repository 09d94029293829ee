import type { Estimate } from '../vehicle/estimate.ts';
import type { FailsafeEvent } from './failsafe.ts';
import type { Parameters } from './parameters.ts';

/** After the last believed fix (measured): the estimator has given its position up; the failsafe comes up; and, once it is back, goes. */
const GIVEN_UP_MS = 7_200;
const LOST_MS = 8_100;
const BACK_MS = 1_100;

/** The estimator no longer knows where it is. Latched until fixes are believed again; the mode does not go back by itself. */
export class PositionFailsafe {
  tripped = false;
  /** The estimator has a position. */
  trusted = true;
  #backAtMs: number | null = null;

  /** `on`: it has begun to use GPS since boot; `matters`: the mode needs a position. */
  step(
    nowMs: number,
    estimate: Estimate,
    { on, matters }: { readonly on: boolean; readonly matters: boolean },
    parameters: Parameters,
  ): FailsafeEvent | null {
    const staleMs = on ? nowMs - estimate.believedAtMs : 0;
    this.trusted = staleMs < GIVEN_UP_MS;
    if (this.tripped) {
      this.#backAtMs = this.trusted ? (this.#backAtMs ?? nowMs) : null;
      if (this.#backAtMs === null || nowMs - this.#backAtMs < BACK_MS) return null;
      this.tripped = false;
      this.#backAtMs = null;
      return { on: false, name: 'EKF', action: 'nothing' };
    }
    if (staleMs < LOST_MS || !matters) return null;
    this.tripped = true;
    const asked = parameters.value('FS_EKF_ACTION');
    return { on: true, name: 'EKF', action: asked === 0 ? 'nothing' : asked === 2 ? 'alt-hold' : 'land' };
  }
}
