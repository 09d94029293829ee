/**
 * The store on SQLite: one thread that writes, one that reads, nothing of it on the main thread.
 *
 *   commit, positions, events… ──► writer thread ──► telemetry/<day>.db, core.db (WAL, FULL)
 *   series, feed               ──► reader thread ──► the same files, read-only
 */
import { StoreError, type StoreErrorCode } from './errors.ts';
import { packItems } from './packing.ts';
import type {
  CommandQuery,
  CommandState,
  CommitResult,
  DeadLetter,
  DeadLetterPick,
  DeadLetterQuery,
  DocumentKeyUse,
  DocumentQuery,
  DocumentState,
  DroneRecord,
  EventBlock,
  EventQuery,
  EventSearch,
  FoundEvents,
  ItineraryState,
  KeyUse,
  NewEvent,
  Series,
  SeriesQuery,
  StandState,
  Store,
  StoredEvent,
  StoreItem,
  StoreStats,
  StreamPosition,
  WebhookState,
  WebhookStep,
} from './port.ts';
import { monotonicMs } from './query-bound.ts';
import { Respawn } from './respawn.ts';
import { type Committed, type Role, WorkerClient, type WorkerOptions } from './rpc.ts';

const CLOSE_DEADLINE_MS = 10_000;
/** Queries waiting for the reader; past it they are turned away at once. */
const MAX_WAITING_READS = 32;
const REOPEN_MS = 2000;
/** From its asking, the time in which a query has to be answered. */
const QUERY_MS = 10_000;

export interface SqliteStoreOptions extends Omit<WorkerOptions, 'reserveBytes'> {
  /** Kept free for what goes on when the disk is full; none unless said. */
  readonly reserveBytes?: number;
  /** A thread ended by itself and is being started again. */
  readonly onWorkerDeath?: (role: Role, reason: string) => void;
  /** Where a day's batches lie could not be written down; done later, nothing is lost. In words. */
  readonly onUnsettled?: (why: string) => void;
  /** How long a query of history may take, waiting included, ms. */
  readonly queryMs?: number;
  /** Our clock, µs UTC, for the stamps of events; left out: the system's. */
  readonly utcUs?: () => number;
  /** The newest event that is durable: at the start, and after each commit that brought some. */
  readonly onEvents?: (newestId: number) => void;
}

export class SqliteStore implements Store {
  readonly #o: SqliteStoreOptions;
  #writer: WorkerClient | null = null;
  #reader: WorkerClient | null = null;
  #closed = false;
  readonly #respawns = { writer: new Respawn(), reader: new Respawn() };
  readonly #timers = new Map<Role, NodeJS.Timeout>();

  constructor(o: SqliteStoreOptions) {
    this.#o = o;
  }

