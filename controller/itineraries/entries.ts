/** Itineraries in memory: those that are open, by drone too, and the last ones that are not. */
import type { Entry } from './entry.ts';

export class Entries {
  readonly #open = new Map<string, Entry>();
  readonly #byDrone = new Map<string, Set<Entry>>();
  readonly #done = new Map<string, Entry>();
  readonly #maxDone: number;

  constructor(maxDone: number) {
    this.#maxDone = maxDone;
  }

  get(id: string): Entry | undefined {
    return this.#open.get(id) ?? this.#done.get(id);
  }

  open(): Iterable<Entry> {
    return this.#open.values();
  }

  get openStands(): number {
    let count = 0;
    for (const records of this.#byDrone.values()) count += records.size;
    return count;
  }

  /** Those that something may still come of on this drone. */
  ofDrone(drone: string): readonly Entry[] {
    return [...(this.#byDrone.get(drone) ?? [])];
  }

  /** Files it by what is open in it: after it was made, and after each change. */
  put(record: Entry): void {
    const { id } = record;
    for (const [drone, open] of record.openDrones()) {
      const of = this.#byDrone.get(drone) ?? new Set();
      if (open) of.add(record);
      else of.delete(record);
      if (of.size > 0) this.#byDrone.set(drone, of);
      else this.#byDrone.delete(drone);
    }
    this.#done.delete(id);
    if (record.open) this.#open.set(id, record);
    else {
      this.#open.delete(id);
      this.#done.set(id, record);
      this.#trim();
    }
  }

  drop(id: string): void {
    this.#open.delete(id);
    this.#done.delete(id);
  }

  /** Oldest first; none of which something is still to be written. */
  #trim(): void {
    for (const [id, record] of this.#done) {
      if (this.#done.size <= this.#maxDone) return;
      if (record.unwritten === 0) this.#done.delete(id);
    }
  }
}
