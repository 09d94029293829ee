/** Streams beside our own, by who wants them: a ground station through us, a delivery that must be proved. */
import type { ExtraStream } from '@skein/hardware/autopilot';

export class ExtraStreams {
  readonly #set: (wanted: readonly ExtraStream[]) => void;
  readonly #by = new Map<string, readonly ExtraStream[]>();

  constructor(set: (wanted: readonly ExtraStream[]) => void) {
    this.#set = set;
  }

  /** All that `who` wants from now on. */
  want(who: string, streams: readonly ExtraStream[]): void {
    if (JSON.stringify(this.#by.get(who) ?? []) === JSON.stringify(streams)) return;
    this.#by.set(who, streams);
    this.#set([...this.#by.values()].flat());
  }
}