  async start(): Promise<void> {
    const writer = this.#spawn('writer');
    this.#writer = writer;
    // Beside it: each takes its time to load, and the reader opens nothing before it is asked.
    this.#reader = this.#spawn('reader');
    try {
      const newest = await writer.ask<number>({ call: 'start' });
      this.#o.onEvents?.(newest);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async commit(items: readonly StoreItem[], nowUtcUs: number): Promise<CommitResult> {
    const packed = packItems(items);
    const buffers = [packed.bytes.buffer, packed.index.buffer];
    const { result, newest } = await this.#write<Committed>({ call: 'commit', args: { packed, nowUtcUs } }, buffers);
    if (newest !== null) this.#o.onEvents?.(newest);
    return result;
  }

  positions(drone: string, epochs: readonly string[]): Promise<readonly StreamPosition[]> {
    return this.#write({ call: 'positions', args: { drone, epochs } });
  }

  drones(): Promise<readonly DroneRecord[]> {
    return this.#write({ call: 'drones' });
  }

  saveDrones(records: readonly DroneRecord[]): Promise<void> {
    return this.#write({ call: 'saveDrones', args: records });
  }

  async append(events: readonly NewEvent[]): Promise<readonly StoredEvent[]> {
    const nowUtcUs = this.#o.utcUs?.() ?? Date.now() * 1e3;
    const stored = await this.#write<StoredEvent[]>({ call: 'append', args: { events, nowUtcUs } });
    const newest = stored.at(-1)?.id;
    if (newest !== undefined) this.#o.onEvents?.(newest);
    return stored;
  }

  events(query: EventQuery): Promise<readonly StoredEvent[]> {
    return this.#read({ call: 'events', args: query });
  }

  searchEvents(query: EventSearch): Promise<FoundEvents> {
    return this.#read({ call: 'searchEvents', args: query });
  }

  series(query: SeriesQuery): Promise<Series> {
    const untilMs = monotonicMs() + (this.#o.queryMs ?? QUERY_MS);
    return this.#read({ call: 'series', args: { query, untilMs } });
  }

  command(id: string): Promise<CommandState | null> {
    return this.#read({ call: 'command', args: id });
  }

  commands(query: CommandQuery): Promise<readonly CommandState[]> {
    return this.#read({ call: 'commands', args: query });
  }

  openCommands(): Promise<readonly CommandState[]> {
    return this.#read({ call: 'openCommands' });
  }

  recentDeliveries(perDrone: number): Promise<readonly CommandState[]> {
    return this.#read({ call: 'recentDeliveries', args: perDrone });
  }

  commandKeys(query: { sinceUtcUs: number; limit: number }): Promise<readonly KeyUse[]> {
    return this.#read({ call: 'commandKeys', args: query });
  }

  itinerary(id: string): Promise<ItineraryState | null> {
    return this.#read({ call: 'itinerary', args: id });
  }

  itineraries(query: { before?: string; limit: number }): Promise<readonly ItineraryState[]> {
    return this.#read({ call: 'itineraries', args: query });
  }

  openItineraries(): Promise<readonly ItineraryState[]> {
    return this.#read({ call: 'openItineraries' });
  }

  lastStands(): Promise<readonly { readonly itinerary: string; readonly stand: StandState }[]> {
    return this.#read({ call: 'lastStands' });
  }

  itineraryKeys(query: { sinceUtcUs: number; limit: number }): Promise<readonly KeyUse[]> {
    return this.#read({ call: 'itineraryKeys', args: query });
  }

  document(entity: string): Promise<DocumentState | null> {
    return this.#read({ call: 'document', args: entity });
  }

  documents(query: DocumentQuery): Promise<readonly DocumentState[]> {
    return this.#read({ call: 'documents', args: query });
  }

  documentKeys(query: { kind: string; sinceUtcUs: number; limit: number }): Promise<readonly DocumentKeyUse[]> {
    return this.#read({ call: 'documentKeys', args: query });
  }

  block(afterId: number): Promise<EventBlock | null> {
    return this.#read({ call: 'block', args: afterId });
  }

  webhooks(): Promise<readonly WebhookState[]> {
    return this.#write({ call: 'webhooks' });
  }

  saveWebhook(step: WebhookStep): Promise<WebhookState> {
    return this.#write({ call: 'saveWebhook', args: step });
  }

  deadLetters(query: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    return this.#read({ call: 'deadLetters', args: query });
  }

  resendDeadLetters(query: DeadLetterPick): Promise<number> {
    return this.#write({ call: 'resendDeadLetters', args: query });
  }

  discardDeadLetters(query: DeadLetterPick): Promise<number> {
    return this.#write({ call: 'discardDeadLetters', args: query });
  }

  rebuild(): Promise<number> {
    return this.#write({ call: 'rebuild' });
  }

  retain(nowUtcUs: number): Promise<readonly string[]> {
    return this.#write({ call: 'retain', args: nowUtcUs });
  }

  stats(): Promise<StoreStats> {
    return this.#write({ call: 'stats' });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#reader?.close(CLOSE_DEADLINE_MS);
    await this.#writer?.close(CLOSE_DEADLINE_MS);
  }

  #write<T>(...request: Parameters<WorkerClient['ask']>): Promise<T> {
    return this.#writer?.ask<T>(...request) ?? Promise.reject(new StoreError('closed', request[0].call));
  }

  #read<T>(...request: Parameters<WorkerClient['ask']>): Promise<T> {
    const reader = this.#reader;
    const refuse = (code: StoreErrorCode) => Promise.reject(new StoreError(code, request[0].call));
    if (reader === null) return refuse('closed');
    return reader.pending >= MAX_WAITING_READS ? refuse('busy') : reader.ask<T>(...request);
  }

  #spawn(role: Role): WorkerClient {
    const { dataDir, budgetBytes, keepDays, syncCommits, reserveBytes = 0 } = this.#o;
    const options = { dataDir, budgetBytes, keepDays, syncCommits, reserveBytes };
    return new WorkerClient(role, options, {
      death: (reason) => this.#respawn(role, reason),
      notice: ({ unsettled }) => this.#o.onUnsettled?.(unsettled),
    });
  }

  /** At once the first time, later after a pause that doubles; meanwhile requests are refused as `worker-died`. */
  #respawn(role: Role, reason: string): void {
    if (this.#closed) return;
    this.#o.onWorkerDeath?.(role, reason);
    const start = () => {
      const again = this.#spawn(role);
      if (role === 'reader') this.#reader = again;
      else {
        this.#writer = again;
        void this.#reopen(again);
      }
    };
    this.#timers.set(role, setTimeout(start, this.#respawns[role].pauseMs(performance.now())));
  }

  /** A new writer thread opens the files; while it cannot, every commit fails and is tried again by its caller. */
  async #reopen(writer: WorkerClient): Promise<void> {
    while (!this.#closed && this.#writer === writer) {
      try {
        await writer.ask({ call: 'start' });
        return;
      } catch (error) {
        this.#o.onWorkerDeath?.('writer', error instanceof Error ? error.message : String(error));
        await new Promise((resolve) => setTimeout(resolve, REOPEN_MS));
      }
    }
  }
}
