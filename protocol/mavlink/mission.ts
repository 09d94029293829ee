/** An item of a mission, a fence or a rally list as it travels in MISSION_ITEM_INT, and the three lists there are. */
import { MavMissionType } from './dialect/enums.generated.ts';

/** Not the deprecated float message of the same name: that one is `Messages['MISSION_ITEM']`. */
export interface MissionItem {
  /** MAV_FRAME: 0 metres above sea level, 3 (or 6) above home, 10 (or 11) above the ground, 2 no place. */
  readonly frame: number;
  /** MAV_CMD. */
  readonly command: number;
  /** param1 … param4; NaN: as the autopilot has it. */
  readonly params: readonly [number, number, number, number];
  /** Latitude in degE7, of a local frame 1e-4 m; an integer, 0 where the command has no place. */
  readonly x: number;
  /** Longitude in degE7, of a local frame 1e-4 m; an integer. */
  readonly y: number;
  /** Metres, by `frame`; param7 of a command without a place. */
  readonly z: number;
  /** Default true: false is for PX4 only, ArduPilot forgets it. */
  readonly autocontinue?: boolean;
}

export type MissionType = 'mission' | 'fence' | 'rally';

/** MAV_MISSION_TYPE of each. 255, all of them at once, is never used: ArduPilot does not know it (observed). */
export const MISSION_TYPES: Readonly<Record<MissionType, number>> = {
  mission: MavMissionType.MISSION,
  fence: MavMissionType.FENCE,
  rally: MavMissionType.RALLY,
};
