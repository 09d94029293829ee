import { wrapPi } from '../geo.ts';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import { here, type Speeds, type Target, toPoint } from './guidance.ts';

const LEAST_RADIUS_M = 5;
const USUAL_RADIUS_M = 10;
const SPEED_MS = 5;
/** How far ahead on the circle it steers, metres. */
const LOOKAHEAD_M = 8;
const TURN = 2 * Math.PI;

const bearingFrom = (centre: Target, body: Body): number =>
  Math.atan2(body.eastM - centre.eastM, body.northM - centre.northM);

/** Round a point, so many times. */
export class Circling {
  readonly #say: (text: string) => void;
  #centre: Target | null = null;
  #radiusM = USUAL_RADIUS_M;
  #turns = 1;
  /** Null: not yet on the circle. */
  #turned: number | null = null;
  #bearing = 0;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  begin(centre: Target, radiusM: number, turns: number): void {
    this.#centre = centre;
    this.#radiusM = Math.max(LEAST_RADIUS_M, Math.abs(radiusM) || USUAL_RADIUS_M);
    this.#turns = turns;
    this.#turned = null;
  }

  /** Counts on, and says so. */
  isDone(body: Body): boolean {
    const centre = this.#centre ?? here(body);
    const bearing = bearingFrom(centre, body);
    const away = Math.hypot(body.northM - centre.northM, body.eastM - centre.eastM);
    if (away < this.#radiusM * 1.5) this.#count(bearing);
    this.#bearing = bearing;
    return this.#turned !== null && this.#turned >= TURN * this.#turns;
  }

  step(body: Body, speeds: Speeds): Demand {
    const centre = this.#centre ?? here(body);
    const bearing = bearingFrom(centre, body);
    const ahead = bearing + LOOKAHEAD_M / this.#radiusM;
    const carrot = {
      northM: centre.northM + this.#radiusM * Math.cos(ahead),
      eastM: centre.eastM + this.#radiusM * Math.sin(ahead),
      upM: centre.upM,
    };
    return toPoint(body, carrot, { ...speeds, cruiseMS: Math.min(SPEED_MS, speeds.cruiseMS) }, null);
  }

  #count(bearing: number): void {
    if (this.#turned === null) {
      this.#say(`Mission: starting circle 1/${this.#turns}`);
      this.#turned = 0;
      return;
    }
    const before = Math.floor(this.#turned / TURN);
    this.#turned += wrapPi(bearing - this.#bearing);
    const now = Math.floor(this.#turned / TURN);
    // It announces one more than there is.
    if (now > before) this.#say(`Mission: starting circle ${now + 1}/${this.#turns}`);
  }
}
