/**
 * What an autopilot will say that it holds when it was given an item: it keeps less than it is given. Pure; the two tables are
 * after ArduPilot 4.6 (AP_Mission::mavlink_int_to_mission_cmd and back, MissionItemProtocol_Fence, _Rally) and PX4 1.16
 * (MavlinkMissionManager::parse_mavlink_mission_item and format_mavlink_mission_item). ArduPilot's was compared with its own code,
 * compiled: 60 000 random items of all commands in commands.ts, equal to the last bit (a sample is in testdata/).
 *
 * A number that does not fit what it is kept in (70 000 s in 16 bits) becomes NaN: it never compares equal.
 */
import { MavCmd, MavFrame, type MissionItem, type MissionType } from '@skein/protocol/mavlink';
import { HOME_ITEM } from './commands.ts';

type Params = MissionItem['params'];
type Keep = (p: Params) => Params;

const f32 = Math.fround;
/** A float cast to an integer of C: cut, and nothing beyond its range. */
const cut = (value: number, from: number, to: number): number => {
  const whole = Math.trunc(f32(value)) + 0;
  return whole >= from && whole <= to ? whole : Number.NaN;
};
const u8 = (value: number): number => cut(value, 0, 255);
const u16 = (value: number): number => cut(value, 0, 65_535);
const sign = (value: number): number => (value < 0 ? -1 : 1);
const bit = (value: number): number => (value > 0 ? 1 : 0);

const MODERN: Readonly<Record<number, number>> = {
  [MavFrame.GLOBAL_INT]: MavFrame.GLOBAL,
  [MavFrame.GLOBAL_RELATIVE_ALT_INT]: MavFrame.GLOBAL_RELATIVE_ALT,
  [MavFrame.GLOBAL_TERRAIN_ALT_INT]: MavFrame.GLOBAL_TERRAIN_ALT,
};

/** The deprecated twins mean the same. */
export const frameOf = (frame: number): number => MODERN[frame] ?? frame;

/** ArduCopter: with a place. What is not named is forgotten. */
const ARDUPILOT_PLACES: ReadonlyMap<number, Keep> = new Map<number, Keep>([
  [MavCmd.NAV_WAYPOINT, ([delayS]) => [u16(delayS), 0, 0, 0]],
  [MavCmd.NAV_SPLINE_WAYPOINT, ([delayS]) => [u16(delayS), 0, 0, 0]],
  [MavCmd.NAV_LOITER_UNLIM, (p) => [0, 0, sign(p[2]) * u16(Math.abs(p[2])), 0]],
  [MavCmd.NAV_LOITER_TURNS, turns],
  [MavCmd.NAV_LOITER_TIME, (p) => [u16(p[0]), 0, sign(p[2]), bit(p[3])]],
  [MavCmd.NAV_LOITER_TO_ALT, (p) => [0, sign(p[1]) * u16(Math.abs(p[1])), 0, bit(p[3])]],
  [MavCmd.NAV_LAND, (p) => [u16(p[0]), 0, 0, sign(p[3])]],
  [MavCmd.NAV_TAKEOFF, (p) => [u16(p[0]), 0, 0, 0]],
  // The greatest descent, in cm.
  [MavCmd.NAV_PAYLOAD_PLACE, (p) => [f32(u16(f32(f32(p[0]) * 100)) * f32(0.01)), 0, 0, 0]],
  [MavCmd.DO_SET_HOME, (p) => [u16(p[0]), 0, 0, 0]],
  [MavCmd.DO_SET_ROI_LOCATION, (p) => [u16(p[0]), 0, 0, 0]],
]);

const ARDUPILOT_OTHERS: ReadonlyMap<number, Keep> = new Map<number, Keep>([
  [MavCmd.NAV_RETURN_TO_LAUNCH, () => [0, 0, 0, 0]],
  [MavCmd.NAV_DELAY, (p) => [f32(p[0]), cut(p[1], -128, 127), cut(p[2], -128, 127), cut(p[3], -128, 127)]],
  [MavCmd.CONDITION_DELAY, (p) => [f32(p[0]), 0, 0, 0]],
  [MavCmd.CONDITION_DISTANCE, (p) => [f32(p[0]), 0, 0, 0]],
  [MavCmd.CONDITION_YAW, (p) => [f32(p[0]), f32(p[1]), cut(p[2], -128, 127), u8(p[3])]],
  [MavCmd.DO_JUMP, (p) => [u16(p[0]), cut(p[1], -32_768, 32_767), 0, 0]],
  [MavCmd.DO_CHANGE_SPEED, (p) => [u8(p[0]), f32(p[1]), f32(p[2]), 0]],
  [MavCmd.DO_SET_ROI_NONE, (p) => [u16(p[0]), 0, 0, 0]],
  [MavCmd.DO_GRIPPER, (p) => [u8(p[0]), u8(p[1]), 0, 0]],
  [MavCmd.DO_WINCH, (p) => [u8(p[0]), u8(p[1]), f32(p[2]), f32(p[3])]],
]);

