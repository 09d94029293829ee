import { MavCmd, MavFrame } from '@skein/protocol/mavlink';

/** One stored item, as MISSION_ITEM_INT carries it. `x`, `y` in 1e-7 degrees, `z` in metres. */
export interface MissionItem {
  readonly frame: number;
  readonly command: number;
  readonly param1: number;
  readonly param2: number;
  readonly param3: number;
  readonly param4: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

export const item = (command: number, fields: Partial<MissionItem> = {}): MissionItem => ({
  frame: MavFrame.GLOBAL_RELATIVE_ALT,
  command,
  param1: 0,
  param2: 0,
  param3: 0,
  param4: 0,
  x: 0,
  y: 0,
  z: 0,
  ...fields,
});

/** How the autopilot names commands in "Mission: 2 WP". */
const names: Readonly<Record<number, string>> = {
  [MavCmd.NAV_WAYPOINT]: 'WP',
  [MavCmd.NAV_SPLINE_WAYPOINT]: 'SplineWP',
  [MavCmd.NAV_TAKEOFF]: 'Takeoff',
  [MavCmd.NAV_LAND]: 'Land',
  [MavCmd.NAV_RETURN_TO_LAUNCH]: 'RTL',
  [MavCmd.NAV_LOITER_UNLIM]: 'LoitUnlim',
  [MavCmd.NAV_LOITER_TIME]: 'LoitTime',
  [MavCmd.NAV_LOITER_TURNS]: 'LoitTurns',
  [MavCmd.NAV_DELAY]: 'Delay',
  [MavCmd.DO_JUMP]: 'Jump',
  [MavCmd.DO_CHANGE_SPEED]: 'ChangeSpeed',
  [MavCmd.DO_SET_ROI]: 'SetROI',
  [MavCmd.DO_SET_SERVO]: 'SetServo',
  [MavCmd.DO_GRIPPER]: 'Gripper',
  [MavCmd.CONDITION_YAW]: 'Yaw',
};

export const commandName = (command: number): string => names[command] ?? `Unknown(${command})`;

/** NAV commands take time and are what MISSION_CURRENT shows; the rest happens in passing. MAV_CMD 1–95 are the NAV range. */
export const isNavigation = (command: number): boolean => command <= MavCmd.NAV_LAST;

/** As MISSION_STATE: 2 not started, 3 active, 5 complete. */
export type MissionProgress = 'not-started' | 'active' | 'complete';

/** The stored list. Item 0 is home. It lives in flash: a reboot keeps it, but not how far it was flown. */
export class Mission {
  items: readonly MissionItem[] = [];
  current = 0;
  progress: MissionProgress = 'not-started';
  /** Times each jump was taken. */
  readonly jumps = new Map<number, number>();

  restart(): void {
    this.current = 0;
    this.progress = 'not-started';
    this.jumps.clear();
  }

  /** Items besides home; what MISSION_CURRENT calls the total. */
  get total(): number {
    return Math.max(0, this.items.length - 1);
  }
}
