import type { NorthEast } from '../geo.ts';
import type { Body, Demand } from '../vehicle/kinematics.ts';
import { descend, here, type Speeds, type Target, toPoint } from './guidance.ts';

export interface ReturnPlan {
  /** Home, or a rally point. */
  readonly spot: NorthEast;
  /** At which height it flies there. */
  readonly upM: number;
  /** How long it hovers over it. */
  readonly waitMs: number;
  /** It stays there at this height; null: it lands. */
  readonly finalUpM: number | null;
}

export interface DescentHost {
  /** LAND_SPEED and, over LAND_ALT_LOW, LAND_SPEED_HIGH (0: the speed of sinking), m/s and m. */
  readonly landing: { readonly slowMS: number; readonly fastMS: number; readonly lowUpM: number };
}

const CLIMBED_M = 1;
const ARRIVED_M = 2;

type Phase = 'none' | 'climb' | 'fly' | 'wait' | 'stay' | 'land';

/** The way down: LAND where it is or over a place, or RTL, which climbs, flies there, waits and lands. */
export class Descent {
  /** Where it will touch down; null while nothing of the kind goes on. */
  spot: NorthEast | null = null;
  readonly #host: DescentHost;
  #phase: Phase = 'none';
  #over: Target | null = null;
  #plan: ReturnPlan | null = null;
  #sinceMs = 0;

  constructor(host: DescentHost) {
    this.#host = host;
  }

  /** Coming down now. */
  get landing(): boolean {
    return this.#phase === 'land';
  }

  reset(): void {
    this.#phase = 'none';
    this.spot = null;
    this.#over = null;
    this.#plan = null;
  }

  /** Where it is being led on the way. */
  get target(): Target | null {
    return this.#over ?? (this.spot === null ? null : { ...this.spot, upM: 0 });
  }

  /** Down there; `first` at this height over it. */
  landAt({ northM, eastM }: NorthEast, upM: number, first = false): void {
    this.reset();
    this.spot = { northM, eastM };
    this.#phase = first ? 'fly' : 'land';
    if (first) this.#over = { northM, eastM, upM };
  }

  returnTo(plan: ReturnPlan, body: Body): void {
    this.reset();
    this.#plan = plan;
    this.spot = { northM: plan.spot.northM, eastM: plan.spot.eastM };
    this.#over = { ...here(body), upM: Math.max(body.upM, plan.upM) };
    this.#phase = 'climb';
  }

  /** What to do now. */
  step(body: Body, nowMs: number, speeds: Speeds): Demand {
    const { spot } = this;
    const over = this.#over;
    if (spot === null || over === null || this.landing) return this.#land(body, spot ?? body, speeds);
    this.#goOn(body, nowMs, spot, over);
    return this.landing ? this.#land(body, spot, speeds) : toPoint(body, this.#over ?? over, speeds, null);
  }

  #goOn(body: Body, nowMs: number, spot: NorthEast, over: Target): void {
    const away = Math.hypot(spot.northM - body.northM, spot.eastM - body.eastM);
    switch (this.#phase) {
      case 'climb':
        if (body.upM < over.upM - CLIMBED_M) return;
        this.#over = { ...spot, upM: over.upM };
        this.#phase = 'fly';
        return;
      case 'fly':
        if (away > ARRIVED_M) return;
        this.#sinceMs = nowMs;
        this.#phase = this.#plan === null ? 'land' : 'wait';
        return;
      case 'wait':
        if (this.#plan === null || nowMs - this.#sinceMs < this.#plan.waitMs) return;
        this.#phase = this.#plan.finalUpM === null ? 'land' : 'stay';
        if (this.#plan.finalUpM !== null) this.#over = { ...spot, upM: this.#plan.finalUpM };
        return;
      default:
        return;
    }
  }

  #land(body: Body, spot: NorthEast, speeds: Speeds): Demand {
    const { slowMS, fastMS, lowUpM } = this.#host.landing;
    const sinkMS = body.upM > lowUpM ? fastMS || speeds.sinkMS : slowMS;
    return descend(body, spot, sinkMS, speeds);
  }
}
