import { EkfStatusFlags, MavSeverity } from '@skein/protocol/mavlink';

/**
 * What an autopilot goes through after power-on, ms since then, as measured on a real ArduCopter. Everything that depends on
 * how far it has come asks here, so a start that is already done is one that booted long ago.
 */
export const bootMs = {
  firstHeartbeat: 800,
  ready: 2_300,
  standby: 2_800,
  ekfActive: 4_240,
  tiltAligned: 5_700,
  gpsDetected: 9_700,
  accelsSettled: 14_500,
  originSet: 19_900,
  preArmGood: 23_700,
  gpsUsed: 41_300,
} as const;

/** Past all of it. */
export const BOOTED_MS = 60_000;

export type BootEvent =
  | { readonly atMs: number; readonly text: string; readonly severity?: number }
  /** Written to the console, plain bytes between the frames. */
  | { readonly atMs: number; readonly console: string }
  /** Sent by themselves. */
  | { readonly atMs: number; readonly parameter: string; readonly count?: number }
  | { readonly atMs: number; readonly elevation: true }
  | { readonly atMs: number; readonly origin: true };

const COMPASSES = ['COMPASS_DEV_ID', 'COMPASS_DEV_ID2', 'COMPASS_DEV_ID3'] as const;

export const bootEvents: readonly BootEvent[] = [
  {
    atMs: 0,
    console:
      '\n\nInit Skein simulated copter V4.7.0\n\nFree RAM: 524288\nBooting 0/0\nlogger: buffer size=204800\nload_all took 1740us\nsensors: 3 gyros 3 accels\n',
  },
  { atMs: 20, text: 'RCInput: decoding UDP (Pulses)', severity: MavSeverity.DEBUG },
  // Before all of its parts are up it counts fewer parameters.
  { atMs: 22, parameter: 'ESC_CALIBRATION', count: 1_336 },
  { atMs: 23, parameter: 'RELAY1_FUNCTION' },
  ...[...COMPASSES, 'COMPASS_EXTERNAL', ...COMPASSES].map((parameter) => ({ atMs: 24, parameter })),
  { atMs: 120, text: 'Calibrating barometer' },
  { atMs: 121, parameter: 'CAM1_TYPE' },
  { atMs: 121, parameter: 'CAM2_TYPE' },
  { atMs: 121, parameter: 'BARO_ALT_OFFSET' },
  { atMs: 1_100, console: 'Init Gyro' },
  { atMs: 1_500, console: '*' },
  { atMs: 1_750, text: 'Barometer 1 calibration complete' },
  { atMs: 1_752, text: 'Barometer 2 calibration complete' },
  { atMs: 1_950, console: '*' },
  { atMs: 2_250, console: '*\n' },
  { atMs: 2_300, text: 'ArduPilot Ready' },
  { atMs: 2_302, text: 'AHRS: DCM active' },
  { atMs: 2_600, text: 'RC7: SaveWaypoint LOW' },
  { atMs: bootMs.ekfActive - 7, text: 'EKF3 IMU0 initialised' },
  { atMs: bootMs.ekfActive - 7, text: 'EKF3 IMU1 initialised' },
  { atMs: bootMs.ekfActive, text: 'AHRS: EKF3 active' },
  { atMs: bootMs.tiltAligned, text: 'EKF3 IMU0 tilt alignment complete' },
  { atMs: bootMs.tiltAligned + 2, text: 'EKF3 IMU1 tilt alignment complete' },
  { atMs: 5_800, text: 'EKF3 IMU0 MAG0 initial yaw alignment complete' },
  { atMs: 5_802, text: 'EKF3 IMU1 MAG0 initial yaw alignment complete' },
  { atMs: bootMs.gpsDetected - 20, text: 'GPS 1: probing for u-blox at 230400 baud' },
  { atMs: bootMs.gpsDetected, text: 'GPS 1: detected u-blox' },
  { atMs: bootMs.originSet, origin: true },
  { atMs: bootMs.originSet + 2, text: 'EKF3 IMU0 origin set' },
  { atMs: bootMs.originSet + 4, parameter: 'MIS_TOTAL' },
  { atMs: bootMs.originSet + 30, parameter: 'BARO1_GND_PRESS' },
  { atMs: bootMs.originSet + 30, parameter: 'BARO2_GND_PRESS' },
  { atMs: bootMs.originSet + 30, elevation: true },
  { atMs: bootMs.originSet + 200, text: 'EKF3 IMU1 origin set' },
  { atMs: bootMs.gpsUsed, text: 'EKF3 IMU0 is using GPS' },
  { atMs: bootMs.gpsUsed + 200, text: 'EKF3 IMU1 is using GPS' },
];

