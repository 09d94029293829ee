/** What is measured of flights, and the factors that planning makes of it. */
import fs from 'node:fs';
import type { Sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { makeLearning } from './compose-learning.ts';
import { makeRecords } from './compose-records.ts';
import { measure } from './learning/measure.ts';
import { asked, flight, LEAVES_US } from './learning/testing/flights.ts';
import { Metrics } from './metrics/index.ts';
import { calibrate } from './planning/index.ts';
import { batch, clock } from './store/conformance-items.ts';
import { SqliteStore } from './store/index.ts';
import { tempDir } from './testing/controller.ts';

t.test('a drone’s factor converges to what it really draws, from above', async (t) => {
  const learnt = (factor: number, count: number) =>
    calibrate(
      Array.from({ length: count }, (_, n) => {
        const truth = { factor, noise: 0.04, seed: n + 1 };
        const { telemetry } = flight(truth);
        const answer = measure(telemetry, asked(truth));
        if (!('ok' in answer)) throw new Error(JSON.stringify(answer));
        return { ...answer.ok, modelS: answer.ok.flownS };
      }),
    )?.energyRatio ?? null;
  t.equal(learnt(1.3, 4), null, 'four say too little');
  for (const factor of [1.15, 1.3, 1.6]) {
    const after = learnt(factor, 6) ?? 0;
    t.ok(after > factor * 0.98 && after < factor * 1.08, `${factor}: ${after.toFixed(3)}`);
  }
  t.equal(learnt(0.9, 19), 1);
  const cheap = learnt(0.9, 25) ?? 0;
  t.ok(cheap > 0.89 && cheap < 0.95, `0.9: ${cheap.toFixed(3)}`);
});

/** A flight as an agent stores it, in batches; its order as orders keep it. */
async function scene(t: { teardown: (run: () => Promise<void>) => void }) {
  const dir = tempDir();
  const store = new SqliteStore({ dataDir: dir, budgetBytes: 1e9, keepDays: 30, syncCommits: false });
  await store.start();
  let nowUs = LEAVES_US;
  const metrics = new Metrics({ processMetrics: false });
  const wiring = { store, metrics, random: Math.random, clock: { utcUs: () => nowUs } };
  const records = makeRecords({ ...wiring, log: { warn: () => {} } });
  const orders = records.of<Record<string, unknown>>('order');
  const config = { itineraries: { batteryWh: 200 } } as unknown as Parameters<typeof makeLearning>[0]['config'];
  const airframeOf = () => ({ emptyKg: 6, payloadMaxKg: 2, methods: [], batteryWh: 200 });
  const learning = makeLearning({ ...wiring, config, records, airframeOf }, orders);
  await records.start();
  t.teardown(async () => {
    await records.close();
    await store.close();
    fs.rmSync(dir, { recursive: true, force: true });
  });
  let seq = 0;
  const fly = async (n: number, secondBattery: boolean) => {
    const beginUs = n * 3600e6;
    const { status, air, battery } = flight({ factor: 1, seed: n + 1 }).telemetry;
    const sample = (kind: string, { atUtcUs, ...values }: { readonly atUtcUs: number }, more: object = {}) =>
      ({ kind, monoUs: atUtcUs - LEAVES_US + beginUs + 60e6, bootMs: null, values: { ...values, ...more } }) as Sample;
    const samples = [
      ...status.map((one) => sample('status', one)),
      ...air.map((one) => sample('air', one)),
      ...battery.flatMap((one) => [
        sample('battery', one, { instance: 0 }),
        ...(secondBattery ? [sample('battery', one, { instance: 1 })] : []),
      ]),
    ].sort((a, b) => a.monoUs - b.monoUs);
    const startUs = LEAVES_US + beginUs;
    nowUs = startUs + 500e6;
    const set = clock(beginUs + 1e6, LEAVES_US + beginUs - 59e6);
    await store.commit([batch(n + 1, { lane: 'urgent', samples: [set], receivedUtcUs: nowUs })], nowUs);
    for (let i = 0; i < samples.length; i += 200)
      await store.commit([batch(++seq, { samples: samples.slice(i, i + 200), receivedUtcUs: nowUs })], nowUs);
    const leg = {
      ...{ itinerary: { id: `order-o${n}-1`, version: 1, items: [] }, drone: 'd1', startedUtcUs: startUs - 10e6 },
      ...{ startUtcUs: startUs, endsUtcUs: startUs + 300e6 },
    };
    const attempt = { n: 1, drone: 'd1', phase: 'delivery', parcel: 'released', deliveredUtcUs: startUs + 150e6 };
    const by = { kind: 'controller', name: 'dispatcher' } as const;
    const flies = {
      wish: { payloadKg: 1 },
      state: 'returning',
      attempt: 1,
      attempts: { 1: { ...attempt, delivery: leg } },
    };
    const end = { how: 'delivered', words: '', atUtcUs: startUs + 310e6 };
    await orders.write([{ id: `o${n}`, type: 'placed', set: flies, open: true, by }]);
    const over = { state: 'closed', outcome: 'delivered', attempt: null, attempts: { 1: { end } } };
    await orders.write([{ id: `o${n}`, type: 'moved', set: over, open: false, by }]);
    nowUs += 120e6;
    await learning.tick();
  };
  return { fly, learning };
}

t.test('what is stored of flights of orders teaches the factor that the API shows', async (t) => {
  const { fly, learning } = await scene(t);
  // when
  for (let n = 0; n < 5; n++) await fly(n, false);
  // then
  const seen = learning.view('d1') as { readonly flights: readonly object[] };
  t.match(seen, { drone: 'd1', calibration: { flights: 5 } });
  t.match(seen.flights[0], { itinerary: 'order-o0-1@1', order: 'o0' });
  // a second battery: nobody knows how much of the load it takes
  await fly(5, true);
  t.match(learning.view('d1'), { calibration: { flights: 5 } });
  t.match((learning.view('d1') as typeof seen).flights.at(-1), { order: 'o5', not: /^2 batteries/ });
});
