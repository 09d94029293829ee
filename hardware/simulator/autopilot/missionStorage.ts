import { MavCmd, MavFrame, MavMissionResult } from '@skein/protocol/mavlink';
import type { MissionItem } from './mission.ts';

/** What a client sent, or a list gives back, whatever it does not need left out. */
export type ItemFields = MissionItem;

export type Stored =
  | { readonly ok: true; readonly item: MissionItem }
  | { readonly ok: false; readonly result: number };

const refuse = (result: number): Stored => ({ ok: false, result });

const LAT_MAX = 90e7;
const LON_MAX = 180e7;
/** Altitudes are centimetres in 24 bits. */
const ALT_MAX_M = 83_000;

// What is left of a parameter in 15 bytes an item. A float becomes a number of C by cutting.
const u8 = (value: number): number => Math.trunc(value) & 0xff;
const u16 = (value: number): number => Math.trunc(value) & 0xffff;
const i8 = (value: number): number => (Math.trunc(value) << 24) >> 24;
const i16 = (value: number): number => (Math.trunc(value) << 16) >> 16;
const float = Math.fround;
const gone = (): number => 0;
const sign = (value: number): number => (value < 0 ? -1 : 1);
const flag = (value: number): number => (value > 0 ? 1 : 0);
/** With its sign apart, in the flags of the place. */
const signed16 = (value: number): number => sign(value) * u16(Math.abs(value)) || 0;
/** Metres kept as whole centimetres. */
const centimetres = (value: number): number => float(u16(float(value * 100)) * float(0.01));
/** Radii over 255 m in tens of metres. */
const radius = (value: number): number => {
  const size = Math.abs(value);
  return sign(value) * (size <= 255 ? u8(size) : Math.min(255, Math.trunc(size * 0.1)) * 10) || 0;
};
const turns = (value: number): number =>
  value > 0 && value < 1 ? Math.trunc(value * 256) / 256 : u8(Math.min(255, value));

type Keep = (value: number) => number;

interface Format {
  readonly keep: readonly Keep[];
  readonly located: boolean;
  /** Parameters that may be "not a number", by place from 1. */
  readonly mayBeNan?: number;
}

const plain = (...keep: readonly Keep[]): Format => ({ keep, located: false });
const placed = (...keep: readonly Keep[]): Format => ({ keep, located: true });
const yawed = (...keep: readonly Keep[]): Format => ({ keep, located: true, mayBeNan: 4 });

/** What an ArduPilot stores, and how much of it; another command is UNSUPPORTED. From AP_Mission of 4.6.3. */
const formats: ReadonlyMap<number, Format> = new Map<number, Format>([
  [MavCmd.NAV_WAYPOINT, yawed(u16)],
  [MavCmd.NAV_LOITER_UNLIM, yawed(gone, gone, signed16)],
  [MavCmd.NAV_LOITER_TURNS, placed(turns, gone, radius, flag)],
  [MavCmd.NAV_LOITER_TIME, placed(u16, gone, sign, flag)],
  [MavCmd.NAV_RETURN_TO_LAUNCH, plain()],
  [MavCmd.NAV_LAND, yawed(u16, gone, gone, sign)],
  [MavCmd.NAV_TAKEOFF, yawed(u16)],
  [MavCmd.NAV_CONTINUE_AND_CHANGE_ALT, placed(u16)],
  [MavCmd.NAV_LOITER_TO_ALT, placed(gone, signed16, gone, flag)],
  [MavCmd.NAV_SPLINE_WAYPOINT, placed(u16)],
  [MavCmd.NAV_GUIDED_ENABLE, placed(u16)],
  [MavCmd.NAV_DELAY, plain(float, i8, i8, i8)],
  [MavCmd.NAV_PAYLOAD_PLACE, placed(centimetres)],
  [MavCmd.CONDITION_DELAY, plain(float)],
  [MavCmd.CONDITION_DISTANCE, plain(float)],
  [MavCmd.CONDITION_YAW, plain(float, float, i8, u8)],
  [MavCmd.DO_JUMP, plain(u16, i16)],
  [MavCmd.DO_CHANGE_SPEED, plain(u8, float, float)],
  [MavCmd.DO_SET_HOME, placed(u16)],
  [MavCmd.DO_SET_RELAY, plain(u8, u8)],
  [MavCmd.DO_REPEAT_RELAY, plain(u8, i16, float)],
  [MavCmd.DO_SET_SERVO, plain(u8, u16)],
  [MavCmd.DO_REPEAT_SERVO, plain(u8, u16, i16, float)],
  [MavCmd.DO_LAND_START, placed()],
  [MavCmd.DO_SET_ROI_LOCATION, placed(u16)],
  [MavCmd.DO_SET_ROI_NONE, plain(u16)],
  [MavCmd.DO_SET_ROI, placed(u16)],
  [MavCmd.DO_SET_CAM_TRIGG_DIST, plain(float, gone, u8)],
  [MavCmd.DO_FENCE_ENABLE, plain(u16)],
  [MavCmd.DO_PARACHUTE, plain(u16)],
  [MavCmd.DO_GRIPPER, plain(u8, u8)],
  [MavCmd.DO_GUIDED_LIMITS, plain(u16, float, float, float)],
  [MavCmd.DO_WINCH, plain(u8, u8, float, float)],
]);

