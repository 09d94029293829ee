/**
 * What a station is told when its frame did not pass, or was answered by us. An answer comes in the name of the autopilot it
 * asked, because stations match answers by their sender; the sequence number is that of the autopilot's last frame (a station
 * may count a lost frame more, never see one of the autopilot's out of order).
 */
import {
  encode,
  MavCmd,
  MavComponent,
  MavMissionResult,
  MavResult,
  MavSeverity,
  type Message,
} from '@skein/protocol/mavlink';

export interface AnswerContext {
  readonly vehicle: { readonly sysid: number; readonly compid: number };
  /** Sequence number of the autopilot's last frame to this station. */
  readonly seq: number;
  /** The station, and what it speaks. */
  readonly to: { readonly sysid: number; readonly compid: number; readonly version: 1 | 2 };
}

const FTP_NAK = 129;
const FTP_FAIL_PROTECTED = 9;
const FTP_HEADER = 12;

export function commandAck(command: number, result: number, o: AnswerContext): Uint8Array {
  const target = { target_system: o.to.sysid, target_component: o.to.compid };
  const fields = { command: command as MavCmd, result: result as MavResult, progress: 0, result_param2: 0, ...target };
  return encode('COMMAND_ACK', fields, { ...o.vehicle, seq: o.seq, version: o.to.version });
}

/** The refusal of a message, where its protocol has one. */
export function refusalOf(message: Message, o: AnswerContext): Uint8Array | null {
  const from = { ...o.vehicle, seq: o.seq, version: o.to.version };
  const target = { target_system: o.to.sysid, target_component: o.to.compid };
  switch (message.name) {
    case 'COMMAND_LONG':
    case 'COMMAND_INT':
      return commandAck(message.fields.command, MavResult.DENIED, o);
    case 'SET_MODE':
      return commandAck(MavCmd.DO_SET_MODE, MavResult.DENIED, o);
    case 'MISSION_COUNT':
    case 'MISSION_ITEM':
    case 'MISSION_ITEM_INT':
    case 'MISSION_CLEAR_ALL':
    case 'MISSION_WRITE_PARTIAL_LIST': {
      const { mission_type } = message.fields;
      return encode('MISSION_ACK', { ...target, type: MavMissionResult.DENIED, mission_type: mission_type ?? 0 }, from);
    }
    case 'FILE_TRANSFER_PROTOCOL': {
      const asked = message.fields.payload;
      const payload = new Uint8Array(FTP_HEADER + 1);
      const sequence = (((asked[0] ?? 0) | ((asked[1] ?? 0) << 8)) + 1) & 0xffff;
      payload.set([sequence & 0xff, sequence >> 8, asked[2] ?? 0, FTP_NAK, 1, asked[3] ?? 0]);
      payload[FTP_HEADER] = FTP_FAIL_PROTECTED;
      return encode('FILE_TRANSFER_PROTOCOL', { target_network: 0, ...target, payload }, from);
    }
    default:
      return null;
  }
}

/** A setting that was not passed shows the station its true value when it is read: the read goes in the station's own name. */
export function readInstead(message: Message, o: AnswerContext): Uint8Array | null {
  if (message.name !== 'PARAM_SET') return null;
  const { param_id, target_system, target_component } = message.fields;
  const { sysid, compid, version } = o.to;
  return encode(
    'PARAM_REQUEST_READ',
    { target_system, target_component, param_id, param_index: -1 },
    { sysid, compid, seq: 0, version },
  );
}

/** A line on the station's screen, from us. */
export function notice(text: string, seq: number, o: AnswerContext): Uint8Array {
  const from = { sysid: o.vehicle.sysid, compid: MavComponent.ONBOARD_COMPUTER, seq, version: o.to.version };
  return encode('STATUSTEXT', { severity: MavSeverity.WARNING, text, id: 0, chunk_seq: 0 }, from);
}
