/** Requests to a store thread and their answers; every request settles, also when the thread ends. */
import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';
import { StoreError, type StoreErrorCode } from './errors.ts';
import type { PackedItems } from './packing.ts';
import type {
  CommandQuery,
  CommitResult,
  DeadLetterPick,
  DeadLetterQuery,
  DocumentQuery,
  DroneRecord,
  EventQuery,
  EventSearch,
  NewEvent,
  SeriesQuery,
  WebhookStep,
} from './port.ts';

export type Role = 'writer' | 'reader';

export interface WorkerOptions {
  readonly dataDir: string;
  readonly budgetBytes: number;
  readonly keepDays: number;
  readonly syncCommits: boolean;
  readonly reserveBytes: number;
}

type PlainCall =
  | 'start'
  | 'drones'
  | 'stats'
  | 'rebuild'
  | 'openCommands'
  | 'openItineraries'
  | 'lastStands'
  | 'webhooks'
  | 'close';

export type Request =
  | { readonly call: PlainCall; readonly args?: null }
  | { readonly call: 'commit'; readonly args: { readonly packed: PackedItems; readonly nowUtcUs: number } }
  | { readonly call: 'positions'; readonly args: { readonly drone: string; readonly epochs: readonly string[] } }
  | { readonly call: 'saveDrones'; readonly args: readonly DroneRecord[] }
  | { readonly call: 'append'; readonly args: { readonly events: readonly NewEvent[]; readonly nowUtcUs: number } }
  | { readonly call: 'events'; readonly args: EventQuery }
  | { readonly call: 'searchEvents'; readonly args: EventSearch }
  | { readonly call: 'series'; readonly args: { readonly query: SeriesQuery; readonly untilMs: number } }
  | { readonly call: 'command'; readonly args: string }
  | { readonly call: 'commands'; readonly args: CommandQuery }
  | { readonly call: 'itinerary'; readonly args: string }
  | { readonly call: 'itineraries'; readonly args: { readonly before?: string; readonly limit: number } }
  | { readonly call: 'recentDeliveries' | 'block'; readonly args: number }
  | {
      readonly call: 'commandKeys' | 'itineraryKeys';
      readonly args: { readonly sinceUtcUs: number; readonly limit: number };
    }
  | { readonly call: 'document'; readonly args: string }
  | { readonly call: 'documents'; readonly args: DocumentQuery }
  | {
      readonly call: 'documentKeys';
      readonly args: { readonly kind: string; readonly sinceUtcUs: number; readonly limit: number };
    }
  | { readonly call: 'saveWebhook'; readonly args: WebhookStep }
  | { readonly call: 'deadLetters'; readonly args: DeadLetterQuery }
  | { readonly call: 'resendDeadLetters' | 'discardDeadLetters'; readonly args: DeadLetterPick }
  | { readonly call: 'retain'; readonly args: number };

/** What a commit did, and the newest event when it brought some. */
export interface Committed {
  readonly result: CommitResult;
  readonly newest: number | null;
}

export type Reply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly code: StoreErrorCode; readonly detail: string };

/** What a thread says without having been asked. */
export interface Notice {
  /** Which day could not be settled, and why. */
  readonly unsettled: string;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: StoreError) => void;
}

export class WorkerClient {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #next = 1;
  #alive = true;
  #died = false;

  constructor(
    role: Role,
    options: WorkerOptions,
    on: {
      /** The thread has ended without having been told to. */
      readonly death: (reason: string) => void;
      readonly notice: (notice: Notice) => void;
    },
  ) {
    // No flags of the main thread: loaders that tests or tools put there would cost each thread its own second.
    const compileCache = getCompileCacheDir() !== undefined;
    const settings = { workerData: { ...options, role, compileCache }, execArgv: [], name: `store-${role}` };
    this.#worker = new Worker(new URL('./worker-start.ts', import.meta.url), settings);
    let reason = 'ended';
    this.#worker.on('message', (said: Reply | Notice) => {
      if ('unsettled' in said) on.notice(said);
      else this.#settle(said);
    });
    this.#worker.on('error', (error) => {
      reason = String(error);
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        const expected = !this.#alive;
        this.#died = !expected;
        this.#fail(expected ? 'closed' : 'worker-died', reason);
        resolve();
        if (!expected) on.death(reason);
      });
    });
  }

  get pending(): number {
    return this.#waiting.size;
  }

  /** Rejects with a StoreError. `transfer`: buffers that move instead of being copied. */
  ask<T>(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    if (!this.#alive) return Promise.reject(new StoreError(this.#died ? 'worker-died' : 'closed', request.call));
    const id = this.#next++;
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as T), reject });
      this.#worker.postMessage({ ...request, id }, [...transfer]);
    });
  }

  /** Lets what was asked before finish, for at most `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    if (!this.#alive) return this.#ended;
    const asked = this.ask<null>({ call: 'close' }).catch(() => null);
    this.#alive = false;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, deadlineMs);
    });
    await Promise.race([asked, late]);
    clearTimeout(timer);
    await this.#worker.terminate();
    await this.#ended;
  }

  #settle(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (reply.ok) waiting?.resolve(reply.value);
    else waiting?.reject(new StoreError(reply.code, reply.detail));
  }

  #fail(code: StoreErrorCode, detail: string): void {
    this.#alive = false;
    for (const waiting of this.#waiting.values()) waiting.reject(new StoreError(code, detail));
    this.#waiting.clear();
  }
}
