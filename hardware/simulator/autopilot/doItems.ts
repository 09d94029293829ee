import { MavCmd, MavSeverity } from '@skein/protocol/mavlink';
import type { Autopilot } from './autopilot.ts';
import type { MissionItem } from './mission.ts';

const RELEASE = 0;
const GRAB = 1;
const FLOOR_OFF = 2;
const FLOOR = 8;

/** What a mission may ask for and nothing is seen of. */
const quiet: ReadonlySet<number> = new Set([
  MavCmd.DO_SET_ROI,
  MavCmd.DO_SET_ROI_LOCATION,
  MavCmd.DO_SET_ROI_NONE,
  MavCmd.DO_SET_SERVO,
  MavCmd.DO_SET_RELAY,
  MavCmd.DO_REPEAT_SERVO,
  MavCmd.DO_REPEAT_RELAY,
  MavCmd.DO_SET_CAM_TRIGG_DIST,
  MavCmd.DO_LAND_START,
  MavCmd.DO_GUIDED_LIMITS,
  MavCmd.DO_PARACHUTE,
]);

/** Carries out a do-item of a mission. What a winch does not know it passes over without a word. */
export function carryOutItem({ cargo, flight, parameters, vehicle, voice }: Autopilot, item: MissionItem): void {
  const { param1, param2, param3, param4 } = item;
  switch (item.command) {
    case MavCmd.DO_GRIPPER:
      if (param2 === RELEASE) cargo.gripper.release();
      else if (param2 === GRAB) cargo.gripper.grab();
      // Said also where there is no gripper.
      if (param2 === RELEASE || param2 === GRAB) voice.say(`Gripper ${param2 === GRAB ? 'Grabbed' : 'Released'}`);
      return;
    case MavCmd.DO_WINCH:
      cargo.winch.order({ action: param2, lengthM: param3, rateMS: param4 }, vehicle.payload.lineM);
      return;
    case MavCmd.DO_FENCE_ENABLE:
      if (param1 <= 1) flight.failsafes.fence.enable(param1 === 1, 0, parameters);
      else if (param1 === FLOOR_OFF) flight.failsafes.fence.enable(false, FLOOR, parameters);
      return;
    default:
      if (!quiet.has(item.command)) voice.say(`Skipping invalid cmd #${item.command}`, MavSeverity.WARNING);
      return;
  }
}
