/**
 * Samples → live messages: whole, or what changed since the last whole one where the controller says that it reads that
 * (docs/wire.md §5, live deltas). Who listens besides needs to say nothing: what a delta refers to was sent to all.
 *
 * Whole is what begins a connection, and all that is known each 10 s; where the controller asks for what it lacks, each
 * 30 s, or as soon as the rows that could not be said as changes (texts that read otherwise, kinds that are new) have
 * cost as much as a whole message does: never more than twice what the best moment for it would have cost.
 */
import {
  dictionaryOf,
  type LiveBase,
  liveBaseOf,
  MAX_LIVE_CHANGES,
  type Sample,
  sealBatch,
  sealLiveDelta,
  writeLiveChanges,
} from '@skein/protocol/telemetry';
import { payloadOf } from './packing.ts';
import type { UplinkCounters } from './status.ts';
import type { Takes } from './takes.ts';

/** Who has missed a whole message and cannot ask for another waits so long. */
const WHOLE_EVERY_MS = 30_000;
/** A whole message that nobody can read is tried again after so long, not at once: it would be all there is, each time. */
const UNREADABLE_MS = 10_000;

export interface LiveMessagesOptions {
  readonly epoch: () => string;
  readonly boot: string;
  readonly nowUs: () => number;
  readonly takes: Pick<Takes, 'packs' | 'codec' | 'liveDeltas' | 'asksForBase'>;
  readonly counters: UplinkCounters;
}

/** The last message that was no delta. */
interface Base extends LiveBase {
  readonly dictionary: Uint8Array;
  readonly atMs: number;
  readonly payloadBytes: number;
  /** Holds all that was known. */
  readonly isAll: boolean;
}

export class LiveMessages {
  readonly #o: LiveMessagesOptions;
  #base: Base | null = null;
  /** What rows that are no changes have cost since the base, bytes. */
  #restBytes = 0;
  /** When a message that was to be the base could not be read by this agent itself: a stamp of ours is impossible. */
  #unreadableMs = Number.NEGATIVE_INFINITY;

  constructor(o: LiveMessagesOptions) {
    this.#o = o;
  }

  /** The next one is to be whole: nobody can be thought to have what deltas refer to. */
  begin(): void {
    this.#base = null;
  }

  /** The controller lacks what deltas refer to. */
  asked(): void {
    this.#o.counters.basesAsked++;
    this.begin();
  }

  /** A whole message is due, which is to hold all that is known. Where nobody asks for one, each with everything is. */
  get isWholeDue(): boolean {
    const base = this.#base;
    if (!this.#o.takes.asksForBase || this.#nowMs() - this.#unreadableMs < UNREADABLE_MS) return false;
    if (base === null || !base.isAll || base.header.epoch !== this.#o.epoch()) return true;
    return this.#nowMs() - base.atMs >= WHOLE_EVERY_MS || this.#restBytes >= base.payloadBytes;
  }

  /** `everything`: all that is known, which goes whole where that is due or the controller does not ask for it. */
  payload(samples: readonly Sample[], everything: boolean): Uint8Array {
    const isWhole = everything && (this.isWholeDue || !this.#o.takes.asksForBase);
    return (isWhole ? null : this.#delta(samples)) ?? this.#whole(samples, everything);
  }

  #nowMs(): number {
    return this.#o.nowUs() / 1000;
  }

  /** Until this connection's first ack nobody has said what is read at its other end. */
  #seal(samples: readonly Sample[]): Uint8Array {
    const { epoch, boot, takes } = this.#o;
    const codec = takes.packs ? takes.codec : 1;
    return sealBatch({ epoch: epoch(), boot, lane: 'live', codec, seq: 0, samples });
  }

  #whole(samples: readonly Sample[], isAll: boolean): Uint8Array {
    const { takes, counters } = this.#o;
    const bytes = this.#seal(samples);
    const payload = payloadOf([bytes], takes.packs, counters);
    // As the others will have read it.
    const base = takes.liveDeltas ? liveBaseOf(bytes) : null;
    if (base === null && takes.liveDeltas) {
      counters.basesUnreadable++;
      this.#unreadableMs = this.#nowMs();
    }
    const kept = { atMs: this.#nowMs(), payloadBytes: payload.length, isAll };
    this.#base = base && { ...base, ...kept, dictionary: dictionaryOf(base) };
    this.#restBytes = 0;
    return payload;
  }

  #delta(samples: readonly Sample[]): Uint8Array | null {
    const { epoch, takes, counters } = this.#o;
    const base = this.#base;
    if (base === null || !takes.liveDeltas || base.header.epoch !== epoch()) return null;
    const { changes, rest } = writeLiveChanges(base, samples);
    if (changes.length > MAX_LIVE_CHANGES) return null;
    counters.liveDeltas++;
    const restPayload =
      rest.length === 0 ? new Uint8Array(0) : payloadOf([this.#seal(rest)], true, counters, base.dictionary);
    this.#restBytes += restPayload.length;
    return sealLiveDelta(base, changes, restPayload);
  }
}
