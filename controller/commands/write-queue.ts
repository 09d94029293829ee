/**
 * Events of commands on their way to the store, in order. Whoever writes may wait until they are durable; a store that
 * fails is asked again, so that nothing that happened is forgotten while this process lives.
 */
import type { CommandEvent, CommandStore, Timers } from './ports.ts';

const MAX_GROUP = 1000;
const RETRY_MS = { min: 100, max: 5000 } as const;
const CLOSE_DEADLINE_MS = 3000;

interface Waiting {
  readonly events: readonly CommandEvent[];
  readonly done: (stored: boolean) => void;
}

export interface WriteQueueOptions {
  readonly store: Pick<CommandStore, 'append'>;
  readonly timers: Timers;
  /** What the keys of events begin with: `command`, unless said otherwise. */
  readonly name?: string;
  /** Unique to this run: an event written twice, because the answer to the first time got lost, is stored once. */
  readonly run: string;
  /** `given up`: the store calls it a bug of its own; nothing else would ever be written. */
  readonly onFailure: (error: unknown, outcome: 'tried again' | 'given up') => void;
}

export class WriteQueue {
  readonly #o: WriteQueueOptions;
  readonly #timers: Timers;
  #written = 0;
  /** One by one: the store refuses something in the group for a reason that no repetition mends. */
  #single = false;
  #waiting: Waiting[] = [];
  #running = false;
  #retry: (() => void) | null = null;
  #failures = 0;
  #closed = false;

  constructor(o: WriteQueueOptions) {
    this.#o = o;
    this.#timers = o.timers;
  }

  /** Events not yet durable. */
  get depth(): number {
    return this.#waiting.reduce((sum, one) => sum + one.events.length, 0);
  }

  get failing(): boolean {
    return this.#failures > 0;
  }

  /** Resolves once they are durable (true) or given up (false); never, when the process ends before. */
  write(events: readonly CommandEvent[]): Promise<boolean> {
    return new Promise((done) => {
      const keyed = events.map((event) => ({
        ...event,
        key: `${this.#o.name ?? 'command'}/${this.#o.run}/${++this.#written}`,
      }));
      this.#waiting.push({ events: keyed, done });
      void this.#run();
    });
  }

  /** Waits for what is queued, at most three seconds. */
  async close(): Promise<void> {
    let late = false;
    const callOff = this.#timers.after(CLOSE_DEADLINE_MS, () => {
      late = true;
    });
    while (this.#waiting.length > 0 && !late) {
      this.#retry?.();
      await new Promise<void>((resolve) => this.#timers.after(5, resolve));
    }
    callOff();
    this.#closed = true;
    this.#retry?.();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#waiting.length > 0 && !this.#closed) {
      const group = this.#group();
      try {
        await this.#o.store.append(group.flatMap((one) => one.events));
        this.#single = false;
        this.#taken(group, true);
      } catch (error) {
        if (isBug(error)) this.#isolate(group, error);
        else {
          this.#failures++;
          this.#o.onFailure(error, 'tried again');
          await this.#pause(Math.min(RETRY_MS.max, RETRY_MS.min * 2 ** (this.#failures - 1)));
        }
      }
    }
    this.#running = false;
  }

  #taken(group: readonly Waiting[], stored: boolean): void {
    this.#failures = 0;
    this.#waiting = this.#waiting.slice(group.length);
    for (const one of group) one.done(stored);
  }

  #isolate(group: readonly Waiting[], error: unknown): void {
    if (group.length === 1) {
      this.#o.onFailure(error, 'given up');
      this.#taken(group, false);
    }
    this.#single = group.length > 1;
  }

  #group(): readonly Waiting[] {
    if (this.#single) return this.#waiting.slice(0, 1);
    const group: Waiting[] = [];
    let events = 0;
    for (const one of this.#waiting) {
      if (events > 0 && events + one.events.length > MAX_GROUP) break;
      group.push(one);
      events += one.events.length;
    }
    return group;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        callOff();
        this.#retry = null;
        resolve();
      };
      const callOff = this.#timers.after(ms, go);
      this.#retry = go;
    });
  }
}

function isBug(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'internal';
}
