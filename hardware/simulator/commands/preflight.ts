import { MavCmd, MavResult, MavSeverity } from '@skein/protocol/mavlink';
import type { Handler } from './command.ts';

/** How long it keeps its gyros still (measured). */
const CALIBRATION_MS = 530;

/** Refused while armed. Its answer comes when it is done. */
const calibrate: Handler = (autopilot) => {
  if (!autopilot.flight.armed) return { result: MavResult.ACCEPTED, lateMs: CALIBRATION_MS };
  autopilot.voice.say('Disarm to allow calibration', MavSeverity.NOTICE);
  return { result: MavResult.FAILED };
};

/** Says at once what otherwise comes each 31 s. */
const checkNow: Handler = ({ flight, voice }) => {
  if (flight.armed) return { result: MavResult.TEMPORARILY_REJECTED };
  for (const fault of flight.checkPreArm().faults) voice.say(`PreArm: ${fault}`, MavSeverity.CRITICAL);
  return { result: MavResult.ACCEPTED };
};

const sayBanner: Handler = ({ banner, voice }, _command, port) => ({
  result: MavResult.ACCEPTED,
  after: () => {
    for (const text of banner) voice.sayTo(port, text);
  },
});

const switchFence: Handler = (autopilot, { params }) => {
  if (params[0] !== 0 && params[0] !== 1) return { result: MavResult.FAILED };
  autopilot.setParameter('FENCE_ENABLE', params[0]);
  return { result: MavResult.ACCEPTED };
};

export const preflightCommands: ReadonlyMap<number, Handler> = new Map([
  [MavCmd.PREFLIGHT_CALIBRATION, calibrate],
  [MavCmd.RUN_PREARM_CHECKS, checkNow],
  [MavCmd.DO_SEND_BANNER, sayBanner],
  [MavCmd.DO_FENCE_ENABLE, switchFence],
]);
