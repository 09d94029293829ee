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

const FLOOR = 8;

/** Which fences are on; FENCE_ENABLE stays as it is. `param2`: only these, as FENCE_TYPE bits. */
const switchFence: Handler = ({ flight, parameters }, { params }) => {
  const [action, types] = params;
  const { fence } = flight.failsafes;
  if (action !== 0 && action !== 1 && action !== 2) return { result: MavResult.FAILED };
  const done = fence.enable(action === 1, action === 2 ? FLOOR : types, parameters);
  return { result: done ? MavResult.ACCEPTED : MavResult.FAILED };
};

export const preflightCommands: ReadonlyMap<number, Handler> = new Map([
  [MavCmd.PREFLIGHT_CALIBRATION, calibrate],
  [MavCmd.RUN_PREARM_CHECKS, checkNow],
  [MavCmd.DO_SEND_BANNER, sayBanner],
  [MavCmd.DO_FENCE_ENABLE, switchFence],
]);
