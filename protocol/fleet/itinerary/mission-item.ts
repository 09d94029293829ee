/**
 * What an autopilot stores: one item of a mission, a fence or the rally points, as MISSION_ITEM_INT carries it. `seq` is
 * its place in the list.
 */
export interface MissionItem {
  /** MAV_FRAME: 0 altitude above mean sea level, 3 above home, 10 above terrain; 2 for items without a place. */
  readonly frame: number;
  /** MAV_CMD. */
  readonly command: number;
  /** param1 … param4. */
  readonly params: readonly [number, number, number, number];
  /** Latitude, degE7; 0 where the item has no place. */
  readonly x: number;
  /** Longitude, degE7. */
  readonly y: number;
  /** Altitude in the item's frame, m. */
  readonly z: number;
}

/** The three lists an autopilot keeps (MAV_MISSION_TYPE 0, 1, 2). */
export const MISSION_TYPES = ['mission', 'fence', 'rally'] as const;
export type MissionType = (typeof MISSION_TYPES)[number];
