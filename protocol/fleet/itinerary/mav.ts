/**
 * The numbers of MAVLink that an itinerary needs (MAV_CMD, MAV_FRAME of common.xml). fleet knows no dialect; a test in
 * hardware compares these with it.
 */
export const CMD = {
  NAV_WAYPOINT: 16,
  NAV_LOITER_UNLIM: 17,
  NAV_LOITER_TURNS: 18,
  NAV_LOITER_TIME: 19,
  NAV_RETURN_TO_LAUNCH: 20,
  NAV_LAND: 21,
  NAV_TAKEOFF: 22,
  NAV_LOITER_TO_ALT: 31,
  NAV_ROI: 80,
  NAV_SPLINE_WAYPOINT: 82,
  NAV_VTOL_TAKEOFF: 84,
  NAV_VTOL_LAND: 85,
  NAV_DELAY: 93,
  NAV_PAYLOAD_PLACE: 94,
  CONDITION_DELAY: 112,
  CONDITION_DISTANCE: 114,
  CONDITION_YAW: 115,
  DO_SET_MODE: 176,
  DO_JUMP: 177,
  DO_CHANGE_SPEED: 178,
  DO_SET_HOME: 179,
  DO_SET_RELAY: 181,
  DO_SET_SERVO: 183,
  DO_LAND_START: 189,
  DO_SET_ROI_LOCATION: 195,
  DO_SET_ROI_NONE: 197,
  DO_SET_ROI: 201,
  DO_DIGICAM_CONTROL: 203,
  DO_MOUNT_CONTROL: 205,
  DO_SET_CAM_TRIGG_DIST: 206,
  DO_FENCE_ENABLE: 207,
  DO_PARACHUTE: 208,
  DO_GRIPPER: 211,
  NAV_FENCE_POLYGON_VERTEX_INCLUSION: 5001,
  NAV_FENCE_POLYGON_VERTEX_EXCLUSION: 5002,
  NAV_FENCE_CIRCLE_INCLUSION: 5003,
  NAV_FENCE_CIRCLE_EXCLUSION: 5004,
  NAV_RALLY_POINT: 5100,
  DO_WINCH: 42600,
} as const;
export type CommandName = keyof typeof CMD;

export const FRAME = {
  GLOBAL: 0,
  MISSION: 2,
  GLOBAL_RELATIVE_ALT: 3,
  GLOBAL_INT: 5,
  GLOBAL_RELATIVE_ALT_INT: 6,
  GLOBAL_TERRAIN_ALT: 10,
  GLOBAL_TERRAIN_ALT_INT: 11,
} as const;

/** A command by its name where it is one of these, else by its number: for words. */
export function commandName(command: number): string {
  const found = Object.entries(CMD).find(([, id]) => id === command);
  return found === undefined ? `command ${command}` : found[0];
}

/** Commands up to this one fly somewhere or wait; the autopilot counts only these as progress (MAV_CMD_NAV_LAST is 95). */
const NAV_LAST = 95;

/** Whether it is a navigation command: what `set current` may name, and what MISSION_CURRENT shows. */
export function isNavigation(command: number): boolean {
  return command <= NAV_LAST;
}
