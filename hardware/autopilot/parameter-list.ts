/**
 * The whole list. The autopilot streams it once, at its own pace; what the link lost is asked for again by index, a few
 * at a time since its queue is short (20 on ArduPilot), until nothing is missing. Answers with index 65535 belong to
 * reads and writes of others and are not counted.
 *
 * The count may change while the list is read (observed during boot: 1 336, then 1 349; an _ENABLE parameter written),
 * and then every index may mean another parameter: what was collected is dropped.
 */
import type { Message } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from './exchange.ts';
import { type ParameterEncoding, valueOfWire } from './parameter-value.ts';
import type { ListedParameter, ListOutcome } from './parameters.ts';

/** Not one of a list: an answer to a read by name, or to a write. */
const NO_INDEX = 65_535;
/** Above any autopilot's (ArduPilot ~1 400, PX4 ~1 100): a bound on memory. */
const MAX_COUNT = 10_000;
/** Asked for at once by index. */
const BATCH = 10;
/** With nothing new for so long the stream has ended, or paused for other traffic of a narrow line. */
const QUIET_MS = 700;
/** Waits for a batch follow what batches took lately. */
const MIN_BATCH_MS = 200;
const MAX_BATCH_MS = 2_000;
const FIRST_ANSWER_MS = 1_500;
const MAX_LIST_REQUESTS = 5;
/** Batches in a row without one new parameter. */
const MAX_IDLE_BATCHES = 8;
const MAX_COUNT_CHANGES = 8;
/**
 * One asked for by index takes ArduPilot 50–60 ms (observed), the whole stream 0.6 s on a fast line and 12 s on a slow
 * one: many missing of a fast stream are had sooner by asking for it again.
 */
const READ_MS = 55;
const RELIST_GAIN_MS = 1_000;
/** All of it on the slowest line in use (19 200 baud, 38 bytes each, half the line) takes under a minute. */
const DEADLINE_MS = 180_000;

export interface ListParametersOptions {
  readonly encoding: ParameterEncoding;
  readonly onProgress?: (got: number, count: number) => void;
}

export class ListParameters implements Exchange<ListOutcome> {
  readonly #o: ListParametersOptions;
  readonly #byIndex = new Map<number, ListedParameter>();
  #asked = new Set<number>();
  #count = 0;
  #countChanges = 0;
  #listRequests = 0;
  #idleBatches = 0;
  /** The stream has ended; what is missing is asked for by index. */
  #batching = false;
  #batchedMs = 0;
  #listedMs = 0;
  #heardMs = 0;
  /** From a batch to an answer of it, lately the longest, ms. */
  #answerMs = QUIET_MS / 3;
  #untilMs = 0;
  #deadlineMs = 0;
  result: ListOutcome | null = null;

  constructor(o: ListParametersOptions) {
    this.#o = o;
  }

  get got(): number {
    return this.#byIndex.size;
  }

  /** As the autopilot says; 0 until it did. */
  get count(): number {
    return this.#count;
  }

  begin(nowMs: number): readonly Outgoing[] {
    this.#deadlineMs = nowMs + DEADLINE_MS;
    return this.#requestList(nowMs);
  }

  #requestList(nowMs: number): readonly Outgoing[] {
    if (this.#listRequests >= MAX_LIST_REQUESTS) return this.#fail('no-answer');
    this.#listRequests++;
    this.#listedMs = nowMs;
    this.#untilMs = nowMs + FIRST_ANSWER_MS;
    return [{ name: 'PARAM_REQUEST_LIST', fields: {} }];
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    if (message.name !== 'PARAM_VALUE' || this.result !== null) return NOTHING_TO_SEND;
    const { param_id: name, param_value, param_type: type, param_index: index, param_count } = message.fields;
    if (index === NO_INDEX || index >= param_count || param_count > MAX_COUNT) return NOTHING_TO_SEND;
    if (param_count !== this.#count) {
      if (this.#count !== 0) {
        this.#countChanges++;
        if (this.#countChanges > MAX_COUNT_CHANGES) return this.#fail('unstable');
      }
      this.#count = param_count;
      this.#byIndex.clear();
      this.#asked.clear();
    }
    const asked = this.#asked.delete(index);
    if (asked) this.#answerMs = Math.max(nowMs - this.#batchedMs, this.#answerMs * 0.9);
    if (!this.#byIndex.has(index)) {
      this.#idleBatches = 0;
      this.#untilMs = asked ? this.#untilMs : nowMs + QUIET_MS;
    }
    this.#heardMs = nowMs;
    const value = valueOfWire(param_value, type, this.#o.encoding);
    this.#byIndex.set(index, { name, value, type, index });
    this.#o.onProgress?.(this.#byIndex.size, this.#count);
    if (this.#byIndex.size === this.#count) return this.#complete(nowMs);
    // A batch answered to the end: the next at once.
    return this.#idleBatches === 0 && this.#batching && this.#asked.size === 0 ? this.#batch(nowMs) : NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null) return NOTHING_TO_SEND;
    if (nowMs >= this.#deadlineMs) return this.#fail('no-answer');
    if (nowMs < this.#untilMs) return NOTHING_TO_SEND;
    if (this.#count === 0) return this.#requestList(nowMs);
    const missing = this.#count - this.#byIndex.size;
    const streamMs = ((this.#heardMs - this.#listedMs) * this.#count) / this.#byIndex.size;
    const isSooner = missing * READ_MS > streamMs + RELIST_GAIN_MS;
    if (isSooner && !this.#batching && this.#listRequests < MAX_LIST_REQUESTS) {
      return this.#requestList(nowMs);
    }
    if (this.#batching) this.#idleBatches++;
    if (this.#idleBatches > MAX_IDLE_BATCHES) return this.#fail('no-answer');
    return this.#batch(nowMs);
  }

  #batch(nowMs: number): readonly Outgoing[] {
    this.#batching = true;
    this.#asked = new Set();
    for (let index = 0; index < this.#count && this.#asked.size < BATCH; index++) {
      if (!this.#byIndex.has(index)) this.#asked.add(index);
    }
    this.#batchedMs = nowMs;
    const waitMs = 3 * this.#answerMs * (1 + this.#idleBatches);
    this.#untilMs = nowMs + Math.min(MAX_BATCH_MS, Math.max(MIN_BATCH_MS, waitMs));
    return [...this.#asked].map((index) => ({
      name: 'PARAM_REQUEST_READ',
      fields: { param_id: '', param_index: index },
    }));
  }

  /** Two indices with one name: the list moved under us while it was read, at the same count. */
  #complete(nowMs: number): readonly Outgoing[] {
    const parameters = new Map<string, ListedParameter>();
    for (let index = 0; index < this.#count; index++) {
      const parameter = this.#byIndex.get(index);
      if (parameter !== undefined) parameters.set(parameter.name, parameter);
    }
    if (parameters.size === this.#count) {
      this.result = { ok: true, parameters };
      return NOTHING_TO_SEND;
    }
    this.#byIndex.clear();
    this.#batching = false;
    return this.#listRequests < MAX_LIST_REQUESTS ? this.#requestList(nowMs) : this.#fail('unstable');
  }

  #fail(code: 'no-answer' | 'unstable'): readonly Outgoing[] {
    this.result = { ok: false, code, got: this.got, count: this.#count };
    return NOTHING_TO_SEND;
  }
}
