/**
 * What may stand in a list that we upload, and with which arguments. Flight rules §1, §7: nothing that ends a flight, fires,
 * or moves an output by number; a gripper and a winch by what they do. whitelist.ts asks this for every item that leaves.
 */
import { MavCmd, type MissionItem, type MissionType } from '@skein/protocol/mavlink';

type Dialect = 'ardupilot' | 'px4' | null;
type Rule = (item: MissionItem, dialect: Dialect) => string | null;

/** MAV_FRAMEs of a place: above sea level, above home, above the ground; the second of each is its deprecated twin. */
const PLACE_FRAMES: readonly number[] = [0, 5, 3, 6, 10, 11];
const LAT_E7 = 900_000_000;
const LON_E7 = 1_800_000_000;
const MIN_ALT_M = -500;
const MAX_ALT_M = 10_000;
const MAX_LINE_M = 100;
const MAX_LINE_MPS = 10;
const MAX_SPEED_MPS = 50;
const MAX_RADIUS_M = 100_000;
/** ArduCopter: relax, length, rate; it takes others into a mission and skips them silently (observed). */
export const ARDUPILOT_WINCH: readonly number[] = [0, 1, 2];
/** WINCH_ACTIONS up to ABANDON_LINE. */
const HIGHEST_WINCH = 8;

export const whole = (value: number, from: number, to: number): boolean =>
  Number.isInteger(value) && value >= from && value <= to;
const within = (value: number, from: number, to: number): boolean => value >= from && value <= to;

/** `here`: a place that is left out, 0, is where it is then. */
const place =
  (here: boolean, also: (p: MissionItem['params'], item: MissionItem) => boolean = () => true): Rule =>
  (item) => {
    const { frame, x, y, z, params } = item;
    if (!PLACE_FRAMES.includes(frame)) return `frame ${frame}`;
    if (!whole(x, -LAT_E7, LAT_E7) || !whole(y, -LON_E7, LON_E7)) return `place ${x} ${y}`;
    if (x === 0 && y === 0 && !here) return 'place 0 0';
    if (!within(z, MIN_ALT_M, MAX_ALT_M)) return `altitude ${z}`;
    return also(params, item) ? null : `params ${params}`;
  };

const plain =
  (also: (p: MissionItem['params'], dialect: Dialect) => boolean): Rule =>
  ({ params, x, y, z }, dialect) => {
    if (x !== 0 || y !== 0 || z !== 0) return `x y z ${x} ${y} ${z}`;
    return also(params, dialect) ? null : `params ${params}`;
  };

export function isWinchAction(action: number, dialect: Dialect): boolean {
  return dialect === 'ardupilot' ? ARDUPILOT_WINCH.includes(action) : whole(action, 0, HIGHEST_WINCH);
}

const MISSION: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  [MavCmd.NAV_WAYPOINT, place(false, (p) => within(p[0], 0, 65_535))],
  [MavCmd.NAV_SPLINE_WAYPOINT, place(false, (p) => within(p[0], 0, 65_535))],
  [MavCmd.NAV_LOITER_UNLIM, place(true, (p) => Math.abs(p[2]) <= 65_535)],
  // Both in 16 bits on ArduPilot: 255 turns, 2 550 m.
  [MavCmd.NAV_LOITER_TURNS, place(true, (p) => within(p[0], 0, 255) && Math.abs(p[2]) <= 2_550)],
  [MavCmd.NAV_LOITER_TIME, place(true, (p) => within(p[0], 0, 65_535))],
  [MavCmd.NAV_LOITER_TO_ALT, place(true, (p) => Math.abs(p[1]) <= 65_535)],
  [MavCmd.NAV_LAND, place(true, (p) => within(p[0], 0, 1_000))],
  [MavCmd.NAV_TAKEOFF, place(true, (p) => within(p[0], 0, 90))],
  // p1: how far it may descend looking for the ground.
  [MavCmd.NAV_PAYLOAD_PLACE, place(true, (p) => within(p[0], 0, 655))],
  [MavCmd.NAV_RETURN_TO_LAUNCH, plain((p) => p.every((value) => value === 0))],
  // Seconds; never until an hour of the day, which would keep it waiting in the air.
  [MavCmd.NAV_DELAY, plain((p) => within(p[0], 0, 65_535) && p.slice(1).every((value) => value === -1 || value === 0))],
  [MavCmd.CONDITION_DELAY, plain((p) => within(p[0], 0, 65_535))],
  [MavCmd.CONDITION_DISTANCE, plain((p) => within(p[0], 0, 100_000))],
  [MavCmd.CONDITION_YAW, plain((p) => within(p[0], -360, 360) && whole(p[2], -1, 1) && whole(p[3], 0, 1))],
  // −1 is for ever on ArduPilot; PX4 keeps the count unsigned, where it may become 0: never taken, straight on into a release.
  [MavCmd.DO_JUMP, plain((p, dialect) => whole(p[0], 0, 32_767) && whole(p[1], dialect === 'px4' ? 1 : -1, 32_767))],
  // The throttle is left alone.
  [
    MavCmd.DO_CHANGE_SPEED,
    plain(
      (p) =>
        whole(p[0], 0, 3) &&
        (p[1] === -1 || p[1] === -2 || within(p[1], 0.1, MAX_SPEED_MPS)) &&
        (p[2] === 0 || p[2] === -1 || p[2] === -2),
    ),
  ],
  // To a place that is named: "here" would be the customer's garden.
  [MavCmd.DO_SET_HOME, place(false, (p) => p[0] === 0)],
  [MavCmd.DO_SET_ROI_LOCATION, place(false, (p) => whole(p[0], 0, 255))],
  [MavCmd.DO_SET_ROI_NONE, plain((p) => whole(p[0], 0, 255))],
  [MavCmd.DO_GRIPPER, plain((p) => whole(p[0], 0, 10) && whole(p[1], 0, 1))],
  [
    MavCmd.DO_WINCH,
    plain(
      (p, dialect) =>
        whole(p[0], 0, 10) &&
        isWinchAction(p[1], dialect) &&
        within(p[2], -MAX_LINE_M, MAX_LINE_M) &&
        within(p[3], -MAX_LINE_MPS, MAX_LINE_MPS),
    ),
  ],
]);

