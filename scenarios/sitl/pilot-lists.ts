import { encode, MavCmd, MavFrame, MavMissionResult, type Message, type MissionItem } from '@skein/protocol/mavlink';
import { until } from '../kit/until.ts';
import type { Make } from './makes.ts';

/** A ground station of its own, beside the agent and the pilot. */
const SELF = { sysid: 255, compid: 26 } as const;
const AUTOPILOT_COMPONENT = 1;
const UPLOADED_WITHIN_MS = 15_000;
const COUNTED_WITHIN_MS = 10_000;

/** Missions by the pilot's line: what another ground station would write, and what it would read. */
export class PilotLists {
  readonly #write: (frame: Uint8Array) => void;
  readonly #counts = new Map<number, number>();
  #items: readonly MissionItem[] = [];
  /** How the last transfer ended: MAV_MISSION_RESULT. */
  #ended: number | null = null;
  #sysid = 1;
  #seq = 0;

  constructor(write: (frame: Uint8Array) => void) {
    this.#write = write;
  }

  get #autopilot(): { readonly target_system: number; readonly target_component: number } {
    return { target_system: this.#sysid, target_component: AUTOPILOT_COMPONENT };
  }

  get #from(): { readonly sysid: number; readonly compid: number; readonly seq: number } {
    this.#seq = (this.#seq + 1) & 255;
    return { ...SELF, seq: this.#seq };
  }

  take(message: Message, sysid: number): void {
    this.#sysid = sysid;
    switch (message.name) {
      case 'MISSION_REQUEST':
      case 'MISSION_REQUEST_INT':
        if (this.#isMine(message.fields)) this.#give(message.fields.seq);
        break;
      case 'MISSION_ACK':
        if (this.#isMine(message.fields)) this.#ended = message.fields.type;
        break;
      case 'MISSION_COUNT':
        if (this.#isMine(message.fields)) this.#counts.set(message.fields.mission_type, message.fields.count);
        break;
    }
  }

  /** Not what the agent asked for, on an autopilot that tells every line. */
  #isMine({ target_component }: { readonly target_component: number }): boolean {
    return target_component === SELF.compid;
  }

  #give(seq: number): void {
    const item = this.#items[seq];
    if (item === undefined) return;
    const { frame, command, params, x, y, z } = item;
    const [param1, param2, param3, param4] = params;
    const flags = { current: 0, autocontinue: 1, mission_type: 0 };
    const fields = { ...this.#autopilot, ...flags, seq, frame, command, param1, param2, param3, param4, x, y, z };
    this.#write(encode('MISSION_ITEM_INT', fields, this.#from));
  }

  /** Up to `altM` from here, and home. Gives the MAV_MISSION_RESULT it ended with. */
  async upload(
    here: { readonly latDeg: number; readonly lonDeg: number },
    altM: number,
    { listsHome }: Pick<Make, 'listsHome'>,
  ): Promise<number> {
    const place = { x: Math.round(here.latDeg * 1e7), y: Math.round(here.lonDeg * 1e7) };
    const item = (command: number, z: number): MissionItem => ({
      ...place,
      command,
      z,
      frame: MavFrame.GLOBAL_RELATIVE_ALT,
      params: [0, 0, 0, 0],
    });
    // A place makes it unknown to a PX4.
    const back = { ...item(MavCmd.NAV_RETURN_TO_LAUNCH, 0), x: 0, y: 0, frame: MavFrame.MISSION };
    const { NAV_WAYPOINT, NAV_TAKEOFF } = MavCmd;
    const home = listsHome ? [item(NAV_WAYPOINT, 0)] : [];
    this.#items = [...home, item(NAV_TAKEOFF, altM), back];
    this.#ended = null;
    const fields = { ...this.#autopilot, count: this.#items.length, mission_type: 0, opaque_id: 0 };
    this.#write(encode('MISSION_COUNT', fields, this.#from));
    const { value } = await until(() => (this.#ended === null ? null : { result: this.#ended }), {
      timeoutMs: UPLOADED_WITHIN_MS,
      what: 'the end of the upload',
    });
    return value.result;
  }

  /** How long a list is that the autopilot holds (0 mission, 1 fence, 2 rally points). */
  async length(missionType: number): Promise<number> {
    this.#counts.delete(missionType);
    await until(
      () => {
        if (this.#counts.has(missionType)) return true;
        const fields = { ...this.#autopilot, mission_type: missionType };
        this.#write(encode('MISSION_REQUEST_LIST', fields, this.#from));
        return false;
      },
      { timeoutMs: COUNTED_WITHIN_MS, everyMs: 500, what: `the length of list ${missionType}` },
    );
    // Its items are not wanted: a PX4 would wait for their requests, and take nothing else meanwhile.
    const type = MavMissionResult.OPERATION_CANCELLED;
    this.#write(encode('MISSION_ACK', { ...this.#autopilot, type, mission_type: missionType }, this.#from));
    return this.#counts.get(missionType) ?? 0;
  }
}
