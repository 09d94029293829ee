/** Documents, wired to the store: one queue of events for all kinds, so that what follows from something is stored after it. */
import { Keys, ulidMaker, WriteQueue } from './commands/index.ts';
import type { Metrics } from './metrics/index.ts';
import { RECORD_COUNTERS, Records } from './records/index.ts';
import type { Store } from './store/index.ts';
import { systemTimers as timers } from './timers.ts';

export interface RecordsWiring {
  readonly store: Store;
  readonly clock: { utcUs(): number };
  readonly random: () => number;
  readonly metrics: Metrics;
  readonly log: { warn(detail: object, message: string): void };
}

export interface AllRecords {
  /** Asked for once of each kind, before the start. `closedKept`: see RecordsOptions. */
  of<T extends object>(kind: string, o?: { readonly closedKept?: number }): Records<T>;
  /** Events not yet durable. */
  readonly unwritten: number;
  start(): Promise<void>;
  close(): Promise<void>;
}

export function makeRecords({ store, clock, random, metrics, log }: RecordsWiring): AllRecords {
  const count = metrics.counters('records', RECORD_COUNTERS);
  const writing = new WriteQueue({
    ...{ store, timers, name: 'record', run: ulidMaker(random)(clock.utcUs() / 1e3) },
    onFailure: (error, outcome) => {
      count(outcome === 'given up' ? 'writeLost' : 'writeFailed');
      log.warn({ reason: String(error), outcome }, 'changes of documents could not be written down');
    },
  });
  const starts = new Map<string, () => Promise<void>>();
  return {
    of<T extends object>(kind: string, o = {}) {
      if (starts.has(kind)) throw new Error(`records of ${kind} are made twice: two writers of one kind`);
      const records = new Records<T>({
        ...{ kind, store, writing, clock, count, timers, keys: new Keys() },
        ...o,
      });
      starts.set(kind, () => records.start());
      return records;
    },
    get unwritten() {
      return writing.depth;
    },
    async start() {
      for (const start of starts.values()) await start();
    },
    close: () => writing.close(),
  };
}
