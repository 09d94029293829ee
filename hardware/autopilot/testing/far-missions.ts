/**
 * The lists of an autopilot behind a line, as ArduPilot and PX4 were seen or are written to keep them: one stores each item as it
 * comes, the other keeps two banks and changes over at the end.
 */
import {
  type FieldsIn,
  type Message,
  MISSION_TYPES,
  type MissionItem,
  type MissionType,
} from '@skein/protocol/mavlink';
import { asStored, type MissionFlavour } from '../mission/stored.ts';
import { itemFields, itemOf } from '../mission/wire.ts';
import { type FarEnd, messageOf, type Say } from './line.ts';

const ACCEPTED = 0;
const ERROR = 1;
const INVALID_SEQUENCE = 13;
const DENIED = 14;
const CANCELLED = 15;
const US = { target_system: 7, target_component: 191 } as const;

interface Receiving {
  readonly type: MissionType;
  readonly count: number;
  next: number;
  bank: MissionItem[];
  heard: number;
  asked: number;
}

export class FarMissions implements FarEnd {
  readonly flavour: MissionFlavour;
  lists: Record<MissionType, MissionItem[]> = { mission: [], fence: [], rally: [] };
  /** Of an item: a MAV_MISSION_RESULT it is refused with; null: it is taken. */
  refuse: (item: MissionItem, seq: number) => number | null = () => null;
  /** Another station transfers. */
  denies = false;
  /** It asks with MISSION_REQUEST, as ArduPilot does. */
  oldRequests: boolean;
  /** It has rebooted, or hears nothing any more. */
  isDead = false;
  /** It waits for what it asked for, however long it takes. */
  isPatient = false;
  accepted = 0;
  heard: string[] = [];
  /** Float items, writes of all lists at once, and the like. */
  wrong: string[] = [];
  /** After so many items it hears no more. */
  diesAfter = Number.POSITIVE_INFINITY;
  #receiving: Receiving | null = null;
  #sending: { readonly type: MissionType; next: number } | null = null;
  #nowMs: () => number = () => 0;

  constructor(flavour: MissionFlavour) {
    this.flavour = flavour;
    this.oldRequests = flavour === 'ardupilot';
    if (flavour === 'ardupilot') this.lists.mission = [HOME];
  }

  /** `nowMs` of the line, and what its timers say without being asked. */
  runOn(nowMs: () => number): this {
    this.#nowMs = nowMs;
    return this;
  }

  get isReceiving(): boolean {
    return this.#receiving !== null;
  }

  hear(message: Message, say: Say) {
    if (this.isDead) return;
    this.heard.push(message.name);
    const type = typeOf(message);
    if (type === null) {
      if (message.name.startsWith('MISSION')) this.wrong.push(`${message.name} of all lists`);
      return;
    }
    if (this.flavour === 'px4' && this.#receiving !== null && this.#nowMs() - this.#receiving.heard > 5_000) {
      this.#receiving = null;
    }
    switch (message.name) {
      case 'MISSION_COUNT':
        return this.#count(type, message.fields.count, say);
      case 'MISSION_ITEM_INT':
        return this.#item(type, message.fields.seq, itemOf(message.fields), say);
      case 'MISSION_ITEM':
        this.wrong.push('a float item');
        return;
      case 'MISSION_REQUEST_LIST':
        return this.#list(type, say);
      case 'MISSION_REQUEST_INT':
        return this.#give(type, message.fields.seq, say);
      case 'MISSION_CLEAR_ALL':
        if (this.denies) return this.#ack(type, DENIED, say);
        this.lists[type] = this.flavour === 'ardupilot' && type === 'mission' ? [HOME] : [];
        return this.#ack(type, ACCEPTED, say);
      case 'MISSION_ACK':
        this.#sending = null;
        if (message.fields.type === CANCELLED && this.flavour === 'px4') this.#receiving = null;
        return;
      default:
    }
  }

