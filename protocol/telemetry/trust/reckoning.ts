/**
 * The last trusted position, and where the drone may be since: for people to look at, never to act on.
 *
 *   trusted              the position itself, with the error the receiver admits
 *   not trusted, speeds  carried on by the estimator's speed, 1 m more for each second
 *   silent               carried on by the last speed, which fades; the radius grows as a drone may turn and speed up
 *   silent on the ground it stays
 *
 * Radii are 95 %: `hours.test.ts` counts how often the drone was inside.
 */
import type { Fix, Speed } from './fix.ts';
import { movedBy, type Place } from './geo.ts';

export interface Estimate extends Place {
  /** The drone is within this with 95 %, m. */
  readonly radiusM: number;
  /** Since the last trusted position, ms; 0 while it is trusted. */
  readonly sinceMs: number;
}

export interface LastTrusted extends Place {
  readonly altM: number | null;
  readonly atUs: number;
}

/** 2.45 σ hold 95 % of a round two-dimensional error. */
const ROUND_95 = 2.45;
const LEAST_RADIUS_M = 3;
const CARRIED_M_PER_S = 1;
/** A course is kept for about so long. */
const FADE_S = 15;
const TURN_MPS2 = 2.2;
const CRUISE_MPS = 13;
const STEP_S = 5;

export class Reckoning {
  #last: LastTrusted | null = null;
  #place: Place | null = null;
  #speed: Speed | null = null;
  #inAir = true;
  #radiusM = 0;
  #atUs = 0;

  get last(): LastTrusted | null {
    return this.#last;
  }

  trusted(fix: Omit<Fix, 'heardUs' | 'seenUs' | 'bootMs'>, accuracyM: number, inAir: boolean): void {
    this.#last = { latDeg: fix.latDeg, lonDeg: fix.lonDeg, altM: fix.altM, atUs: fix.atUs };
    this.#place = this.#last;
    this.#speed = fix.speed;
    this.#inAir = inAir;
    this.#radiusM = Math.max(LEAST_RADIUS_M, ROUND_95 * accuracyM);
    this.#atUs = fix.atUs;
  }

  /** The place is not trusted, this speed still is. */
  carried(speed: Speed, atUs: number): void {
    if (this.#place === null) return;
    const s = (atUs - this.#atUs) / 1e6;
    if (s <= 0) return;
    if (s > STEP_S) {
      const { radiusM, ...place } = this.#fadedTo(atUs, this.#place);
      this.#place = place;
      this.#radiusM = radiusM;
    } else {
      this.#place = movedBy(this.#place, speed.northMps * s, speed.eastMps * s);
      this.#radiusM += CARRIED_M_PER_S * s;
    }
    this.#speed = speed;
    this.#atUs = atUs;
  }

  at(nowUs: number): Estimate | null {
    if (this.#place === null || this.#last === null) return null;
    const { latDeg, lonDeg, radiusM } = this.#fadedTo(nowUs, this.#place);
    return { latDeg, lonDeg, radiusM, sinceMs: Math.max(0, (nowUs - this.#last.atUs) / 1e3) };
  }

  #fadedTo(nowUs: number, place: Place): Place & { readonly radiusM: number } {
    const s = Math.max(0, (nowUs - this.#atUs) / 1e6);
    if (!this.#inAir) return { latDeg: place.latDeg, lonDeg: place.lonDeg, radiusM: this.#radiusM };
    const speed = this.#speed ?? { northMps: 0, eastMps: 0 };
    const way = FADE_S * (1 - Math.exp(-s / FADE_S));
    const moved = movedBy(place, speed.northMps * way, speed.eastMps * way);
    const turningS = Math.min(s, CRUISE_MPS / TURN_MPS2);
    const grown = (TURN_MPS2 * turningS * turningS) / 2 + CRUISE_MPS * (s - turningS);
    return { latDeg: moved.latDeg, lonDeg: moved.lonDeg, radiusM: this.#radiusM + grown };
  }
}
