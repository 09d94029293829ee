/** Takes rows from the outbox and puts them on the wire while window, bucket, socket and broker let it. */
import { TokenBucket } from './bucket.ts';
import { Gathering } from './gathering.ts';
import { densePayloadOf, payloadOf } from './packing.ts';
import type { ReadableLane, Session, Wanted } from './session.ts';
import type { UplinkCounters } from './status.ts';
import type { Takes } from './takes.ts';

/** Messages of the outbox that the broker has not confirmed yet. */
const MAX_UNCONFIRMED = 32;
/** A broker that confirms nothing for so long is no broker. */
const CONFIRM_WAIT_MS = 30_000;
/** Bytes waiting in the socket above which history stands back: the line is full, live goes first. */
const SOCKET_BUSY_BYTES = 64 << 10;
const STALE_PRESENCE_MS = 5_000;

interface Row {
  readonly seq: number;
  readonly to: number;
  readonly bytes: Uint8Array;
}

export interface SenderOptions {
  readonly session: Session;
  readonly backfillKBps: number;
  /** Most that history of the present epoch waits for company, s. */
  readonly gatherS: number;
  readonly takes: Pick<Takes, 'packs' | 'densePacks'>;
  /** Somebody looks at this drone: nothing waits. */
  readonly isWatched: () => boolean;
  readonly epoch: () => string;
  readonly nowMs: () => number;
  readonly readable: () => readonly ReadableLane[];
  readonly read: (
    epoch: string,
    lane: 'urgent' | 'history',
    from: number,
    maxBytes: number,
  ) => Promise<readonly Row[] | null>;
  /** The connection, to tell one from the next; null while there is none. */
  readonly connection: () => object | null;
  readonly socketBytes: () => number;
  readonly publish: (lane: 'urgent' | 'history', payload: Uint8Array, confirmed: () => void) => void;
  /** The controller asks for rows that are gone: presence, which says so, is to be sent again. */
  readonly onStale: () => void;
  readonly counters: UplinkCounters;
}

export class Sender {
  readonly #o: SenderOptions;
  readonly #bucket: TokenBucket;
  readonly #gathering: Gathering;
  #unconfirmed = 0;
  #confirmedMs = 0;
  #staleMs = Number.NEGATIVE_INFINITY;
  #pumping = false;
  #again = false;

  constructor(o: SenderOptions) {
    this.#o = o;
    this.#bucket = new TokenBucket(o.backfillKBps * 1000, o.nowMs());
    this.#gathering = new Gathering(o.gatherS);
  }

  /** The connection is over. */
  reset(): void {
    this.#unconfirmed = 0;
    this.#gathering.reset();
  }

  /** History of the present epoch, where it is packed and nobody looks. */
  #gathers({ epoch, lane }: { readonly epoch: string; readonly lane: string }): boolean {
    const { takes, isWatched } = this.#o;
    return lane === 'history' && takes.packs && !isWatched() && epoch === this.#o.epoch();
  }

  #isDue(lane: ReadableLane, nowMs: number): boolean {
    return !this.#gathers(lane) || this.#gathering.isReady(this.#o.session.waiting(lane), nowMs);
  }

  /** The broker owes confirmations and gives none. */
  get stuck(): boolean {
    return this.#unconfirmed > 0 && this.#o.nowMs() - this.#confirmedMs > CONFIRM_WAIT_MS;
  }

  /** Something changed: rows, window, connection. */
  pump(): void {
    this.#again = true;
    if (this.#pumping) return;
    this.#pumping = true;
    void this.#run();
  }

  async #run(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#drain();
      }
    } finally {
      this.#pumping = false;
    }
  }

  async #drain(): Promise<void> {
    const { session } = this.#o;
    /** Lanes that gave nothing this time: they hold up nobody behind them. */
    const passed = new Set<string>();
    for (;;) {
      const connection = this.#o.connection();
      if (connection === null || this.#unconfirmed >= MAX_UNCONFIRMED) return;
      const nowMs = this.#o.nowMs();
      const history = this.#bucket.waitMs(nowMs) === 0 && this.#o.socketBytes() < SOCKET_BUSY_BYTES;
      const { wanted, stale } = session.next(
        this.#o.readable().filter((lane) => !passed.has(`${lane.epoch}/${lane.lane}`) && this.#isDue(lane, nowMs)),
        { history },
      );
      if (stale && nowMs - this.#staleMs > STALE_PRESENCE_MS) {
        this.#staleMs = nowMs;
        this.#o.onStale();
      }
      if (wanted === null) return;
      const rows = await this.#o.read(wanted.epoch, wanted.lane, wanted.from, wanted.maxBytes);
      // The world went on while the rows were read.
      if (this.#o.connection() !== connection || !session.isNext(wanted)) continue;
      const last = rows?.at(-1);
      const isRead = rows && last !== undefined && rows[0]?.seq === wanted.from;
      if (!isRead) this.#o.counters.readsFailed++;
      const bytes = rows?.reduce((sum, row) => sum + row.bytes.length, 0) ?? 0;
      if (!isRead || !session.fits(wanted, bytes, rows.length)) {
        passed.add(`${wanted.epoch}/${wanted.lane}`);
        continue;
      }
      this.#send(wanted, rows);
      if (this.#gathers(wanted)) this.#gathering.sent();
      session.sent(wanted, last.to, bytes, this.#o.nowMs());
    }
  }

  #send(wanted: Wanted, rows: readonly Row[]): void {
    const { lane } = wanted;
    const envelopes = rows.map((row) => row.bytes);
    // What was not acked the first time goes the plainer way: it may be that it could not be read.
    const isDense = lane === 'history' && this.#o.takes.densePacks && !this.#o.session.isAgain(wanted);
    const payload =
      (isDense ? densePayloadOf(envelopes, this.#o.counters) : null) ??
      payloadOf(envelopes, this.#o.takes.packs, this.#o.counters);
    if (this.#unconfirmed++ === 0) this.#confirmedMs = this.#o.nowMs();
    if (lane === 'history') {
      this.#bucket.take(payload.length, this.#o.nowMs());
      for (const { length } of envelopes) this.#o.counters.bytesHistorySealed += length;
    }
    this.#o.counters[lane === 'urgent' ? 'messagesUrgent' : 'messagesHistory']++;
    this.#o.publish(lane, payload, () => {
      this.#unconfirmed--;
      this.#confirmedMs = this.#o.nowMs();
      this.pump();
    });
  }
}
