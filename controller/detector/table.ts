/** All classes of evidence, in the order they are judged; docs/alerts.md prints them, a test compares the two. */
import { BOARD, CLOCK, IDENTITY } from './classes/board.ts';
import { BATTERY, NO_PROGRESS, OFF_ROUTE } from './classes/course.ts';
import { CONTROL_TAKEN, DISARMED_IN_AIR, FENCE, PARCEL_UNPROVED, REBOOTED, TUMBLES } from './classes/events.ts';
import { AUTOPILOT_SILENT, LAST_WILL, LEASE, STALE } from './classes/link.ts';
import { COMPASS, EKF, ESC, POSITION, PRE_ARM, VIBRATION } from './classes/unwell.ts';
import type { FindingClass } from './verdict.ts';

export const CLASSES: readonly FindingClass[] = [
  ...[DISARMED_IN_AIR, TUMBLES, REBOOTED, CONTROL_TAKEN, FENCE, BATTERY],
  ...[POSITION, EKF, COMPASS, VIBRATION, ESC, PRE_ARM],
  ...[LAST_WILL, LEASE, STALE, AUTOPILOT_SILENT],
  ...[NO_PROGRESS, OFF_ROUTE, PARCEL_UNPROVED],
  ...[BOARD, CLOCK, IDENTITY],
];

export function classOf(name: string): FindingClass | null {
  return CLASSES.find((one) => one.name === name) ?? null;
}
