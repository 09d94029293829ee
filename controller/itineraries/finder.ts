/** Itineraries by their id: in memory, or out of the store and then in memory. */
import type { Engine } from './engine.ts';
import { Entry } from './entry.ts';
import type { ItineraryStore } from './ports.ts';

/** Ids that are not in the store, remembered at most. */
const MAX_MISSING = 1000;

export class Finder {
  readonly #records: Engine['records'];
  readonly #store: ItineraryStore;
  readonly #loading = new Map<string, Promise<Entry | null>>();
  /** Asked for by `isKnown`, and not in the store. */
  readonly #missing = new Set<string>();

  constructor(records: Engine['records'], store: ItineraryStore) {
    this.#records = records;
    this.#store = store;
  }

  async find(id: string): Promise<Entry | null> {
    const known = this.#records.get(id);
    if (known) return known;
    const loading =
      this.#loading.get(id) ??
      this.#store.itinerary(id).then((stored) => this.#records.get(id) ?? this.keep(stored && Entry.stored(stored)));
    this.#loading.set(id, loading);
    return loading.finally(() => this.#loading.delete(id));
  }

  keep(record: Entry | null): Entry | null {
    if (record !== null) this.#records.put(record);
    return record;
  }

  /** Whether it is in memory, or known not to exist; what is not is looked for in the store. */
  isKnown(id: string): boolean {
    if (this.#records.get(id) !== undefined || this.#missing.has(id)) return true;
    const looked = this.find(id).then((found) => {
      if (found !== null) return;
      if (this.#missing.size >= MAX_MISSING) this.#missing.clear();
      this.#missing.add(id);
    });
    // The store fails: whoever asks, asks again.
    looked.catch(() => {});
    return false;
  }
}
