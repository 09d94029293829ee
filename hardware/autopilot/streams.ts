/**
 * What we want to hear and how often, and how much of it fits the line. An autopilot sends almost nothing unasked
 * (observed: heartbeats and texts only), so this list decides what the fleet can know.
 */
import { type MessageName, messageById, messageByName } from '@skein/protocol/mavlink';

export interface WantedStream {
  readonly name: MessageName;
  /** Rate when the line carries everything. */
  readonly hz: number;
  /** Rate below which it is of no use; it is left out instead. */
  readonly minHz: number;
}

/** Most important first. RADIO_STATUS comes from a radio by itself and cannot be asked for. */
export const WANTED_STREAMS: readonly WantedStream[] = [
  { name: 'GLOBAL_POSITION_INT', hz: 5, minHz: 1 },
  { name: 'SYS_STATUS', hz: 1, minHz: 0.5 },
  { name: 'EXTENDED_SYS_STATE', hz: 1, minHz: 0.5 },
  { name: 'BATTERY_STATUS', hz: 1, minHz: 0.5 },
  { name: 'GPS_RAW_INT', hz: 1, minHz: 0.5 },
  { name: 'MISSION_CURRENT', hz: 1, minHz: 0.5 },
  { name: 'SYSTEM_TIME', hz: 1, minHz: 0.2 },
  { name: 'ATTITUDE', hz: 5, minHz: 1 },
  { name: 'EKF_STATUS_REPORT', hz: 1, minHz: 0.5 },
  { name: 'RC_CHANNELS', hz: 1, minHz: 0.5 },
  { name: 'VFR_HUD', hz: 2, minHz: 0.5 },
  { name: 'NAV_CONTROLLER_OUTPUT', hz: 1, minHz: 0.2 },
  { name: 'FENCE_STATUS', hz: 0.5, minHz: 0.2 },
  { name: 'VIBRATION', hz: 1, minHz: 0.2 },
  // Position trust holds altitudes against it.
  { name: 'SCALED_PRESSURE', hz: 1, minHz: 0.2 },
  { name: 'WIND', hz: 1, minHz: 0.2 },
  { name: 'ESC_TELEMETRY_1_TO_4', hz: 1, minHz: 0.2 },
  { name: 'HOME_POSITION', hz: 0.2, minHz: 0.1 },
];

/** What somebody else wants: a ground station that listens through us. */
export interface ExtraStream {
  readonly msgid: number;
  readonly hz: number;
}

/** Others' streams are of use at this rate at the least. */
const EXTRA_MIN_HZ = 0.2;

/** Ours and theirs, the faster of both; theirs come after ours when there is no room for all. */
export function wantedStreams(extra: readonly ExtraStream[]): readonly WantedStream[] {
  const fastest = new Map<MessageName, number>();
  for (const { msgid, hz } of extra) {
    const name = messageById(msgid)?.name;
    if (name !== undefined && hz > 0) fastest.set(name, Math.max(hz, fastest.get(name) ?? 0));
  }
  const ours = WANTED_STREAMS.map((stream) => ({ ...stream, hz: Math.max(stream.hz, fastest.get(stream.name) ?? 0) }));
  for (const { name } of ours) fastest.delete(name);
  const theirs = [...fastest].map(([name, hz]) => ({ name, hz, minHz: Math.min(hz, EXTRA_MIN_HZ) }));
  return [...ours, ...theirs];
}

/** Asked for once after each latch and reboot, with REQUEST_MESSAGE. */
export const WANTED_ONCE: readonly MessageName[] = ['AUTOPILOT_VERSION', 'HOME_POSITION'];

/** Header, checksum and room for a signature of a MAVLink 2 frame. */
const FRAME_OVERHEAD_BYTES = 25;
/** The autopilot's own heartbeat and texts, which come whatever we ask for. */
const UNASKED_BYTES_PER_S = 60;

export interface PlannedStream {
  readonly name: MessageName;
  readonly msgid: number;
  /** 0: left out, there is no room. */
  readonly hz: number;
}

const costOf = (name: MessageName, hz: number): number => hz * (messageByName(name).maxLength + FRAME_OVERHEAD_BYTES);

/**
 * Fits the wanted streams into `sharePct` of a line that carries `lineBytesPerS`: first every stream at its lowest rate,
 * most important first, then each raised as far as the room lasts.
 */
export function planStreams(o: {
  readonly lineBytesPerS: number;
  readonly sharePct: number;
  readonly wanted?: readonly WantedStream[];
}): readonly PlannedStream[] {
  const wanted = o.wanted ?? WANTED_STREAMS;
  let room = (o.lineBytesPerS * o.sharePct) / 100 - UNASKED_BYTES_PER_S;
  const base = wanted.map((stream) => {
    const cost = costOf(stream.name, stream.minHz);
    if (cost > room) return { stream, hz: 0 };
    room -= cost;
    return { stream, hz: stream.minHz };
  });
  return base.map(({ stream, hz }) => {
    const { name } = stream;
    const msgid = messageByName(name).id;
    if (hz === 0) return { name, msgid, hz: 0 };
    const perHz = costOf(name, 1);
    const raised = Math.min(stream.hz, hz + room / perHz);
    // Whole tenths: an interval of odd microseconds helps nobody.
    const chosen = Math.max(hz, Math.floor(raised * 10) / 10);
    room -= (chosen - hz) * perHz;
    return { name, msgid, hz: chosen };
  });
}

/** Bytes a second that a plan costs, the unasked ones included. */
export function planBytesPerS(plan: readonly PlannedStream[]): number {
  return plan.reduce((sum, stream) => sum + costOf(stream.name, stream.hz), UNASKED_BYTES_PER_S);
}
