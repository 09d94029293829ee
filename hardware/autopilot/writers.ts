/**
 * Who else speaks on this link, and who of them changes something. Autopilots forward what they hear on their other
 * links (observed), so a ground station on the telemetry radio is heard here too. Pure.
 */
import {
  MavAutopilot,
  MavCmd,
  MavComponent,
  MavType,
  type Message,
  type MessageName,
  messageByName,
} from '@skein/protocol/mavlink';
import type { OtherWriter } from './state.ts';

const MAX_OTHERS = 16;
const FORGET_MS = 60_000;

/** Messages that change a mission, a parameter, a mode, or how it flies. */
const WRITES: readonly MessageName[] = [
  'COMMAND_LONG',
  'COMMAND_INT',
  'SET_MODE',
  'PARAM_SET',
  'MISSION_COUNT',
  'MISSION_ITEM',
  'MISSION_ITEM_INT',
  'MISSION_CLEAR_ALL',
  'MISSION_SET_CURRENT',
  'MISSION_WRITE_PARTIAL_LIST',
  'RC_CHANNELS_OVERRIDE',
  'MANUAL_CONTROL',
  'SET_POSITION_TARGET_LOCAL_NED',
  'SET_POSITION_TARGET_GLOBAL_INT',
  'SET_ATTITUDE_TARGET',
  'LOG_ERASE',
];
const WRITE_IDS: ReadonlySet<number> = new Set(WRITES.map((name) => messageByName(name).id));
const HEARTBEAT = 0;

/** Commands that only ask. */
const ASKING: ReadonlySet<number> = new Set([
  MavCmd.REQUEST_MESSAGE,
  MavCmd.SET_MESSAGE_INTERVAL,
  MavCmd.GET_MESSAGE_INTERVAL,
  MavCmd.REQUEST_PROTOCOL_VERSION,
  MavCmd.REQUEST_AUTOPILOT_CAPABILITIES,
  MavCmd.GET_HOME_POSITION,
]);

/** It may change how the vehicle flies, or what is stored in it: not to be sent while another has control. */
export function isFlightCommand(command: number): boolean {
  return !ASKING.has(command);
}

/** Messages of others worth decoding. */
export function isWorthHearing(msgid: number): boolean {
  return msgid === HEARTBEAT || WRITE_IDS.has(msgid);
}

/** What a message writes on our vehicle, in words; null: nothing, or on another. */
export function writeIn(message: Message, vehicle: number): string | null {
  if (!WRITE_IDS.has(message.msgid)) return null;
  const { fields } = message;
  const target = 'target_system' in fields ? (fields.target_system ?? 0) : 0;
  const component = 'target_component' in fields ? (fields.target_component ?? 0) : 0;
  if (target !== 0 && target !== vehicle) return null;
  if (component !== 0 && component !== MavComponent.AUTOPILOT1) return null;
  if (message.name !== 'COMMAND_LONG' && message.name !== 'COMMAND_INT') return message.name;
  const { command } = message.fields;
  return ASKING.has(command) ? null : `${message.name} ${commandName(command)}`;
}

const COMMAND_NAMES = new Map(Object.entries(MavCmd).map(([name, value]) => [value as number, name]));
function commandName(command: number): string {
  return COMMAND_NAMES.get(command) ?? String(command);
}

export interface Heard {
  readonly role: OtherWriter['role'];
  /** It wrote something just now. */
  readonly wrote: string | null;
}

interface Other {
  readonly sysid: number;
  readonly compid: number;
  role: OtherWriter['role'];
  type: number | null;
  lastHeardMs: number;
  writes: number;
  lastWriteMs: number | null;
}

export class OtherWriters {
  readonly counters = { forgotten: 0 };
  readonly #others = new Map<number, Other>();

  /** A message that is not of our autopilot, on the link of vehicle `vehicle`. */
  take(message: Message, sysid: number, compid: number, vehicle: number, nowMs: number): Heard | null {
    const wrote = writeIn(message, vehicle);
    if (message.name !== 'HEARTBEAT' && wrote === null) return null;
    const role = message.name === 'HEARTBEAT' ? roleOf(message, sysid, compid, vehicle) : null;
    const key = sysid * 256 + compid;
    const known = this.#others.get(key);
    // Gimbals, cameras and the like beat beside us and write nothing.
    if (role === 'unknown' && wrote === null && known === undefined) return null;
    const other = known ?? this.#add(key, sysid, compid, nowMs);
    other.lastHeardMs = nowMs;
    if (message.name === 'HEARTBEAT' && role !== null) {
      other.role = role;
      other.type = message.fields.type;
    }
    if (wrote !== null) {
      other.writes++;
      other.lastWriteMs = nowMs;
    }
    return { role: other.role, wrote };
  }

  /** A write that went through us, or was told of some other way. */
  note(sysid: number, compid: number, nowMs: number): void {
    const key = sysid * 256 + compid;
    const other = this.#others.get(key) ?? this.#add(key, sysid, compid, nowMs);
    other.lastHeardMs = nowMs;
    other.lastWriteMs = nowMs;
    other.writes++;
  }

  #add(key: number, sysid: number, compid: number, nowMs: number): Other {
    for (const [old, other] of this.#others) {
      if (nowMs - other.lastHeardMs > FORGET_MS) this.#others.delete(old);
    }
    const oldest = this.#others.size >= MAX_OTHERS ? this.#others.keys().next().value : undefined;
    if (oldest !== undefined) {
      this.#others.delete(oldest);
      this.counters.forgotten++;
    }
    const other: Other = {
      sysid,
      compid,
      role: 'unknown',
      type: null,
      lastHeardMs: nowMs,
      writes: 0,
      lastWriteMs: null,
    };
    this.#others.set(key, other);
    return other;
  }

  list(nowMs: number): readonly OtherWriter[] {
    return [...this.#others.values()]
      .filter(({ lastHeardMs }) => nowMs - lastHeardMs <= FORGET_MS)
      .map(({ sysid, compid, role, type, lastHeardMs, writes, lastWriteMs }) => ({
        sysid,
        compid,
        role,
        type,
        writes,
        lastHeardAgeMs: nowMs - lastHeardMs,
        lastWriteAgeMs: lastWriteMs === null ? null : nowMs - lastWriteMs,
      }));
  }
}

function roleOf(
  message: Message & { name: 'HEARTBEAT' },
  sysid: number,
  compid: number,
  vehicle: number,
): OtherWriter['role'] {
  const { autopilot, type } = message.fields;
  if (type === MavType.GCS) return 'station';
  if (autopilot !== MavAutopilot.INVALID) return 'autopilot';
  return sysid === vehicle && compid === MavComponent.ONBOARD_COMPUTER ? 'companion' : 'unknown';
}
