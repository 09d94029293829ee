/**
 * Samples → live messages: whole, or what changed since the last whole one where the controller says that it reads that
 * (docs/wire.md §5, live deltas). Who listens besides needs to say nothing: what a delta refers to was sent to all.
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

export interface LiveMessagesOptions {
  readonly epoch: () => string;
  readonly boot: string;
  readonly takes: Pick<Takes, 'packs' | 'codec' | 'liveDeltas'>;
  readonly counters: UplinkCounters;
}

export class LiveMessages {
  readonly #o: LiveMessagesOptions;
  /** The last message that was no delta. */
  #base: (LiveBase & { readonly dictionary: Uint8Array }) | null = null;

  constructor(o: LiveMessagesOptions) {
    this.#o = o;
  }

  /** `everything`: all that is known, as a connection begins; sent whole, since it is what the next ones refer to. */
  payload(samples: readonly Sample[], everything: boolean): Uint8Array {
    return (everything ? null : this.#delta(samples)) ?? this.#whole(samples);
  }

  /** Until this connection's first ack nobody has said what is read at its other end. */
  #seal(samples: readonly Sample[]): Uint8Array {
    const { epoch, boot, takes } = this.#o;
    const codec = takes.packs ? takes.codec : 1;
    return sealBatch({ epoch: epoch(), boot, lane: 'live', codec, seq: 0, samples });
  }

  #whole(samples: readonly Sample[]): Uint8Array {
    const { takes, counters } = this.#o;
    const bytes = this.#seal(samples);
    // As the others will have read it.
    const base = takes.liveDeltas ? liveBaseOf(bytes) : null;
    this.#base = base && { ...base, dictionary: dictionaryOf(base) };
    return payloadOf([bytes], takes.packs, counters);
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
    return sealLiveDelta(base, changes, restPayload);
  }
}
