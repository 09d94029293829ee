/**
 * One list to the autopilot. It leads: it asks for the items in the order it wants them, and each time it is given the one it
 * asked for, whichever way it asked, always as MISSION_ITEM_INT (a float item would leave PX4 in float mode).
 *
 *   COUNT ─▶ (its REQUEST or REQUEST_INT ─▶ ITEM_INT)* ─▶ its ACK
 *     ▲                     silence: the same item again, then ─┘ all anew, up to twice
 *
 * Its "no" is not believed at once: it may be an answer to something that came twice or late (INVALID_SEQUENCE always is).
 * ACCEPTED counts only after the last item was sent. When that answer is lost ArduPilot knows nothing of the transfer
 * any more and says ERROR to the last item sent again, so the list is sent anew; PX4 says ACCEPTED again.
 */
import {
  MavMissionResult,
  type Message,
  MISSION_TYPES,
  type MissionItem,
  type MissionType,
} from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from '../exchange.ts';
import { type Ended, endedBy } from './outcome.ts';
import { FIRST_TRIES, type Pace, TRIES } from './pace.ts';
import { isMissionMessage, itemFields, missionResultName } from './wire.ts';

/** A refusal's text comes with it; something that shows it to be an old one would come within a round trip. */
const REFUSED_AFTER_MS = 300;
const MAX_RESTARTS = 2;
/** After an ERROR to the last item: its ACCEPTED was lost, on a link that loses a fifth once in five times. */
const MAX_RESTARTS_AT_END = 5;
/** However often it asks. */
const DEADLINE_MS = 60_000;
const DEADLINE_PER_ITEM_WAITS = 12;

export interface UploadOptions {
  readonly type: MissionType;
  readonly items: readonly MissionItem[];
  readonly pace: Pace;
  readonly onProgress?: (done: number, count: number) => void;
}

export type Uploaded = Ended<{ readonly ok: true; readonly id: number | null }>;

export class UploadMission implements Exchange<Uploaded> {
  readonly #o: UploadOptions;
  readonly #last: number;
  /** What it asked for last; null before it asked since the last COUNT. */
  #asked: number | null = null;
  /** The furthest since the last COUNT. */
  #highest = -1;
  #tries = 0;
  #restarts = 0;
  #sentMs = 0;
  #untilMs = 0;
  #deadlineMs = 0;
  #refusal: { readonly result: number; readonly seq: number | null; readonly atMs: number } | null = null;
  result: Uploaded | null = null;

  constructor(o: UploadOptions) {
    this.#o = o;
    this.#last = o.items.length - 1;
  }

