import { MavMissionResult, MavMissionType, MavSeverity, type Message } from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import { item as engineItem } from '../../autopilot/mission.ts';
import type { Port } from '../../port.ts';
import type { Source } from '../../service.ts';
import { flown, nameOf, type Px4Item, storePx4Item } from './items.ts';

const TIMEOUT_MS = 5_000;
const RETRY_MS = 250;
const { ACCEPTED, ERROR, NO_SPACE, INVALID } = MavMissionResult;
const { MISSION, FENCE, RALLY, ALL } = MavMissionType;
/** The most of each list. */
const ROOM: Readonly<Record<number, number>> = { [MISSION]: 500, [FENCE]: 64, [RALLY]: 32 };
const LEAST_CORNERS = 3;

type Fields<N extends Message['name']> = Extract<Message, { readonly name: N }>['fields'];

interface List {
  readonly items: readonly Px4Item[];
  /** opaque_id. */
  readonly name: number;
}

interface Talk {
  readonly state: 'receiving' | 'sending';
  readonly type: number;
  readonly from: Source;
  readonly count: number;
  readonly items: readonly Px4Item[];
  readonly name: number;
  /** The next item: wanted, or expected to be asked for. */
  next: number;
  heardAtMs: number;
  sentAtMs: number;
}

const empty: List = { items: [], name: 0 };
const same = (a: Source, b: Source): boolean => a.sysid === b.sysid && a.compid === b.compid;

export interface MissionsHost {
  readonly autopilot: Autopilot;
  say(text: string, severity: number): void;
  /** A list is another now. */
  changed(type: number): void;
}

/**
 * PX4's mission protocol: what arrives goes into the bank that is not in use and counts when it is complete; one upload at a time over all
 * lines; asked again after 250 ms, given up after 5 s, without an answer. A list's name is its CRC.
 */
export class Px4Missions {
  readonly #host: MissionsHost;
  readonly #lists = new Map<number, List>();
  readonly #talks = new Map<Port, Talk>();
  /** The line on which something is being uploaded. */
  #uploading: Port | null = null;
  /** Of the last upload, for whoever missed its acknowledgement. */
  #last: { readonly count: number; readonly name: number } = { count: 0, name: 0 };

  constructor(host: MissionsHost) {
    this.#host = host;
  }

  list(type: number): List {
    return this.#lists.get(type) ?? empty;
  }

  restart(): void {
    this.#talks.clear();
    this.#uploading = null;
  }

  get nextDueMs(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const talk of this.#talks.values()) {
      due = Math.min(due, talk.heardAtMs + TIMEOUT_MS, this.#asks(talk) ? talk.sentAtMs + RETRY_MS : due);
    }
    return due;
  }

