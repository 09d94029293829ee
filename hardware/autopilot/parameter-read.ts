/**
 * Reading a parameter by name. ArduPilot says nothing at all about a name it does not know (observed), so silence has
 * to be told from loss: with each question goes one for index 0, which every autopilot has and answers in order. Heard
 * that one and not the other, five times over, there is no such parameter.
 */
import type { Message } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from './exchange.ts';
import { type ParameterEncoding, valueOfWire } from './parameter-value.ts';
import type { ReadOutcome } from './parameters.ts';

/** The field holds 16 bytes. */
export const MAX_NAME_LENGTH = 16;
/** Waits for an answer, ms; a narrow line busy with streams takes some hundreds. */
const ATTEMPTS_MS = [700, 1_000, 1_500, 2_000, 700, 700, 700];
/** The witness has been heard: the answer may only be a little late (another order on a radio). */
const GRACE_MS = 100;
/** With 5 % lost each way a parameter that exists is taken for missing once in 100 000 readings. */
const WITNESSES = 5;
/** Fewer than WITNESSES and the tries are over: still an answer, if there were this many. */
const FEW_WITNESSES = 3;
const WITNESS_INDEX = 0;

export interface ReadParameterOptions {
  /** In order of preference. */
  readonly names: readonly string[];
  readonly encoding: ParameterEncoding;
}

export class ReadParameter implements Exchange<ReadOutcome> {
  readonly #o: ReadParameterOptions;
  readonly #names: readonly string[];
  readonly #unknown = new Set<string>();
  #attempt = 0;
  #witnesses = 0;
  #witnessed = false;
  #untilMs = 0;
  result: ReadOutcome | null = null;

  constructor(o: ReadParameterOptions) {
    this.#o = o;
    this.#names = [...new Set(o.names)].filter((name) => name.length > 0 && name.length <= MAX_NAME_LENGTH);
  }

  begin(nowMs: number): readonly Outgoing[] {
    if (this.#names.length === 0) {
      this.result = { ok: false, code: 'no-such-parameter' };
      return NOTHING_TO_SEND;
    }
    return this.#ask(nowMs);
  }

  #ask(nowMs: number): readonly Outgoing[] {
    const waitMs = ATTEMPTS_MS[this.#attempt];
    if (waitMs === undefined || this.#witnesses >= WITNESSES) {
      this.result = { ok: false, code: this.#witnesses < FEW_WITNESSES ? 'no-answer' : 'no-such-parameter' };
      return NOTHING_TO_SEND;
    }
    this.#attempt++;
    this.#witnessed = false;
    this.#untilMs = nowMs + waitMs;
    const asks = this.#names.map((name) => askByName(name));
    return [...asks, { name: 'PARAM_REQUEST_READ', fields: { param_id: '', param_index: WITNESS_INDEX } }];
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    if (this.result !== null) return NOTHING_TO_SEND;
    if (message.name === 'STATUSTEXT') this.#text(message.fields.text);
    if (message.name !== 'PARAM_VALUE') return NOTHING_TO_SEND;
    const { param_id, param_value, param_type, param_index } = message.fields;
    if (this.#names.includes(param_id)) {
      const value = valueOfWire(param_value, param_type, this.#o.encoding);
      this.result = { ok: true, name: param_id, value, type: param_type };
    } else if (param_index === WITNESS_INDEX && !this.#witnessed) {
      this.#witnessed = true;
      this.#witnesses++;
      this.#untilMs = Math.min(this.#untilMs, nowMs + GRACE_MS);
    }
    return NOTHING_TO_SEND;
  }

  /** PX4 says so in words. */
  #text(text: string): void {
    const name = /unknown param(?: ID)?: (\S+)$/.exec(text)?.[1];
    if (name !== undefined && this.#names.includes(name)) this.#unknown.add(name);
    if (this.#unknown.size === this.#names.length) this.result = { ok: false, code: 'no-such-parameter' };
  }

  tick(nowMs: number): readonly Outgoing[] {
    return this.result === null && nowMs >= this.#untilMs ? this.#ask(nowMs) : NOTHING_TO_SEND;
  }
}

export function askByName(name: string): Outgoing {
  return { name: 'PARAM_REQUEST_READ', fields: { param_id: name, param_index: -1 } };
}
