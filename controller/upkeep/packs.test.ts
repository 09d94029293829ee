import t from 'tap';
import { MemoryStore, memoryRecords } from '../testing/memory-records.ts';
import { type BatteryAt, dischargeOf } from './discharge.ts';
import type { Flight } from './flights.ts';
import { type Kept, type PackDoc, Packs } from './index.ts';

const START_US = 1_764_000_000e6;
const DAY_S = 86_400;
const ANN = { kind: 'operator', name: 'Ann' } as const;
const LIMITS = { cycles: 2, minCellV: 3.3 } as const;

interface View {
  readonly drone: string | null;
  readonly total: { readonly flights: number; readonly hours: number; readonly cycles: number };
}

async function given(store = new MemoryStore(), from = START_US) {
  let nowUs = from;
  const { records } = await memoryRecords<PackDoc>('battery', { store, closedKept: Number.POSITIVE_INFINITY });
  const told: string[] = [];
  const packs = new Packs({
    kept: records as unknown as Kept<PackDoc>,
    clock: { utcUs: () => nowUs },
    limits: LIMITS,
    tell: async (drone, pack) => ({ command: told.push(`${drone} ${pack}`) }),
  });
  const at = (s: number) => {
    nowUs = START_US + s * 1e6;
  };
  const view = (id: string) => packs.get(id) as View;
  return { packs, store, at, view, told };
}

/** An hour armed. */
function flight(atS: number, o: { usedMah?: number; minCellV?: number } = {}): Flight {
  const fromUtcUs = START_US + atS * 1e6;
  const took = { usedMah: o.usedMah ?? 5000, usedPct: 60, minCellV: o.minCellV ?? 3.6 };
  const rest = { minV: 21, maxTemperatureC: 30, milliohm: 16 };
  return { fromUtcUs, toUtcUs: fromUtcUs + 3600e6, touchMps: 0.5, packs: { 0: { ...took, ...rest } } };
}

t.test('what a flight took: counters that restart, cells, and the resistance out of steps of the current', (t) => {
  const samples: BatteryAt[] = Array.from({ length: 120 }, (_, i) => {
    const currentA = 20 + (i % 2) * 10;
    const voltageV = 25 - 0.016 * currentA - i * 0.01;
    const isRestarted = i >= 60;
    return {
      ...{ atUtcUs: i * 1e6, instance: 0, voltageV, currentA, temperatureC: 20 + i / 10 },
      ...{ remainingPct: isRestarted ? 100 - (i - 60) / 2 : 100 - i / 2, consumedMah: isRestarted ? i - 60 : i },
      cellsV: [voltageV / 6, voltageV / 6 - 0.05, null],
    };
  });
  const { 0: took } = dischargeOf(samples);
  t.match(took, { usedMah: 118, usedPct: 59 });
  t.ok(Math.abs((took?.milliohm ?? 0) - 16) < 1.1, `${took?.milliohm} mΩ`);
  t.equal(took?.minCellV?.toFixed(2), ((25 - 0.48 - 1.19) / 6 - 0.05).toFixed(2));
  t.match(dischargeOf(samples.slice(0, 10))[0], { milliohm: null }, 'too few steps tell nothing');
  const whole = samples.map((one) => ({ ...one, cellsV: [one.voltageV], consumedMah: null, currentA: null }));
  t.match(dischargeOf(whole)[0], { minCellV: null, usedMah: null, milliohm: null }, 'a pack is no cell');
  t.same(dischargeOf([]), {});
  t.end();
});

