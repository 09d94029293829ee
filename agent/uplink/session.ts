/**
 * One session over one connection: which acks count, and what to send next. Pure; uplink.ts owns the socket.
 * Order of draining: urgent before history, this start's epoch before older ones, the newest of those first.
 */
import type { Ack, Lane } from '@skein/protocol/fleet';
import { LaneSend } from './lane.ts';

/** A lane with something to send, in the order in which lanes are drained. */
export interface ReadableLane {
  readonly epoch: string;
  readonly lane: Lane;
  readonly first: number;
  readonly end: number;
}

export interface Wanted {
  readonly epoch: string;
  readonly lane: Lane;
  readonly from: number;
  readonly maxBytes: number;
}

export type AckVerdict =
  | { readonly taken: true; readonly epoch: string; readonly lane: Lane; readonly upTo: number }
  | { readonly taken: false; readonly why: 'acksOtherSession' | 'acksUnknownEpoch' | 'acksOldStart' };

/** docs/wire.md §2: a message of several envelopes stays below 64 KiB; smaller ones let live messages in between. */
const MESSAGE_BYTES = 24 << 10;

/** Lanes of which it is remembered how far they went; who comes back has a few. */
const MOST_REMEMBERED = 64;

export class Session {
  readonly #id: string;
  readonly #lanes = new Map<string, LaneSend>();
  /** The highest number of each lane that has gone out, also over connections before this one. */
  readonly #sentTo = new Map<string, number>();

  constructor(id: string) {
    this.#id = id;
  }

  /** The connection closed: what was on its way is unknown, and nothing is sent before a new ack. */
  closed(): void {
    this.#lanes.clear();
  }

  ack(ack: Ack, knownEpochs: ReadonlySet<string>, nowMs: number): AckVerdict {
    if (ack.session !== this.#id) return { taken: false, why: 'acksOtherSession' };
    if (!knownEpochs.has(ack.epoch)) return { taken: false, why: 'acksUnknownEpoch' };
    const key = `${ack.epoch}/${ack.lane}`;
    const lane = this.#lanes.get(key) ?? new LaneSend(ack.epoch, ack.lane);
    this.#lanes.set(key, lane);
    if (lane.ack(ack, nowMs) === 'old-start') return { taken: false, why: 'acksOldStart' };
    return { taken: true, epoch: ack.epoch, lane: ack.lane, upTo: lane.acked };
  }

  /** Resends that have become due. Returns how many lanes went back. */
  expire(nowMs: number): number {
    let count = 0;
    for (const lane of this.#lanes.values()) if (lane.expire(nowMs)) count++;
    return count;
  }

  /**
   * The next piece to read and send, or null. `stale` means that rows the controller asks for are gone: presence, which
   * says so, has to be sent again.
   */
  next(readable: readonly ReadableLane[], o: { readonly history: boolean }): { wanted: Wanted | null; stale: boolean } {
    let stale = false;
    for (const { epoch, lane, first, end } of readable) {
      if (lane === 'history' && !o.history) continue;
      const send = this.#lanes.get(`${epoch}/${lane}`);
      if (send?.position == null || send.room === 0 || send.position >= end) continue;
      if (send.position < first) {
        stale = true;
        continue;
      }
      const maxBytes = Math.min(MESSAGE_BYTES, send.room);
      return { wanted: { epoch, lane, from: send.position, maxBytes }, stale };
    }
    return { wanted: null, stale };
  }

  /** Numbers of a lane that can be read and are not on their way; 0 while nothing may be sent. */
  waiting({ epoch, lane, end }: ReadableLane): number {
    const position = this.#lanes.get(`${epoch}/${lane}`)?.position;
    return position == null ? 0 : Math.max(0, end - position);
  }

  /** Is this still what should be sent, after the time it took to read it? */
  isNext(wanted: Wanted): boolean {
    return this.#lanes.get(`${wanted.epoch}/${wanted.lane}`)?.position === wanted.from;
  }

  /** Has some of it gone out before? */
  isAgain({ epoch, lane, from }: Wanted): boolean {
    return from <= (this.#sentTo.get(`${epoch}/${lane}`) ?? 0);
  }

  /** Does it fit the window as it is now? A single envelope may go beyond it when nothing is on its way. */
  fits(wanted: Wanted, bytes: number, envelopes: number): boolean {
    const send = this.#lanes.get(`${wanted.epoch}/${wanted.lane}`);
    return send !== undefined && (bytes <= send.room || (envelopes === 1 && send.inFlightBytes === 0 && send.room > 0));
  }

  sent(wanted: Wanted, to: number, bytes: number, nowMs: number): void {
    const key = `${wanted.epoch}/${wanted.lane}`;
    this.#lanes.get(key)?.sent(to, bytes, nowMs);
    this.#sentTo.set(key, Math.max(to, this.#sentTo.get(key) ?? 0));
    const [oldest] = this.#sentTo.keys();
    if (oldest !== undefined && this.#sentTo.size > MOST_REMEMBERED) this.#sentTo.delete(oldest);
  }

  /** Lanes whose window is 0, whatever the epoch. */
  get toldToWait(): readonly Lane[] {
    const closed = [...this.#lanes.values()].filter((send) => send.isClosed).map((send) => send.lane);
    return [...new Set(closed)];
  }

  get inFlightBytes(): number {
    let sum = 0;
    for (const lane of this.#lanes.values()) sum += lane.inFlightBytes;
    return sum;
  }

  /** Slowest smoothed time from sending to the ack, ms; null before the first. */
  get smoothedAckMs(): number | null {
    let slowest: number | null = null;
    for (const lane of this.#lanes.values()) {
      if (lane.smoothedAckMs !== null) slowest = Math.max(slowest ?? 0, lane.smoothedAckMs);
    }
    return slowest;
  }
}
