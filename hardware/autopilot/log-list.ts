/**
 * LOG_REQUEST_LIST: one LOG_ENTRY each, those lost asked for again by range.
 *
 * The first request is always for all: an ArduPilot asked for a range that begins above its last log counts on through
 * all 65 536 numbers (AP_Logger_MAVLinkLogTransfer.cpp: it stops where next equals last).
 */
import type { Message } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from './exchange.ts';
import type { LogEntry } from './logs.ts';

const ALL = 0xffff;
/** A directory of hundreds of files on a card takes the autopilot a while. */
const FIRST_ANSWER_MS = 2_000;
const QUIET_MS = 800;
/** Requests in a row that brought nothing new. */
const MAX_IDLE = 8;
/** ArduPilot keeps 500 at most. */
const MAX_LOGS = 5_000;

export type LogListResult =
  | { readonly ok: true; readonly logs: readonly LogEntry[] }
  | { readonly ok: false; readonly code: 'no-answer' };

export class ListLogs implements Exchange<LogListResult> {
  readonly #byId = new Map<number, LogEntry>();
  #logs: number | null = null;
  #lastId = 0;
  #idle = 0;
  #untilMs = 0;
  result: LogListResult | null = null;

  begin(nowMs: number): readonly Outgoing[] {
    return this.#request(0, ALL, nowMs + FIRST_ANSWER_MS);
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    if (message.name !== 'LOG_ENTRY' || this.result !== null) return NOTHING_TO_SEND;
    const { id, num_logs, last_log_num, time_utc, size } = message.fields;
    if (num_logs > MAX_LOGS) return NOTHING_TO_SEND;
    if (num_logs === 0) {
      this.result = { ok: true, logs: [] };
      return NOTHING_TO_SEND;
    }
    if (num_logs !== this.#logs) {
      // One was added or removed: the numbers may mean other logs now.
      this.#logs = num_logs;
      this.#byId.clear();
      this.#lastId = 0;
    }
    this.#lastId = Math.max(this.#lastId, last_log_num);
    if (!this.#byId.has(id)) {
      this.#idle = 0;
      this.#untilMs = nowMs + QUIET_MS;
    }
    this.#byId.set(id, { id, sizeBytes: size, startedUtcS: time_utc === 0 ? null : time_utc });
    if (this.#byId.size === num_logs) {
      this.result = { ok: true, logs: [...this.#byId.values()].sort((a, b) => a.id - b.id) };
    }
    return NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    if (this.result !== null || nowMs < this.#untilMs) return NOTHING_TO_SEND;
    this.#idle++;
    if (this.#idle > MAX_IDLE) {
      this.result = { ok: false, code: 'no-answer' };
      return NOTHING_TO_SEND;
    }
    if (this.#logs === null) return this.#request(0, ALL, nowMs + FIRST_ANSWER_MS);
    let first = this.#lastId - this.#logs + 1;
    while (this.#byId.has(first)) first++;
    let last = first;
    while (last < this.#lastId && !this.#byId.has(last + 1)) last++;
    return first > this.#lastId
      ? this.#request(0, ALL, nowMs + FIRST_ANSWER_MS)
      : this.#request(Math.max(0, first), last, nowMs + QUIET_MS);
  }

  #request(start: number, end: number, untilMs: number): readonly Outgoing[] {
    this.#untilMs = untilMs;
    return [{ name: 'LOG_REQUEST_LIST', fields: { start, end } }];
  }
}
