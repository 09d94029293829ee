import { MavCmd, MavMissionResult, MavMissionType, MavSeverity, type Message } from '@skein/protocol/mavlink';
import type { Port } from '../port.ts';
import type { Service, Source } from '../service.ts';
import type { Autopilot } from './autopilot.ts';
import { commandName, isNavigation, type MissionItem } from './mission.ts';

/** Between an item and the request for the next, as measured. */
const NEXT_MS = 5;
const REPEAT_MS = 1_000;
const GIVE_UP_MS = 8_000;
const LAT_MAX = 90e7;
const LON_MAX = 180e7;
/** What each list holds. */
const ROOM: Readonly<Record<number, number>> = {
  [MavMissionType.MISSION]: 650,
  [MavMissionType.FENCE]: 84,
  [MavMissionType.RALLY]: 6,
};

type Fields<N extends Message['name']> = Extract<Message, { readonly name: N }>['fields'];
type ItemFields = Fields<'MISSION_ITEM_INT'>;

const { ACCEPTED, UNSUPPORTED, DENIED, NO_SPACE, INVALID_SEQUENCE } = MavMissionResult;
const RECEIVED: Readonly<Record<number, string>> = {
  [MavMissionType.MISSION]: 'Flight plan received',
  [MavMissionType.FENCE]: 'Fence received',
  [MavMissionType.RALLY]: 'Rally points received',
};

interface Upload {
  readonly type: number;
  readonly count: number;
  readonly from: Source;
  readonly port: Port;
  /** The next item wanted. */
  next: number;
  heardAtMs: number;
  askAtMs: number;
}

/**
 * Takes a mission, fence or rally list, item by item, as ArduCopter does: the list is cut to the announced length at once and changes under
 * way, so an upload that fails leaves old and new mixed; one uploader at a time; asked for with MISSION_REQUEST, again each second, given up
 * after eight.
 */
export class MissionUpload implements Service {
  readonly #autopilot: Autopilot;
  readonly #others = new Map<number, readonly MissionItem[]>();
  #upload: Upload | null = null;

  constructor(autopilot: Autopilot) {
    this.#autopilot = autopilot;
  }

  get nextDueMs(): number {
    return this.#upload?.askAtMs ?? Number.POSITIVE_INFINITY;
  }

  restart(): void {
    this.#upload = null;
  }

  take(message: Message, from: Source, port: Port): boolean {
    if (
      message.name !== 'MISSION_COUNT' &&
      message.name !== 'MISSION_ITEM_INT' &&
      message.name !== 'MISSION_CLEAR_ALL'
    ) {
      return false;
    }
    const result =
      message.name === 'MISSION_COUNT'
        ? this.#begin(message.fields, from, port)
        : message.name === 'MISSION_ITEM_INT'
          ? this.#item(message.fields, from, port)
          : this.#clear(message.fields.mission_type);
    if (result !== null) this.#acknowledge(result, message.fields.mission_type, from, port);
    if (result === ACCEPTED && message.name === 'MISSION_ITEM_INT') {
      this.#autopilot.voice.say(RECEIVED[message.fields.mission_type] ?? 'Received');
    }
    return true;
  }

