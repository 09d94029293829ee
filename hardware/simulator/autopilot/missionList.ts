import { MavCmd, MavFrame, MavMissionResult, MavMissionType } from '@skein/protocol/mavlink';
import type { Given, ItemList } from './itemList.ts';
import { item, type Mission, type MissionItem } from './mission.ts';
import { type ItemFields, storedAltM, storeItem } from './missionStorage.ts';

const { ACCEPTED, ERROR } = MavMissionResult;

export interface MissionListHost {
  readonly mission: Mission;
  /** Home as item 0 shows it; null before the autopilot knows one. */
  readonly home: { readonly latE7: number; readonly lonE7: number; readonly altM: number } | null;
  /** Armed and flying the list: it is not cleared then. */
  readonly running: boolean;
  /** MIS_TOTAL has become this. */
  counted(total: number): void;
}

/**
 * The mission as clients write and read it: cut to the announced length at once, then changed item by item, so an upload that fails leaves
 * old and new mixed. Whatever is sent as item 0, home is given back.
 */
export class MissionList implements ItemList {
  readonly type = MavMissionType.MISSION;
  readonly room = 650;
  readonly name = 'Mission';
  readonly thanks = 'Flight plan received';
  readonly #host: MissionListHost;

  constructor(host: MissionListHost) {
    this.#host = host;
  }

  /** Home counts, also before anybody has sent one. */
  get count(): number {
    return Math.max(1, this.#host.mission.items.length);
  }

  begin(count: number): void {
    const { items } = this.#host.mission;
    if (items.length > count) this.#store(items.slice(0, count));
  }

  put(seq: number, fields: ItemFields, last: number): number {
    const { items } = this.#host.mission;
    const stored = storeItem(fields);
    if (!stored.ok) return stored.result;
    const { param1: target } = stored.item;
    const jumps = fields.command === MavCmd.DO_JUMP;
    if (jumps && (target === 0 || (target >= items.length && target > last))) return ERROR;
    if (seq > items.length) return ERROR;
    this.#store([...items.slice(0, seq), stored.item, ...items.slice(seq + 1)]);
    return ACCEPTED;
  }

  complete(): number {
    return ACCEPTED;
  }

  abandon(): void {}

  clear(): number {
    if (this.#host.running) return ERROR;
    this.#store([]);
    this.#host.mission.restart();
    return ACCEPTED;
  }

  give(seq: number): Given {
    const { mission } = this.#host;
    const found = seq === 0 ? this.#home() : mission.items[seq];
    if (found === undefined) return { ok: false, result: ERROR };
    // The real one compares the wrong things: an item is "current" whose command has the number of the current item.
    const current = found.command === mission.current ? 1 : 0;
    return { ok: true, item: { ...found, current, autocontinue: 1 } };
  }

  #home(): MissionItem {
    const { latE7, lonE7, altM } = this.#host.home ?? { latE7: 0, lonE7: 0, altM: 0 };
    return item(MavCmd.NAV_WAYPOINT, { frame: MavFrame.GLOBAL, x: latE7, y: lonE7, z: storedAltM(altM) });
  }

  #store(items: readonly MissionItem[]): void {
    this.#host.mission.items = items;
    this.#host.counted(this.count);
  }
}
