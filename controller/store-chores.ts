/**
 * What the store needs done now and then: the state of the fleet saved, days beyond age and budget removed, its size
 * looked at. Of each one at a time: a store that stands still is not asked twice.
 */
import type { Logger } from './outside.ts';
import type { DroneRecord, Store, StoreStats } from './store/index.ts';

const SAVE_MS = 5000;
const LOOK_MS = 5000;
/** A minute of a large fleet is what telemetry may be over its budget. */
const RETAIN_MS = 60_000;

export interface StoreChoresOptions {
  readonly store: Pick<Store, 'saveDrones' | 'retain' | 'stats'>;
  readonly fleet: { drainUnsaved(): readonly DroneRecord[]; markUnsaved(ids: readonly string[]): void };
  readonly utcUs: () => number;
  readonly log: Logger;
  readonly onDaysRemoved: (count: number) => void;
  /** Signs the day's checkpoint of the events, if it is not there yet. */
  readonly checkpoint: () => Promise<void>;
}

export class StoreChores {
  readonly #o: StoreChoresOptions;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #busy = new Map<() => Promise<void>, Promise<void>>();
  #stats: StoreStats = { telemetryBytes: 0, days: 0, oldestDay: null, reserveBytes: 0 };

  constructor(o: StoreChoresOptions) {
    this.#o = o;
  }

  /** As it was seen last, at most some seconds ago while the store answers. */
  get stats(): StoreStats {
    return this.#stats;
  }

  start(): void {
    const every = (ms: number, work: () => Promise<void>) => this.#timers.push(setInterval(() => this.#once(work), ms));
    every(SAVE_MS, this.#save);
    every(LOOK_MS, this.#look);
    every(RETAIN_MS, this.#retain);
    every(RETAIN_MS, this.#o.checkpoint);
    void this.#once(this.#o.checkpoint);
    void this.#once(this.#retain).then(() => this.#once(this.#look));
  }

  /** Saves what is left to save. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#busy.get(this.#save);
    await this.#save();
  }

  #once(work: () => Promise<void>): Promise<void> {
    const running = this.#busy.get(work) ?? work().finally(() => this.#busy.delete(work));
    this.#busy.set(work, running);
    return running;
  }

  readonly #save = async (): Promise<void> => {
    const { fleet, store, log } = this.#o;
    const records = fleet.drainUnsaved();
    if (records.length === 0) return;
    try {
      await store.saveDrones(records);
    } catch (error) {
      fleet.markUnsaved(records.map((record) => record.id));
      log.warn({ err: error }, 'the state of the fleet could not be saved; it is tried again');
    }
  };

  readonly #retain = async (): Promise<void> => {
    const { store, utcUs, log, onDaysRemoved } = this.#o;
    try {
      const days = await store.retain(utcUs());
      onDaysRemoved(days.length);
      if (days.length > 0) log.info({ days }, 'days of telemetry removed: store.keepDays, store.budgetMB');
    } catch (error) {
      log.warn({ err: error }, 'old telemetry could not be removed');
    }
  };

  readonly #look = async (): Promise<void> => {
    try {
      this.#stats = await this.#o.store.stats();
    } catch (error) {
      this.#o.log.warn({ err: error }, 'the size of the store could not be looked at');
    }
  };
}
