import type { MavResult } from '@skein/protocol/mavlink';
import type { Place } from '../geo.ts';
import type { Autopilot } from './autopilot.ts';
import { carryOutItem } from './doItems.ts';
import type { FenceList } from './fenceList.ts';
import type { Gripper } from './gripper.ts';
import type { Mission, MissionItem } from './mission.ts';
import type { Parameters } from './parameters.ts';
import type { RallyList } from './rallyList.ts';
import { announceStatistics } from './routine.ts';
import type { Sequence } from './sequence.ts';

/** What the flight modes need of the autopilot around them, and tell it. */
export interface FlightHost {
  readonly world: Place;
  readonly parameters: Parameters;
  readonly mission: Mission;
  say(text: string, severity?: number): void;
  reached(seq: number): void;
  modeChanged(): void;
  armedChanged(armed: boolean): void;
  homeChanged(): void;
  fenceChanged(): void;
  /** It has come down. */
  landed(): void;
  /** Stick positions as pulse widths, channel 1 first. */
  readonly channels: readonly number[];
  readonly sinceBootMs: number;
  readonly armingBlocks: Iterable<() => string | null>;
  /** Charge left as the autopilot counts it: after a reboot it believes in a full pack. */
  readonly remainingMah: number;
  readonly fence: FenceList;
  readonly rally: RallyList;
  readonly gripper: Gripper;
  /** Null: an ArduPilot. */
  readonly sequence: Sequence | null;
  /** Carries out a do-item of a mission that is not about flying. */
  handle(item: MissionItem): void;
}

export type Answer = (typeof MavResult)[keyof typeof MavResult];

const HEARTBEAT = 0;
const MISSION_ITEM_REACHED = 46;
const GPS_GLOBAL_ORIGIN = 49;
const FENCE_STATUS = 162;
const HOME_POSITION = 242;

/** The autopilot as its flight sees it. */
export function hostOf(autopilot: Autopilot): FlightHost {
  const { world, parameters, mission, channels, voice } = autopilot;
  return {
    world,
    parameters,
    mission,
    channels,
    armingBlocks: autopilot.armingBlocks,
    fence: autopilot.lists.fence,
    rally: autopilot.lists.rally,
    get sequence() {
      return autopilot.sequence;
    },
    get gripper() {
      return autopilot.cargo.gripper;
    },
    get sinceBootMs() {
      return autopilot.sinceBootMs;
    },
    get remainingMah() {
      return autopilot.remainingMah;
    },
    say: (text, severity) => voice.say(text, severity),
    reached: () => voice.sendToAll(MISSION_ITEM_REACHED),
    modeChanged: () => voice.sendToAll(HEARTBEAT),
    homeChanged: () => voice.sendToAll(HOME_POSITION),
    fenceChanged: () => voice.sendToAll(FENCE_STATUS),
    armedChanged: (armed) => (armed ? voice.sendToAll(GPS_GLOBAL_ORIGIN) : voice.announce('MOT_THST_HOVER')),
    landed: () => announceStatistics(autopilot),
    handle: (item) => carryOutItem(autopilot, item),
  };
}
