/**
 * How far one lane of one epoch has been sent and acked within the present connection (docs/wire.md §3). Pure.
 *
 *   acked ≤ … in flight … < position ≤ … readable
 *
 * Without an ack of this connection there is no position and nothing is sent. The first ack of a controller's start, and of
 * one that speaks on after another has been silent, sets the position, forwards or backwards; the others only raise it; what
 * is not acked in time is sent again from `acked + 1`.
 */
import type { Lane } from '@skein/protocol/fleet';

const RESEND_MIN_MS = 5_000;
const KNOWN_STARTS = 8;
/** An ack of an earlier start is heard again only when the present one has been silent for so long. */
const START_SILENT_MS = 20_000;

interface Sent {
  readonly to: number;
  readonly bytes: number;
  readonly atMs: number;
  /** Resent messages tell nothing about the time an ack takes (Karn). */
  readonly timed: boolean;
}

export type AckOutcome = 'first' | 'raised' | 'same' | 'old-start';

export class LaneSend {
  readonly epoch: string;
  readonly lane: Lane;
  #starts: string[] = [];
  #start: string | null = null;
  #startHeardMs = 0;
  #acked = 0;
  #window = 0;
  #position: number | null = null;
  #inFlight: Sent[] = [];
  #inFlightBytes = 0;
  /** Highest seq ever sent in this connection: what lies below is a resend. */
  #sentTo = 0;
  #smoothedAckMs: number | null = null;
  resends = 0;

  constructor(epoch: string, lane: Lane) {
    this.epoch = epoch;
    this.lane = lane;
  }

  get acked(): number {
    return this.#acked;
  }

  /** The next seq to send; null until the first ack. */
  get position(): number | null {
    return this.#position;
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes;
  }

  get smoothedAckMs(): number | null {
    return this.#smoothedAckMs;
  }

  get resendAfterMs(): number {
    return Math.max(RESEND_MIN_MS, 4 * (this.#smoothedAckMs ?? 0));
  }

  /** The controller has said that it takes nothing now. */
  get isClosed(): boolean {
    return this.#position !== null && this.#window === 0;
  }

  /** Bytes that may be put on the way now. With nothing on its way a single larger envelope may go. */
  get room(): number {
    if (this.#position === null || this.#window === 0) return 0;
    return this.#inFlight.length === 0 ? this.#window : Math.max(0, this.#window - this.#inFlightBytes);
  }

  ack(o: { readonly start: string; readonly upTo: number; readonly window: number }, nowMs: number): AckOutcome {
    const isKnown = this.#starts.includes(o.start);
    if (!isKnown) this.#starts = [...this.#starts.slice(1 - KNOWN_STARTS), o.start];
    if (o.start !== this.#start) {
      // A controller that is gone may still have an ack on its way; it must not raise what its successor has asked for.
      if (isKnown && nowMs - this.#startHeardMs < START_SILENT_MS) return 'old-start';
      // Where it was not known yet it has raised it: whoever speaks on is believed then, backwards as well.
      this.#start = o.start;
      this.#startHeardMs = nowMs;
      this.#window = o.window;
      this.#acked = o.upTo;
      this.#position = o.upTo + 1;
      this.#forget();
      return 'first';
    }
    this.#startHeardMs = nowMs;
    this.#window = o.window;
    if (o.upTo <= this.#acked) return 'same';
    this.#acked = o.upTo;
    this.#position = Math.max(this.#position ?? 0, o.upTo + 1);
    this.#settle(nowMs);
    return 'raised';
  }

  #settle(nowMs: number): void {
    let last: Sent | undefined;
    while (this.#inFlight[0] !== undefined && this.#inFlight[0].to <= this.#acked) {
      last = this.#inFlight.shift();
      this.#inFlightBytes -= last?.bytes ?? 0;
    }
    if (last?.timed) {
      const tookMs = nowMs - last.atMs;
      this.#smoothedAckMs = this.#smoothedAckMs === null ? tookMs : this.#smoothedAckMs * 0.875 + tookMs * 0.125;
    }
  }

  #forget(): void {
    this.#inFlight = [];
    this.#inFlightBytes = 0;
  }

  sent(to: number, bytes: number, nowMs: number): void {
    const timed = to > this.#sentTo;
    this.#inFlight.push({ to, bytes, atMs: nowMs, timed });
    this.#inFlightBytes += bytes;
    this.#position = to + 1;
    this.#sentTo = Math.max(this.#sentTo, to);
  }

  /** Goes back to `acked + 1` when the oldest message has waited too long. Returns whether it did. */
  expire(nowMs: number): boolean {
    const oldest = this.#inFlight[0];
    if (oldest === undefined || nowMs - oldest.atMs < this.resendAfterMs) return false;
    this.#position = this.#acked + 1;
    this.#forget();
    this.resends++;
    return true;
  }
}