const { ATTITUDE, VELOCITY_HORIZ, VELOCITY_VERT, POS_HORIZ_REL, POS_HORIZ_ABS, POS_VERT_ABS } = EkfStatusFlags;
const { CONST_POS_MODE, PRED_POS_HORIZ_REL, PRED_POS_HORIZ_ABS } = EkfStatusFlags;
/** 831: position and velocity, everything a mode that navigates needs. */
const WITH_GPS =
  ATTITUDE |
  VELOCITY_HORIZ |
  VELOCITY_VERT |
  POS_HORIZ_REL |
  POS_HORIZ_ABS |
  POS_VERT_ABS |
  PRED_POS_HORIZ_REL |
  PRED_POS_HORIZ_ABS;
const WITHOUT_GPS = ATTITUDE | VELOCITY_HORIZ | VELOCITY_VERT | POS_VERT_ABS | CONST_POS_MODE;
const UNINITIALIZED = 1_024;
/** 37: what is left once the position is given up (measured). */
const GIVEN_UP = ATTITUDE | VELOCITY_VERT | POS_VERT_ABS;

/** `trusted`: fixes are believed, or were until a moment ago. */
export function ekfFlags(sinceBootMs: number, trusted: boolean): number {
  if (sinceBootMs < bootMs.tiltAligned) return UNINITIALIZED;
  if (!trusted) return GIVEN_UP;
  return sinceBootMs < bootMs.gpsUsed ? WITHOUT_GPS : WITH_GPS;
}

/** What speaks against arming while it boots, in the autopilot's words (measured, from power-on); empty once it is ready. */
export function bootFaults(sinceBootMs: number): readonly string[] {
  if (sinceBootMs < bootMs.ready) {
    return ['Gyros not healthy', 'EKF attitude is bad', 'Compass not healthy', 'AHRS: EKF3 not started'];
  }
  if (sinceBootMs < bootMs.tiltAligned) {
    return ['Accels inconsistent', 'EKF attitude is bad', 'AHRS: EKF3 still initialising'];
  }
  if (sinceBootMs < bootMs.accelsSettled) return ['Accels inconsistent'];
  return sinceBootMs < bootMs.preArmGood ? ['Gyros inconsistent'] : [];
}

// Bits of SYS_STATUS as a real ArduCopter sends them when all is well.
export const SENSORS_PRESENT = 1_399_979_055;
export const SENSORS_ENABLED = 1_398_930_479;
const SENSORS_HEALTHY = 1_467_087_919;
export const FENCE_BIT = 1 << 20;
const GPS_BIT = 1 << 5;
const RADIO_BIT = 1 << 16;
const AHRS_BIT = 1 << 21;
const BATTERY_BIT = 1 << 25;
const PRE_ARM_BIT = 1 << 28;

export interface Wellbeing {
  readonly sinceBootMs: number;
  readonly preArmOk: boolean;
  readonly radioOk: boolean;
  readonly batteryOk: boolean;
  /** Null: there is none. */
  readonly fenceOk: boolean | null;
}

export function sensorHealth(how: Wellbeing): number {
  let health = SENSORS_HEALTHY;
  if (how.sinceBootMs < bootMs.ekfActive) health &= ~AHRS_BIT;
  if (how.sinceBootMs < bootMs.originSet) health &= ~GPS_BIT;
  if (!how.preArmOk) health &= ~PRE_ARM_BIT;
  if (!how.radioOk) health &= ~RADIO_BIT;
  if (!how.batteryOk) health &= ~BATTERY_BIT;
  if (how.fenceOk === false) health &= ~FENCE_BIT;
  return health;
}
