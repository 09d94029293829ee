import { MavCmd, MavFrame, MavMissionResult, MavMissionType, MavSeverity } from '@skein/protocol/mavlink';
import type { Given, ItemList } from './itemList.ts';
import type { ItemFields } from './missionStorage.ts';
import { faultOfPlace } from './missionStorage.ts';

const { ACCEPTED, ERROR, INVALID_PARAM1, INVALID_SEQUENCE, UNSUPPORTED, UNSUPPORTED_FRAME } = MavMissionResult;
const { NAV_FENCE_POLYGON_VERTEX_INCLUSION, NAV_FENCE_POLYGON_VERTEX_EXCLUSION, NAV_FENCE_RETURN_POINT } = MavCmd;
const { NAV_FENCE_CIRCLE_INCLUSION, NAV_FENCE_CIRCLE_EXCLUSION } = MavCmd;

/** A corner, a circle or the return point. `param1`: corners of its polygon, or radius in metres. Positions in 1e-7 degrees. */
export interface FenceItem {
  readonly command: number;
  readonly param1: number;
  readonly x: number;
  readonly y: number;
}

const polygons: ReadonlySet<number> = new Set([NAV_FENCE_POLYGON_VERTEX_INCLUSION, NAV_FENCE_POLYGON_VERTEX_EXCLUSION]);
const circles: ReadonlySet<number> = new Set([NAV_FENCE_CIRCLE_INCLUSION, NAV_FENCE_CIRCLE_EXCLUSION]);
const frames: ReadonlySet<number> = new Set([
  MavFrame.GLOBAL,
  MavFrame.GLOBAL_INT,
  MavFrame.GLOBAL_RELATIVE_ALT,
  MavFrame.GLOBAL_RELATIVE_ALT_INT,
  MavFrame.GLOBAL_TERRAIN_ALT,
  MavFrame.GLOBAL_TERRAIN_ALT_INT,
]);
const MIN_CORNERS = 3;
const MAX_CORNERS = 255;

/** Why a whole fence is refused, in the autopilot's words; null: it is not. */
function faultOf(items: readonly FenceItem[]): string | null {
  let polygon: FenceItem | null = null;
  let corners = 0;
  let returnPoint = false;
  for (const item of items) {
    if (polygons.has(item.command)) {
      if (item.param1 < MIN_CORNERS) return `Invalid vertex count (${item.param1})`;
      if (corners === 0) {
        polygon = item;
        corners = item.param1;
      } else if (item.command !== polygon?.command) return 'Received incorrect vertex type';
      else if (item.param1 !== polygon.param1) {
        return `Unexpected vertex count want=${polygon.param1} got=${item.param1}`;
      }
      corners -= 1;
    } else {
      if (corners > 0) return 'Received incorrect type';
      if (circles.has(item.command) && !(item.param1 > 0)) return 'Non-positive circle radius';
      if (item.command === NAV_FENCE_RETURN_POINT) {
        if (returnPoint) return 'Multiple return points';
        returnPoint = true;
      }
    }
    if (faultOfPlace(item.x, item.y) !== null) return 'Bad lat or lon';
  }
  return corners > 0 ? 'Incorrect item count' : null;
}

/** The fence as clients write and read it: kept aside until the last item is there and all of it is sound, so a failed upload changes nothing. */
export class FenceList implements ItemList {
  readonly type = MavMissionType.FENCE;
  readonly room = 70;
  readonly name = 'Fence';
  readonly thanks = null;
  readonly #host: { say(text: string, severity: number): void; counted(total: number): void };
  /** What is obeyed. */
  items: readonly FenceItem[] = [];
  #arriving: readonly FenceItem[] = [];

  constructor(host: { say(text: string, severity: number): void; counted(total: number): void }) {
    this.#host = host;
  }

  get count(): number {
    return this.items.length;
  }

  begin(): void {
    this.#arriving = [];
  }

  put(seq: number, fields: ItemFields): number {
    const { frame, command, param1, x, y } = fields;
    if (!frames.has(frame)) return UNSUPPORTED_FRAME;
    const corner = polygons.has(command);
    if (!corner && !circles.has(command) && command !== NAV_FENCE_RETURN_POINT) return UNSUPPORTED;
    if (corner && param1 > MAX_CORNERS) return INVALID_PARAM1;
    const kept = corner ? Math.trunc(param1) : command === NAV_FENCE_RETURN_POINT ? 0 : Math.fround(param1);
    this.#arriving = [...this.#arriving.slice(0, seq), { command, param1: kept, x, y }];
    return ACCEPTED;
  }

  complete(): number {
    const fault = faultOf(this.#arriving);
    if (fault !== null) {
      this.#host.say(fault, MavSeverity.WARNING);
      return ERROR;
    }
    this.items = this.#arriving;
    this.#arriving = [];
    this.#host.counted(this.items.length);
    return ACCEPTED;
  }

  abandon(): void {
    this.#arriving = [];
  }

  clear(): number {
    this.items = [];
    this.#host.counted(0);
    return ACCEPTED;
  }

  give(seq: number): Given {
    const found = this.items[seq];
    if (found === undefined) return { ok: false, result: seq > this.items.length ? INVALID_SEQUENCE : ERROR };
    const rest = { frame: MavFrame.GLOBAL, param2: 0, param3: 0, param4: 0, z: 0, current: 0, autocontinue: 0 };
    return { ok: true, item: { ...rest, ...found } };
  }
}
