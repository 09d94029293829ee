/**
 * The estimate against itself: does each step follow from the speed (jump, drift), and does it move when the drone does
 * (frozen)? Also the way flown by speed alone, which the receiver is held against.
 */
import type { Doubts } from './doubts.ts';
import { Drift } from './drift.ts';
import { type Fix, meanSpeed, type Speed, secondsBetween } from './fix.ts';
import { movedBy, type Place, stepM } from './geo.ts';
import {
  BRIDGE_MS,
  DRIFT_FUSED_M,
  FROZEN_MS,
  FROZEN_SPEED_MPS,
  FROZEN_SPREAD_M,
  FROZEN_TILT_RAD,
  JUMP_M,
  JUMP_M_PER_S,
  LEAVE_PART,
  UNKNOWN_SPEED_MPS,
} from './limits.ts';

/** Undone jumps need no long wait: it is where it was. */
const BACK_MS = 5_000;
const NO_JUMP = { northM: 0, eastM: 0, upM: 0 };

/** What tells of motion besides the estimate's own speed. */
export interface OtherMotion {
  /** By the receiver, m/s; null: not known now. */
  readonly gpsSpeedMps: number | null;
  /** How far the drone leans, rad; null: not known now. */
  readonly tiltRad: number | null;
  readonly inAir: boolean;
}

/** Where the estimate was at a moment between its last two positions. */
export interface Moment extends Place {
  /** By the autopilot's time where it gives one, s from an arbitrary beginning. */
  readonly s: number;
  readonly speed: Speed | null;
  /** The way flown by the estimate's speed, m, from an arbitrary beginning; null: no speed is known. */
  readonly way: { readonly northM: number; readonly eastM: number } | null;
}

export class Motion {
  readonly #doubts: Doubts;
  readonly #drift = new Drift();
  #last: Fix | null = null;
  #before: { readonly fix: Fix; readonly s: number; readonly northM: number; readonly eastM: number } | null = null;
  #held: { fix: Fix; s: number; steps: number; slowestMps: number; wayM: number; leaning: boolean } | null = null;
  #s = 0;
  #jumped = NO_JUMP;
  #wayNorthM = 0;
  #wayEastM = 0;

  constructor(doubts: Doubts) {
    this.#doubts = doubts;
  }

