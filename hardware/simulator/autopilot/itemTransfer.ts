import { MavCmd, MavMissionResult, MavMissionType, MavSeverity, type Message } from '@skein/protocol/mavlink';
import type { Port } from '../port.ts';
import type { Service, Source } from '../service.ts';
import type { Autopilot } from './autopilot.ts';
import type { ItemList } from './itemList.ts';
import type { ItemFields } from './missionStorage.ts';

/** Between an item and the request for the next, as measured. */
const NEXT_MS = 5;
const REPEAT_MS = 1_000;
const GIVE_UP_MS = 8_000;
const LAT_MAX = 90;
const LON_MAX = 180;

type Fields<N extends Message['name']> = Extract<Message, { readonly name: N }>['fields'];

const { ACCEPTED, UNSUPPORTED, DENIED, NO_SPACE, INVALID_SEQUENCE, ERROR, OPERATION_CANCELLED } = MavMissionResult;

interface Upload {
  readonly last: number;
  readonly from: Source;
  readonly port: Port;
  /** The next item wanted. */
  next: number;
  heardAtMs: number;
  askAtMs: number;
}

const same = (a: Source, b: Source): boolean => a.sysid === b.sysid && a.compid === b.compid;

/** The conversation about one list: one uploader at a time, asked with MISSION_REQUEST, again each second, given up after eight. */
class Transfer {
  readonly #autopilot: Autopilot;
  readonly #list: ItemList;
  #upload: Upload | null = null;
  #warned = false;

  constructor(autopilot: Autopilot, list: ItemList) {
    this.#autopilot = autopilot;
    this.#list = list;
  }

  get nextDueMs(): number {
    return this.#upload?.askAtMs ?? Number.POSITIVE_INFINITY;
  }

  restart(): void {
    this.#upload = null;
    this.#list.abandon();
  }

  #acknowledge(type: number, { sysid, compid }: Source, port: Port): void {
    const to = { target_system: sysid, target_component: compid };
    port.send('MISSION_ACK', { ...to, type, mission_type: this.#list.type, opaque_id: 0 });
  }

  /** Whoever uploads may begin anew; another may not. */
  #free(from: Source, port: Port): boolean {
    if (this.#upload !== null && !same(this.#upload.from, from)) {
      this.#acknowledge(DENIED, from, port);
      return false;
    }
    this.restart();
    return true;
  }

  begin(count: number, from: Source, port: Port): void {
    if (!this.#free(from, port)) return;
    const { room } = this.#list;
    if (count > room) {
      this.#acknowledge(NO_SPACE, from, port);
      this.#autopilot.voice.say(`Only ${room} items are supported`, MavSeverity.WARNING);
      return;
    }
    this.#list.begin(count);
    if (count === 0) this.#complete(from, port);
    else this.#ask(0, count - 1, from, port);
  }

  /** A part of the list: both ends count. */
  beginPart(first: number, last: number, from: Source, port: Port): void {
    if (this.#upload !== null) this.#acknowledge(DENIED, from, port);
    else if (first < 0 || last < first || last > this.#list.count || this.#list.type === MavMissionType.FENCE) {
      this.#autopilot.voice.say('Flight plan update rejected', MavSeverity.WARNING);
      this.#acknowledge(ERROR, from, port);
    } else this.#ask(first, last, from, port);
  }

  #ask(first: number, last: number, from: Source, port: Port): void {
    const { nowMs } = this.#autopilot;
    this.#warned = false;
    this.#upload = { last, from, port, next: first, heardAtMs: nowMs, askAtMs: nowMs + NEXT_MS };
  }

  #complete(from: Source, port: Port): void {
    const result = this.#list.complete();
    this.#upload = null;
    this.#acknowledge(result, from, port);
    // To the uploader's line alone.
    if (result === ACCEPTED && this.#list.thanks !== null) this.#autopilot.voice.sayTo(port, this.#list.thanks);
  }

  item(seq: number, fields: ItemFields, from: Source, port: Port): void {
    const upload = this.#upload;
    if (upload === null) {
      this.#acknowledge(ERROR, from, port);
      return;
    }
    if (seq !== upload.next) {
      this.#acknowledge(INVALID_SEQUENCE, from, upload.port);
      return;
    }
    if (!same(upload.from, from)) {
      this.#acknowledge(DENIED, from, upload.port);
      return;
    }
    const result = this.#list.put(seq, fields, upload.last);
    if (result !== ACCEPTED) {
      this.restart();
      this.#acknowledge(result, from, upload.port);
      return;
    }
    upload.next += 1;
    upload.heardAtMs = this.#autopilot.nowMs;
    upload.askAtMs = upload.heardAtMs + NEXT_MS;
    if (upload.next > upload.last) this.#complete(from, upload.port);
  }

  /** It came as MISSION_ITEM, in degrees. */
  warnOfFloats(): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#autopilot.voice.say('got MISSION_ITEM; GCS should send MISSION_ITEM_INT', MavSeverity.WARNING);
  }

