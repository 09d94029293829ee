/**
 * The events as they are told to whoever follows them: in the order of their commits, from any place, none before its time.
 * Ids rise in commit order (one writer), so what has been read up to an id is all there will ever be up to it.
 *
 *   store ── newest id, after each commit ──► told() ──► who waits reads on
 */
import type { FeedEvent, FeedQuery, FeedStore } from './ports.ts';

/** Ids looked at by one read: of a rare kind there may be none among very many. */
const WINDOW = 5000;
/** A store that does not tell of its commits is asked so often. */
const POLL_MS = 1000;

export interface FeedPage {
  readonly events: readonly FeedEvent[];
  /** Where to go on: everything up to it was looked at. */
  readonly next: number;
}

interface Waiter {
  readonly afterId: number;
  readonly go: () => void;
}

export class Feed {
  readonly #store: FeedStore;
  readonly #waiting = new Set<Waiter>();
  /** null: the store does not tell. */
  #newest: number | null = null;

  constructor(store: FeedStore) {
    this.#store = store;
  }

  /** The newest event that is durable. */
  told(newestId: number): void {
    if (this.#newest !== null && newestId <= this.#newest) return;
    this.#newest = newestId;
    for (const waiter of [...this.#waiting]) if (newestId > waiter.afterId) waiter.go();
  }

  get newest(): number | null {
    return this.#newest;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** One window of ids at a time; fewer than `limit` does not mean that there are no more: go on at `next`. */
  async read({ afterId, limit, ...filter }: FeedQuery): Promise<FeedPage> {
    // Looked at before reading: what comes meanwhile is for the next read.
    const newest = this.#newest;
    const isAll = filter.kinds === undefined && filter.entity === undefined;
    if (newest === null || isAll) {
      const events = await this.#store.events({ afterId, limit, ...filter });
      return { events, next: events.at(-1)?.id ?? afterId };
    }
    const upToId = Math.min(newest, afterId + WINDOW);
    if (upToId <= afterId) return { events: [], next: afterId };
    const events = await this.#store.events({ afterId, limit, upToId, ...filter });
    return { events, next: events.length < limit ? upToId : (events.at(-1)?.id ?? upToId) };
  }

  /** Resolves when there is something after this id, at `signal`, or after `mostMs`. */
  beyond(afterId: number, mostMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted || (this.#newest !== null && this.#newest > afterId)) return Promise.resolve();
    return new Promise((resolve) => {
      const waiter: Waiter = {
        afterId,
        go: () => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          signal.removeEventListener('abort', waiter.go);
          resolve();
        },
      };
      const timer = setTimeout(waiter.go, this.#newest === null ? Math.min(POLL_MS, mostMs) : mostMs);
      this.#waiting.add(waiter);
      signal.addEventListener('abort', waiter.go);
    });
  }
}
