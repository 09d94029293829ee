/**
 * How a parcel leaves the drone, as items: by the delivery's method and the autopilot's flavour. Each list begins with a
 * navigation item (what the agent sets as current at the gate) and ends with the climb back to the approach height.
 *
 * Of ArduPilot (4.6, read in its source): NAV_PAYLOAD_PLACE descends, releases at touch-down and climbs; a land in
 * mid-plan disarms and ends the mission unless MIS_OPTIONS has 4 and the next navigation item but delays is a take-off;
 * DO_WINCH in a mission unreels at the winch's own rate and knows 0, 1 and 2 only. Of PX4: no NAV_PAYLOAD_PLACE; DO_WINCH
 * 4 delivers, 6 retracts; amid a mission it stays armed when landed, and refuses to return from the ground.
 */

import { CMD, FRAME } from './mav.ts';
import type { MissionItem } from './mission-item.ts';
import type { DeliverItem } from './schema.ts';

export type Flavour = 'ardupilot' | 'px4';
/** What an item of the mission is there for. */
export const STEP_ROLES = [
  'home',
  'take-off',
  'speed',
  'fly',
  'wait',
  'gate',
  'jump',
  'descend',
  'release',
  'settle',
  'climb',
  'land',
  'return',
] as const;
export type StepRole = (typeof STEP_ROLES)[number];

export interface RoledItem {
  readonly role: StepRole;
  readonly item: MissionItem;
}

/** After a gripper opened, s: the parcel falls clear before the drone climbs. */
const CLEAR_S = 3;
/**
 * Back at its height after it stood on the ground, s: it hovers as it did at the gate, so that it can be weighed. What it
 * lacks then is half of the proof of a release; without the stop it would be on its way already.
 */
export const WEIGHED_S = 5;
/** Added to the time the line needs, s: the parcel touches down, the hook comes free. */
const WINCH_EXTRA_S = 5;
/** Below the approach height, beyond the ground at home's level, that `place` may still look for the ground, m. */
const PLACE_BELOW_M = 10;

/** How far it may descend to place the parcel, m; null: the plan must say it. */
export function maxDescentM(item: DeliverItem): number | null {
  if (item.maxDescentM !== undefined) return item.maxDescentM;
  return item.frame === 'amsl' ? null : Math.max(1, item.altM + PLACE_BELOW_M);
}

/** Height of the hover it is released from, m above home (above the ground where the plan's frame is terrain). */
export function releaseAltM(item: DeliverItem): number {
  return item.releaseAltM ?? 0;
}

/** Line the winch unreels, m: what the plan says, else the height of the hover and 1 m more. */
export function lineM(item: DeliverItem): number {
  return item.lineM ?? releaseAltM(item) + 1;
}

/** It stands on the ground on the way, and must stay armed there. */
export function landsToRelease(item: DeliverItem, flavour: Flavour): boolean {
  if (item.how === 'place') return flavour === 'px4';
  return item.how === 'gripper' && releaseAltM(item) === 0;
}

/**
 * An item without a place. PX4 takes it only in frame 2 (MISSION); ArduPilot gives it back with frame 0.
 */
export function doItem(command: number, ...params: readonly number[]): MissionItem {
  const [a = 0, b = 0, c = 0, d = 0] = params;
  return { frame: FRAME.MISSION, command, params: [a, b, c, d], x: 0, y: 0, z: 0 };
}

/** NAV_DELAY: stays where it is. Hour, minute and second of −1: a delay, not a time of day. */
const delay = (seconds: number): MissionItem => doItem(CMD.NAV_DELAY, seconds, -1, -1, -1);

/** How many items `releaseItems` makes. */
export function releaseLength(item: DeliverItem, flavour: Flavour): number {
  if (landsToRelease(item, flavour)) return 5;
  if (item.how === 'place') return 2;
  return item.how === 'winch' ? 6 : 4;
}

/**
 * @param at makes an item at the place of the delivery: `hover` in the frame of the release height, `climb` at the
 * approach height
 * @param winchMps how fast the winch unreels, m/s
 */
export function releaseItems(
  item: DeliverItem,
  flavour: Flavour,
  winchMps: number,
  at: {
    readonly hover: MissionItem;
    readonly climb: MissionItem;
    readonly land: MissionItem;
    readonly takeOff: MissionItem;
  },
): readonly RoledItem[] {
  const open: RoledItem = { role: 'release', item: doItem(CMD.DO_GRIPPER, 1, 0) };
  const clear: RoledItem = { role: 'settle', item: delay(CLEAR_S) };
  const climb: RoledItem = { role: 'climb', item: at.climb };
  const [, ...others] = at.climb.params;
  const weighed: RoledItem = { role: 'climb', item: { ...at.climb, params: [WEIGHED_S, ...others] } };
  if (landsToRelease(item, flavour)) {
    return [{ role: 'descend', item: at.land }, open, clear, { role: 'climb', item: at.takeOff }, weighed];
  }
  if (item.how === 'place') {
    const descent = maxDescentM(item) ?? 0;
    const place = { ...at.climb, command: CMD.NAV_PAYLOAD_PLACE, params: [descent, 0, 0, 0] as const };
    return [{ role: 'release', item: place }, weighed];
  }
  const descend: RoledItem = { role: 'descend', item: at.hover };
  if (item.how !== 'winch') return [descend, open, clear, climb];

  const reelS = Math.ceil(lineM(item) / winchMps) + WINCH_EXTRA_S;
  const winch = (role: StepRole, action: number, metres: number): RoledItem => ({
    role,
    item: flavour === 'px4' ? doItem(CMD.DO_WINCH, 1, action) : doItem(CMD.DO_WINCH, 1, 1, metres, winchMps),
  });
  return [
    descend,
    winch('release', 4, lineM(item)),
    { role: 'settle', item: delay(reelS) },
    winch('settle', 6, -lineM(item)),
    { role: 'settle', item: delay(reelS) },
    climb,
  ];
}
