/**
 * One list from the autopilot: the proof of what it holds. We lead, one question at a time (PX4 gives the whole transfer up when
 * it is asked for an item out of order), and say at the end that it is over, which PX4 waits for.
 *
 *   REQUEST_LIST ─▶ its COUNT ─▶ (REQUEST_INT ─▶ its ITEM_INT)* ─▶ ACK
 *
 * Another count, or an ERROR, in the middle: another list, or a transfer that it gave up. All is read anew, up to three times.
 */
import {
  MavMissionResult,
  type Message,
  MISSION_TYPES,
  type MissionItem,
  type MissionType,
} from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from '../exchange.ts';
import { type Ended, endedBy, type MissionFailure } from './outcome.ts';
import { FIRST_TRIES, type Pace, TRIES } from './pace.ts';
import { isMissionMessage, itemOf, MAX_ITEMS, type MissionMessage, missionResultName } from './wire.ts';

const MAX_RESTARTS = 3;
/** PX4 that gave a transfer up says so first and is free then. */
const AGAIN_MS = 300;

export interface DownloadOptions {
  readonly type: MissionType;
  readonly pace: Pace;
  readonly onProgress?: (done: number, count: number) => void;
}

export type Downloaded = Ended<{
  readonly ok: true;
  readonly items: readonly MissionItem[];
  readonly id: number | null;
}>;

interface Why {
  readonly code: MissionFailure;
  readonly result?: string;
  readonly detail?: string;
}

export class DownloadMission implements Exchange<Downloaded> {
  readonly #o: DownloadOptions;
  #items: MissionItem[] = [];
  /** As it says; null before it did. */
  #count: number | null = null;
  #id: number | null = null;
  #tries = 0;
  #restarts = 0;
  #sentMs = 0;
  #untilMs = 0;
  #again = false;
  result: Downloaded | null = null;

  constructor(o: DownloadOptions) {
    this.#o = o;
  }

  begin(nowMs: number): readonly Outgoing[] {
    return this.#ask(nowMs);
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    if (this.result !== null || this.#again || !isMissionMessage(message)) return NOTHING_TO_SEND;
    if (message.fields.mission_type !== MISSION_TYPES[this.#o.type]) return NOTHING_TO_SEND;
    switch (message.name) {
      case 'MISSION_COUNT':
        return this.#counted(message.fields, nowMs);
      case 'MISSION_ITEM_INT':
        return this.#item(message.fields, nowMs);
      case 'MISSION_ACK':
        return this.#refused(message.fields.type, nowMs);
      default:
        return NOTHING_TO_SEND;
    }
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null || nowMs < this.#untilMs) return NOTHING_TO_SEND;
    if (this.#again) {
      this.#again = false;
      return this.#ask(nowMs);
    }
    this.#tries++;
    if (this.#tries <= (this.#count === null ? FIRST_TRIES : TRIES)) return this.#ask(nowMs);
    return this.#count === null ? this.#fail({ code: 'timeout' }) : this.#anew({ code: 'timeout' }, nowMs);
  }

  #ask(nowMs: number): readonly Outgoing[] {
    const { type, pace } = this.#o;
    const mission_type = MISSION_TYPES[type];
    this.#sentMs = nowMs;
    this.#untilMs = nowMs + (this.#count === null ? pace.firstMs : pace.itemMs);
    if (this.#count === null) return [{ name: 'MISSION_REQUEST_LIST', fields: { mission_type } }];
    return [{ name: 'MISSION_REQUEST_INT', fields: { seq: this.#items.length, mission_type } }];
  }

  #counted(f: (MissionMessage & { name: 'MISSION_COUNT' })['fields'], nowMs: number): readonly Outgoing[] {
    const id = f.opaque_id === 0 ? null : (f.opaque_id ?? null);
    if (this.#count !== null) {
      if (f.count === this.#count && id === this.#id) return NOTHING_TO_SEND;
      return this.#anew({ code: 'changed', detail: 'another list while it was read' }, nowMs);
    }
    if (f.count > MAX_ITEMS) return this.#fail({ code: 'refused', detail: `it says that it has ${f.count} items` });
    if (this.#tries === 0) this.#o.pace.measured(nowMs - this.#sentMs);
    this.#count = f.count;
    this.#id = id;
    this.#tries = 0;
    return f.count === 0 ? this.#done() : this.#ask(nowMs);
  }

  #item(f: (MissionMessage & { name: 'MISSION_ITEM_INT' })['fields'], nowMs: number): readonly Outgoing[] {
    if (this.#count === null || f.seq !== this.#items.length) return NOTHING_TO_SEND;
    if (this.#tries === 0) this.#o.pace.measured(nowMs - this.#sentMs);
    this.#tries = 0;
    this.#items.push(itemOf(f));
    this.#o.onProgress?.(this.#items.length, this.#count);
    return this.#items.length === this.#count ? this.#done() : this.#ask(nowMs);
  }

  #done(): readonly Outgoing[] {
    this.result = { ok: true, items: this.#items, id: this.#id };
    return [acknowledge(this.#o.type, MavMissionResult.ACCEPTED)];
  }

  #refused(result: number, nowMs: number): readonly Outgoing[] {
    // A late one of an upload.
    if (result === MavMissionResult.ACCEPTED || result === MavMissionResult.INVALID_SEQUENCE) return NOTHING_TO_SEND;
    const name = missionResultName(result);
    if (result === MavMissionResult.DENIED) {
      return this.#fail({ code: 'busy', result: name, detail: 'another station transfers' });
    }
    const isPassing = result === MavMissionResult.ERROR || result === MavMissionResult.OPERATION_CANCELLED;
    return isPassing
      ? this.#anew({ code: 'refused', result: name }, nowMs)
      : this.#fail({ code: 'refused', result: name });
  }

  #anew(why: Why, nowMs: number): readonly Outgoing[] {
    if (this.#restarts >= MAX_RESTARTS) return this.#fail(why);
    this.#restarts++;
    this.#items = [];
    this.#count = null;
    this.#id = null;
    this.#tries = 0;
    this.#again = true;
    this.#untilMs = nowMs + AGAIN_MS + this.#o.pace.roundTripMs;
    return NOTHING_TO_SEND;
  }

  #fail(why: Why): readonly Outgoing[] {
    const { code, result, detail = '' } = why;
    const seq = this.#count === null ? null : this.#items.length;
    this.result = endedBy(code, { ...(result !== undefined && { result }), seq, detail });
    return NOTHING_TO_SEND;
  }
}

/** What a transfer of ours is ended with. */
export function acknowledge(type: MissionType, result: number): Outgoing {
  return { name: 'MISSION_ACK', fields: { type: result as 0, mission_type: MISSION_TYPES[type], opaque_id: 0 } };
}
