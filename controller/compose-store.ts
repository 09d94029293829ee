/** The databases and the queue of events before them, with what of them shows on /metrics. */
import type { Config } from './config.ts';
import type { Metrics } from './metrics/index.ts';
import type { ControllerPorts } from './outside.ts';
import { EventQueue, SqliteStore } from './store/index.ts';

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
  const store =
    ports.store ??
    new SqliteStore({
      dataDir: config.dataDir,
      budgetBytes: config.store.budgetMB * 1e6,
      keepDays: config.store.keepDays,
      reserveBytes: config.store.reserveMB * 1e6,
      syncCommits: config.store.syncCommits,
      utcUs: clock.utcUs,
      onWorkerDeath: (role, reason) => {
        countStore('workerDied');
        log.error({ role, reason }, 'a database thread ended; it is started again');
      },
      onUnsettled: (why) => {
        countStore('unsettled');
        log.warn({ why }, 'a day file could not be settled; nothing is lost, and it is tried again');
      },
    });
  const countEvents = metrics.counters('events', EVENT_COUNTERS);
  const events = new EventQueue({
    store,
    onStored: (n) => countEvents('stored', n),
    onDropped: (n) => countEvents('dropped', n),
  });
  return { store, events, countStore };
}