t.test('a flight counts for the pack that was in the drone, once, whatever is looked at again', async (t) => {
  const { packs, store, at, view, told } = await given();
  t.match(await packs.put('A', { capacityMah: 10_000 }, ANN), { ok: true, fresh: true });
  t.match(await packs.fit('d1', 'A', 0, ANN), { ok: true, value: { drone: 'd1', told: { command: 1 } } });
  at(5000);
  t.match(await packs.fit('d1', 'B', 0, ANN), { ok: true });
  t.equal(view('A').drone, null, 'another was put in its place');
  t.same(told, ['d1 A', 'd1 B']);
  const flights = [flight(100), flight(6000)];
  await packs.counted('d1', [], flights, 0);
  const once = store.events.length;
  await packs.counted('d1', [], flights, 0);
  t.equal(store.events.length, once, 'nothing new, nothing written');
  t.match(
    [view('A').total, view('B').total],
    [
      { flights: 1, hours: 1, cycles: 0.5 },
      { flights: 1, hours: 1, cycles: 0.6 },
    ],
  );

  // History that came late makes one flight of it: the one before is taken back.
  await packs.counted('d1', [], [flight(90, { usedMah: 6000 }), flight(6000)], 0);
  t.match(view('A').total, { flights: 1, cycles: 0.6 });
  // After 30 days it is added up, and its drone tells it no more.
  const again = await given(store, START_US + 40 * DAY_S * 1e6);
  await again.packs.counted('d1', [], [flight(90, { usedMah: 6000 }), flight(6000)], 0);
  await again.packs.counted('d1', [], [], START_US + 10 * DAY_S * 1e6);
  t.match(
    [again.view('A').total, again.view('B').total],
    [
      { flights: 1, cycles: 0.6 },
      { flights: 1, cycles: 0.6 },
    ],
  );
});

t.test('a drone that tells the serial number of its pack; what it says late is about another', async (t) => {
  const { packs, at, view } = await given();
  const seen = (s: number, serial: string, cycles: number | null = null) => ({
    ...{ atUtcUs: START_US + s * 1e6, instance: 0, serial, cycles, fullMah: null, designMah: 8000 },
  });
  at(10_000);
  await packs.counted('d1', [seen(100, 'SN 12/3', 40)], [flight(200, { usedMah: 4000 })], 0);
  t.match(packs.get('SN-12-3'), { drone: 'd1', reported: { cycles: 40 }, total: { flights: 1, cycles: 0.5 } });
  await packs.counted('d1', [seen(5000, 'X')], [flight(200), flight(6000)], 0);
  await packs.counted('d1', [seen(4000, 'SN 12/3', 40)], [flight(200), flight(6000)], 0);
  t.same([view('SN-12-3').drone, view('X').drone], [null, 'd1']);
  t.equal(view('X').total.flights, 1);
  await packs.counted('d2', [seen(9000, 'X')], [], 0);
  t.same([packs.of('d1'), packs.of('d2')], [[], ['X']], 'it is in one drone at a time');
});

t.test(
  'a limit holds the drone that carries it, until it was inspected; a retired one until another is in',
  async (t) => {
    const { packs, at } = await given();
    await packs.put('A', { capacityMah: 10_000 }, ANN);
    await packs.fit('d1', 'A', 0, ANN);
    await packs.counted('d1', [], [flight(0, { usedMah: 18_500 })], 0);
    t.match(packs.get('A'), { holds: [], warnings: [/1.9 full cycles since its inspection, limit 2/] });
    await packs.counted('d1', [], [flight(0, { usedMah: 18_500 }), flight(5000, { minCellV: 3.1 })], 0);
    t.match(packs.holds('d1'), [/battery A: 2.4 full cycles.*limit 2; inspect it, or put another in/, /down to 3.1 V/]);
    t.same(packs.holds('d2'), []);
    at(9000);
    t.match(await packs.inspected('A', 'balanced', ANN), {
      ok: true,
      value: { inspected: { by: 'Ann', note: 'balanced' } },
    });
    t.same(packs.holds('d1'), []);
    await packs.retire('A', 'swollen', ANN);
    t.match(packs.holds('d1'), [/battery A: it is retired; put another in/]);
    t.match(await packs.fit('d2', 'A', 0, ANN), { ok: false, code: 'pack-retired' });
    await packs.fit('d1', 'B', 0, ANN);
    t.same(packs.holds('d1'), []);
    t.match(packs.list(), [{ pack: 'B' }]);
    t.match(await packs.inspected('never', undefined, ANN), { ok: false, code: 'unknown-pack' });
  },
);