  begin(nowMs: number): readonly Outgoing[] {
    const { items, pace } = this.#o;
    this.#deadlineMs = nowMs + DEADLINE_MS + items.length * DEADLINE_PER_ITEM_WAITS * pace.itemMs;
    return this.#count(nowMs);
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    if (this.result !== null || !isMissionMessage(message)) return NOTHING_TO_SEND;
    if (message.fields.mission_type !== MISSION_TYPES[this.#o.type]) return NOTHING_TO_SEND;
    if (message.name === 'MISSION_REQUEST' || message.name === 'MISSION_REQUEST_INT') {
      return this.#request(message.fields.seq, nowMs);
    }
    if (message.name === 'MISSION_ACK') this.#acknowledged(message.fields.type, message.fields.opaque_id, nowMs);
    return NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null) return NOTHING_TO_SEND;
    if (nowMs >= this.#deadlineMs) return this.#fail('timeout');
    const isSoft = this.#refusal === null || this.#refusal.result === MavMissionResult.ERROR;
    if (this.#refusal !== null && nowMs >= this.#refusal.atMs && (this.#asked !== null || !isSoft)) {
      return this.#refused(nowMs);
    }
    if (nowMs < this.#untilMs || !isSoft) return NOTHING_TO_SEND;
    if (this.#tries >= (this.#asked === null ? FIRST_TRIES : TRIES)) {
      if (this.#asked !== null && this.#restarts < MAX_RESTARTS) return this.#restart(nowMs);
      return this.#refusal === null ? this.#fail('timeout') : this.#refused(nowMs);
    }
    this.#tries++;
    return this.#asked === null ? this.#count(nowMs) : this.#item(this.#asked, nowMs);
  }

  #count(nowMs: number): readonly Outgoing[] {
    this.#sentMs = nowMs;
    this.#untilMs = nowMs + this.#o.pace.firstMs;
    const fields = { count: this.#o.items.length, mission_type: MISSION_TYPES[this.#o.type], opaque_id: 0 };
    return [{ name: 'MISSION_COUNT', fields }];
  }

  #request(seq: number, nowMs: number): readonly Outgoing[] {
    if (seq > this.#last) return NOTHING_TO_SEND;
    // Only what was sent once tells how long an answer takes.
    if (this.#tries === 0 && seq !== this.#asked) this.#o.pace.measured(nowMs - this.#sentMs);
    if (seq !== this.#asked) this.#tries = 0;
    if (seq > this.#highest) {
      this.#highest = seq;
      this.#refusal = null;
      this.#o.onProgress?.(seq, this.#o.items.length);
    }
    this.#asked = seq;
    return this.#item(seq, nowMs);
  }

  #item(seq: number, nowMs: number): readonly Outgoing[] {
    const item = this.#o.items[seq];
    if (item === undefined) return NOTHING_TO_SEND;
    this.#sentMs = nowMs;
    // After the last try it may still ask by itself: ArduPilot does each second.
    this.#untilMs = nowMs + (this.#tries < TRIES ? this.#o.pace.itemMs : this.#o.pace.firstMs);
    return [{ name: 'MISSION_ITEM_INT', fields: itemFields(item, seq, this.#o.type) }];
  }

  #acknowledged(result: number, id: number | undefined, nowMs: number): void {
    if (result === MavMissionResult.ACCEPTED) {
      // One that comes sooner belongs to an earlier transfer.
      if (this.#highest !== this.#last) return;
      this.#o.onProgress?.(this.#o.items.length, this.#o.items.length);
      this.result = { ok: true, id: (id ?? 0) === 0 ? null : (id ?? null) };
      return;
    }
    if (result === MavMissionResult.INVALID_SEQUENCE) {
      // It has had that item: it is alive, and will ask.
      this.#tries = 0;
      this.#untilMs = Math.max(this.#untilMs, nowMs + this.#o.pace.itemMs);
      return;
    }
    const before = this.#refusal;
    // ERROR may be the answer to what was sent after the true reason.
    if (before !== null && (before.result !== MavMissionResult.ERROR || result === MavMissionResult.ERROR)) return;
    const atMs = nowMs + REFUSED_AFTER_MS + this.#o.pace.itemMs;
    this.#refusal = { result, seq: this.#asked, atMs };
  }

  #refused(nowMs: number): readonly Outgoing[] {
    const result = this.#refusal?.result ?? 0;
    const isAtEnd = result === MavMissionResult.ERROR && this.#highest === this.#last && this.#last >= 0;
    const most = isAtEnd ? MAX_RESTARTS_AT_END : result === MavMissionResult.OPERATION_CANCELLED ? MAX_RESTARTS : 0;
    if (this.#restarts < most) return this.#restart(nowMs);
    const name = missionResultName(result);
    if (result === MavMissionResult.DENIED) return this.#fail('busy', name, 'another station transfers');
    return this.#fail(result === MavMissionResult.OPERATION_CANCELLED ? 'timeout' : 'refused', name);
  }

  #restart(nowMs: number): readonly Outgoing[] {
    this.#restarts++;
    this.#asked = null;
    this.#highest = -1;
    this.#refusal = null;
    this.#tries = 0;
    return this.#count(nowMs);
  }

  #fail(code: 'timeout' | 'refused' | 'busy', result?: string, detail = ''): readonly Outgoing[] {
    const seq = this.#refusal?.seq ?? this.#asked;
    this.result = endedBy(code, { ...(result !== undefined && { result }), seq, detail });
    return NOTHING_TO_SEND;
  }
}