  clear(from: Source, port: Port): void {
    if (!this.#free(from, port)) return;
    this.#acknowledge(this.#list.clear(), from, port);
  }

  /** Null when it was answered already: nothing is given while something is being taken. */
  #busy(from: Source, port: Port): boolean {
    if (this.#upload !== null) this.#acknowledge(DENIED, from, port);
    return this.#upload !== null;
  }

  tellCount({ sysid, compid }: Source, port: Port): void {
    if (this.#busy({ sysid, compid }, port)) return;
    this.#sendCount({ sysid, compid }, port);
  }

  #sendCount({ sysid, compid }: Source, port: Port): void {
    const to = { target_system: sysid, target_component: compid };
    port.send('MISSION_COUNT', { ...to, count: this.#list.count, mission_type: this.#list.type });
  }

  give(seq: number, from: Source, port: Port, floats: boolean): void {
    if (this.#busy(from, port)) return;
    const given = this.#list.give(seq);
    if (!given.ok) {
      // A hint how long the list really is.
      if (this.#list.type === MavMissionType.MISSION) this.#sendCount(from, port);
      this.#acknowledge(given.result, from, port);
      return;
    }
    const { x, y, ...rest } = given.item;
    const head = { target_system: from.sysid, target_component: from.compid, seq, mission_type: this.#list.type };
    if (!floats) {
      port.send('MISSION_ITEM_INT', { ...head, ...rest, x, y });
      return;
    }
    this.#autopilot.voice.say('got MISSION_REQUEST; use MISSION_REQUEST_INT!', MavSeverity.WARNING);
    port.send('MISSION_ITEM', { ...head, ...rest, x: Math.fround(x * 1e-7), y: Math.fround(y * 1e-7) });
  }

  tick(nowMs: number): void {
    const upload = this.#upload;
    if (upload === null || nowMs < upload.askAtMs) return;
    const { from, port } = upload;
    if (nowMs - upload.heardAtMs >= GIVE_UP_MS) {
      this.restart();
      this.#autopilot.voice.sayTo(port, `${this.#list.name} upload timeout`, MavSeverity.WARNING);
      this.#acknowledge(OPERATION_CANCELLED, from, port);
      return;
    }
    upload.askAtMs = nowMs + REPEAT_MS;
    const to = { target_system: from.sysid, target_component: from.compid };
    port.send('MISSION_REQUEST', { ...to, seq: upload.next, mission_type: this.#list.type });
  }
}

/** Takes and gives back mission, fence and rally points, as ArduCopter does. The three go on independently of each other. */
export class ItemTransfer implements Service {
  readonly #transfers: ReadonlyMap<number, Transfer>;

  constructor(autopilot: Autopilot) {
    this.#transfers = new Map(autopilot.lists.all.map((list) => [list.type, new Transfer(autopilot, list)]));
  }

  get nextDueMs(): number {
    return Math.min(...[...this.#transfers.values()].map(({ nextDueMs }) => nextDueMs));
  }

  restart(): void {
    for (const transfer of this.#transfers.values()) transfer.restart();
  }

  tick(nowMs: number): void {
    for (const transfer of this.#transfers.values()) transfer.tick(nowMs);
  }

  take(message: Message, from: Source, port: Port): boolean {
    switch (message.name) {
      case 'MISSION_COUNT':
        this.#of(message.fields, from, port)?.begin(message.fields.count, from, port);
        return true;
      case 'MISSION_WRITE_PARTIAL_LIST': {
        const { start_index, end_index } = message.fields;
        this.#of(message.fields, from, port)?.beginPart(start_index, end_index, from, port);
        return true;
      }
      case 'MISSION_ITEM_INT':
        this.#of(message.fields, from, port)?.item(message.fields.seq, message.fields, from, port);
        return true;
      case 'MISSION_ITEM':
        this.#takeFloats(message.fields, from, port);
        return true;
      case 'MISSION_CLEAR_ALL':
        this.#of(message.fields, from, port)?.clear(from, port);
        return true;
      case 'MISSION_REQUEST_LIST':
        this.#of(message.fields, from, port)?.tellCount(from, port);
        return true;
      case 'MISSION_REQUEST_INT':
      case 'MISSION_REQUEST': {
        const floats = message.name === 'MISSION_REQUEST';
        this.#of(message.fields, from, port)?.give(message.fields.seq, from, port, floats);
        return true;
      }
      case 'MISSION_ACK':
        return true;
      default:
        return false;
    }
  }

  /** The conversation that is meant; what there is none for is refused, "all of them" too. */
  #of({ mission_type }: { readonly mission_type: number }, from: Source, port: Port): Transfer | undefined {
    const found = this.#transfers.get(mission_type);
    const to = { target_system: from.sysid, target_component: from.compid };
    if (found === undefined) port.send('MISSION_ACK', { ...to, type: UNSUPPORTED, mission_type, opaque_id: 0 });
    return found;
  }

  #takeFloats(fields: Fields<'MISSION_ITEM'>, from: Source, port: Port): void {
    const transfer = this.#of(fields, from, port);
    if (transfer === undefined) return;
    const { x, y, seq, mission_type } = fields;
    const located = fields.command <= MavCmd.NAV_LAST || fields.command === MavCmd.DO_SET_HOME;
    const to = { target_system: from.sysid, target_component: from.compid };
    const refusal =
      Math.abs(x) > LAT_MAX
        ? MavMissionResult.INVALID_PARAM5_X
        : Math.abs(y) > LON_MAX
          ? MavMissionResult.INVALID_PARAM6_Y
          : null;
    if (located && refusal !== null) {
      port.send('MISSION_ACK', { ...to, type: refusal, mission_type, opaque_id: 0 });
      return;
    }
    transfer.warnOfFloats();
    const scale = located ? 1e7 : 1;
    transfer.item(seq, { ...fields, x: Math.trunc(x * scale), y: Math.trunc(y * scale) }, from, port);
  }
}
