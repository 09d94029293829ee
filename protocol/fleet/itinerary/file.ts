/** What every format reads into, and is written from. */
import type { FileItem, FormatRefusal } from './from-mission.ts';
import { CMD, FRAME } from './mav.ts';
import type { MissionItem } from './mission-item.ts';
import type { Itinerary } from './schema.ts';

/** What a file does not say of the plan in it. */
export interface About {
  readonly id: string;
  readonly version: number;
  readonly name?: string;
}

export type ReadFile =
  | { readonly ok: true; readonly itinerary: Itinerary; readonly notes: readonly string[] }
  | { readonly ok: false; readonly refusals: readonly FormatRefusal[] };

export interface Written {
  readonly text: string;
  /** What the format has no place for, in words. */
  readonly leftOut: readonly string[];
}

export function unreadable(words: string): ReadFile {
  return { ok: false, refusals: [{ item: null, rule: 'format', value: null, limit: null, words }] };
}

/** Commands whose x and y are a place. */
const PLACED: readonly number[] = [
  ...[CMD.NAV_WAYPOINT, CMD.NAV_LOITER_TIME, CMD.NAV_LAND, CMD.NAV_TAKEOFF, CMD.NAV_PAYLOAD_PLACE],
];

/** An item as files write it: degrees, and a frame also where there is no place. */
export function fileItem(item: MissionItem, index: number, jumpShift: number): FileItem {
  const placed = PLACED.includes(item.command);
  const [target, ...rest] = item.params;
  return {
    ...{ index, command: item.command, frame: placed ? item.frame : FRAME.MISSION },
    params: item.command === CMD.DO_JUMP ? [target + jumpShift, ...rest] : item.params,
    latDeg: placed ? item.x / 1e7 : 0,
    lonDeg: placed ? item.y / 1e7 : 0,
    altM: item.z,
  };
}
