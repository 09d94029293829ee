/**
 * The newest durable entries of each lane, kept in memory so that an agent that is up to date reads nothing back from
 * its disk. Bounded in bytes over all lanes; only ever a shortcut.
 */
import type { Lane } from '@skein/protocol/fleet';
import type { Entry } from './entry.ts';

export class Recent {
  readonly #maxBytes: number;
  readonly #entries: Entry[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  add(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#entries.push(entry);
      this.#bytes += entry.bytes.length;
    }
    let drop = 0;
    while (this.#bytes > this.#maxBytes && drop < this.#entries.length) {
      this.#bytes -= this.#entries[drop++]?.bytes.length ?? 0;
    }
    this.#entries.splice(0, drop);
  }

  /** Entries from exactly `from` on, without a hole; empty when `from` is not here. */
  from(epoch: string, lane: Lane, from: number, maxBytes: number): readonly Entry[] {
    const page: Entry[] = [];
    let expected = from;
    let bytes = 0;
    for (const entry of this.#entries) {
      if (entry.epoch !== epoch || entry.lane !== lane || entry.seq < expected) continue;
      if (entry.seq > expected || (page.length > 0 && bytes + entry.bytes.length > maxBytes)) break;
      page.push(entry);
      bytes += entry.bytes.length;
      expected = entry.to + 1;
    }
    return page;
  }

  clear(): void {
    this.#entries.length = 0;
    this.#bytes = 0;
  }
}
