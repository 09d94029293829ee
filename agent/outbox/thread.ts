/** The worker thread seen from the main one: started, spoken to, its answers to reads matched, its death reported. */
import { Worker } from 'node:worker_threads';
import type { Lane } from '@skein/protocol/fleet';
import type { FromWorker, ToWorker } from './messages.ts';
import type { PageRow } from './reader.ts';

const READ_WAIT_MS = 30_000;

export interface ThreadEvents {
  /** Everything but answers to reads. */
  readonly onMessage: (message: Exclude<FromWorker, { type: 'page' }>) => void;
  /** It ended by itself; it may be started again. */
  readonly onDied: (detail: string) => void;
  readonly onReadTimeout: () => void;
}

type Settle = (rows: readonly PageRow[] | null) => void;

export class StoreThread {
  readonly #events: ThreadEvents;
  readonly #readings = new Map<number, Settle>();
  #worker: Worker | null = null;
  #readId = 0;

  constructor(events: ThreadEvents) {
    this.#events = events;
  }

  get running(): boolean {
    return this.#worker !== null;
  }

  start(): void {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { name: 'outbox' });
    this.#worker = worker;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'page') this.#readings.get(message.id)?.(message.rows);
      else this.#events.onMessage(message);
    });
    const died = (detail: string) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.dropReads();
      this.#events.onDied(detail);
    };
    worker.on('error', (error) => died(String(error)));
    worker.on('exit', (code) => died(`exit code ${code}`));
  }

  tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  /** Rows of the file; null when they cannot be had, or not within 30 s. */
  read(epoch: string, lane: Lane, from: number, maxBytes: number): Promise<readonly PageRow[] | null> {
    const id = this.#readId++;
    return new Promise((resolve) => {
      const settle: Settle = (rows) => {
        clearTimeout(timer);
        this.#readings.delete(id);
        resolve(rows);
      };
      const timer = setTimeout(() => {
        this.#events.onReadTimeout();
        settle(null);
      }, READ_WAIT_MS);
      this.#readings.set(id, settle);
      this.tell({ type: 'read', id, epoch, lane, from, maxBytes });
    });
  }

  /** Nobody will answer the reads under way. */
  dropReads(): void {
    for (const settle of [...this.#readings.values()]) settle(null);
  }

  /** Ends the thread; whatever it was doing is lost, which is what durable means. */
  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}
