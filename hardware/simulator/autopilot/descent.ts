import type { NorthEast } from '../geo.ts';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import { descend, type Speeds, type Target, toPoint } from './guidance.ts';

/** How long it hovers over home before it comes down. */
const WAIT_MS = 5_000;

/** The way down: LAND where it is, or RTL, which climbs, flies home, waits and lands. */
export class Descent {
  /** Coming down now. */
  landing = false;
  /** Where it will touch down; null while nothing of the kind goes on. */
  spot: NorthEast | null = null;
  #over: Target | null = null;
  #notYetAtMs = 0;

  reset(): void {
    this.landing = false;
    this.spot = null;
    this.#over = null;
  }

  /** Where it is being led on the way home. */
  get target(): Target | null {
    return this.#over ?? (this.spot === null ? null : { ...this.spot, upM: 0 });
  }

  landAt(spot: NorthEast): void {
    this.reset();
    this.landing = true;
    this.spot = { northM: spot.northM, eastM: spot.eastM };
  }

  /** Home by way of `upM`, or higher if it already is. */
  returnTo(home: NorthEast, upM: number, body: Body, nowMs: number): void {
    this.reset();
    this.spot = { northM: home.northM, eastM: home.eastM };
    this.#over = { northM: body.northM, eastM: body.eastM, upM: Math.max(body.upM, upM) };
    this.#notYetAtMs = nowMs;
  }

  /** What to do now. `landMS`: the speed near the ground. */
  step(body: Body, nowMs: number, speeds: Speeds, landMS: number): Demand {
    const { spot } = this;
    if (spot === null || this.landing || this.#over === null) return descend(body, spot ?? body, landMS, speeds);
    if (body.upM > this.#over.upM - 1) this.#over = { ...spot, upM: this.#over.upM };
    if (Math.hypot(spot.northM - body.northM, spot.eastM - body.eastM) > 2) this.#notYetAtMs = nowMs;
    else if (nowMs - this.#notYetAtMs > WAIT_MS) this.landing = true;
    return toPoint(body, this.#over, speeds, null);
  }
}
