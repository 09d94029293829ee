/**
 * Setting a parameter: read what it is, write, read back, compare as the autopilot stores it. PARAM_SET has no
 * acknowledgement, only the PARAM_VALUE that follows; a late answer to the first reading would look like it, so only
 * what is read after the write counts. Writing the same value twice is harmless, so a lost write is written again.
 */
import type { Message } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from './exchange.ts';
import { askByName, ReadParameter } from './parameter-read.ts';
import { type ParameterEncoding, sameValue, valueOfWire, wireValue } from './parameter-value.ts';
import type { SetOutcome } from './parameters.ts';

const WAIT_MS = 700;
const GRACE_MS = 250;
/** Writes, and waits of one reading back, before giving up. */
const MAX_TRIES = 5;
/** Read back and another value, after so many writes: not taken (read-only, limited, denied). One write may be lost. */
const REFUSALS = 3;

/** Another value makes ArduPilot wipe all parameters at its next start. */
const NEVER_WRITTEN: readonly string[] = ['FORMAT_VERSION', 'SYSID_SW_MREV'];

export interface SetParameterOptions {
  readonly name: string;
  readonly value: number;
  readonly encoding: ParameterEncoding;
}

type Phase = 'before' | 'write' | 'read-back';

export class SetParameter implements Exchange<SetOutcome> {
  readonly #o: SetParameterOptions;
  readonly #before: ReadParameter;
  #phase: Phase = 'before';
  #wire = 0;
  #type = 0;
  #tries = 0;
  #refusals = 0;
  #mismatched = false;
  #untilMs = 0;
  #seen: { before?: number; after?: number } = {};
  result: SetOutcome | null = null;

  constructor(o: SetParameterOptions) {
    this.#o = o;
    this.#before = new ReadParameter({ names: [o.name], encoding: o.encoding });
  }

  /** What is known of its value so far. */
  get seen(): { readonly before?: number; readonly after?: number } {
    return this.#seen;
  }

  begin(nowMs: number): readonly Outgoing[] {
    return this.#afterReading(this.#before.begin(nowMs), nowMs);
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    if (this.result !== null) return NOTHING_TO_SEND;
    if (this.#phase === 'before') return this.#afterReading(this.#before.take(message, nowMs), nowMs);
    if (message.name !== 'PARAM_VALUE' || message.fields.param_id !== this.#o.name) return NOTHING_TO_SEND;
    if (this.#phase === 'write') {
      this.#phase = 'read-back';
      return this.#wait([askByName(this.#o.name)], nowMs);
    }
    const { param_value, param_type } = message.fields;
    const after = valueOfWire(param_value, param_type, this.#o.encoding);
    this.#seen = { ...this.#seen, after };
    if (sameValue(after, this.#o.value, param_type)) {
      this.result = { ok: true, before: this.#seen.before ?? after, after, type: param_type };
      return NOTHING_TO_SEND;
    }
    // It may be a late answer to something earlier: the right one gets a moment to arrive.
    this.#mismatched = true;
    this.#untilMs = Math.min(this.#untilMs, nowMs + GRACE_MS);
    return NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null) return NOTHING_TO_SEND;
    if (this.#phase === 'before') return this.#afterReading(this.#before.tick(nowMs), nowMs);
    if (nowMs < this.#untilMs) return NOTHING_TO_SEND;
    if (this.#phase === 'write') return this.#write(nowMs);
    if (this.#mismatched) {
      this.#refusals++;
      return this.#refusals >= REFUSALS ? this.#fail('not-taken') : this.#write(nowMs);
    }
    this.#tries++;
    if (this.#tries > MAX_TRIES) return this.#fail('no-answer');
    return this.#wait([askByName(this.#o.name)], nowMs);
  }

  #afterReading(messages: readonly Outgoing[], nowMs: number): readonly Outgoing[] {
    const read = this.#before.result;
    if (read === null) return messages;
    if (!read.ok) return this.#fail(read.code);
    const { value: before, type } = read;
    this.#seen = { before };
    const wire = wireValue(this.#o.value, type, this.#o.encoding);
    if (wire === null || NEVER_WRITTEN.includes(this.#o.name)) return this.#fail('bad-value');
    if (sameValue(before, this.#o.value, type)) {
      this.result = { ok: true, before, after: before, type };
      return NOTHING_TO_SEND;
    }
    this.#wire = wire;
    this.#type = type;
    return this.#write(nowMs);
  }

  #write(nowMs: number): readonly Outgoing[] {
    this.#phase = 'write';
    this.#tries++;
    if (this.#tries > MAX_TRIES) return this.#fail(this.#refusals > 0 ? 'not-taken' : 'no-answer');
    const fields = { param_id: this.#o.name, param_value: this.#wire, param_type: this.#type };
    // The reading is sent with it: an autopilot that stores without a word is read back all the same.
    return this.#wait([{ name: 'PARAM_SET', fields }, askByName(this.#o.name)], nowMs);
  }

  #wait(messages: readonly Outgoing[], nowMs: number): readonly Outgoing[] {
    this.#mismatched = false;
    this.#untilMs = nowMs + WAIT_MS;
    return messages;
  }

  #fail(code: Exclude<SetOutcome, { ok: true }>['code']): readonly Outgoing[] {
    this.result = { ok: false, code, ...this.#seen };
    return NOTHING_TO_SEND;
  }
}
