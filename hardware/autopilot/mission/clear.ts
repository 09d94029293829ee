/**
 * Empties one list, and looks whether it is empty: an ACK names no question, so one that comes late may belong to another.
 *
 *   CLEAR_ALL ─▶ its ACK ─▶ REQUEST_LIST ─▶ its COUNT: nothing, or home alone ─▶ ACK
 *       ▲                                         └─ more: once more
 */
import { MavMissionResult, type Message, MISSION_TYPES, type MissionType } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from '../exchange.ts';
import { acknowledge } from './download.ts';
import { type Ended, endedBy } from './outcome.ts';
import { FIRST_TRIES, type Pace } from './pace.ts';
import { isMissionMessage, missionResultName } from './wire.ts';

const REFUSED_AFTER_MS = 300;
/** Said to be empty, and it was not, so often. */
const MAX_STILL_FULL = 3;

export interface ClearOptions {
  readonly type: MissionType;
  readonly pace: Pace;
  /** What an empty list counts: 1 where home is an item of it. */
  readonly empty: number;
}

export type Cleared = Ended<{ readonly ok: true }>;

export class ClearMission implements Exchange<Cleared> {
  readonly #o: ClearOptions;
  #phase: 'clear' | 'look' | 'refused' = 'clear';
  #tries = 0;
  #stillFull = 0;
  #untilMs = 0;
  #refusal: number = MavMissionResult.ERROR;
  result: Cleared | null = null;

  constructor(o: ClearOptions) {
    this.#o = o;
  }

  begin(nowMs: number): readonly Outgoing[] {
    return this.#send(nowMs);
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    if (this.result !== null || !isMissionMessage(message)) return NOTHING_TO_SEND;
    const { type } = this.#o;
    if (message.fields.mission_type !== MISSION_TYPES[type]) return NOTHING_TO_SEND;
    if (message.name === 'MISSION_ACK' && this.#phase === 'clear') {
      const { type: result } = message.fields;
      if (result === MavMissionResult.ACCEPTED) return this.#turn('look', nowMs);
      this.#refusal = result;
      this.#phase = 'refused';
      this.#untilMs = nowMs + REFUSED_AFTER_MS;
    }
    if (message.name === 'MISSION_COUNT' && this.#phase === 'look') {
      if (message.fields.count <= this.#o.empty) {
        this.result = { ok: true };
        return [acknowledge(type, MavMissionResult.ACCEPTED)];
      }
      this.#stillFull++;
      if (this.#stillFull < MAX_STILL_FULL) {
        return [acknowledge(type, MavMissionResult.OPERATION_CANCELLED), ...this.#turn('clear', nowMs)];
      }
      this.result = endedBy('refused', { detail: `it still has ${message.fields.count} items` });
    }
    return NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null || nowMs < this.#untilMs) return NOTHING_TO_SEND;
    if (this.#phase === 'refused') {
      const result = missionResultName(this.#refusal);
      const isBusy = this.#refusal === MavMissionResult.DENIED;
      this.result = endedBy(isBusy ? 'busy' : 'refused', { result });
      return NOTHING_TO_SEND;
    }
    this.#tries++;
    if (this.#tries <= FIRST_TRIES) return this.#send(nowMs);
    this.result = endedBy('timeout');
    return NOTHING_TO_SEND;
  }

  #turn(phase: 'clear' | 'look', nowMs: number): readonly Outgoing[] {
    this.#phase = phase;
    this.#tries = 0;
    return this.#send(nowMs);
  }

  #send(nowMs: number): readonly Outgoing[] {
    this.#untilMs = nowMs + this.#o.pace.firstMs;
    const fields = { mission_type: MISSION_TYPES[this.#o.type] };
    return [{ name: this.#phase === 'look' ? 'MISSION_REQUEST_LIST' : 'MISSION_CLEAR_ALL', fields }];
  }
}
