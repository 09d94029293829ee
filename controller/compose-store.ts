/** The databases, the queue of events before them, who follows and who signs these, with what of them shows on /metrics. */
import type { Config } from './config.ts';
import { Feed } from './feed/index.ts';
import type { Metrics } from './metrics/index.ts';
import type { ControllerPorts } from './outside.ts';
import { CHECKPOINT_COUNTERS, Checkpointer, EventQueue, SqliteStore, type Store } from './store/index.ts';

const EVENT_COUNTERS = { stored: 'events stored', dropped: 'events dropped: the store has failed for long' } as const;
const STORE_COUNTERS = {
  workerDied: 'times a database thread ended and was started again',
  daysRemoved: 'days of telemetry removed for their age or the budget',
  closed: 'times the store took no history any more: disk full, failed',
  unsettled: 'times a day file could not be settled: nothing is lost, queries and the next start take longer',
} as const;

export function makeStore(config: Config, ports: ControllerPorts, metrics: Metrics) {
  const { clock, log } = ports;
  const countStore = metrics.counters('store', STORE_COUNTERS);
  const store: Store =
    ports.store ??
    new SqliteStore({
      dataDir: config.dataDir,
      budgetBytes: config.store.budgetMB * 1e6,
      keepDays: config.store.keepDays,
      reserveBytes: config.store.reserveMB * 1e6,
      syncCommits: config.store.syncCommits,
      utcUs: clock.utcUs,
      onEvents: (newest) => feed.told(newest),
      onWorkerDeath: (role, reason) => {
        countStore('workerDied');
        log.error({ role, reason }, 'a database thread ended; it is started again');
      },
      onUnsettled: (why) => {
        countStore('unsettled');
        log.warn({ why }, 'a day file could not be settled; nothing is lost, and it is tried again');
      },
    });
  const feed = new Feed(store);
  const countEvents = metrics.counters('events', EVENT_COUNTERS);
  const events = new EventQueue({
    store,
    onStored: (n) => countEvents('stored', n),
    onDropped: (n) => countEvents('dropped', n),
  });
  // Kept elsewhere, there is no directory in which to sign anything.
  const checkpointer =
    ports.store === undefined
      ? new Checkpointer({
          ...{ dataDir: config.dataDir, keyFile: config.events.keyFile, store, utcUs: clock.utcUs, log },
          event: (event) => events.add(event),
          count: metrics.counters('checkpoints', CHECKPOINT_COUNTERS),
        })
      : null;
  return { store, events, countStore, feed, checkpointer };
}