const NAMES = ['param1', 'param2', 'param3', 'param4'] as const;
const { INVALID_PARAM1, INVALID_PARAM5_X, INVALID_PARAM6_Y, INVALID_PARAM7 } = MavMissionResult;

/** The frame it comes back with; null: not taken. */
function storedFrame(frame: number): number | null {
  switch (frame) {
    case MavFrame.MISSION:
    case MavFrame.GLOBAL:
    case MavFrame.GLOBAL_INT:
      return MavFrame.GLOBAL;
    case MavFrame.GLOBAL_RELATIVE_ALT:
    case MavFrame.GLOBAL_RELATIVE_ALT_INT:
      return MavFrame.GLOBAL_RELATIVE_ALT;
    case MavFrame.GLOBAL_TERRAIN_ALT:
    case MavFrame.GLOBAL_TERRAIN_ALT_INT:
      return MavFrame.GLOBAL_TERRAIN_ALT;
    default:
      return null;
  }
}

/** The altitude it comes back with: whole centimetres, cut. */
export const storedAltM = (altM: number): number => float(Math.trunc(float(altM * 100)) * float(0.01)) || 0;

export const faultOfPlace = (x: number, y: number): number | null =>
  Math.abs(x) > LAT_MAX ? INVALID_PARAM5_X : Math.abs(y) > LON_MAX ? INVALID_PARAM6_Y : null;

/**
 * An item as it will be read back, or the MAV_MISSION_RESULT that refuses it. Items without a position lose x, y, z and frame; frames
 * lose their INT; most parameters become small integers.
 */
export function storeItem(fields: ItemFields): Stored {
  const format = formats.get(fields.command);
  const params = NAMES.map((name) => fields[name]);
  for (const [at, value] of params.entries()) {
    const nan = Number.isNaN(value) && format?.mayBeNan !== at + 1;
    if (nan || Math.abs(value) === Number.POSITIVE_INFINITY) return refuse(INVALID_PARAM1 + at);
  }
  if (format === undefined) return refuse(MavMissionResult.UNSUPPORTED);
  const [param1 = 0, param2 = 0, param3 = 0, param4 = 0] = params.map((value, at) =>
    (format.keep[at] ?? gone)(Number.isNaN(value) ? 0 : value),
  );
  const kept = { command: fields.command, param1, param2, param3, param4 };
  if (!format.located) return { ok: true, item: { ...kept, frame: MavFrame.GLOBAL, x: 0, y: 0, z: 0 } };
  const misplaced = faultOfPlace(fields.x, fields.y);
  if (misplaced !== null) return refuse(misplaced);
  if (!(Math.abs(fields.z) < ALT_MAX_M)) return refuse(INVALID_PARAM7);
  const frame = storedFrame(fields.frame);
  if (frame === null) return refuse(MavMissionResult.UNSUPPORTED_FRAME);
  return { ok: true, item: { ...kept, frame, x: fields.x, y: fields.y, z: storedAltM(fields.z) } };
}