  /**
   * Where it was when something else came, at `monoUs`, between the last two positions: by their stamps, which no delay
   * reaches, in the proportion of the arrivals. Null: the last one did not follow the one before.
   */
  momentAt(monoUs: number): Moment | null {
    const { fix, s, northM, eastM } = this.#before ?? {};
    const last = this.#last;
    if (fix === undefined || last === null || s === undefined || northM === undefined || eastM === undefined)
      return null;
    const betweenUs = last.heardUs - fix.heardUs;
    const part = betweenUs > 0 ? Math.max(0, Math.min(1, (monoUs - fix.heardUs) / betweenUs)) : 0.5;
    const step = stepM(fix, last);
    const way = [this.#wayNorthM - northM, this.#wayEastM - eastM] as const;
    return {
      ...movedBy(fix, step.northM * part, step.eastM * part),
      s: s + (this.#s - s) * part,
      speed: meanSpeed(fix, last),
      way: last.speed === null ? null : { northM: northM + way[0] * part, eastM: eastM + way[1] * part },
    };
  }

  /** False: too long after the one before to be held against it. */
  take(fix: Fix, other: OtherMotion): boolean {
    const last = this.#last;
    this.#last = fix;
    this.#before = null;
    const s = last === null ? 0 : secondsBetween(last, fix);
    if (last === null || s * 1e3 > BRIDGE_MS) {
      this.#drift.reset();
      this.#held = null;
      return false;
    }
    this.#before = { fix: last, s: this.#s, northM: this.#wayNorthM, eastM: this.#wayEastM };
    this.#s += s;
    this.#step(last, fix, s);
    this.#still(fix, other, s);
    return true;
  }

  #step(last: Fix, fix: Fix, s: number): void {
    const speed = meanSpeed(last, fix);
    const step = stepM(last, fix);
    const north = step.northM - (speed?.northMps ?? 0) * s;
    const east = step.eastM - (speed?.eastMps ?? 0) * s;
    const up = fix.altM === null || last.altM === null ? 0 : fix.altM - last.altM + (speed?.downMps ?? 0) * s;
    this.#wayNorthM += (speed?.northMps ?? 0) * s;
    this.#wayEastM += (speed?.eastMps ?? 0) * s;
    const limitM = JUMP_M + JUMP_M_PER_S * s + (speed === null ? UNKNOWN_SPEED_MPS * s : 0);
    const jumped = Math.hypot(north, east) > limitM || Math.abs(up) > limitM;
    if (jumped) {
      const before = this.#doubts.holds('jump') ? this.#jumped : NO_JUMP;
      this.#jumped = { northM: before.northM + north, eastM: before.eastM + east, upM: before.upM + up };
      const { northM, eastM, upM } = this.#jumped;
      const isBack = Math.hypot(northM, eastM) < JUMP_M && Math.abs(upM) < JUMP_M;
      this.#doubts.look('jump', true, fix.seenUs, { sure: true });
      if (isBack) this.#doubts.look('jump', false, fix.seenUs, { leaveMs: BACK_MS });
      return;
    }
    this.#doubts.look('jump', false, fix.seenUs);
    if (speed === null) return;
    this.#drift.add(north, east, this.#s * 1e3);
  }

  /** How far the place has moved away from the speed within the window, against its limit: ≥ 1 is drift. */
  driftPart(accuracyM: number): number {
    return this.#drift.awayM / (DRIFT_FUSED_M + accuracyM);
  }

  #still(fix: Fix, other: OtherMotion, s: number): void {
    const own = fix.speed === null ? 0 : Math.hypot(fix.speed.northMps, fix.speed.eastMps, fix.speed.downMps);
    const mps = Math.max(own, other.gpsSpeedMps ?? 0);
    const leaning = other.inAir && (other.tiltRad ?? 0) > FROZEN_TILT_RAD;
    const held = this.#held;
    const away = held === null ? null : stepM(held.fix, fix);
    const climbed = held === null ? 0 : Math.abs((fix.altM ?? 0) - (held.fix.altM ?? 0));
    const moved = away === null || Math.hypot(away.northM, away.eastM, climbed) > FROZEN_SPREAD_M;
    if (held === null || moved) {
      this.#held = { fix, s: 0, steps: 0, slowestMps: mps, wayM: 0, leaning };
      this.#doubts.look('frozen', false, fix.seenUs);
      return;
    }
    const same = fix.latDeg === held.fix.latDeg && fix.lonDeg === held.fix.lonDeg && climbed === 0;
    held.slowestMps = Math.min(held.slowestMps, mps);
    held.s += s;
    held.steps++;
    held.wayM += mps * s;
    held.leaning = held.leaning && leaning && same;
    // One long step is no standing still: it may have braked within it.
    const long = held.s >= FROZEN_MS / 1e3 && held.steps > 1;
    const moves = held.slowestMps > FROZEN_SPEED_MPS && held.wayM > FROZEN_SPEED_MPS;
    this.#doubts.look('frozen', long && (moves || held.leaning) ? true : long ? false : null, fix.seenUs);
  }

  /** Forget what was before, as after a restart of the autopilot. */
  reset(): void {
    this.#last = null;
    this.#before = null;
    this.#held = null;
    this.#jumped = NO_JUMP;
    this.#drift.reset();
  }
}

/** Against a limit and half of it: true past it, false well under it, else null. */
export const beyond = (part: number): boolean | null => (part >= 1 ? true : part < LEAVE_PART ? false : null);
