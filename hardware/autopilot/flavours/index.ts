import { MavAutopilot, MavType } from '@skein/protocol/mavlink';
import { ardupilot } from './ardupilot.ts';
import type { Flavour } from './flavour.ts';
import { px4 } from './px4.ts';

/** Vehicles that hover: the modes of the others have other numbers and other meanings. */
const HOVERS: readonly number[] = [
  MavType.QUADROTOR,
  MavType.COAXIAL,
  MavType.HELICOPTER,
  MavType.HEXAROTOR,
  MavType.OCTOROTOR,
  MavType.TRICOPTER,
  MavType.DODECAROTOR,
  MavType.DECAROTOR,
  MavType.GENERIC_MULTIROTOR,
];

/** The flavour of a MAV_AUTOPILOT and MAV_TYPE; null: not one we can command. */
export function flavourOf(autopilot: number, vehicleType: number): Flavour | null {
  if (!HOVERS.includes(vehicleType)) return null;
  if (autopilot === MavAutopilot.ARDUPILOTMEGA) return ardupilot;
  return autopilot === MavAutopilot.PX4 ? px4 : null;
}

export { ardupilot, px4 };
