/** What /metrics shows of the present moment. Counters stand in each folder's ports. */
import type { Bus } from './broker/index.ts';
import type { Commands } from './commands/index.ts';
import type { Fleet } from './fleet/index.ts';
import type { Ingest } from './ingest/index.ts';
import type { Itineraries } from './itineraries/index.ts';
import type { LiveHub } from './live/index.ts';
import type { Metrics } from './metrics/index.ts';
import type { EventQueue, StoreStats } from './store/index.ts';

export interface Measured {
  readonly ingest: Ingest;
  readonly events: EventQueue;
  readonly bus: Bus;
  readonly fleet: Fleet;
  readonly live: LiveHub;
  readonly commands: Commands;
  readonly itineraries: Itineraries;
  readonly records: { readonly unwritten: number };
}

const STORE_STATES = ['ok', 'slow', 'failed'];

const FLEET_GAUGES = {
  fleet_online: 'drones online',
  fleet_fresh: 'drones whose newest live sample of the vehicle is at most 3 s old',
  fleet_stale: 'drones for which it is older, up to 30 s',
  fleet_lost: 'drones for which it is older than 30 s: switched off, or out of touch',
  fleet_never: 'drones of which no live sample has come since this controller started',
  fleet_untrusted: 'fresh drones whose position may not be acted on',
  fleet_conflicts: 'drones of which two boards say that they are it',
  fleet_backlog_batches: 'batches that drones hold and that are not committed here',
  fleet_oldest_unsent_seconds:
    'age of the oldest of these at the drone that is furthest behind, where its time is known',
} as const;

export function gauges(metrics: Metrics, measured: Measured): void {
  const { ingest, events, bus, fleet, live, commands, itineraries, records } = measured;
  metrics.gauge('ingest_queue_bytes', 'bytes waiting for their commit', () => ingest.depthBytes);
  metrics.gauge('ingest_queue_items', 'envelopes waiting for their commit', () => ingest.depthItems);
  metrics.gauge('ingest_oldest_seconds', 'age of the oldest envelope not yet committed', () => ingest.ageS);
  metrics.gauge('ingest_window_bytes', 'window a history lane would be told now', () => ingest.windowBytes);
  metrics.gauge('store_state', '0 ok, 1 slow, 2 failed', () => STORE_STATES.indexOf(ingest.health.state));
  metrics.gauge('events_queue', 'events waiting to be stored', () => events.depth);
  metrics.gauge('broker_queue', 'messages waiting inside the broker', () => bus.depth);
  metrics.gauge('broker_connections', 'MQTT connections', () => bus.connections);
  metrics.gauge('fleet_drones', 'drones known', () => fleet.size);
  metrics.gauges(FLEET_GAUGES, () => {
    const { online, fresh, stale, lost, never, untrusted, conflicts, backlogBatches, oldestUnsentS } = fleet.tally();
    return {
      fleet_online: online,
      ...{ fleet_fresh: fresh, fleet_stale: stale, fleet_lost: lost, fleet_never: never },
      ...{ fleet_untrusted: untrusted, fleet_conflicts: conflicts },
      ...{ fleet_backlog_batches: backlogBatches, fleet_oldest_unsent_seconds: oldestUnsentS },
    };
  });
  metrics.gauge('commands_open', 'deliveries that are not final', () => commands.openDeliveries);
  metrics.gauge('commands_unwritten', 'events of commands not yet durable', () => commands.unwritten);
  metrics.gauge(
    'itineraries_open',
    'itineraries on drones that something may still come of',
    () => itineraries.openStands,
  );
  metrics.gauge('itineraries_unwritten', 'events of itineraries not yet durable', () => itineraries.unwritten);
  metrics.gauge('records_unwritten', 'events of documents not yet durable', () => records.unwritten);
  metrics.gauge('live_clients', 'pages connected', () => live.clients);
}

export interface StoreMeasured {
  readonly stats: () => StoreStats;
  readonly utcUs: () => number;
  readonly budgetMB: number;
  readonly reserveMB: number;
}

export function storeGauges(metrics: Metrics, { stats, utcUs, budgetMB, reserveMB }: StoreMeasured): void {
  metrics.gauge('store_telemetry_bytes', 'telemetry on disk', () => stats().telemetryBytes);
  metrics.gauge('store_telemetry_budget_bytes', 'store.budgetMB: past it the oldest days go', () => budgetMB * 1e6);
  metrics.gauge('store_days', 'days of telemetry on disk', () => stats().days);
  metrics.gauge('store_oldest_day_seconds', 'since the oldest day of telemetry began', () => {
    const { oldestDay } = stats();
    return oldestDay === null ? 0 : utcUs() / 1e6 - Date.parse(oldestDay) / 1e3;
  });
  metrics.gauge('store_reserve_bytes', 'left for events, commands, urgent on a full disk', () => stats().reserveBytes);
  metrics.gauge('store_reserve_whole_bytes', 'store.reserveMB: what it is when whole', () => reserveMB * 1e6);
}
