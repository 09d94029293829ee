/** The limits of the pre-flight list, by profile. Pack chemistry is lithium polymer, as delivery drones carry it. */
import type { PreflightFacts } from './facts.ts';

export interface Limits {
  /** Without position, home and an estimate it must not fly; on the bench, indoors, there are none. */
  readonly needsPosition: boolean;
  readonly needsPilot: boolean;
  readonly satellites: number;
  readonly hdop: number;
  readonly chargeStopPct: number;
  readonly chargeWarnPct: number;
  readonly cellStopV: number;
  readonly cellWarnV: number;
}

const FLYING = { needsPosition: true, cellStopV: 3.6, cellWarnV: 3.75 } as const;

export const LIMITS: Readonly<Record<PreflightFacts['profile'], Limits>> = {
  bvlos: { ...FLYING, needsPilot: false, satellites: 8, hdop: 1.5, chargeStopPct: 50, chargeWarnPct: 80 },
  'line-of-sight': { ...FLYING, needsPilot: true, satellites: 6, hdop: 2, chargeStopPct: 25, chargeWarnPct: 50 },
  bench: {
    needsPosition: false,
    needsPilot: false,
    satellites: 6,
    hdop: 2,
    chargeStopPct: 0,
    chargeWarnPct: 20,
    cellStopV: 3.3,
    cellWarnV: 3.5,
  },
};

/** Streams come at 1 Hz, slower on a narrow line: older than this nobody knows. */
export const FRESH_MS = 5_000;
/** HOME_POSITION is asked for each 5 s. */
export const HOME_FRESH_MS = 30_000;
/** Flight rules: a ground link never seen never fails, so it must have been seen before the motors start. */
export const GROUND_LINK_MS = 10_000;
/** Texts of the pre-arm checks come each 30 s while they fail. */
export const PRE_ARM_TEXT_MS = 45_000;
export const HOME_DISTANCE_M = 20;
/** Test ratio of the estimator: ≥ 1 is rejected, the autopilot's own arming check stops at 0.8. */
export const VARIANCE_STOP = 0.8;
export const VARIANCE_WARN = 0.5;
/** ArduPilot's guidance: under 30 m/s² good, over 60 bad. Disarmed it is near 0; what is high then is a broken sensor. */
export const VIBRATION_WARN = 30;
export const VIBRATION_STOP = 60;
export const CELL_FULL_V = 4.25;
export const TEMPERATURE_STOP_C = [-10, 60] as const;
export const TEMPERATURE_WARN_C = [5, 50] as const;
export const DISK_STOP_MB = 20;
export const DISK_WARN_MB = 200;
