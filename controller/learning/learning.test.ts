/** Flights are learnt from once, when their telemetry is there, also after a restart; what they taught is kept with its reasons. */
import { mergePatch } from '@skein/protocol/fleet';
import t from 'tap';
import { type CalibrationDoc, GIVEN_UP_US, Learning } from './learning.ts';
import type { Flown, LearningCounter } from './ports.ts';
import { flight, LEAVES_US, power, type Truth } from './testing/flights.ts';

const EMPTY = { status: [], air: [], battery: [] };

function scene() {
  const held = new Map<string, { doc: CalibrationDoc }>();
  const counts = new Map<LearningCounter, number>();
  const seen = {
    nowUs: LEAVES_US + 400e6,
    stored: EMPTY as ReturnType<typeof flight>['telemetry'],
    reads: 0,
    asked: new Set<string>(),
    writes: 0,
  };
  const build = (recent: readonly Flown[] = []) =>
    new Learning({
      kept: {
        get: (id) => held.get(id) ?? null,
        write: async (changes) => {
          seen.writes++;
          for (const { id, set } of changes)
            held.set(id, { doc: mergePatch(held.get(id)?.doc ?? {}, set) as CalibrationDoc });
          return true;
        },
      },
      telemetry: async (drone) => {
        seen.reads++;
        seen.asked.add(drone);
        return seen.stored;
      },
      ...{ power, airframe: () => ({ emptyKg: 6, batteryWh: 200 }), recent: async () => recent },
      calibrate: (flights) => (flights.length < 2 ? null : flights.map((one) => one.flownWh / one.modelWh)),
      clock: { utcUs: () => seen.nowUs },
      timers: { every: () => () => {} },
      count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    });
  const wait = async (learning: Learning<unknown>, s: number) => {
    seen.nowUs += s * 1e6;
    await learning.tick();
  };
  const store = (truth: Partial<Truth>) => {
    seen.stored = flight(truth).telemetry;
  };
  return { build, seen, counts, wait, store, held };
}

const flown = (n: number): Flown => ({
  ...{ key: `order-o${n}-1@1`, order: `o${n}`, drone: 'd1', fromUtcUs: LEAVES_US - 10e6, toUtcUs: LEAVES_US + 310e6 },
  ...{ releasedUtcUs: LEAVES_US + 150e6, payloadKg: 1, plannedS: 290 },
});

t.test('its telemetry comes late', async (t) => {
  const { build, wait, store, counts, seen } = scene();
  const learning = build();
  learning.flown(flown(1));
  await wait(learning, 70);
  await wait(learning, 5);
  t.equal(seen.reads, 1, 'not asked for each few seconds');
  t.equal(counts.get('waits'), 1);
  store({ factor: 1.2 });
  await wait(learning, 70);
  t.equal(counts.get('learnt'), 1);
  t.equal(learning.waiting, 0);
  // Told of again it is not learnt from again.
  learning.flown(flown(1));
  t.equal(learning.waiting, 0);
  learning.flown(flown(2));
  await wait(learning, 70);
  const [one = 0, two = 0] = learning.of('d1') ?? [];
  t.ok(Math.abs(one - 1.2) < 0.05 && Math.abs(two - 1.2) < 0.05);
  t.match(learning.view('d1'), { flights: [{ itinerary: 'order-o1-1@1', order: 'o1', by: {} }, { order: 'o2' }] });
});

t.test('what teaches nothing is kept with why; what never comes is given up', async (t) => {
  const { build, wait, store, counts, seen } = scene();
  const learning = build();
  store({ swapped: true });
  learning.flown(flown(1));
  await wait(learning, 70);
  t.match(learning.view('d1'), { calibration: null, flights: [{ not: /another pack/ }] });
  t.equal(counts.get('notLearnt'), 1);
  seen.stored = EMPTY;
  learning.flown(flown(2));
  await wait(learning, 70);
  t.equal(learning.waiting, 1);
  await wait(learning, GIVEN_UP_US / 1e6);
  t.equal(counts.get('late'), 1);
  t.equal(learning.waiting, 0);
});

t.test('a controller that starts again goes on where it was, and memory stays bounded', async (t) => {
  const { build, wait, store, held, seen } = scene();
  store({});
  const first = build();
  first.flown(flown(1));
  await wait(first, 70);
  const again = build([flown(1), flown(2)]);
  await again.start();
  t.equal(again.waiting, 1, 'the one that it had not learnt from');
  for (let n = 2; n < 90; n++) {
    again.flown(flown(n));
    await wait(again, 70);
  }
  t.equal(Object.keys(held.get('d1')?.doc.flights ?? {}).length, 60);
  t.equal(seen.writes, 89);
});

t.test('many whose telemetry does not come keep nobody else waiting', async (t) => {
  const { build, wait, seen } = scene();
  const learning = build();
  for (let n = 0; n < 40; n++) learning.flown({ ...flown(n), drone: `d${n}` });
  await wait(learning, 70);
  for (let ticks = 0; ticks < 60; ticks++) await wait(learning, 5);
  t.equal(seen.asked.size, 40, 'each was looked for');
});