  #acknowledge(type: number, mission_type: number, { sysid, compid }: Source, port: Port): void {
    const to = { target_system: sysid, target_component: compid };
    port.send('MISSION_ACK', { ...to, type, mission_type, opaque_id: 0 });
  }

  /** Each of these gives the result to acknowledge with; null: none yet. */
  #begin({ count, mission_type }: Fields<'MISSION_COUNT'>, from: Source, port: Port): number | null {
    const { voice, nowMs } = this.#autopilot;
    const room = ROOM[mission_type];
    if (room === undefined) return UNSUPPORTED;
    const other = this.#upload;
    const busy = other !== null && (other.from.sysid !== from.sysid || other.from.compid !== from.compid);
    if (busy) return DENIED;
    if (count > room) {
      voice.say(`Only ${room} items are supported`, MavSeverity.WARNING);
      return NO_SPACE;
    }
    this.#store(mission_type, this.#list(mission_type).slice(0, count));
    if (count === 0) return ACCEPTED;
    this.#upload = { type: mission_type, count, from, port, next: 0, heardAtMs: nowMs, askAtMs: nowMs + NEXT_MS };
    return null;
  }

  #clear(type: number): number {
    if (ROOM[type] === undefined) return UNSUPPORTED;
    this.#store(type, []);
    return ACCEPTED;
  }

  #item(fields: ItemFields, from: Source, port: Port): number | null {
    const upload = this.#upload;
    if (upload === null || upload.type !== fields.mission_type) return null;
    if (upload.from.sysid !== from.sysid || upload.from.compid !== from.compid || upload.port !== port) return null;
    if (fields.seq !== upload.next) return INVALID_SEQUENCE;
    const fault = faultOf(fields, upload.type);
    if (fault !== null) {
      this.#upload = null;
      return fault;
    }
    this.#put(upload, fields);
    upload.next += 1;
    upload.heardAtMs = this.#autopilot.nowMs;
    upload.askAtMs = upload.heardAtMs + NEXT_MS;
    if (upload.next < upload.count) return null;
    this.#upload = null;
    return ACCEPTED;
  }

  #put(upload: Upload, fields: ItemFields): void {
    const { flight, vehicle } = this.#autopilot;
    const mission = upload.type === MavMissionType.MISSION;
    const list = [...this.#list(upload.type)];
    // The first of a mission is home, which the autopilot knows better.
    const home = mission && upload.next === 0 ? list[0] : undefined;
    list[upload.next] = home ?? stored(fields);
    this.#store(upload.type, list);
    if (!mission || upload.next === 0 || !flight.inAuto) return;
    this.#autopilot.voice.say('Auto mission changed, restarted command');
    flight.runner.resume(vehicle.body, false);
  }

  #list(type: number): readonly MissionItem[] {
    return type === MavMissionType.MISSION ? this.#autopilot.mission.items : (this.#others.get(type) ?? []);
  }

  #store(type: number, list: readonly MissionItem[]): void {
    if (type !== MavMissionType.MISSION) {
      this.#others.set(type, list);
      return;
    }
    const { mission, parameters, voice } = this.#autopilot;
    mission.items = list;
    if (mission.current >= list.length) mission.current = 0;
    // Home counts, also before anybody has sent one.
    const total = Math.max(1, list.length);
    if (total === parameters.value('MIS_TOTAL')) return;
    parameters.set('MIS_TOTAL', total);
    voice.announce('MIS_TOTAL');
  }

  tick(nowMs: number): void {
    const upload = this.#upload;
    if (upload === null || nowMs < upload.askAtMs) return;
    const { type, from, port } = upload;
    if (nowMs - upload.heardAtMs >= GIVE_UP_MS) {
      this.#upload = null;
      this.#autopilot.voice.say('Mission upload timeout', MavSeverity.WARNING);
      this.#acknowledge(MavMissionResult.OPERATION_CANCELLED, type, from, port);
      return;
    }
    upload.askAtMs = nowMs + REPEAT_MS;
    const to = { target_system: from.sysid, target_component: from.compid };
    port.send('MISSION_REQUEST', { ...to, seq: upload.next, mission_type: type });
  }
}

const stored = ({ frame, command, param1, param2, param3, param4, x, y, z }: ItemFields): MissionItem => ({
  frame,
  command,
  param1: Math.fround(param1),
  param2: Math.fround(param2),
  param3: Math.fround(param3),
  param4: Math.fround(param4),
  x,
  y,
  z: Math.fround(z),
});

/** Why an item is refused; null: it is not. */
function faultOf({ command, x, y }: ItemFields, type: number): number | null {
  const unknown = type === MavMissionType.MISSION && commandName(command).startsWith('Unknown');
  if (unknown && command !== MavCmd.DO_WINCH && command !== MavCmd.NAV_PAYLOAD_PLACE) return UNSUPPORTED;
  if (type === MavMissionType.MISSION && !isNavigation(command)) return null;
  if (Math.abs(x) > LAT_MAX) return MavMissionResult.INVALID_PARAM5_X;
  return Math.abs(y) > LON_MAX ? MavMissionResult.INVALID_PARAM6_Y : null;
}
