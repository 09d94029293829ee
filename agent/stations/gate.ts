/**
 * What becomes of one frame of a station: the rules of who may change what, as a pure function.
 *
 *   heartbeat, our own names ─▶ kept      forbidden ─▶ kept, answered
 *   stream requests ─▶ answered by us     reads ─▶ pass
 *   writes ─▶ pass when the end point is unlocked, else kept and answered
 */
import { MavCmd, MavComponent, type Message } from '@skein/protocol/mavlink';
import { isForbidden } from './forbidden.ts';
import { ftpWrite } from './ftp.ts';
import { passesGroundLock } from './ground-lock.ts';

export interface GateInput {
  /** Null: an id the dialect does not know. */
  readonly message: Message | null;
  readonly sysid: number;
  readonly compid: number;
  /** Our autopilot; null while none is heard. */
  readonly vehicle: { readonly sysid: number; readonly compid: number } | null;
  /** The end point may change the vehicle now. */
  readonly unlocked: boolean;
  /** The ground lock is set: of the writes only those of ground-lock.ts pass. */
  readonly groundLock: boolean;
}

/** Why a frame did not pass: the name of its counter. */
export type Kept = 'heartbeats' | 'impostors' | 'forbidden' | 'listenOnly' | 'groundLock' | 'unknownIds';

export type Verdict =
  /** `write`: what it changes, for the inference of control; null when nothing. */
  | { readonly do: 'pass'; readonly write: string | null }
  | { readonly do: 'keep'; readonly why: Kept }
  /** SET_MESSAGE_INTERVAL: −1 stops, 0 is the default, else µs. */
  | { readonly do: 'interval'; readonly msgid: number; readonly intervalUs: number }
  | { readonly do: 'stream'; readonly stream: number; readonly hz: number };

/** Messages that ask and change nothing. */
const READS: readonly string[] = [
  'PING',
  'TIMESYNC',
  'AUTOPILOT_VERSION_REQUEST',
  'PARAM_REQUEST_LIST',
  'PARAM_REQUEST_READ',
  'PARAM_EXT_REQUEST_LIST',
  'PARAM_EXT_REQUEST_READ',
  'MISSION_REQUEST_LIST',
  'MISSION_REQUEST_PARTIAL_LIST',
  'MISSION_REQUEST',
  'MISSION_REQUEST_INT',
  'MISSION_ACK',
  'FENCE_FETCH_POINT',
  'RALLY_FETCH_POINT',
  'STATUSTEXT',
];

const READING_COMMANDS: readonly number[] = [
  MavCmd.REQUEST_MESSAGE,
  MavCmd.GET_MESSAGE_INTERVAL,
  MavCmd.REQUEST_PROTOCOL_VERSION,
  MavCmd.REQUEST_AUTOPILOT_CAPABILITIES,
  MavCmd.GET_HOME_POSITION,
  MavCmd.REQUEST_CAMERA_INFORMATION,
  MavCmd.REQUEST_CAMERA_SETTINGS,
  MavCmd.REQUEST_STORAGE_INFORMATION,
  MavCmd.REQUEST_VIDEO_STREAM_INFORMATION,
  MavCmd.REQUEST_VIDEO_STREAM_STATUS,
];

/** Writes that say who is in control: missions, parameters, commands, targets to fly to, bytes for a shell or a device behind it. */
const CONTROL_WRITES =
  /^(MISSION_|PARAM_SET|PARAM_EXT_SET|COMMAND_|SET_MODE|SET_POSITION_TARGET_|SET_HOME_POSITION|FENCE_|RALLY_|SERIAL_CONTROL)/;

/** Remote ID frames change nothing about the flight and pass untouched. */
const isRemoteId = (name: string): boolean => name.startsWith('OPEN_DRONE_ID_');

function isRead(message: Message): boolean {
  if (message.name === 'COMMAND_LONG' || message.name === 'COMMAND_INT') {
    return READING_COMMANDS.includes(message.fields.command);
  }
  if (message.name === 'FILE_TRANSFER_PROTOCOL') {
    return ftpWrite(message.fields.payload) === null;
  }
  return READS.includes(message.name) || isRemoteId(message.name);
}

function writeName(message: Message): string | null {
  if (message.name === 'FILE_TRANSFER_PROTOCOL') return ftpWrite(message.fields.payload);
  if (!CONTROL_WRITES.test(message.name)) return null;
  if (message.name === 'COMMAND_LONG' || message.name === 'COMMAND_INT') return `command ${message.fields.command}`;
  return message.name === 'PARAM_SET' ? `PARAM_SET ${message.fields.param_id}` : message.name;
}

/** Is it for the autopilot itself, by name or as one of all? */
const forAutopilot = (vehicle: GateInput['vehicle'], system: number, component: number): boolean =>
  (system === 0 || system === vehicle?.sysid) &&
  (component === 0 || component === (vehicle?.compid ?? MavComponent.AUTOPILOT1));

function streamRequest({ message, vehicle }: GateInput): Verdict | null {
  if (message?.name === 'REQUEST_DATA_STREAM') {
    const { target_system, target_component, req_stream_id, req_message_rate, start_stop } = message.fields;
    if (!forAutopilot(vehicle, target_system, target_component)) return null;
    return { do: 'stream', stream: req_stream_id, hz: start_stop === 0 ? 0 : req_message_rate };
  }
  if (message?.name !== 'COMMAND_LONG' && message?.name !== 'COMMAND_INT') return null;
  const { target_system, target_component, command, param1, param2 } = message.fields;
  if (command !== MavCmd.SET_MESSAGE_INTERVAL || !forAutopilot(vehicle, target_system, target_component)) return null;
  return { do: 'interval', msgid: param1, intervalUs: param2 };
}

export function judge(input: GateInput): Verdict {
  const { message, sysid, compid, vehicle, unlocked, groundLock } = input;
  // Somebody who speaks as the autopilot or as us would be taken for them.
  if (
    vehicle !== null &&
    sysid === vehicle.sysid &&
    (compid === vehicle.compid || compid === MavComponent.ONBOARD_COMPUTER)
  ) {
    return { do: 'keep', why: 'impostors' };
  }
  // What it says cannot be known, so it may change the vehicle.
  if (message === null) {
    if (unlocked && !groundLock) return { do: 'pass', write: null };
    return { do: 'keep', why: unlocked ? 'groundLock' : 'unknownIds' };
  }
  // ArduPilot's ground-link failsafe counts any heartbeat of its station's system id, PX4's any of a ground station: one that
  // passed would mask a lost operator.
  if (message.name === 'HEARTBEAT') return { do: 'keep', why: 'heartbeats' };
  if (isForbidden(message)) return { do: 'keep', why: 'forbidden' };
  const stream = streamRequest(input);
  if (stream !== null) return stream;
  if (isRead(message)) return { do: 'pass', write: null };
  if (!unlocked) return { do: 'keep', why: 'listenOnly' };
  if (groundLock && !passesGroundLock(message)) return { do: 'keep', why: 'groundLock' };
  return { do: 'pass', write: writeName(message) };
}
