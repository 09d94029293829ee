import { MavCmd, MavResult } from '@skein/protocol/mavlink';
import type { Handler } from './command.ts';

/** The number in param6 that reboots even while armed. */
const FORCE = 20_190_226;

/** param1 1 or 3 reboots; anything else is not known here; an armed vehicle refuses. The answer goes out before the lights do. */
const reboot: Handler = (autopilot, { params }) => {
  if (params[0] !== 1 && params[0] !== 3) return { result: MavResult.UNSUPPORTED };
  if (autopilot.flight.armed && params[5] !== FORCE) return { result: MavResult.FAILED };
  return { result: MavResult.ACCEPTED, after: () => autopilot.scheduleReboot() };
};

export const rebootCommands: ReadonlyMap<number, Handler> = new Map([[MavCmd.PREFLIGHT_REBOOT_SHUTDOWN, reboot]]);
