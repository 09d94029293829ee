/** The satellite receiver as it reports itself: how good its fix is, and whether the estimate goes with it. */
import type { Sample } from '../kinds.ts';
import type { Doubts } from './doubts.ts';
import { Drift } from './drift.ts';
import { type Place, stepM } from './geo.ts';
import {
  ACCURACY_M,
  BRIDGE_MS,
  DRIFT_GPS_M,
  GPS_GAP_M,
  GPS_GAP_PER_ACCURACY,
  GPS_GAP_SURE_M,
  GPS_LAG_S,
  HDOP,
  JUMP_M,
  JUMP_M_PER_S,
  LEAVE_PART,
  MAX_ACCURACY_M,
  SATELLITES,
} from './limits.ts';
import type { Moment, Motion } from './motion.ts';

type Gps = Sample<'gps'>;

const WITHOUT_FIX: readonly string[] = ['no-gps', 'no-fix'];
const DEFAULT_ACCURACY_M = 1.5;
const MAX_RECEIVERS = 16;
const RAD = Math.PI / 180;

interface Report extends Place {
  readonly moment: Moment;
  readonly instance: number;
  readonly northMps: number | null;
  readonly eastMps: number | null;
}

export class Receivers {
  readonly #doubts: Doubts;
  readonly #newest = new Map<number, Gps>();
  readonly #againstWay = new Drift();
  readonly #againstSelf = new Drift();
  #waiting: Gps | null = null;
  #last: Report | null = null;
  #accuracyM = DEFAULT_ACCURACY_M;
  #seenUs: number | null = null;
  #missedMs = 0;

  constructor(doubts: Doubts) {
    this.#doubts = doubts;
  }

  /** 1 σ as the receiver admits it, bounded; what limits are widened by. */
  get accuracyM(): number {
    return this.#accuracyM;
  }

  /** Of the receiver that is looked at: when it last reported. */
  get atUs(): number | null {
    return this.#best()?.monoUs ?? null;
  }

  /** Between its last two reports, ms by `Evidence`: what was held back and came at last is none of it. */
  get missedMs(): number {
    return this.#missedMs;
  }

  speedMps(nowUs: number, withinMs: number): number | null {
    const best = this.#best();
    return best !== null && nowUs - best.monoUs <= withinMs * 1e3 ? best.values.groundSpeedMps : null;
  }

  /** Has a receiver a fix with a place? */
  get hasFix(): boolean {
    const best = this.#best();
    return best !== null && isFix(best) && best.values.latDeg !== null;
  }

