import { MavCmd, MavResult } from '@skein/protocol/mavlink';
import type { Handler } from './command.ts';

const RELEASE = 0;
const GRAB = 1;
const FAILED = { result: MavResult.FAILED } as const;
const ACCEPTED = { result: MavResult.ACCEPTED } as const;

/** Accepted means that the servo is told so. Without a gripper FAILED (measured); enabled and not set up: accepted, and nothing happens. */
const gripper: Handler = ({ cargo }, { params }) => {
  const action = params[1];
  if (!cargo.gripper.enabled || (action !== RELEASE && action !== GRAB)) return FAILED;
  if (action === RELEASE) cargo.gripper.release();
  else cargo.gripper.grab();
  return ACCEPTED;
};

/** Of the standard's actions it knows 0, 1 and 2: deliver, retract, abandon and the rest are FAILED. */
const winch: Handler = ({ cargo, vehicle }, { params }) => {
  const [, action, lengthM, rateMS] = params;
  const taken = cargo.winch.enabled && cargo.winch.order({ action, lengthM, rateMS }, vehicle.payload.lineM);
  return taken ? ACCEPTED : FAILED;
};

const servo: Handler = () => ACCEPTED;

export const payloadCommands: ReadonlyMap<number, Handler> = new Map([
  [MavCmd.DO_GRIPPER, gripper],
  [MavCmd.DO_WINCH, winch],
  [MavCmd.DO_SET_SERVO, servo],
]);