/** Turns under one in 1/256, radii over 255 m in tens of metres: both share 16 bits. */
function turns([count, , radiusM, exit]: Params): Params {
  const isPart = count > 0 && count < 1;
  const kept = isPart ? Math.trunc(f32(f32(count) * 256)) / 256 : cut(Math.min(255, count), 0, 255);
  const radius = Math.abs(f32(radiusM));
  const wide = Math.trunc(Math.min(255, f32(radius * f32(0.1)))) * 10;
  return [kept, 0, sign(radiusM) * (radius <= 255 ? Math.trunc(radius) : wide), bit(exit)];
}

/** Altitudes are kept in cm. */
const throughCm = (z: number): number => f32(Math.trunc(f32(f32(z) * 100)) * f32(0.01));

function ardupilotMission(item: MissionItem): MissionItem {
  const { command, params, x, y, z } = item;
  const others = ARDUPILOT_OTHERS.get(command);
  // Without a place there is no frame either, whatever was given.
  if (others !== undefined) return { frame: 0, command, params: others(params), x: 0, y: 0, z: 0, autocontinue: true };
  const keep = ARDUPILOT_PLACES.get(command);
  if (keep === undefined) return { ...item, autocontinue: true };
  return { frame: frameOf(item.frame), command, params: keep(params), x, y, z: throughCm(z), autocontinue: true };
}

function ardupilotFence(item: MissionItem): MissionItem {
  const { command, x, y } = item;
  const isCircle = command === MavCmd.NAV_FENCE_CIRCLE_INCLUSION || command === MavCmd.NAV_FENCE_CIRCLE_EXCLUSION;
  const p1 = isCircle ? f32(item.params[0]) : u8(item.params[0]);
  return { frame: 0, command, params: [p1, 0, 0, 0], x, y, z: 0, autocontinue: true };
}

/** In whole metres. */
function ardupilotRally(item: MissionItem): MissionItem {
  const { command, x, y } = item;
  const z = cut(item.z, -32_768, 32_767);
  return { frame: frameOf(item.frame), command, params: [0, 0, 0, 0], x, y, z, autocontinue: true };
}

/** Degrees through radians and back: 0 … 360; NaN stays. */
const yaw = (deg: number): number => f32(((f32(deg) % 360) + 360) % 360);

const PX4_PLACES: ReadonlyMap<number, Keep> = new Map<number, Keep>([
  [MavCmd.NAV_WAYPOINT, (p) => [f32(p[0]), f32(p[1]), 0, yaw(p[3])]],
  [MavCmd.NAV_LOITER_UNLIM, (p) => [0, 0, f32(p[2]), yaw(p[3])]],
  [MavCmd.NAV_LOITER_TIME, (p) => [f32(p[0]), bit(p[1]), f32(p[2]), bit(p[3])]],
  [MavCmd.NAV_LOITER_TO_ALT, (p) => [bit(p[0]), f32(p[1]), 0, bit(p[3])]],
  [MavCmd.NAV_LAND, (p) => [f32(p[0]), f32(p[1]), 0, yaw(p[3])]],
  [MavCmd.NAV_TAKEOFF, (p) => [0, 0, 0, yaw(p[3])]],
  [MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION, (p) => [cut(p[0] + 0.5, 0, 65_535), 0, 0, 0]],
  [MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION, (p) => [cut(p[0] + 0.5, 0, 65_535), 0, 0, 0]],
  [MavCmd.NAV_FENCE_CIRCLE_INCLUSION, (p) => [f32(p[0]), 0, 0, 0]],
  [MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, (p) => [f32(p[0]), 0, 0, 0]],
  [MavCmd.NAV_RALLY_POINT, () => [0, 0, 0, 0]],
]);

function px4(item: MissionItem): MissionItem {
  const { command, x, y, autocontinue = true } = item;
  const z = f32(item.z);
  const place = PX4_PLACES.get(command);
  if (place !== undefined)
    return { frame: frameOf(item.frame), command, params: place(item.params), x, y, z, autocontinue };
  const params = item.params.map(f32) as unknown as Params;
  return { frame: MavFrame.MISSION, command, params, x, y, z, autocontinue };
}

/** It gives all of a fence back in the frame of the sea level, whatever it was given in, and keeps no autocontinue (1.18). */
const px4Fence = (item: MissionItem): MissionItem => ({ ...px4(item), frame: MavFrame.GLOBAL, autocontinue: false });

export type MissionFlavour = 'ardupilot' | 'px4';

const ARDUPILOT: Readonly<Record<MissionType, (item: MissionItem) => MissionItem>> = {
  mission: ardupilotMission,
  fence: ardupilotFence,
  rally: ardupilotRally,
};

/**
 * The list as it will be read back. Item 0 of an ArduPilot mission is home, which the autopilot writes itself: here it is the
 * placeholder, and an empty mission has it too.
 */
export function asStored(
  items: readonly MissionItem[],
  flavour: MissionFlavour,
  type: MissionType = 'mission',
): readonly MissionItem[] {
  if (flavour === 'px4') return items.map(type === 'fence' ? px4Fence : px4);
  const stored = items.map(ARDUPILOT[type]);
  return type === 'mission' ? [{ ...HOME_ITEM, autocontinue: true }, ...stored.slice(1)] : stored;
}