  #count(type: MissionType, count: number, say: Say) {
    if (this.denies) return this.#ack(type, this.flavour === 'px4' ? ERROR : DENIED, say);
    if (this.flavour === 'px4' && (this.#sending !== null || (this.#receiving?.next ?? 0) > 0)) {
      return this.#ack(type, ERROR, say);
    }
    // It cuts what is there at once.
    if (this.flavour === 'ardupilot') this.lists[type] = this.lists[type].slice(0, Math.max(count, this.#kept(type)));
    this.#receiving = { type, count, next: 0, bank: [], heard: this.#nowMs(), asked: 0 };
    if (count === 0) this.#complete(say);
    else this.#request(say);
  }

  #item(type: MissionType, seq: number, item: MissionItem, say: Say) {
    const receiving = this.#receiving;
    if (receiving === null || receiving.type !== type) {
      const isLast = this.flavour === 'px4' && seq === this.lists[type].length - 1;
      return this.#ack(type, isLast ? ACCEPTED : ERROR, say);
    }
    receiving.heard = this.#nowMs();
    if (seq !== receiving.next) {
      if (this.flavour === 'ardupilot') this.#ack(type, INVALID_SEQUENCE, say);
      return;
    }
    const result = this.refuse(item, seq);
    if (result !== null) {
      this.#receiving = null;
      return this.#ack(type, result, say);
    }
    if (this.flavour === 'px4') receiving.bank.push(item);
    else this.lists[type][seq] = item;
    receiving.next++;
    if (receiving.next >= this.diesAfter) {
      this.isDead = true;
      return;
    }
    if (receiving.next === receiving.count) this.#complete(say);
    else this.#request(say);
  }

  #complete(say: Say): void {
    const receiving = this.#receiving;
    if (receiving === null) return;
    const { type, bank } = receiving;
    this.#receiving = null;
    const given =
      this.flavour === 'px4' ? bank : this.lists[type].slice(0, Math.max(receiving.count, this.#kept(type)));
    this.lists[type] = [...asStored(given, this.flavour, type)];
    if (this.flavour === 'ardupilot' && type === 'mission') this.lists[type][0] = HOME;
    this.accepted++;
    if (this.flavour === 'ardupilot' && type === 'mission') {
      say(messageOf('STATUSTEXT', { severity: 6, text: 'Flight plan received', id: 0, chunk_seq: 0 }));
    }
    this.#ack(type, ACCEPTED, say);
  }

  /** Again each second (PX4 each 250 ms), until it gives up after 8 s (5 s). */
  #request(say: Say): void {
    const receiving = this.#receiving;
    if (receiving === null) return;
    const { next, type } = receiving;
    const fields = { ...US, seq: next, mission_type: MISSION_TYPES[type] };
    const turn = ++receiving.asked;
    const [againMs, giveUpMs] = this.flavour === 'px4' ? [250, 5_000] : [1_000, 8_000];
    say(messageOf(this.oldRequests ? 'MISSION_REQUEST' : 'MISSION_REQUEST_INT', fields));
    const again = (): Message | null => {
      if (this.#receiving !== receiving || receiving.next !== next || receiving.asked !== turn || this.isDead)
        return null;
      if (this.#nowMs() - receiving.heard > giveUpMs) {
        this.#receiving = null;
        return this.flavour === 'px4' ? null : messageOf('MISSION_ACK', ackOf(type, CANCELLED));
      }
      this.#request(say);
      return null;
    };
    if (!this.isPatient) say(again, againMs);
  }

  #list(type: MissionType, say: Say) {
    if (this.#receiving !== null) return this.flavour === 'px4' ? undefined : this.#ack(type, DENIED, say);
    this.#sending = { type, next: 0 };
    const fields = {
      ...US,
      count: this.lists[type].length,
      mission_type: MISSION_TYPES[type],
      opaque_id: this.#id(type),
    };
    say(messageOf('MISSION_COUNT', fields));
  }

  #give(type: MissionType, seq: number, say: Say) {
    const item = this.lists[type][seq];
    if (this.flavour === 'px4') {
      const sending = this.#sending;
      if (sending === null) return;
      if (seq !== sending.next && seq !== sending.next - 1) {
        this.#sending = null;
        return this.#ack(type, ERROR, say);
      }
      sending.next = seq + 1;
    }
    if (item === undefined) return this.#ack(type, ERROR, say);
    say(messageOf('MISSION_ITEM_INT', { ...itemFields(item, seq, type), ...US } as FieldsIn<'MISSION_ITEM_INT'>));
  }

  /** Home stays. */
  #kept(type: MissionType): number {
    return this.flavour === 'ardupilot' && type === 'mission' ? 1 : 0;
  }

  #id(type: MissionType): number {
    return this.flavour === 'px4' ? this.lists[type].length * 1_000 + 7 : 0;
  }

  #ack(type: MissionType, result: number, say: Say): void {
    say(messageOf('MISSION_ACK', { ...ackOf(type, result), opaque_id: result === ACCEPTED ? this.#id(type) : 0 }));
  }
}

export const HOME: MissionItem = {
  frame: 0,
  command: 16,
  params: [0, 0, 0, 0],
  x: 470_000_001,
  y: 80_000_001,
  z: 488.12,
  autocontinue: true,
};

function ackOf(type: MissionType, result: number): FieldsIn<'MISSION_ACK'> {
  return { ...US, type: result as 0, mission_type: MISSION_TYPES[type], opaque_id: 0 };
}

function typeOf(message: Message): MissionType | null {
  if (!('mission_type' in message.fields)) return null;
  const { mission_type } = message.fields;
  return (Object.keys(MISSION_TYPES) as MissionType[]).find((type) => MISSION_TYPES[type] === mission_type) ?? null;
}
