/**
 * What passes to the vehicle from nobody, whatever its rights: Skein has no way to send these, and a station that goes through
 * it gets none either. They stop motors in the air, override sticks, or crash an autopilot on purpose.
 */
import { MavCmd, type Message } from '@skein/protocol/mavlink';

const MESSAGES: readonly string[] = [
  'SETUP_SIGNING',
  // ArduPilot takes these two for a sign of the ground link as well: a station's joystick would mask a lost operator.
  'RC_CHANNELS_OVERRIDE',
  'MANUAL_CONTROL',
  'SET_ATTITUDE_TARGET',
  'SET_ACTUATOR_CONTROL_TARGET',
  // ArduPilot slows its streams by what a radio reports: a station's would slow ours.
  'RADIO_STATUS',
  'RADIO',
];

const PARACHUTE_RELEASE = 2;
const CUSTOM_MODE_ENABLED = 1;
/** MAV_MODE_FLAG_SAFETY_ARMED, which here would say whether the safety switch is on: ArduPilot stops the motors for it. */
const SAFETY_FLAG = 128;
/** Such a mode is none: it arms, or sets the safety switch. */
const isSafetyMode = (baseMode: number): boolean =>
  (baseMode & SAFETY_FLAG) !== 0 && (baseMode & CUSTOM_MODE_ENABLED) === 0;
const none = (values: readonly number[]): boolean => values.every((value) => value === 0 || Number.isNaN(value));

type Params = readonly [number, number, number, number, number, number, number];

function isForbiddenCommand(command: number, p: Params): boolean {
  switch (command) {
    case MavCmd.DO_FLIGHTTERMINATION:
    // A switch of the transmitter by another name: motor stop, disarming in the air, arming.
    case MavCmd.DO_AUX_FUNCTION:
    // The safety switch stops the motors wherever it is.
    case MavCmd.DO_SET_SAFETY_SWITCH_STATE:
      return true;
    case MavCmd.DO_SET_MODE:
      return isSafetyMode(p[0]);
    case MavCmd.DO_PARACHUTE:
      return p[0] === PARACHUTE_RELEASE;
    case MavCmd.COMPONENT_ARM_DISARM:
      // p2: 21196 and 2989 force it, in the air and past every check.
      return !none([p[1]]);
    case MavCmd.PREFLIGHT_REBOOT_SHUTDOWN:
      // p1 1 restarts the autopilot. Others shut down, hold in the bootloader or, with 24, 71 …, crash it; p6 forces it.
      return p[0] !== 1 || !none(p.slice(1));
    default:
      return false;
  }
}

export function isForbidden(message: Message): boolean {
  switch (message.name) {
    case 'COMMAND_LONG': {
      const f = message.fields;
      return isForbiddenCommand(f.command, [f.param1, f.param2, f.param3, f.param4, f.param5, f.param6, f.param7]);
    }
    case 'COMMAND_INT':
    case 'MISSION_ITEM':
    case 'MISSION_ITEM_INT': {
      const f = message.fields;
      return isForbiddenCommand(f.command, [f.param1, f.param2, f.param3, f.param4, f.x, f.y, f.z]);
    }
    case 'SET_MODE':
      return isSafetyMode(message.fields.base_mode);
    default:
      return MESSAGES.includes(message.name);
  }
}
