/**
 * What the controller takes, as its acks say (docs/wire.md §4). Before it has said so, and from one that says nothing,
 * it is what every controller ever took: envelopes back to back, codec 1. Pure.
 */
import type { Ack } from '@skein/protocol/fleet';
import { DEFLATE_PACKS, DENSE_PACKS, LIVE_BASE, LIVE_DELTA, type SampleCodec } from '@skein/protocol/telemetry';

export class Takes {
  #packs = false;
  #densePacks = false;
  #liveDeltas = false;
  #asksForBase = false;
  #codec: SampleCodec = 1;

  /** Within this connection only: the next one may lead to another controller. */
  get packs(): boolean {
    return this.#packs;
  }

  /** Packs that foresee each batch from the ones before it. */
  get densePacks(): boolean {
    return this.#packs && this.#densePacks;
  }

  /** Live messages that say only what changed; like packs within this connection only. */
  get liveDeltas(): boolean {
    return this.#packs && this.#liveDeltas;
  }

  /** It says when it lacks what deltas refer to. */
  get asksForBase(): boolean {
    return this.liveDeltas && this.#asksForBase;
  }

  /** To seal with. Lasts over an outage: what is sealed meanwhile is for the same controller, if no ack says otherwise. */
  get codec(): SampleCodec {
    return this.#codec;
  }

  /** `isFirst`: of a start not heard over this connection. */
  heard(ack: Pick<Ack, 'packs' | 'codecs'>, isFirst: boolean): void {
    const { packs, codecs } = ack;
    if (packs === undefined && codecs === undefined && !isFirst) return;
    this.#packs = packs?.includes(DEFLATE_PACKS) ?? false;
    this.#densePacks = packs?.includes(DENSE_PACKS) ?? false;
    this.#liveDeltas = packs?.includes(LIVE_DELTA) ?? false;
    this.#asksForBase = packs?.includes(LIVE_BASE) ?? false;
    this.#codec = codecs?.includes(2) ? 2 : 1;
  }

  closed(): void {
    this.#packs = false;
  }
}
