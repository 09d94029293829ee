/**
 * What a station in control may still change while the ground lock is set and somebody's hands may be in the propellers: a list of
 * what is allowed, so that what nobody thought of does not pass. Plans, parameters but for those of the outputs, logs,
 * calibration with the motors still, and what brings down a vehicle that is in the air after all. Not: arming, starting,
 * restarting, moving anything, writing files, a shell, messages that cannot be read.
 */
import { MavCmd, type Message } from '@skein/protocol/mavlink';

const MESSAGES: readonly string[] = [
  'MISSION_COUNT',
  'MISSION_ITEM',
  'MISSION_ITEM_INT',
  'MISSION_WRITE_PARTIAL_LIST',
  'MISSION_CLEAR_ALL',
  'MISSION_SET_CURRENT',
  'FENCE_POINT',
  'RALLY_POINT',
  'LOG_REQUEST_LIST',
  'LOG_REQUEST_DATA',
  'LOG_REQUEST_END',
  'LOG_ERASE',
  'SET_MODE',
  'SET_HOME_POSITION',
  'SET_GPS_GLOBAL_ORIGIN',
  'SET_POSITION_TARGET_LOCAL_NED',
  'SET_POSITION_TARGET_GLOBAL_INT',
  'GPS_RTCM_DATA',
  'GPS_INJECT_DATA',
];

const COMMANDS: readonly number[] = [
  MavCmd.DO_SET_MODE,
  MavCmd.DO_SET_HOME,
  MavCmd.DO_SET_MISSION_CURRENT,
  MavCmd.DO_FENCE_ENABLE,
  MavCmd.SET_MESSAGE_INTERVAL,
  MavCmd.RUN_PREARM_CHECKS,
  MavCmd.DO_START_MAG_CAL,
  MavCmd.DO_ACCEPT_MAG_CAL,
  MavCmd.DO_CANCEL_MAG_CAL,
  MavCmd.FIXED_MAG_CAL_YAW,
  MavCmd.ACCELCAL_VEHICLE_POS,
  // It was locked in flight: these end it, and do nothing on the ground.
  MavCmd.NAV_RETURN_TO_LAUNCH,
  MavCmd.NAV_LAND,
  MavCmd.NAV_LOITER_UNLIM,
  MavCmd.DO_PAUSE_CONTINUE,
  MavCmd.DO_REPOSITION,
  MavCmd.DO_CHANGE_SPEED,
];

/**
 * What comes out of the outputs while disarmed, and whether they are let go: a motor's channel given another function, or
 * a higher idle, turns it.
 */
const OUTPUTS =
  /^(SERVO\d*_|MOT_|ESC_|BRD_SAFETY|BRD_PWM|ARMING_REQUIRE|RELAY\d*_|PWM_|CA_|UAVCAN_|COM_PREARM_MODE|CBRK_)/i;

/** Calibration of the compass against the motors, and of the speed controllers: with propellers turning. */
function turnsMotors(message: Message & { name: 'COMMAND_LONG' | 'COMMAND_INT' }): boolean {
  const [p6, p7] =
    message.name === 'COMMAND_LONG'
      ? [message.fields.param6, message.fields.param7]
      : [message.fields.y, message.fields.z];
  return p6 !== 0 || p7 !== 0;
}

/** May this write pass while the ground lock is set? Reads are not asked about. */
export function passesGroundLock(message: Message): boolean {
  switch (message.name) {
    case 'COMMAND_LONG':
    case 'COMMAND_INT': {
      const { command, param1 } = message.fields;
      if (command === MavCmd.COMPONENT_ARM_DISARM) return param1 === 0;
      if (command === MavCmd.PREFLIGHT_CALIBRATION) return !turnsMotors(message);
      return COMMANDS.includes(command);
    }
    case 'PARAM_SET':
    case 'PARAM_EXT_SET':
      return !OUTPUTS.test(message.fields.param_id);
    default:
      return MESSAGES.includes(message.name);
  }
}
