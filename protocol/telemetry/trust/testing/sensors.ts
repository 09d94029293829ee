/**
 * What an autopilot tells of a flight: a receiver with correlated errors and changing quality, an estimator that predicts
 * by acceleration, follows the receiver, refuses what lies beyond its gate and starts again there after seconds (as EKF3
 * does), a barometer in wind and weather. A fault takes hold of the receiver's report before the estimator sees it, or of
 * the samples on their way out.
 */
import type { Sample } from '../../kinds.ts';
import { sample } from '../../sampler.ts';
import { movedBy, type Place } from '../geo.ts';
import { STEP_S, type Truth } from './path.ts';
import { type Random, Wander } from './random.ts';
import { Draw, type Residuals } from './recording.ts';

export interface ReceiverReport {
  north: number;
  east: number;
  up: number;
  vn: number;
  ve: number;
  fix: 'no-fix' | '2d' | '3d' | 'dgps';
  satellites: number;
  hdop: number;
  accuracyM: number;
}

export interface Fault {
  /** At each epoch of the receiver (5 Hz); `s`: since the fault began. */
  readonly receiver?: (report: ReceiverReport, s: number, truth: Truth) => void;
  /** Each sample on its way out; an empty list drops it. */
  readonly sample?: (sample: Sample, s: number) => readonly Sample[];
  /** Added to the estimate's altitude, m. */
  readonly altM?: (s: number) => number;
}

export interface SensorOptions {
  readonly random: Random;
  readonly residuals: Residuals;
  readonly base: Place;
  readonly fault?: Fault;
  /** Seconds into the flight when the fault begins. */
  readonly faultAtS?: number;
}

const GATE_M = 8;
const RESET_S = 7;
const PRESSURE_HPA = 1013.25;

export class Sensors {
  readonly #o: SensorOptions;
  readonly #steps: Draw<readonly [number, number, number]>;
  readonly #gps: Draw<readonly [number, number, number, number]>;
  readonly #baro: Draw<readonly [number]>;
  readonly #ratios: Draw<readonly [number, number, number]>;
  readonly #late: Draw<readonly [number]>;
  readonly #wander: readonly [Wander, Wander, Wander, Wander];
  readonly #usual: { satellites: number; hdop: number; accuracyM: number; tauS: number };
  readonly #heat: number;
  readonly #phase: number;
  #poorUntilS = 0;
  #n = 0;
  #e = 0;
  #vn = 0;
  #ve = 0;
  #biasN: Wander;
  #biasE: Wander;
  #before: Truth | null = null;
  #wasN = 0;
  #wasE = 0;
  #refusedS = 0;
  #innovationM = 0;
  #speedInnovation = 0;
  #tick = 0;
  #holdUntilUs = 0;

