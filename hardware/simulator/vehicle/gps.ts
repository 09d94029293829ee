import type { Random } from '../random.ts';
import type { Disturbances } from './disturbances.ts';
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
  /** It has a fix. */
  readonly fixed: boolean;
  /** It tells latitude 0, longitude 0, whatever stands in northM and eastM. */
  readonly zero: boolean;
  /** How far it is off because something is wrong with it; its ordinary noise aside. */
  readonly wrongNorthM: number;
  readonly wrongEastM: number;
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
  fixed: true,
  zero: false,
  wrongNorthM: 0,
  wrongEastM: 0,
};

/** What "far away" is for a receiver that tells 0, 0; metres. */
const NOWHERE_M = 5_000_000;

export function sampleGps(
  last: GpsFix,
  body: Body,
  atMs: number,
  random: Random,
  disturbances: Readonly<Disturbances>,
): GpsFix {
  const fresh = undisturbedFix(last, body, atMs, random);
  switch (disturbances.gps) {
    case 'lost':
      return { ...fresh, fixed: false };
    case 'zero':
      return { ...fresh, zero: true, wrongNorthM: NOWHERE_M, wrongEastM: 0, northMS: 0, eastMS: 0 };
    case 'frozen':
      return {
        ...fresh,
        northM: last.northM,
        eastM: last.eastM,
        upM: last.upM,
        northMS: last.northMS,
        eastMS: last.eastMS,
        wrongNorthM: last.northM - fresh.northM,
        wrongEastM: last.eastM - fresh.eastM,
      };
    default: {
      const { gpsNorthM, gpsEastM, gpsUpM } = disturbances;
      return {
        ...fresh,
        northM: fresh.northM + gpsNorthM,
        eastM: fresh.eastM + gpsEastM,
        upM: fresh.upM + gpsUpM,
        wrongNorthM: gpsNorthM,
        wrongEastM: gpsEastM,
      };
    }
  }
}

function undisturbedFix(last: GpsFix, body: Body, atMs: number, random: Random): GpsFix {
  const keep = Math.exp(-GPS_PERIOD_MS / 1000 / WANDER_S);
  const push = ERROR_M * Math.sqrt(1 - keep * keep);
  const errorN = last.errorN * keep + push * random.normal();
  const errorE = last.errorE * keep + push * random.normal();
  const errorUp = last.errorUp * keep + 1.6 * push * random.normal();
  return {
    ...noFix,
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
