/**
 * One stretch of a log by LOG_REQUEST_DATA: asked for in one request, and what was lost in further ones. ArduPilot
 * drops requests while it is still sending (AP_Logger_MAVLinkLogTransfer.cpp), so the next goes out when the last piece
 * of the one before has come, or after silence.
 */
import type { Message } from '@skein/protocol/mavlink';
import { type Exchange, NOTHING_TO_SEND, type Outgoing } from './exchange.ts';
import { Pieces, type Run } from './pieces.ts';

/** LOG_DATA carries this much. */
export const LOG_PIECE_BYTES = 90;
/** Gaps are asked for in one request as long as the pieces between them cost less than another round trip. */
const MAX_JOIN_PIECES = 64;
const FIRST_QUIET_MS = 700;
const MIN_QUIET_MS = 150;
const MAX_QUIET_MS = 2_000;
/** Requests in a row that brought nothing new. */
const MAX_IDLE = 8;

export type WindowResult =
  /** Shorter than asked: the log ends there. `doubts`: pieces that came twice and differed. */
  | { readonly ok: true; readonly bytes: Uint8Array; readonly doubts: number }
  | { readonly ok: false; readonly code: 'no-answer' | 'lost-session'; readonly bytes: Uint8Array };

/** A stretch of a file on its way. */
export interface Window extends Exchange<WindowResult> {
  /** What has come so far without a hole. */
  readonly prefix: Uint8Array;
}

/** How fast the link is found to be; kept from window to window. */
export interface LogPace {
  /** From a request to its first piece, and from piece to piece, smoothed, ms. */
  firstMs: number;
  pieceMs: number;
  /** Longest pause between pieces lately, which tells how long silence must be to mean the end, ms. */
  pauseMs: number;
}

export function newLogPace(): LogPace {
  return { firstMs: 0, pieceMs: 1, pauseMs: FIRST_QUIET_MS / 4 };
}

export interface LogWindowOptions extends Run {
  readonly id: number;
  readonly pace: LogPace;
}

export class LogWindow implements Window {
  readonly #id: number;
  readonly #pieces: Pieces;
  #asked: Run = { offset: 0, length: 0 };
  #idle = 0;
  /** Since the last request. */
  #news = false;
  #doubts = 0;
  readonly #pace: LogPace;
  #heardMs = 0;
  #askedMs = 0;
  #untilMs = 0;
  #endsAt: number | null = null;
  result: WindowResult | null = null;

  constructor(o: LogWindowOptions) {
    this.#id = o.id;
    this.#pace = o.pace;
    this.#pieces = new Pieces({ start: o.offset, length: o.length, size: LOG_PIECE_BYTES });
  }

  get prefix(): Uint8Array {
    return this.#pieces.prefix();
  }

  begin(nowMs: number): readonly Outgoing[] {
    return this.#ask(nowMs, FIRST_QUIET_MS);
  }

  take(message: Message, nowMs: number): readonly Outgoing[] {
    if (message.name !== 'LOG_DATA' || message.fields.id !== this.#id || this.result !== null) return NOTHING_TO_SEND;
    const { ofs, count, data } = message.fields;
    const expected = this.#pieces.expected(ofs);
    if (expected === 0) return NOTHING_TO_SEND;
    const pace = this.#pace;
    if (this.#heardMs > 0) {
      pace.pauseMs = Math.max(nowMs - this.#heardMs, pace.pauseMs * 0.98);
      pace.pieceMs += (nowMs - this.#heardMs - pace.pieceMs) / 32;
    } else pace.firstMs += (nowMs - this.#askedMs - pace.firstMs) / 4;
    this.#heardMs = nowMs;
    if (count < expected) this.#end(ofs, data.slice(0, count));
    else {
      const put = this.#pieces.put(ofs, data);
      if (put === 'new') this.#news = true;
      if (put === 'differs') this.#doubts++;
    }
    this.#untilMs = nowMs + this.#quietMs();
    if (this.#pieces.isComplete) {
      this.result = { ok: true, bytes: this.#pieces.prefix(), doubts: this.#doubts };
      return NOTHING_TO_SEND;
    }
    // Late pieces of a request before are no reason to hurry.
    const isLast = ofs + expected === this.#asked.offset + this.#asked.length;
    return isLast && this.#news ? this.#ask(nowMs, this.#quietMs()) : NOTHING_TO_SEND;
  }

  tick(nowMs: number): readonly Outgoing[] {
    return this.result === null && nowMs >= this.#untilMs ? this.#ask(nowMs, 2 * this.#quietMs()) : NOTHING_TO_SEND;
  }

  #quietMs(): number {
    return Math.min(MAX_QUIET_MS, Math.max(MIN_QUIET_MS, 4 * this.#pace.pauseMs));
  }

  #ask(nowMs: number, waitMs: number): readonly Outgoing[] {
    const join = Math.floor(this.#pace.firstMs / Math.max(0.1, this.#pace.pieceMs));
    const run = this.#pieces.firstMissing(Math.min(MAX_JOIN_PIECES, join));
    if (run === null) return NOTHING_TO_SEND;
    this.#idle = this.#news ? 0 : this.#idle + 1;
    this.#news = false;
    if (this.#idle > MAX_IDLE) {
      this.result = { ok: false, code: 'no-answer', bytes: this.prefix };
      return NOTHING_TO_SEND;
    }
    this.#asked = run;
    this.#heardMs = 0;
    this.#askedMs = nowMs;
    this.#untilMs = nowMs + waitMs;
    return [{ name: 'LOG_REQUEST_DATA', fields: { id: this.#id, ofs: run.offset, count: run.length } }];
  }

  /** A short piece says that the log ends there; ArduPilot says so after a read error too, so it has to say it twice. */
  #end(ofs: number, data: ArrayLike<number>): void {
    const endsAt = ofs + data.length;
    if (this.#endsAt !== endsAt) {
      this.#endsAt = endsAt;
      return;
    }
    this.#pieces.endAt(endsAt);
    this.#pieces.put(ofs, data);
  }
}