  constructor(o: SensorOptions) {
    this.#o = o;
    const { random, residuals } = o;
    this.#steps = new Draw(residuals.steps, random);
    this.#gps = new Draw(residuals.gps, random);
    this.#baro = new Draw(residuals.baroM, random);
    this.#ratios = new Draw(residuals.ratios, random);
    this.#late = new Draw(residuals.lateMs, random);
    this.#wander = [new Wander(random), new Wander(random), new Wander(random), new Wander(random)];
    this.#biasN = new Wander(random);
    this.#biasE = new Wander(random);
    this.#heat = random.between(-0.07, 0.07);
    this.#phase = Math.floor(random.between(0, 5));
    this.#usual = {
      satellites: Math.floor(random.between(10, 20)),
      hdop: random.between(0.6, 1.1),
      accuracyM: random.between(0.5, 1.6),
      tauS: random.between(60, 300),
    };
  }

  /** The samples of this step; `s`: since the flight began. */
  step(truth: Truth, s: number, out: (sample: Sample) => void): void {
    const report = this.#receiver(truth, s);
    const faultS = s - (this.#o.faultAtS ?? 0);
    const fault = this.#o.fault !== undefined && faultS >= 0 ? this.#o.fault : null;
    fault?.receiver?.(report, faultS, truth);
    this.#estimate(truth, report);
    const bootMs = Math.round(30_000 + s * 1e3);
    const atUs = this.#arrival(s);
    const emit = (made: Sample): void => {
      if (fault?.sample === undefined) out(made);
      else for (const one of fault.sample(made, faultS)) out(one);
    };
    const { random, base } = this.#o;
    const stepNoise = this.#steps.next();
    const place = rounded(movedBy(base, this.#n + stepNoise[0], this.#e + stepNoise[1]));
    const altM = 300 + truth.up + this.#wander[3].step(STEP_S, 0.5, 30) + stepNoise[2] + (fault?.altM?.(faultS) ?? 0);
    const stamp = { monoUs: atUs, bootMs };
    emit(
      sample('position', stamp, {
        ...place,
        altAmslM: Math.round(altM * 1e3) / 1e3,
        altRelM: Math.round((altM - 300) * 1e3) / 1e3,
        headingDeg: 0,
      }),
    );
    const centi = (mps: number): number => Math.round(mps * 100) / 100;
    emit(sample('velocity', stamp, { northMps: centi(this.#vn), eastMps: centi(this.#ve), downMps: centi(-truth.vu) }));
    const rates = { rollRateRadps: 0, pitchRateRadps: 0, yawRateRadps: 0 };
    emit(sample('attitude', stamp, { rollRad: truth.tiltRad, pitchRad: random.normal() * 0.01, yawRad: 0, ...rates }));
    const now = { monoUs: atUs + 2_000, bootMs: null };
    const turn = (this.#tick++ + this.#phase) % 5;
    if (turn === 0) emit(this.#gpsSample(report, base, now));
    if (turn === 1) emit(this.#ekfSample(now));
    if (turn === 2) emit(this.#pressureSample(truth, s, now));
    if (turn === 3) emit(statusSample(truth, now));
  }

  /** Lines delay, and now and then hold everything back for a while. */
  #arrival(s: number): number {
    const { random } = this.#o;
    const [lateMs] = this.#late.next();
    const us = 1e9 + s * 1e6 + lateMs * 1e3 + (random.chance(0.05) ? random.between(0, 150e3) : 0);
    if (random.chance(1 / 9_000)) this.#holdUntilUs = us + random.between(200e3, 1_200e3);
    return Math.round(Math.max(us, this.#holdUntilUs + s));
  }

  #receiver(truth: Truth, s: number): ReceiverReport {
    const { random } = this.#o;
    if (s > this.#poorUntilS && random.chance(STEP_S / 600)) this.#poorUntilS = s + random.between(15, 60);
    const poor = s < this.#poorUntilS;
    const { satellites, hdop, accuracyM, tauS } = this.#usual;
    const sigma = accuracyM * (poor ? 1.6 : 0.8);
    // Its errors grow and shrink as satellites come and go, not in a step.
    const [wn, we, wu] = this.#wander;
    const noise = this.#gps.next();
    const then = this.#before ?? truth;
    this.#before = truth;
    const [vn, ve] = [then.vn + random.normal() * 0.1, then.ve + random.normal() * 0.1];
    return {
      north: then.north + wn.step(STEP_S, sigma, tauS) + noise[0],
      east: then.east + we.step(STEP_S, sigma, tauS) + noise[1],
      up: then.up + wu.step(STEP_S, 2.5 * sigma, tauS) + noise[2],
      vn: vn + noise[3] * 0.1,
      ve: ve + noise[3] * 0.1,
      fix: satellites > 12 ? 'dgps' : '3d',
      satellites: poor ? Math.max(6, satellites - 5) : satellites + Math.floor(random.between(-1, 2)),
      hdop: poor ? Math.min(2.1, hdop + 0.9) : hdop,
      accuracyM: poor ? accuracyM * 2.5 : accuracyM,
    };
  }

  #estimate(truth: Truth, gps: ReceiverReport): void {
    const { random } = this.#o;
    const an = truth.an + this.#biasN.step(STEP_S, 0.03, 60) + random.normal() * 0.1;
    const ae = truth.ae + this.#biasE.step(STEP_S, 0.03, 60) + random.normal() * 0.1;
    [this.#wasN, this.#wasE] = [this.#n, this.#e];
    const [wasVn, wasVe] = [this.#vn, this.#ve];
    this.#vn += an * STEP_S;
    this.#ve += ae * STEP_S;
    this.#n += ((wasVn + this.#vn) / 2) * STEP_S;
    this.#e += ((wasVe + this.#ve) / 2) * STEP_S;
    if (gps.fix === 'no-fix') return;
    // The receiver speaks of a step ago; so does what it is held against.
    const [dn, de] = [gps.north - this.#wasN, gps.east - this.#wasE];
    const [dvn, dve] = [gps.vn - wasVn, gps.ve - wasVe];
    this.#innovationM = Math.hypot(dn, de);
    this.#speedInnovation = Math.hypot(dvn, dve);
    if (this.#innovationM > GATE_M) {
      this.#refusedS += STEP_S;
      if (this.#refusedS < RESET_S) return;
      [this.#n, this.#e, this.#vn, this.#ve] = [gps.north, gps.east, gps.vn, gps.ve];
    } else {
      this.#n += 0.08 * dn;
      this.#e += 0.08 * de;
      this.#vn += 0.25 * dvn;
      this.#ve += 0.25 * dve;
    }
    this.#refusedS = 0;
  }

  #gpsSample(r: ReceiverReport, base: Place, at: { monoUs: number; bootMs: null }): Sample {
    const has = r.fix !== 'no-fix';
    const course = (Math.atan2(r.ve, r.vn) * 180) / Math.PI;
    return sample('gps', at, {
      instance: 0,
      fix: r.fix,
      satellites: r.satellites,
      ...(has ? rounded(movedBy(base, r.north, r.east)) : { latDeg: null, lonDeg: null }),
      altAmslM: has ? 300 + r.up : null,
      hdop: r.hdop,
      vdop: r.hdop * 1.6,
      horizontalAccM: r.accuracyM,
      verticalAccM: r.accuracyM * 2,
      speedAccMps: 0.2,
      groundSpeedMps: has ? Math.round(Math.hypot(r.vn, r.ve) * 100) / 100 : null,
      courseDeg: has ? Math.round((((course % 360) + 360) % 360) * 100) / 100 : null,
    });
  }

  #ekfSample(at: { monoUs: number; bootMs: null }): Sample {
    const [velocity, horizontal, vertical] = this.#ratios.next();
    const refuses = this.#refusedS > 0;
    return sample('ekf', at, {
      flags: refuses ? 831 | 32_768 : 831,
      velocityVariance: velocity * 3 + (this.#speedInnovation / 3) ** 2,
      horizontalVariance: horizontal * 3 + (this.#innovationM / GATE_M) ** 2,
      verticalVariance: vertical * 5,
      compassVariance: 0.02,
      terrainVariance: 0,
    });
  }

  #pressureSample(truth: Truth, s: number, at: { monoUs: number; bootMs: null }): Sample {
    const [noise] = this.#baro.next();
    const flow = -0.015 * (truth.vn ** 2 + truth.ve ** 2) * this.#heat * 10;
    const weather = (s / 3_600) * 6;
    const heightM = 300 + truth.up * (1 + this.#heat) + flow + weather + noise + this.#o.random.normal() * 0.3;
    return sample('pressure', at, {
      absoluteHpa: PRESSURE_HPA * (1 - heightM / 44_330.8) ** (1 / 0.190_263),
      temperatureC: 20,
    });
  }
}

const rounded = ({ latDeg, lonDeg }: Place): Place => ({
  latDeg: Math.round(latDeg * 1e7) / 1e7,
  lonDeg: Math.round(lonDeg * 1e7) / 1e7,
});

function statusSample(truth: Truth, at: { monoUs: number; bootMs: null }): Sample {
  return sample('status', at, {
    armed: truth.armed,
    mode: 'AUTO',
    customMode: 3,
    baseMode: 0,
    system: 'active',
    landed: truth.inAir ? 'in-air' : 'on-ground',
    vehicleType: 2,
    autopilot: 3,
    sysid: 1,
  });
}
