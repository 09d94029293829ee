/**
 * Flight modes by name. ArduPilot numbers them per vehicle (here: Copter, `mode.h` of its sources); PX4 packs a main
 * mode in byte 2 and a sub mode in byte 3 of custom_mode (`px4_custom_mode.h`).
 */
const MAV_AUTOPILOT_ARDUPILOTMEGA = 3;
const MAV_AUTOPILOT_PX4 = 12;
/** MAV_TYPE of what ArduCopter flies: quad, coaxial, helicopter, hexa, octo, tri, dodeca, deca, other multirotors. */
const COPTERS: readonly number[] = [2, 3, 4, 13, 14, 15, 29, 35, 43];

const ARDUCOPTER: Readonly<Record<number, string>> = {
  0: 'STABILIZE',
  1: 'ACRO',
  2: 'ALT_HOLD',
  3: 'AUTO',
  4: 'GUIDED',
  5: 'LOITER',
  6: 'RTL',
  7: 'CIRCLE',
  9: 'LAND',
  11: 'DRIFT',
  13: 'SPORT',
  14: 'FLIP',
  15: 'AUTOTUNE',
  16: 'POSHOLD',
  17: 'BRAKE',
  18: 'THROW',
  19: 'AVOID_ADSB',
  20: 'GUIDED_NOGPS',
  21: 'SMART_RTL',
  22: 'FLOWHOLD',
  23: 'FOLLOW',
  24: 'ZIGZAG',
  25: 'SYSTEMID',
  26: 'AUTOROTATE',
  27: 'AUTO_RTL',
  28: 'TURTLE',
};

const PX4_MAIN: Readonly<Record<number, string>> = {
  1: 'MANUAL',
  2: 'ALTCTL',
  3: 'POSCTL',
  4: 'AUTO',
  5: 'ACRO',
  6: 'OFFBOARD',
  7: 'STABILIZED',
  8: 'RATTITUDE',
};

const PX4_AUTO: Readonly<Record<number, string>> = {
  1: 'READY',
  2: 'TAKEOFF',
  3: 'LOITER',
  4: 'MISSION',
  5: 'RTL',
  6: 'LAND',
  8: 'FOLLOW_TARGET',
  9: 'PRECLAND',
};

/** Modes that bring it to its home, and down there. */
export const RETURN_MODES: readonly string[] = ['RTL', 'SMART_RTL', 'AUTO_RTL', 'AUTO.RTL'];
/** Modes that bring it down where it is. */
export const LAND_MODES: readonly string[] = ['LAND', 'AUTO.LAND', 'AUTO.PRECLAND'];
/** Modes that fly the mission. */
export const MISSION_MODES: readonly string[] = ['AUTO', 'AUTO.MISSION'];

/** The mode's name as its own community writes it; `mode N` for a number, a vehicle or an autopilot not known here. */
export function modeName(autopilot: number, customMode: number, vehicleType = 2): string {
  if (autopilot === MAV_AUTOPILOT_ARDUPILOTMEGA) {
    return (COPTERS.includes(vehicleType) ? ARDUCOPTER[customMode] : undefined) ?? `mode ${customMode}`;
  }
  if (autopilot === MAV_AUTOPILOT_PX4) {
    const main = PX4_MAIN[(customMode >>> 16) & 0xff];
    const sub = customMode >>> 24;
    if (main === undefined) return `mode ${customMode}`;
    return main === 'AUTO' && sub !== 0 ? `AUTO.${PX4_AUTO[sub] ?? sub}` : main;
  }
  return `mode ${customMode}`;
}