/** A fence has no heights of its own. */
const vertex = place(false, (p) => whole(p[0], 3, 255));
const circle = place(false, (p) => p[0] > 0 && p[0] <= MAX_RADIUS_M);
const FENCE: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  [MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION, vertex],
  [MavCmd.NAV_FENCE_POLYGON_VERTEX_EXCLUSION, vertex],
  [MavCmd.NAV_FENCE_CIRCLE_INCLUSION, circle],
  [MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, circle],
]);

const RALLY: ReadonlyMap<number, Rule> = new Map<number, Rule>([[MavCmd.NAV_RALLY_POINT, place(false)]]);

const RULES: Readonly<Record<MissionType, ReadonlyMap<number, Rule>>> = {
  mission: MISSION,
  fence: FENCE,
  rally: RALLY,
};

/** Their param4 is a heading, and NaN is "as it is". Anywhere else ArduPilot refuses it. */
export const HEADED: readonly number[] = [
  MavCmd.NAV_WAYPOINT,
  MavCmd.NAV_LOITER_UNLIM,
  MavCmd.NAV_LAND,
  MavCmd.NAV_TAKEOFF,
];

/** Where ArduPilot keeps home: it writes its own over whatever stands there. */
export const HOME_ITEM: MissionItem = {
  frame: 0,
  command: MavCmd.NAV_WAYPOINT,
  params: [0, 0, 0, 0],
  x: 0,
  y: 0,
  z: 0,
};

/** A waypoint, and nothing else: a take-off there would be lost. */
export function isHomeItem(item: MissionItem | undefined): boolean {
  return item?.command === MavCmd.NAV_WAYPOINT;
}

/** `seq` of the first item that is flown: ArduPilot's item 0 is home. */
export function firstSeq(flavour: 'ardupilot' | 'px4'): number {
  return flavour === 'ardupilot' ? 1 : 0;
}

/** A float on the wire: what is too great for one would leave as infinite. */
const isOnWire = (value: number): boolean => Number.isFinite(Math.fround(value));

/** Why this item is never sent, in words; null: nothing speaks against it. */
export function itemFault(type: MissionType, item: MissionItem, seq: number, dialect: Dialect): string | null {
  if (type === 'mission' && seq === 0 && dialect !== 'px4' && isHomeItem(item)) {
    const isPlace = whole(item.x, -LAT_E7, LAT_E7) && whole(item.y, -LON_E7, LON_E7) && isOnWire(item.z);
    return isPlace && PLACE_FRAMES.includes(item.frame) ? null : 'home is no place';
  }
  const rule = RULES[type].get(item.command);
  if (rule === undefined) return `command ${item.command}`;
  const mayBeNaN = (index: number): boolean => index === 3 && HEADED.includes(item.command);
  const bad = item.params.findIndex((value, index) => !isOnWire(value) && !(Number.isNaN(value) && mayBeNaN(index)));
  if (bad >= 0) return `param${bad + 1} ${item.params[bad]}`;
  return rule(item, dialect);
}
