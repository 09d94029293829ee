/** The worker thread seen from the main one: started, spoken to, its answers to reads matched, its death reported. */
import { Worker } from 'node:worker_threads';
import type { Lane } from '@skein/protocol/fleet';
import type { FromWorker, ToWorker } from './messages.ts';
import type { PageRow } from './reader.ts';
import type { Timers } from './timers.ts';

const READ_WAIT_MS = 30_000;

/** Everything but answers to reads and the end. */
export type StoreMessage = Exclude<FromWorker, { type: 'page' | 'closed' }>;

export interface ThreadEvents {
  readonly onMessage: (message: StoreMessage) => void;
  /** It ended by itself; it may be started again. */
  readonly onDied: (detail: string) => void;
  readonly onReadTimeout: () => void;
}

/** The worker behind it: a thread, or what stands for one in virtual time. `died` comes once, `message` never after it. */
export interface StoreWorker {
  postMessage(message: ToWorker): void;
  terminate(): Promise<unknown>;
}
export type SpawnStore = (on: {
  readonly message: (message: FromWorker) => void;
  readonly died: (detail: string) => void;
}) => StoreWorker;

export const spawnThread: SpawnStore = ({ message, died }) => {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { name: 'outbox' });
  worker.on('message', message);
  worker.on('error', (error) => died(String(error)));
  worker.on('exit', (code) => died(`exit code ${code}`));
  return worker;
};

type Settle = (rows: readonly PageRow[] | null) => void;

export class StoreThread {
  readonly #spawn: SpawnStore;
  readonly #timers: Timers;
  readonly #events: ThreadEvents;
  readonly #readings = new Map<number, Settle>();
  #worker: StoreWorker | null = null;
  #readId = 0;
  #closed: () => void = () => {};

  constructor(spawn: SpawnStore, timers: Timers, events: ThreadEvents) {
    this.#spawn = spawn;
    this.#timers = timers;
    this.#events = events;
  }

  get running(): boolean {
    return this.#worker !== null;
  }

  start(): void {
    const worker = this.#spawn({
      message: (message) => {
        if (message.type === 'page') this.#readings.get(message.id)?.(message.rows);
        else if (message.type === 'closed') this.#closed();
        else this.#events.onMessage(message);
      },
      died: (detail) => {
        if (this.#worker !== worker) return;
        this.#worker = null;
        this.#closed();
        this.dropReads();
        this.#events.onDied(detail);
      },
    });
    this.#worker = worker;
  }

  tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Rows of the file; null when they cannot be had, or not within 30 s. */
  read(epoch: string, lane: Lane, from: number, maxBytes: number): Promise<readonly PageRow[] | null> {
    const id = this.#readId++;
    return new Promise((resolve) => {
      const settle: Settle = (rows) => {
        callOff();
        this.#readings.delete(id);
        resolve(rows);
      };
      const callOff = this.#timers.after(READ_WAIT_MS, () => {
        this.#events.onReadTimeout();
        settle(null);
      });
      this.#readings.set(id, settle);
      this.tell({ type: 'read', id, epoch, lane, from, maxBytes });
    });
  }

  /** Nobody will answer the reads under way. */
  dropReads(): void {
    for (const settle of [...this.#readings.values()]) settle(null);
  }

  /** Lets it end in order, until the deadline; then whatever it was doing is lost, which is what durable means. */
  async close(last: ToWorker & { type: 'close' }, deadline: Promise<void>): Promise<void> {
    if (!this.running) return;
    const closed = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    this.tell(last);
    await Promise.race([closed, deadline]);
    await this.#end();
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}
