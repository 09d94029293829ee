/**
 * What never leaves the agent (docs/flight-rules.md §1), looked for in finished frames: it knows nothing of whitelist.ts.
 */
import type { Message } from '@skein/protocol/mavlink';

const NEVER: readonly string[] = [
  'RC_CHANNELS_OVERRIDE',
  'MANUAL_CONTROL',
  'MANUAL_SETPOINT',
  'SET_ATTITUDE_TARGET',
  'SET_ACTUATOR_CONTROL_TARGET',
  'SET_POSITION_TARGET_LOCAL_NED',
  'SET_POSITION_TARGET_GLOBAL_INT',
  'SETUP_SIGNING',
  'SET_MODE',
  'LOG_ERASE',
  'COMMAND_CANCEL',
  'SET_HOME_POSITION',
  'CHANGE_OPERATOR_CONTROL',
  'MISSION_ITEM',
  'MISSION_REQUEST',
  'MISSION_WRITE_PARTIAL_LIST',
];
const TERMINATE = 185;
const ARM_DISARM = 400;
const REBOOT = 246;
const SET_MODE = 176;
const SET_HOME = 179;
const MOTOR_TEST = 209;
const GRIPPER = 211;
const PARACHUTE = 208;
const FORMAT_STORAGE = 526;
/** In a list: servos, relays, engines, scripts, auxiliary functions, arming, handing control over, and what ends a flight. */
const NEVER_IN_A_LIST: readonly number[] = [
  TERMINATE,
  MOTOR_TEST,
  PARACHUTE,
  FORMAT_STORAGE,
  ARM_DISARM,
  REBOOT,
  SET_MODE,
  ...[92, 180, 181, 182, 183, 184, 187, 207, 212, 218, 222, 223, 241, 2500, 42_702, 42_703, 217],
];
const FORCE: readonly number[] = [21196, 2989, 20190226];
/** ArduCopter modes in which the sticks decide the height, and those without a pilot's help at all. */
const STICK_MODES: readonly number[] = [0, 1, 2, 5, 7, 11, 13, 14, 15, 16, 18, 20];

/** Why this must not be sent; null: nothing speaks against it. */
export function forbidden(message: Message, sysid: number, compid: number): string | null {
  if (NEVER.includes(message.name)) return message.name;
  if (message.name === 'HEARTBEAT') {
    const { autopilot, base_mode } = message.fields;
    if (autopilot !== 8) return 'a heartbeat as an autopilot';
    if (base_mode !== 0) return 'a heartbeat with a mode';
    return compid === 191 || compid === 190 ? null : `a heartbeat as ${sysid}/${compid}`;
  }
  if (message.name === 'FILE_TRANSFER_PROTOCOL') {
    const opcode = message.fields.payload[3] ?? 0;
    return [6, 7, 8, 9, 10, 11, 12, 13].includes(opcode) ? `MAVFTP ${opcode} writes` : null;
  }
  if (message.name.startsWith('MISSION_') && 'mission_type' in message.fields) {
    const { mission_type } = message.fields;
    if (mission_type !== 0 && mission_type !== 1 && mission_type !== 2) return `${message.name} of all lists`;
  }
  if (message.name === 'MISSION_ITEM_INT') {
    const { command, current, x, y, z } = message.fields;
    if (current !== 0) return `an item with current ${current}`;
    if (NEVER_IN_A_LIST.includes(command)) return `an item ${command}`;
    return Number.isFinite(z) && Math.abs(x) <= 9e8 && Math.abs(y) <= 1.8e9 ? null : 'an item at no place';
  }
  if (message.name !== 'COMMAND_LONG' && message.name !== 'COMMAND_INT') return null;
  const f = message.fields;
  const command: number = f.command;
  const places = 'param5' in f ? [f.param5, f.param6, f.param7] : [f.x, f.y, f.z];
  const params = [f.param1, f.param2, f.param3, f.param4, ...places];
  if ([TERMINATE, MOTOR_TEST, PARACHUTE, FORMAT_STORAGE].includes(command)) return `command ${command}`;
  if (command === ARM_DISARM && params[1] !== 0) return `arm or disarm with p2 = ${params[1]}`;
  if (command === ARM_DISARM && params[0] !== 0 && params[0] !== 1) return `arm with p1 = ${params[0]}`;
  if (command === REBOOT && (params[0] !== 1 || params.slice(1).some((value) => value !== 0)))
    return `reboot ${params}`;
  if (command === SET_MODE && (params[0] ?? 0) !== 1) return `base mode ${params[0]}`;
  if (command === SET_MODE && params[2] === 0 && STICK_MODES.includes(params[1] ?? 0)) return `mode ${params[1]}`;
  if (command === GRIPPER && params[1] !== 0 && params[1] !== 1) return `gripper ${params[1]}`;
  if (command === SET_HOME && (message.name !== 'COMMAND_INT' || params[0] !== 0)) return 'home where it is';
  if ((command === ARM_DISARM || command === REBOOT) && params.some((value) => FORCE.includes(value))) return 'force';
  return null;
}
