import type { Random } from '../random.ts';
import type { Body } from './kinematics.ts';

/** A receiver's view of the body: five times a second, 0.1 s old, with an error that wanders. Metres, m/s. */
export interface GpsFix {
  readonly atMs: number;
  readonly northM: number;
  readonly eastM: number;
  readonly upM: number;
  readonly northMS: number;
  readonly eastMS: number;
  readonly errorN: number;
  readonly errorE: number;
  readonly errorUp: number;
}

export const GPS_PERIOD_MS = 200;
const LAG_S = 0.1;
const ERROR_M = 0.25;
const WANDER_S = 30;

export const noFix: GpsFix = {
  atMs: 0,
  northM: 0,
  eastM: 0,
  upM: 0,
  northMS: 0,
  eastMS: 0,
  errorN: 0,
  errorE: 0,
  errorUp: 0,
};

export function sampleGps(last: GpsFix, body: Body, atMs: number, random: Random): GpsFix {
  const keep = Math.exp(-GPS_PERIOD_MS / 1000 / WANDER_S);
  const push = ERROR_M * Math.sqrt(1 - keep * keep);
  const errorN = last.errorN * keep + push * random.normal();
  const errorE = last.errorE * keep + push * random.normal();
  const errorUp = last.errorUp * keep + 1.6 * push * random.normal();
  return {
    atMs,
    errorN,
    errorE,
    errorUp,
    northM: body.northM - body.northMS * LAG_S + errorN,
    eastM: body.eastM - body.eastMS * LAG_S + errorE,
    upM: body.upM - body.upMS * LAG_S + errorUp,
    northMS: body.northMS + 0.03 * random.normal(),
    eastMS: body.eastMS + 0.03 * random.normal(),
  };
}
