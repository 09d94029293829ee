/**
 * What is wrong with the aircraft and the sky around it: written by behaviours/ and by the SIM_ parameters, read by the physics and
 * by whoever models a sensor. A reboot of the autopilot changes nothing here.
 */
export interface Disturbances {
  /** `lost`: no fix. `frozen`: the last fix again and again, as if new. `zero`: a fix at latitude 0, longitude 0. */
  gps: 'ok' | 'lost' | 'frozen' | 'zero';
  /** Added to what the receiver tells, metres. */
  gpsNorthM: number;
  gpsEastM: number;
  gpsUpM: number;
  /** How much too high the barometer says it is, metres. */
  baroUpM: number;
  /** By how much the compass is off, degrees clockwise. */
  compassDeg: number;
  /** Taken off the pack's voltage, as a worn or cold pack sags. */
  batterySagV: number;
  /** What the pack's voltage is, whatever is in it; null: what it is. */
  batteryV: number | null;
  /** Motors that do not turn, bit 0 the first. */
  failedMotors: number;
  /** The pilot's emergency stop: no motor turns. */
  motorStop: boolean;
  /** Added to what the accelerometers shake by, m/s². */
  vibrationMS2: number;
  /** The pilot's transmitter can be heard. */
  transmitterOn: boolean;
  /** By how much the time from GPS is wrong, µs. */
  unixErrorUs: bigint;
  /** Gripper, winch and the hook of its line do nothing. */
  gripperStuck: boolean;
  winchStuck: boolean;
  hookStuck: boolean;
}

export const undisturbed = (): Disturbances => ({
  gps: 'ok',
  gpsNorthM: 0,
  gpsEastM: 0,
  gpsUpM: 0,
  baroUpM: 0,
  compassDeg: 0,
  batterySagV: 0,
  batteryV: null,
  failedMotors: 0,
  motorStop: false,
  vibrationMS2: 0,
  transmitterOn: true,
  unixErrorUs: 0n,
  gripperStuck: false,
  winchStuck: false,
  hookStuck: false,
});

/** SIM_BATT_VOLTAGE before anybody has set it. */
const FULL_V = Math.fround(12.6);

/** What the SIM_ parameters of a real one in software ask for, on top of the rest. `value` reads one; 0 where there is none. */
export function withParameters(base: Readonly<Disturbances>, value: (name: string) => number): Readonly<Disturbances> {
  const metresPerDegree = 111_319.5;
  const enabled = value('SIM_GPS1_ENABLE') !== 0 && value('SIM_GPS1_JAM') === 0;
  const told = value('SIM_BATT_VOLTAGE');
  return {
    ...base,
    batteryV: told === FULL_V || told === 0 ? base.batteryV : told,
    gps: enabled ? base.gps : 'lost',
    gpsNorthM: base.gpsNorthM + value('SIM_GPS1_GLTCH_X') * metresPerDegree,
    gpsEastM: base.gpsEastM + value('SIM_GPS1_GLTCH_Y') * metresPerDegree,
    gpsUpM: base.gpsUpM + value('SIM_GPS1_GLTCH_Z'),
    transmitterOn: base.transmitterOn && value('SIM_RC_FAIL') === 0,
    failedMotors: base.failedMotors | Math.trunc(value('SIM_ENGINE_FAIL')),
  };
}
