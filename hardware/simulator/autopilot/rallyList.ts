import { MavCmd, MavFrame, MavMissionResult, MavMissionType } from '@skein/protocol/mavlink';
import type { Given, ItemList } from './itemList.ts';
import { faultOfPlace, type ItemFields } from './missionStorage.ts';

const { ACCEPTED, ERROR, INVALID_PARAM7, INVALID_SEQUENCE, UNSUPPORTED, UNSUPPORTED_FRAME } = MavMissionResult;
const ALT_MOST_M = 32_767;
const ALT_LEAST_M = -32_768;

/** Where to return to. Positions in 1e-7 degrees, `z` in whole metres. */
export interface RallyPoint {
  readonly frame: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

const frameOf: ReadonlyMap<number, number> = new Map([
  [MavFrame.GLOBAL, MavFrame.GLOBAL],
  [MavFrame.GLOBAL_INT, MavFrame.GLOBAL],
  [MavFrame.GLOBAL_RELATIVE_ALT, MavFrame.GLOBAL_RELATIVE_ALT],
  [MavFrame.GLOBAL_RELATIVE_ALT_INT, MavFrame.GLOBAL_RELATIVE_ALT],
  [MavFrame.GLOBAL_TERRAIN_ALT, MavFrame.GLOBAL_TERRAIN_ALT],
  [MavFrame.GLOBAL_TERRAIN_ALT_INT, MavFrame.GLOBAL_TERRAIN_ALT],
]);

/** Rally points as clients write and read them: cut at once and changed one by one, like a mission. */
export class RallyList implements ItemList {
  readonly type = MavMissionType.RALLY;
  readonly room = 46;
  readonly name = 'Rally';
  readonly thanks = null;
  readonly #counted: (total: number) => void;
  points: readonly RallyPoint[] = [];

  constructor(counted: (total: number) => void) {
    this.#counted = counted;
  }

  get count(): number {
    return this.points.length;
  }

  begin(count: number): void {
    this.#store(this.points.slice(0, count));
  }

  put(seq: number, { command, frame, x, y, z }: ItemFields): number {
    if (command !== MavCmd.NAV_RALLY_POINT) return UNSUPPORTED;
    const misplaced = faultOfPlace(x, y);
    if (misplaced !== null) return misplaced;
    if (!(z >= ALT_LEAST_M && z <= ALT_MOST_M)) return INVALID_PARAM7;
    const kept = frameOf.get(frame);
    if (kept === undefined) return UNSUPPORTED_FRAME;
    if (seq > this.points.length) return ERROR;
    const point = { frame: kept, x, y, z: Math.trunc(z) };
    this.#store([...this.points.slice(0, seq), point, ...this.points.slice(seq + 1)]);
    return ACCEPTED;
  }

  complete(): number {
    return ACCEPTED;
  }

  abandon(): void {}

  clear(): number {
    this.#store([]);
    return ACCEPTED;
  }

  give(seq: number): Given {
    const found = this.points[seq];
    // A point at 0, 0 is stored and not given back.
    if (found === undefined || (found.x === 0 && found.y === 0)) return { ok: false, result: INVALID_SEQUENCE };
    const rest = { param1: 0, param2: 0, param3: 0, param4: 0, current: 0, autocontinue: 0 };
    return { ok: true, item: { ...rest, ...found, command: MavCmd.NAV_RALLY_POINT } };
  }

  #store(points: readonly RallyPoint[]): void {
    this.points = points;
    this.#counted(points.length);
  }
}
