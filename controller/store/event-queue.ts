/**
 * Events on their way to the store: the callers never wait, the order stays, a store that fails is asked again, and the
 * queue is bounded.
 */
import type { NewEvent, Store } from './port.ts';

export interface EventQueueOptions {
  readonly store: Pick<Store, 'append'>;
  readonly onStored: (count: number) => void;
  readonly onDropped: (count: number) => void;
}

const MAX_WAITING = 10_000;
const MAX_GROUP = 500;
const LINGER_MS = 100;
const RETRY_MS = 2000;
const CLOSE_TRIES = 3;

export class EventQueue {
  readonly #o: EventQueueOptions;
  #waiting: NewEvent[] = [];
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<boolean> | null = null;
  #closed = false;

  constructor(o: EventQueueOptions) {
    this.#o = o;
  }

  get depth(): number {
    return this.#waiting.length;
  }

  add(event: NewEvent): void {
    if (this.#closed || this.#waiting.length >= MAX_WAITING) {
      this.#o.onDropped(1);
      return;
    }
    this.#waiting.push(event);
    this.#arm(LINGER_MS);
  }

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#closed = true;
    await this.#running;
    for (let tries = 0; this.#waiting.length > 0 && tries < CLOSE_TRIES; ) {
      if (!(await this.#flush())) tries++;
    }
    if (this.#waiting.length > 0) this.#o.onDropped(this.#waiting.length);
  }

  #arm(delayMs: number): void {
    if (this.#closed || this.#timer || this.#running) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#running = this.#flush();
      void this.#running.then((stored) => {
        this.#running = null;
        if (this.#waiting.length > 0) this.#arm(stored ? 0 : RETRY_MS);
      });
    }, delayMs);
  }

  async #flush(): Promise<boolean> {
    const group = this.#waiting.slice(0, MAX_GROUP);
    if (group.length === 0) return true;
    try {
      await this.#o.store.append(group);
    } catch {
      return false;
    }
    this.#waiting = this.#waiting.slice(group.length);
    this.#o.onStored(group.length);
    return true;
  }
}
