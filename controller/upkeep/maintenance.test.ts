import type { MaintenanceLimits } from '@skein/protocol/fleet/configuration';
import t from 'tap';
import { MemoryStore, memoryRecords } from '../testing/memory-records.ts';
import type { BatteryAt } from './discharge.ts';
import { type ClimbAt, flightsIn, type StatusAt } from './flights.ts';
import {
  type BaselineDoc,
  type Kept,
  type ListDoc,
  Maintenance,
  type PackDoc,
  Packs,
  type SnapshotDoc,
  Snapshots,
  type Telemetry,
  type UpkeepDoc,
} from './index.ts';

const START_US = 1_764_000_000e6;
const ANN = { kind: 'operator', name: 'Ann' } as const;

/** Stored telemetry: each sample with when it arrived. */
class Stored implements Telemetry {
  readonly samples: (StatusAt & { readonly climbMps: number; readonly arrivedUtcUs: number })[] = [];
  async status(_drone: string, q: { fromUtcUs: number; toUtcUs: number; arrivedFromUtcUs?: number }) {
    return this.samples
      .filter(
        (one) => one.atUtcUs >= q.fromUtcUs && one.atUtcUs < q.toUtcUs && one.arrivedUtcUs >= (q.arrivedFromUtcUs ?? 0),
      )
      .sort((a, b) => a.atUtcUs - b.atUtcUs);
  }
  async climbs(drone: string, q: { fromUtcUs: number; toUtcUs: number }): Promise<readonly ClimbAt[]> {
    return this.status(drone, q);
  }
  async batteries(): Promise<readonly BatteryAt[]> {
    return [];
  }
  async packs() {
    return [];
  }
  async parameters() {
    return [];
  }
  /** Armed for `s`, up for all of it but 10 s at either end; `part`: only these seconds of it. */
  flight(atS: number, s: number, o: { touchMps?: number; arrivesS?: number; part?: readonly [number, number] } = {}) {
    const [first, last] = o.part ?? [-1, s];
    for (let i = first; i <= last; i++) {
      const isArmed = i >= 0 && i < s;
      const atUtcUs = START_US + (atS + i) * 1e6;
      this.samples.push({
        ...{ atUtcUs, armed: isArmed, landed: isArmed && i >= 10 && i < s - 10 ? 'in-air' : 'on-ground' },
        ...{
          climbMps: i === s - 10 ? -(o.touchMps ?? 0.5) : 0,
          arrivedUtcUs: o.arrivesS === undefined ? atUtcUs : START_US + o.arrivesS * 1e6,
        },
      });
    }
  }
}

async function given(
  limits: MaintenanceLimits = {},
  stored = new Stored(),
  store = new MemoryStore(),
  from = START_US,
  drones: readonly string[] = ['d1'],
) {
  let nowUs = from;
  const { records } = await memoryRecords<UpkeepDoc>('upkeep', { store, closedKept: Number.POSITIVE_INFINITY });
  const packs = new Packs({
    kept: (await memoryRecords<PackDoc>('battery', { store })).records as unknown as Kept<PackDoc>,
    ...{ clock: { utcUs: () => nowUs }, limits: {}, tell: async () => ({}) },
  });
  const kept = async <T extends object>(kind: string) =>
    (await memoryRecords<T>(kind, { store })).records as unknown as Kept<T>;
  const snapshots = new Snapshots({
    ...{ lists: await kept<ListDoc>('parameters'), snapshots: await kept<SnapshotDoc>('snapshot') },
    ...{
      baselines: await kept<BaselineDoc>('baseline'),
      drones: () => [],
      groups: () => [],
      hash: () => '',
      count: () => {},
    },
  });
  const counts = new Map<string, number>();
  const maintenance = new Maintenance({
    kept: records as unknown as Kept<UpkeepDoc>,
    telemetry: stored,
    clock: { utcUs: () => nowUs },
    timers: { every: () => () => {} },
    drones: () => drones,
    lastHeardUtcUs: () => nowUs,
    limits: () => limits,
    packs,
    snapshots,
    count: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
  });
  const lookAt = async (s: number) => {
    nowUs = START_US + s * 1e6;
    await maintenance.tick();
  };
  const total = () =>
    (maintenance.view('d1') as { total: { hours: number; flights: number; hardLandings: number } }).total;
  return { maintenance, snapshots, stored, store, lookAt, total, counts };
}

t.test('flights: armed and in the air; a touch of the ground with how fast it was', async (t) => {
  const stored = new Stored();
  stored.flight(0, 100, { touchMps: 3 });
  const status = await stored.status('d1', { fromUtcUs: 0, toUtcUs: Number.MAX_SAFE_INTEGER });
  t.match(flightsIn(status, status), {
    flights: [{ fromUtcUs: START_US, toUtcUs: START_US + 100e6, touchMps: 3 }],
    cutBegin: false,
    cutEnd: false,
  });
  const idle = status.map((one) => ({ ...one, landed: 'on-ground' }));
  t.same(flightsIn(idle, []).flights, [], 'armed on the ground only');
  t.match(flightsIn(status.slice(0, 50), []), { flights: [], cutEnd: true }, 'it is not over');
});

