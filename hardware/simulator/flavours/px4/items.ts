import { MavCmd, MavFrame, MavMissionResult } from '@skein/protocol/mavlink';
import type { MissionItem } from '../../autopilot/mission.ts';
import { crc32 } from '../../files/crc32.ts';

/** An item as PX4 was given it, and as it gives it back. */
export interface Px4Item extends MissionItem {
  readonly autocontinue: number;
}

export type Px4Stored = { readonly ok: true; readonly item: Px4Item } | { readonly ok: false; readonly result: number };

type Keep = (params: readonly [number, number, number, number]) => readonly [number, number, number, number];

const float = Math.fround;
/** Through radians and back. */
const yaw = (degrees: number): number => float(((float(degrees) % 360) + 360) % 360);
const flag = (value: number): number => (value > 0 ? 1 : 0);
const corners: Keep = ([p1]) => [Math.trunc(p1 + 0.5), 0, 0, 0];
const radius: Keep = ([p1]) => [float(p1), 0, 0, 0];

/** Commands with a place, and what is kept of their parameters. */
const placed: ReadonlyMap<number, Keep> = new Map<number, Keep>([
  [MavCmd.NAV_WAYPOINT, ([p1, p2, , p4]) => [float(p1), float(p2), 0, yaw(p4)]],
  [MavCmd.NAV_LOITER_UNLIM, ([, , p3, p4]) => [0, 0, float(p3), yaw(p4)]],
  [MavCmd.NAV_LOITER_TIME, ([p1, p2, p3, p4]) => [float(p1), flag(p2), float(p3), flag(p4)]],
  [MavCmd.NAV_LOITER_TO_ALT, ([p1, p2, , p4]) => [flag(p1), float(p2), 0, flag(p4)]],
  [MavCmd.NAV_LAND, ([p1, p2, , p4]) => [float(p1), float(p2), 0, yaw(p4)]],
  [MavCmd.NAV_TAKEOFF, ([, , , p4]) => [0, 0, 0, yaw(p4)]],
  [MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION, corners],
  [MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION, corners],
  [MavCmd.NAV_FENCE_CIRCLE_INCLUSION, radius],
  [MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, radius],
  [MavCmd.NAV_RALLY_POINT, () => [0, 0, 0, 0]],
]);

/** Commands without one: all they are given is kept. Gripper and winch keep two parameters. */
const plain: ReadonlySet<number> = new Set([
  MavCmd.DO_JUMP,
  MavCmd.DO_CHANGE_SPEED,
  MavCmd.DO_SET_HOME,
  MavCmd.DO_LAND_START,
  MavCmd.DO_SET_ROI_NONE,
  MavCmd.NAV_DELAY,
  MavCmd.NAV_RETURN_TO_LAUNCH,
  MavCmd.CONDITION_DELAY,
  MavCmd.DO_SET_SERVO,
]);
const paired: ReadonlySet<number> = new Set([MavCmd.DO_GRIPPER, MavCmd.DO_WINCH]);

const intFrame: ReadonlyMap<number, number> = new Map([
  [MavFrame.GLOBAL, MavFrame.GLOBAL_INT],
  [MavFrame.GLOBAL_INT, MavFrame.GLOBAL_INT],
  [MavFrame.GLOBAL_RELATIVE_ALT, MavFrame.GLOBAL_RELATIVE_ALT_INT],
  [MavFrame.GLOBAL_RELATIVE_ALT_INT, MavFrame.GLOBAL_RELATIVE_ALT_INT],
]);

const refuse = (result: number): Px4Stored => ({ ok: false, result });
const { UNSUPPORTED, UNSUPPORTED_FRAME, INVALID_PARAM1 } = MavMissionResult;

/** An item as it will be read back, or why it is refused. With a place the frame comes back as its INT twin. */
export function storePx4Item(given: Px4Item): Px4Stored {
  const { command, param1, param2, param3, param4 } = given;
  const params = [param1, param2, param3, param4] as const;
  const endless = params.findIndex((value) => Math.abs(value) === Number.POSITIVE_INFINITY);
  if (endless >= 0) return refuse(INVALID_PARAM1 + endless);
  const frame = intFrame.get(given.frame);
  const keep = placed.get(command);
  if (frame !== undefined) {
    if (keep === undefined) return refuse(UNSUPPORTED);
    const [p1, p2, p3, p4] = keep(params);
    return { ok: true, item: { ...given, frame, param1: p1, param2: p2, param3: p3, param4: p4, z: float(given.z) } };
  }
  if (given.frame !== MavFrame.MISSION) return refuse(UNSUPPORTED_FRAME);
  if (paired.has(command)) return { ok: true, item: { ...given, param3: 0, param4: 0, x: 0, y: 0, z: 0 } };
  return plain.has(command) ? { ok: true, item: given } : refuse(UNSUPPORTED);
}

const bytes = new DataView(new ArrayBuffer(32));

/** The name of a list: the CRC-32 of what was sent, item by item. */
export function nameOf(item: Px4Item, before: number): number {
  bytes.setUint8(0, item.frame);
  bytes.setUint16(1, item.command, true);
  bytes.setUint8(3, item.autocontinue);
  for (const [at, value] of [item.param1, item.param2, item.param3, item.param4].entries()) {
    bytes.setFloat32(4 + 4 * at, value, true);
  }
  bytes.setInt32(20, item.x, true);
  bytes.setInt32(24, item.y, true);
  bytes.setFloat32(28, item.z, true);
  return crc32(new Uint8Array(bytes.buffer), before);
}

/** As the engine flies it: its jumps count home as item 0. */
export const flown = (item: Px4Item): MissionItem =>
  item.command === MavCmd.DO_JUMP ? { ...item, param1: item.param1 + 1 } : item;
