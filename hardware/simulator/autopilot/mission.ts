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
  [MavCmd.NAV_LOITER_TO_ALT]: 'LoitAltitude',
  [MavCmd.NAV_CONTINUE_AND_CHANGE_ALT]: 'ContinueAndChangeAlt',
  [MavCmd.NAV_GUIDED_ENABLE]: 'GuidedEnable',
  [MavCmd.NAV_DELAY]: 'Delay',
  [MavCmd.NAV_PAYLOAD_PLACE]: 'PayloadPlace',
  [MavCmd.CONDITION_DELAY]: 'CondDelay',
  [MavCmd.CONDITION_DISTANCE]: 'CondDist',
  [MavCmd.CONDITION_YAW]: 'CondYaw',
  [MavCmd.DO_JUMP]: 'Jump',
  [MavCmd.DO_CHANGE_SPEED]: 'ChangeSpeed',
  [MavCmd.DO_SET_HOME]: 'SetHome',
  [MavCmd.DO_SET_ROI]: 'SetROI',
  [MavCmd.DO_SET_ROI_LOCATION]: 'SetROILocation',
  [MavCmd.DO_SET_ROI_NONE]: 'SetROINone',
  [MavCmd.DO_SET_SERVO]: 'SetServo',
  [MavCmd.DO_REPEAT_SERVO]: 'RepeatServo',
  [MavCmd.DO_SET_RELAY]: 'SetRelay',
  [MavCmd.DO_REPEAT_RELAY]: 'RepeatRelay',
  [MavCmd.DO_SET_CAM_TRIGG_DIST]: 'SetCamTrigDst',
  [MavCmd.DO_LAND_START]: 'LandStart',
  [MavCmd.DO_FENCE_ENABLE]: 'FenceEnable',
  [MavCmd.DO_PARACHUTE]: 'Parachute',
  [MavCmd.DO_GRIPPER]: 'Gripper',
  [MavCmd.DO_GUIDED_LIMITS]: 'GuidedLimits',
  [MavCmd.DO_WINCH]: 'Winch',
};

export const commandName = (command: number): string => names[command] ?? '?';

/** NAV commands take time and are what MISSION_CURRENT shows; the rest happens in passing. MAV_CMD 1–95 are the NAV range. */
export const isNavigation = (command: number): boolean => command <= MavCmd.NAV_LAST;

/** Of these nobody is told that they were reached. */
export const silent: ReadonlySet<number> = new Set([
  MavCmd.DO_GRIPPER,
  MavCmd.DO_SET_SERVO,
  MavCmd.DO_SET_RELAY,
  MavCmd.DO_REPEAT_SERVO,
  MavCmd.DO_REPEAT_RELAY,
  MavCmd.DO_PARACHUTE,
  MavCmd.DO_SET_CAM_TRIGG_DIST,
]);

/** On the way to these the place before is flown through; before all others it stops. */
export const flownThrough: ReadonlySet<number> = new Set([
  MavCmd.NAV_WAYPOINT,
  MavCmd.NAV_SPLINE_WAYPOINT,
  MavCmd.NAV_LOITER_UNLIM,
  MavCmd.NAV_LOITER_TIME,
  MavCmd.NAV_PAYLOAD_PLACE,
]);

export const isSame = (a: MissionItem, b: MissionItem | undefined): boolean =>
  b !== undefined && Object.entries(a).every(([key, value]) => Object.is(b[key as keyof MissionItem], value));

/** MISSION_STATE is 1 for an empty list, else 2 not started (or stopped on the way), 3 active, 5 complete. */
export type MissionProgress = 'not-started' | 'active' | 'complete';

/** The stored list. Item 0 is home. It lives in flash: a reboot keeps it, but not how far it was flown. */
export class Mission {
  items: readonly MissionItem[] = [];
  /** The navigation item that is flown or comes next; 0 before the first. */
  current = 0;
  progress: MissionProgress = 'not-started';
  /** Times each jump was taken. */
  readonly jumps = new Map<number, number>();

  /** Power-on. */
  restart(): void {
    this.rewind();
    this.progress = 'not-started';
  }

  /** Back to the first item, as disarming does; whether it was complete stays so. */
  rewind(): void {
    this.current = 0;
    this.jumps.clear();
  }

  /** Items besides home; what MISSION_CURRENT calls the total. */
  get total(): number {
    return Math.max(0, this.items.length - 1);
  }
}