  /** `seenUs`: by `Evidence`. Its place is held against the estimate when the next position has come: `compare`. */
  take(sample: Gps, seenUs: number): void {
    const instance = sample.values.instance ?? 0;
    if (!this.#newest.has(instance) && this.#newest.size >= MAX_RECEIVERS) return;
    this.#newest.set(instance, sample);
    if (this.#best() !== sample) return;
    this.#missedMs = (seenUs - (this.#seenUs ?? seenUs)) / 1e3;
    this.#seenUs = seenUs;
    this.#quality(sample, seenUs);
    const { latDeg, lonDeg } = sample.values;
    if (latDeg !== null && lonDeg !== null) {
      this.#waiting = sample;
      return;
    }
    // A place that is 0, 0 with a fix is said by the sampler as none: there is nothing to compare, and it is no fix.
    if (isFix(sample)) this.#doubts.look('low-fix', true, seenUs, { sure: true });
    this.#waiting = null;
    this.#last = null;
  }

  /** The first, unless only another one has a fix. */
  #best(): Gps | null {
    const first = this.#newest.get(0);
    if (first !== undefined && isFix(first)) return first;
    for (const one of this.#newest.values()) if (isFix(one)) return one;
    return first ?? this.#newest.values().next().value ?? null;
  }

  #quality({ values }: Gps, seenUs: number): void {
    const { fix, satellites, hdop, horizontalAccM } = values;
    const none = fix === null || WITHOUT_FIX.includes(fix);
    const flat = fix === '2d';
    this.#doubts.look('no-fix', none, seenUs);
    const bad =
      none ||
      flat ||
      (satellites !== null && satellites <= SATELLITES[0]) ||
      (hdop !== null && hdop > HDOP[0]) ||
      (horizontalAccM !== null && horizontalAccM > ACCURACY_M[0]);
    const good =
      (satellites === null || satellites >= SATELLITES[1]) &&
      (hdop === null || hdop <= HDOP[1]) &&
      (horizontalAccM === null || horizontalAccM <= ACCURACY_M[1]);
    this.#doubts.look('low-fix', bad ? true : good ? false : null, seenUs, { sure: none });
    this.#accuracyM = Math.min(MAX_ACCURACY_M, horizontalAccM ?? (hdop ?? 1) * DEFAULT_ACCURACY_M);
  }

  /** Another position has come, so it is known where the estimate was when the receiver spoke. */
  compare(motion: Motion, seenUs: number): void {
    const sample = this.#waiting;
    this.#waiting = null;
    const moment = sample === null ? null : motion.momentAt(sample.monoUs);
    const { latDeg, lonDeg, groundSpeedMps, courseDeg, instance } = sample?.values ?? {};
    if (moment === null || latDeg == null || lonDeg == null) return;
    const known = groundSpeedMps != null && (courseDeg != null || groundSpeedMps === 0);
    const course = (courseDeg ?? 0) * RAD;
    const report: Report = {
      latDeg,
      lonDeg,
      moment,
      instance: instance ?? 0,
      northMps: known ? groundSpeedMps * Math.cos(course) : null,
      eastMps: known ? groundSpeedMps * Math.sin(course) : null,
    };
    const jumped = this.#steps(report);
    this.#last = report;
    this.#gap(report, jumped, seenUs);
  }

  /** True: it has left the way of the estimate in one step. No lag explains that: it lags by the same as before. */
  #steps(now: Report): boolean {
    const last = this.#last;
    const s = last === null ? 0 : now.moment.s - last.moment.s;
    if (last === null || last.instance !== now.instance || s * 1e3 > BRIDGE_MS) {
      this.#againstWay.reset();
      this.#againstSelf.reset();
      return false;
    }
    const step = stepM(last, now);
    const atMs = now.moment.s * 1e3;
    const limitM = JUMP_M + JUMP_M_PER_S * s;
    const add = (drift: Drift, north: number, east: number): void => {
      // A jump is no drift.
      if (Math.hypot(north, east) <= limitM) drift.add(north, east, atMs);
    };
    const [way, before] = [now.moment.way, last.moment.way];
    let jumped = false;
    if (way && before) {
      const north = step.northM - (way.northM - before.northM);
      const east = step.eastM - (way.eastM - before.eastM);
      jumped = Math.hypot(north, east) > limitM + this.#accuracyM;
      add(this.#againstWay, north, east);
    } else this.#againstWay.reset();
    const { northMps, eastMps } = now;
    if (northMps === null || eastMps === null || last.northMps === null || last.eastMps === null) {
      this.#againstSelf.reset();
      return jumped;
    }
    const [north, east] = [((last.northMps + northMps) / 2) * s, ((last.eastMps + eastMps) / 2) * s];
    add(this.#againstSelf, step.northM - north, step.eastM - east);
    return jumped;
  }

  /** As `Motion.driftPart`, of the receiver against the estimate's speed and against its own. */
  get driftPart(): number {
    const limitM = DRIFT_GPS_M + this.#accuracyM;
    return Math.max(this.#againstWay.awayM, this.#againstSelf.awayM) / limitM;
  }

  /** The receiver lags: where it says the drone is, the drone may have been up to `GPS_LAG_S` ago. */
  #gap({ moment, ...report }: Report, jumped: boolean, seenUs: number): void {
    if (moment.speed === null) return;
    const { northMps: north, eastMps: east } = moment.speed;
    const { northM: relNorth, eastM: relEast } = stepM(moment, report);
    const square = north * north + east * east;
    const lag = square < 1 ? 0 : Math.max(0, Math.min(GPS_LAG_S, -(relNorth * north + relEast * east) / square));
    const gapM = Math.hypot(relNorth + north * lag, relEast + east * lag);
    const limitM = GPS_GAP_M + GPS_GAP_PER_ACCURACY * this.#accuracyM;
    const bad = jumped || gapM > limitM ? true : gapM < limitM * LEAVE_PART ? false : null;
    this.#doubts.look('gps-differs', bad, seenUs, { sure: jumped || gapM > limitM + GPS_GAP_SURE_M });
  }

  reset(): void {
    this.#newest.clear();
    this.#waiting = null;
    this.#last = null;
    this.#againstWay.reset();
    this.#againstSelf.reset();
  }
}

function isFix({ values }: Pick<Gps, 'values'>): boolean {
  return values.fix !== null && !WITHOUT_FIX.includes(values.fix);
}