  #asks(talk: Talk): boolean {
    return talk.state === 'receiving' || talk.next === 0;
  }

  tick(nowMs: number): void {
    for (const [port, talk] of this.#talks) {
      if (nowMs - talk.heardAtMs >= TIMEOUT_MS) {
        this.#host.say('Mission sync timeout', MavSeverity.CRITICAL);
        this.#over(port);
      } else if (this.#asks(talk) && nowMs - talk.sentAtMs >= RETRY_MS) this.#say(port, talk);
    }
  }

  #over(port: Port): void {
    this.#talks.delete(port);
    if (this.#uploading === port) this.#uploading = null;
  }

  /** Asks for the next item, or tells how many there are. */
  #say(port: Port, talk: Talk): void {
    talk.sentAtMs = this.#host.autopilot.nowMs;
    const to = { target_system: talk.from.sysid, target_component: talk.from.compid, mission_type: talk.type };
    if (talk.state === 'receiving') port.send('MISSION_REQUEST_INT', { ...to, seq: talk.next });
    else port.send('MISSION_COUNT', { ...to, count: talk.count, opaque_id: talk.name });
  }

  #acknowledge(port: Port, { sysid, compid }: Source, mission_type: number, type: number, opaque_id = 0): void {
    port.send('MISSION_ACK', { target_system: sysid, target_component: compid, type, mission_type, opaque_id });
  }

  take(message: Message, from: Source, port: Port): boolean {
    switch (message.name) {
      case 'MISSION_COUNT':
        this.#begin(message.fields, from, port);
        return true;
      case 'MISSION_ITEM_INT':
        this.#item(message.fields, from, port);
        return true;
      case 'MISSION_REQUEST_LIST':
        this.#give(message.fields.mission_type, from, port);
        return true;
      case 'MISSION_REQUEST_INT':
      case 'MISSION_REQUEST':
        this.#giveItem(message.fields, from, port);
        return true;
      case 'MISSION_ACK':
        if (same(this.#talks.get(port)?.from ?? { sysid: 0, compid: 0 }, from)) this.#over(port);
        return true;
      case 'MISSION_CLEAR_ALL':
        this.#clear(message.fields.mission_type, from, port);
        return true;
      // Parts of a list, and items in degrees, are not known here.
      case 'MISSION_WRITE_PARTIAL_LIST':
      case 'MISSION_ITEM':
        return true;
      default:
        return false;
    }
  }

  #begin({ count, mission_type: type }: Fields<'MISSION_COUNT'>, from: Source, port: Port): void {
    const talk = this.#talks.get(port);
    if (talk !== undefined) {
      if (talk.state === 'receiving' && same(talk.from, from) && talk.next === 0) this.#say(port, talk);
      else {
        if (same(talk.from, from)) this.#host.say('WPM: REJ. CMD: Busy', MavSeverity.CRITICAL);
        this.#acknowledge(port, from, type, ERROR);
      }
      return;
    }
    const room = ROOM[type];
    if (this.#uploading !== null) this.#acknowledge(port, from, type, ERROR);
    else if (room === undefined) this.#acknowledge(port, from, type, INVALID);
    else if (count > room) this.#acknowledge(port, from, type, NO_SPACE);
    else if (count === 0) {
      this.#use(type, empty);
      this.#acknowledge(port, from, type, ACCEPTED);
    } else {
      this.#uploading = port;
      const heardAtMs = this.#host.autopilot.nowMs;
      this.#open(port, { state: 'receiving', type, from, count, items: [], name: 0, next: 0, heardAtMs, sentAtMs: 0 });
    }
  }

  #open(port: Port, talk: Talk): void {
    this.#talks.set(port, talk);
    this.#say(port, talk);
  }

  #item(fields: Fields<'MISSION_ITEM_INT'>, from: Source, port: Port): void {
    const { seq, mission_type: type } = fields;
    const talk = this.#talks.get(port);
    if (talk === undefined) {
      const again = seq + 1 === this.#last.count;
      if (!again) this.#host.say('IGN MISSION_ITEM: No transfer', MavSeverity.CRITICAL);
      this.#acknowledge(port, from, type, again ? ACCEPTED : ERROR, again ? this.#last.name : 0);
      return;
    }
    if (talk.state !== 'receiving' || !same(talk.from, from) || talk.type !== type) {
      this.#acknowledge(port, from, type, ERROR);
      return;
    }
    talk.heardAtMs = this.#host.autopilot.nowMs;
    // One out of turn is passed over without a word.
    if (seq !== talk.next) return;
    const { frame, command, param1, param2, param3, param4, x, y, z, autocontinue } = fields;
    const given: Px4Item = { frame, command, param1, param2, param3, param4, x, y, z, autocontinue };
    // Of a fence it keeps no autocontinue.
    const stored = storePx4Item(type === FENCE ? { ...given, autocontinue: 0 } : given);
    const short = type === FENCE && (command === 5_001 || command === 5_002) && param1 < LEAST_CORNERS;
    if (!stored.ok || short) {
      if (!stored.ok) this.#host.say('IGN MISSION_ITEM: Invalid item', MavSeverity.CRITICAL);
      this.#over(port);
      this.#acknowledge(port, from, type, stored.ok ? ERROR : stored.result);
      return;
    }
    const items = [...talk.items, stored.item];
    const name = nameOf(given, talk.name);
    if (items.length < talk.count) {
      this.#open(port, { ...talk, items, name, next: seq + 1 });
      return;
    }
    this.#over(port);
    this.#last = { count: items.length, name };
    if (name !== this.list(type).name) this.#use(type, { items, name });
    this.#acknowledge(port, from, type, ACCEPTED, name);
  }

  #give(type: number, from: Source, port: Port): void {
    const talk = this.#talks.get(port);
    const done = talk?.state === 'sending' && (talk.next === talk.count || same(talk.from, from));
    if (talk !== undefined && !done) {
      this.#host.say('Mission download request ignored, already active', MavSeverity.INFO);
      return;
    }
    const { items, name } = this.list(type);
    const heardAtMs = this.#host.autopilot.nowMs;
    this.#open(port, {
      state: 'sending',
      type,
      from,
      count: items.length,
      items,
      name,
      next: 0,
      heardAtMs,
      sentAtMs: 0,
    });
  }

  /** One after the other; the last one may be asked for again. */
  #giveItem({ seq, mission_type: type }: Fields<'MISSION_REQUEST_INT'>, from: Source, port: Port): void {
    const talk = this.#talks.get(port);
    if (talk === undefined || talk.state !== 'sending' || talk.type !== type) return;
    if (!same(talk.from, from)) {
      this.#host.say('WPM: REJ. CMD: partner id mismatch', MavSeverity.CRITICAL);
      return;
    }
    talk.heardAtMs = this.#host.autopilot.nowMs;
    const found = talk.items[seq];
    if (found === undefined || (seq !== talk.next && seq !== talk.next - 1)) {
      this.#over(port);
      this.#acknowledge(port, from, type, ERROR);
      this.#host.say('WPM: REJ. CMD: Req. WP was unexpected', MavSeverity.CRITICAL);
      return;
    }
    talk.next = Math.max(talk.next, seq + 1);
    const to = { target_system: from.sysid, target_component: from.compid, mission_type: type };
    const current = type === MISSION && seq === this.#host.autopilot.mission.current - 1 ? 1 : 0;
    port.send('MISSION_ITEM_INT', { ...to, seq, current, ...found });
  }

  #clear(type: number, from: Source, port: Port): void {
    if (this.#talks.has(port)) {
      this.#host.say('WPM: IGN CLEAR CMD: Busy', MavSeverity.CRITICAL);
      return;
    }
    for (const one of type === ALL ? [MISSION, FENCE, RALLY] : [type]) this.#use(one, empty);
    this.#acknowledge(port, from, type, ACCEPTED);
  }

  /** The other bank counts now. */
  #use(type: number, list: List): void {
    const { autopilot } = this.#host;
    this.#lists.set(type, list);
    if (type === MISSION) autopilot.mission.items = [engineItem(16, { frame: 0 }), ...list.items.map(flown)];
    if (type === FENCE) autopilot.lists.fence.items = list.items;
    if (type === RALLY)
      autopilot.lists.rally.points = list.items.map(({ frame, ...rest }) => ({ ...rest, frame: frame === 5 ? 0 : 3 }));
    this.#host.changed(type);
  }
}
