import { MavCmd, MavResult } from '@skein/protocol/mavlink';
import type { Handler } from './command.ts';

/** No gripper and no winch are fitted: refused, as by a real one without (measured). */
const notFitted: Handler = () => ({ result: MavResult.FAILED });

const taken: Handler = () => ({ result: MavResult.ACCEPTED });

export const payloadCommands: ReadonlyMap<number, Handler> = new Map([
  [MavCmd.DO_GRIPPER, notFitted],
  [MavCmd.DO_WINCH, notFitted],
  [MavCmd.DO_SET_SERVO, taken],
]);
