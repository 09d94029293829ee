/** What differs between makes of autopilot for whoever flies them by hand: modes, how values travel, and the parameters of a flight. */
import { MavAutopilot, MavParamType } from '@skein/protocol/mavlink';

/** custom_mode of the modes that the flights speak of. `waiting`: armed on the ground, and then staying where it is. */
export type ModeName = 'waiting' | 'auto' | 'return';

export interface Make {
  readonly name: 'ArduPilot' | 'PX4';
  readonly modes: Readonly<Record<ModeName, number>>;
  /** Of DO_SET_MODE, behind "custom mode". */
  readonly setWaiting: readonly number[];
  /** NAV_TAKEOFF is above home, or above the sea. */
  readonly takeOffAbove: 'home' | 'sea';
  /** An integer's bytes stand where the message has a float. */
  readonly bytewise: boolean;
  /** A mission's list begins with home. */
  readonly listsHome: boolean;
  /** What it says when its failsafe of the ground link acts; a newer PX4 says it in events, which are no texts. */
  readonly failsafeText: RegExp;
  readonly saysFailsafe: boolean;
  /** So long it waits before that, s: [parameter that says so, what it adds to it]. */
  readonly failsafeAfter: readonly [parameter: string, moreS: number, defaultS: number];
  /** It says whether its gripper is open or closed; without that no release is proved. */
  readonly saysJaws: boolean;
  /** What it answers to a restart where it cannot: a PX4 in software. Null: it always can. */
  readonly refusesRestart: RegExp | null;
  /** Its answer to an arming in the mode a return ends in; null: it arms. */
  readonly notArmable: RegExp | null;
  /** A failsafe that acts, and a short log. Put back afterwards. */
  readonly forFlight: readonly (readonly [name: string, value: number])[];
  /** For deliveries: a gripper, a quick way home, a pack for all flights one after the other. In this order: some are there only once others are set. */
  readonly forDeliveries: readonly (readonly [name: string, value: number])[];
}

const ARDUPILOT: Make = {
  name: 'ArduPilot',
  modes: { waiting: 4, auto: 3, return: 6 },
  setWaiting: [4],
  takeOffAbove: 'home',
  bytewise: false,
  listsHome: true,
  saysFailsafe: true,
  failsafeText: /GCS Failsafe(?!.*Cleared)/i,
  failsafeAfter: ['FS_GCS_TIMEOUT', 0, 5],
  saysJaws: true,
  refusesRestart: null,
  notArmable: /mode not armable/i,
  forFlight: [
    ['FS_GCS_ENABLE', 1],
    ['LOG_BITMASK', 2],
  ],
  forDeliveries: [
    ['RTL_ALT', 0],
    ['RTL_LOIT_TIME', 500],
    ['LAND_SPEED', 100],
    ['BATT_CAPACITY', 16_000],
    ['GRIP_ENABLE', 1],
    ['GRIP_TYPE', 1],
    ['SERVO9_FUNCTION', 28],
  ],
};

/** Main mode in byte 2 of custom_mode, sub mode in byte 3. */
const px4Auto = (sub: number): number => ((sub << 24) | (4 << 16)) >>> 0;

const PX4: Make = {
  name: 'PX4',
  modes: { waiting: px4Auto(3), auto: px4Auto(4), return: px4Auto(5) },
  setWaiting: [4, 3],
  takeOffAbove: 'sea',
  bytewise: true,
  listsHome: false,
  saysFailsafe: false,
  failsafeText: /(ground control station|gcs|data link)[^:]*(lost|loss)|failsafe activated/i,
  // COM_FAIL_ACT_T: it holds for so long before it acts.
  failsafeAfter: ['COM_DL_LOSS_T', 5, 10],
  saysJaws: false,
  refusesRestart: /refused: DENIED/,
  notArmable: null,
  forFlight: [['NAV_DLL_ACT', 2]],
  forDeliveries: [
    ['RTL_RETURN_ALT', 10],
    ['RTL_DESCEND_ALT', 10],
    ['RTL_LAND_DELAY', 0],
    ['MPC_LAND_SPEED', 1],
    ['PD_GRIPPER_EN', 1],
  ],
};

/** By HEARTBEAT.autopilot. */
export const makeOf = (autopilot: number): Make => (autopilot === MavAutopilot.PX4 ? PX4 : ARDUPILOT);

const bits = new DataView(new ArrayBuffer(4));

export function toWire({ bytewise }: Make, value: number, type: number): number {
  if (!bytewise || type === MavParamType.REAL32) return value;
  bits.setInt32(0, value);
  return bits.getFloat32(0);
}

export function fromWire({ bytewise }: Make, value: number, type: number): number {
  if (!bytewise || type === MavParamType.REAL32) return value;
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}
