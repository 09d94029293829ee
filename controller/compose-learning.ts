/** What drones really draw, learnt from the flights of orders, wired to orders, to the store and to planning's model. */
import { DEFAULT_LIMITS } from '@skein/protocol/fleet';
import type { AllRecords } from './compose-records.ts';
import type { Config } from './config.ts';
import {
  type CalibrationDoc,
  type Flown,
  type Kept,
  LEARNING_COUNTERS,
  Learning,
  type Telemetry,
} from './learning/index.ts';
import type { Metrics } from './metrics/index.ts';
import { type Order, orderOf } from './orders/index.ts';
import { type Airframe, calibrate, powerW } from './planning/index.ts';
import type { Records } from './records/index.ts';
import type { Store } from './store/index.ts';
import { systemTimers } from './timers.ts';

export interface LearningWiring {
  readonly config: Pick<Config, 'itineraries'>;
  readonly records: AllRecords;
  readonly store: Pick<Store, 'series'>;
  readonly clock: { utcUs(): number };
  readonly metrics: Metrics;
  readonly airframeOf: (drone: string) => Airframe;
}

type OrderRecords = Records<Record<string, unknown>>;

/** An orders' list of a day; who has flown more learns of the rest as it goes. */
const RECENT = 200;
const MAX_ROWS = 50_000;
/** Names of drones come again: all of them stay in memory. */
const ALL = { closedKept: Number.POSITIVE_INFINITY } as const;

export function makeLearning(
  { config, records, store, clock, metrics, airframeOf }: LearningWiring,
  orders: OrderRecords,
) {
  const { batteryWh: _wh, noFlyFile: _file, ceilingAmslM: _m, ...own } = config.itineraries;
  const limits = { ...DEFAULT_LIMITS, ...own };
  const learning = new Learning({
    kept: records.of<CalibrationDoc>('calibration', ALL) as unknown as Kept<CalibrationDoc>,
    telemetry: (drone, q) => telemetryOf(store, drone, q),
    power: (phase, mass) => powerW(phase, mass, limits),
    airframe: airframeOf,
    calibrate,
    recent: async () => {
      const all = await orders.list({ open: false, limit: RECENT });
      return all.flatMap(({ id, doc }) => deliveriesOf(id, orderOf(doc)));
    },
    ...{ clock, timers: systemTimers, count: metrics.counters('learning', LEARNING_COUNTERS) },
  });
  orders.onChange(({ id, doc, atUtcUs }, before) => {
    const order = orderOf(doc);
    const was = before === null ? null : orderOf(before.doc);
    if (order.attempt !== was?.attempt) for (const flown of deliveriesOf(id, order)) learning.flown(flown);
    if (order.state === 'loading' && was?.state === 'ferrying')
      for (const flown of ferriesOf(id, order, atUtcUs)) learning.flown(flown);
  });
  metrics.gauge('learning_waiting', 'flights whose telemetry is waited for', () => learning.waiting);
  return learning;
}

function deliveriesOf(id: string, order: Order): readonly Flown[] {
  return Object.values(order.attempts).flatMap(({ drone, delivery, deliveredUtcUs, end }) => {
    if (end?.how !== 'delivered' || delivery?.startedUtcUs == null) return [];
    const { itinerary, startedUtcUs, startUtcUs, endsUtcUs } = delivery;
    const times = { fromUtcUs: startedUtcUs, toUtcUs: end.atUtcUs, releasedUtcUs: deliveredUtcUs };
    const key = `${itinerary.id}@${itinerary.version}`;
    return [
      { key, order: id, drone, ...times, payloadKg: order.wish.payloadKg, plannedS: (endsUtcUs - startUtcUs) / 1e6 },
    ];
  });
}

function ferriesOf(id: string, order: Order, toUtcUs: number): readonly Flown[] {
  const { drone, ferry } = order.attempts[order.attempt ?? 0] ?? {};
  if (drone === undefined || ferry?.startedUtcUs == null) return [];
  const { itinerary, startedUtcUs, startUtcUs, endsUtcUs } = ferry;
  const about = { key: `${itinerary.id}@${itinerary.version}`, order: id, drone, payloadKg: 0, releasedUtcUs: null };
  return [{ ...about, fromUtcUs: startedUtcUs, toUtcUs, plannedS: (endsUtcUs - startUtcUs) / 1e6 }];
}

async function telemetryOf(
  store: Pick<Store, 'series'>,
  drone: string,
  q: { fromUtcUs: number; toUtcUs: number },
): Promise<Telemetry> {
  const read = async <N extends string>(kind: string, columns: readonly N[]) => {
    const found = await store.series({ ...q, drone, kind, columns, maxPoints: MAX_ROWS });
    return found.timesUtcUs.map((atUtcUs, i) => ({ atUtcUs, cell: (name: N) => found.columns[name]?.[i] ?? null }));
  };
  const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const status = await read('status', ['armed']);
  const air = await read('air', ['groundSpeedMps', 'airSpeedMps', 'climbMps']);
  const columns = ['instance', 'voltageV', 'currentA', 'consumedMah', 'consumedJ', 'remainingPct'] as const;
  const told = await read('battery', columns);
  const battery = told.filter(({ cell }) => (cell('instance') ?? 0) === 0);
  return {
    status: status.map(({ atUtcUs, cell }) => {
      const armed = cell('armed');
      return { atUtcUs, armed: typeof armed === 'boolean' ? armed : null };
    }),
    air: air.map(({ atUtcUs, cell }) => ({
      ...{ atUtcUs, groundSpeedMps: number(cell('groundSpeedMps')) },
      ...{ airSpeedMps: number(cell('airSpeedMps')), climbMps: number(cell('climbMps')) },
    })),
    battery: battery.map(({ atUtcUs, cell }) => ({
      ...{ atUtcUs, voltageV: number(cell('voltageV')), currentA: number(cell('currentA')) },
      ...{ consumedMah: number(cell('consumedMah')), consumedJ: number(cell('consumedJ')) },
      remainingPct: number(cell('remainingPct')),
    })),
    batteries: new Set(told.map(({ cell }) => cell('instance') ?? 0)).size,
  };
}
