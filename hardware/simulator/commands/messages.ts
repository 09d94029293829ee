import { MavCmd, MavResult, messageById } from '@skein/protocol/mavlink';
import { canStream } from '../messages/telemetry.ts';
import type { Handler, Outcome } from './command.ts';

const HEARTBEAT = 0;
const AUTOPILOT_VERSION = 148;
const DEFAULT_HEARTBEAT_US = 1_000_000;

const just = (result: Outcome['result']): Outcome => ({ result });

/** Exact, for this port alone. 0 means the default, which for all but HEARTBEAT is "not at all"; −1 stops. */
const setMessageInterval: Handler = (autopilot, { params }, port) => {
  const [msgid, intervalUs] = params;
  if (!canStream(msgid)) {
    return {
      result: MavResult.DENIED,
      after: () => autopilot.voice.sayTo(port, `No ap_message for mavlink id (${Math.trunc(msgid)})`),
    };
  }
  // Not a number is refused too.
  if (!(intervalUs >= -1)) return just(MavResult.DENIED);
  if (intervalUs === -1 || (intervalUs === 0 && msgid !== HEARTBEAT)) port.streams.stop(msgid);
  else port.streams.set(msgid, intervalUs === 0 ? DEFAULT_HEARTBEAT_US : intervalUs, autopilot.nowMs);
  return just(MavResult.ACCEPTED);
};

/** The interval leaves before the acknowledgement (measured). */
const getInterval: Handler = (_autopilot, { params }, port) => {
  const [msgid] = params;
  const known = canStream(msgid);
  const interval_us = known ? (port.streams.intervalUs(msgid) ?? -1) : 0;
  port.send('MESSAGE_INTERVAL', { message_id: msgid & 0xffff, interval_us });
  return just(known ? MavResult.ACCEPTED : MavResult.FAILED);
};

const requestMessage: Handler = (autopilot, { params }, port) => {
  const [msgid] = params;
  if (messageById(msgid) === undefined || !canStream(msgid)) return just(MavResult.FAILED);
  return { result: MavResult.ACCEPTED, after: () => autopilot.voice.sendOne(msgid, port) };
};

const requestCapabilities: Handler = (autopilot, _command, port) => ({
  result: MavResult.ACCEPTED,
  after: () => autopilot.voice.sendOne(AUTOPILOT_VERSION, port),
});

export const messageCommands: ReadonlyMap<number, Handler> = new Map([
  [MavCmd.SET_MESSAGE_INTERVAL, setMessageInterval],
  [MavCmd.GET_MESSAGE_INTERVAL, getInterval],
  [MavCmd.REQUEST_MESSAGE, requestMessage],
  [MavCmd.REQUEST_AUTOPILOT_CAPABILITIES, requestCapabilities],
]);