t.test('counted once: looked at again, after a restart, and when its history came late and in pieces', async (t) => {
  const { stored, store, lookAt, total } = await given();
  stored.flight(0, 100);
  stored.flight(1000, 3600, { part: [-1, 500] });
  await lookAt(1600);
  t.same(total(), { hours: 0.03, flights: 1, hardLandings: 0 }, 'the second flies still, for all that is known');
  await lookAt(1950);
  stored.flight(1000, 3600, { part: [2000, 3600] });
  await lookAt(6000);
  const apart = total();
  stored.flight(1000, 3600, { part: [501, 1999], arrivesS: 7000, touchMps: 4 });
  await lookAt(7100);
  t.same(total(), { hours: 1.03, flights: 2, hardLandings: 0 }, `as one, before: ${JSON.stringify(apart)}`);
  for (const s of [8000, 9000]) await lookAt(s);
  t.equal(total().flights, 2);
  const events = store.events.length;
  const next = await given({}, stored, store, START_US + 9100e6);
  await next.lookAt(9400);
  t.same(next.total(), { hours: 1.03, flights: 2, hardLandings: 0 });
  t.equal(store.events.length, events, 'nothing new, nothing written');
});

t.test('in any pieces, in any order, with restarts in between: as if it had come at once', async (t) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
  const random = (() => {
    let a = seed;
    return () => {
      a = (Math.imul(a, 1664525) + 1013904223) >>> 0;
      return a / 2 ** 32;
    };
  })();
  for (let run = 0; run < 15; run++) {
    const whole = new Stored();
    for (let i = 0; i < 4; i++) whole.flight(i * 1500, 60 + Math.floor(random() * 800), { touchMps: random() * 4 });
    const once = await given({}, whole, new MemoryStore());
    await once.lookAt(7000);
    const pieces = new Stored();
    const store = new MemoryStore();
    const left = [...whole.samples];
    let pieced = await given({}, pieces, store);
    for (let s = 7000; left.length > 0; s += 400) {
      const from = Math.floor(random() * left.length);
      const taken = left.splice(from, 1 + Math.floor(random() * left.length));
      pieces.samples.push(...taken.map((one) => ({ ...one, arrivedUtcUs: START_US + s * 1e6 })));
      if (random() < 0.3) pieced = await given({}, pieces, store, START_US + s * 1e6);
      await pieced.lookAt(s + 10);
    }
    if (!t.same(pieced.total(), once.total(), `SEED=${seed}, run ${run}`)) return;
  }
});

t.test('limits hold it on the ground until it is inspected; before that they warn', async (t) => {
  const { maintenance, stored, lookAt } = await given({ flights: 10, hardLandings: 1 });
  for (let i = 0; i < 9; i++) stored.flight(i * 200, 60);
  await lookAt(2000);
  t.match(maintenance.view('d1'), { holds: [], warnings: [/9 flights since its inspection, limit 10/] });
  stored.flight(2100, 60, { touchMps: 2.5 });
  await lookAt(2500);
  t.match(maintenance.holds('d1'), [/maintenance: 10 flights.*limit 10; inspect it/, /1 hard landings/]);
  t.match(await maintenance.inspected('d1', 'new skids', ANN), { ok: true });
  t.same(maintenance.holds('d1'), []);
  t.match(maintenance.view('d1'), {
    total: { flights: 10, hardLandings: 1 },
    sinceInspection: { flights: 0, hardLandings: 0 },
    inspected: { by: 'Ann', note: 'new skids' },
  });
  t.match(await maintenance.inspected('d9', undefined, ANN), { ok: false, code: 'unknown-drone' });
});

t.test('a store that cannot be read at the start: what parameters hold drones for is looked for again', async (t) => {
  const { maintenance, snapshots, lookAt, counts } = await given();
  let starts = 0;
  snapshots.start = async () => {
    if (++starts < 3) throw new Error('busy');
  };
  maintenance.start();
  await lookAt(1);
  t.equal(counts.get('failed'), 2);
  await lookAt(2);
  await lookAt(3);
  t.equal(starts, 3);
  await maintenance.close();
});

t.test('of a fleet that takes longer to look at than a drone is left alone, nobody is left out', async (t) => {
  const fleet = Array.from({ length: 1_500 }, (_, n) => `d${n}`);
  const { stored, lookAt } = await given({}, new Stored(), new MemoryStore(), START_US, fleet);
  const looks = new Map<string, number>();
  stored.status = async (drone) => {
    looks.set(drone, (looks.get(drone) ?? 0) + 1);
    return [];
  };
  for (let s = 1; s <= 750; s++) await lookAt(s);
  t.same([looks.size, Math.min(...looks.values()), Math.max(...looks.values())], [1_500, 2, 2]);
});

t.test('a clock that goes back: drones are looked at again, and what came meanwhile is counted', async (t) => {
  const { stored, lookAt, total } = await given();
  const YEARS_S = 1e8;
  await lookAt(10);
  await lookAt(YEARS_S);
  stored.flight(400, 60);
  await lookAt(1_000);
  t.equal(total().flights, 1);
});
