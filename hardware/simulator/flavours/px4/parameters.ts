import { MavParamType } from '@skein/protocol/mavlink';

export interface Px4Parameter {
  readonly name: string;
  readonly type: 'int' | 'float';
  value: number;
}

const int = (name: string, value: number): Px4Parameter => ({ name, type: 'int', value });
const float = (name: string, value: number): Px4Parameter => ({ name, type: 'float', value: Math.fround(value) });

/** A part of what a PX4 has, with the values it comes with. */
const table = (sysid: number, gripper: boolean): Px4Parameter[] =>
  [
    int('BAT1_N_CELLS', 6),
    float('BAT1_CAPACITY', 16_000),
    float('BAT_CRIT_THR', 0.07),
    float('BAT_EMERGEN_THR', 0.05),
    float('BAT_LOW_THR', 0.15),
    int('CBRK_FLIGHTTERM', 121_212),
    int('CBRK_USB_CHK', 0),
    int('COM_ARM_WO_GPS', 1),
    float('COM_DISARM_LAND', 2),
    float('COM_DISARM_PRFLT', 10),
    int('COM_DL_LOSS_T', 10),
    int('COM_DLL_EXCEPT', 0),
    float('COM_FAIL_ACT_T', 5),
    int('COM_FLTMODE1', 0),
    int('COM_LOW_BAT_ACT', 0),
    float('COM_OF_LOSS_T', 1),
    int('COM_RCL_EXCEPT', 0),
    int('PD_GRIPPER_EN', gripper ? 1 : 0),
    float('PD_GRIPPER_TO', 1),
    int('COM_RC_IN_MODE', 3),
    float('COM_RC_LOSS_T', 0.5),
    int('EKF2_GPS_CHECK', 245),
    int('GF_ACTION', 2),
    float('GF_MAX_HOR_DIST', 0),
    float('GF_MAX_VER_DIST', 0),
    int('MAV_0_CONFIG', 101),
    int('MAV_0_FORWARD', 1),
    int('MAV_0_RATE', 1_200),
    int('MAV_PROTO_VER', 0),
    int('MAV_SYS_ID', sysid),
    int('MAV_TYPE', 2),
    float('MIS_COMMAND_TOUT', 0),
    float('MIS_DIST_1WP', 10_000),
    float('MIS_TAKEOFF_ALT', 2.5),
    float('MPC_LAND_SPEED', 0.7),
    float('MPC_TKO_SPEED', 1.5),
    float('MPC_XY_CRUISE', 5),
    float('MPC_XY_VEL_MAX', 12),
    float('MPC_Z_VEL_MAX_DN', 1.5),
    float('MPC_Z_VEL_MAX_UP', 3),
    int('NAV_DLL_ACT', 0),
    int('NAV_RCL_ACT', 2),
    float('RTL_DESCEND_ALT', 30),
    float('RTL_RETURN_ALT', 60),
    int('SDLOG_MODE', 0),
    int('SYS_AUTOSTART', 4_001),
  ].toSorted((a, b) => (a.name < b.name ? -1 : 1));

const bits = new DataView(new ArrayBuffer(4));

/** PX4 puts the bytes of an integer where the message has a float. */
export function toWire({ type, value }: Px4Parameter): { readonly param_value: number; readonly param_type: number } {
  if (type === 'float') return { param_value: value, param_type: MavParamType.REAL32 };
  bits.setInt32(0, value);
  return { param_value: bits.getFloat32(0), param_type: MavParamType.INT32 };
}

/** Null: not a value of the parameter's own type, which PX4 refuses. A negative integer is a NaN in between, and lost. */
export function fromWire(parameter: Px4Parameter, wireValue: number, wireType: number): number | null {
  if (Number.isNaN(wireValue)) return null;
  if (parameter.type === 'float') return wireType === MavParamType.REAL32 ? wireValue : null;
  if (wireType !== MavParamType.INT32) return null;
  bits.setFloat32(0, wireValue);
  return bits.getInt32(0);
}

/** They live in flash: a reboot keeps them. Sorted by name, as they are listed. */
export class Px4Parameters {
  readonly list: readonly Px4Parameter[];
  readonly #index: ReadonlyMap<string, number>;

  constructor(sysid: number, gripper = false) {
    this.list = table(sysid, gripper);
    this.#index = new Map(this.list.map(({ name }, index) => [name, index]));
  }

  /** −1: no such parameter. */
  indexOf(name: string): number {
    return this.#index.get(name) ?? -1;
  }

  value(name: string): number {
    const found = this.list[this.indexOf(name)];
    if (found === undefined) throw new RangeError(`no parameter ${name}`);
    return found.value;
  }
}
