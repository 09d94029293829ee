import type { KindName, Sample, Values } from '@skein/protocol/telemetry';
import t from 'tap';
import { type Flight, FlightFinder } from './finder.ts';

const T0 = 1_795_289_965e6;

function made() {
  const found: Flight[] = [];
  const finder = new FlightFinder((flight) => found.push(flight));
  let bootAtS = 0;
  const give = <K extends KindName>(kind: K, s: number, values: Partial<Values<K>>): void => {
    const bootMs = kind === 'position' ? (s - bootAtS) * 1000 : null;
    finder.take({ kind, monoUs: T0 + (s + ahead.s) * 1e6, bootMs, values } as unknown as Sample);
  };
  /** What the recording's clock is ahead. */
  const ahead = { s: 0 };
  const status = (s: number, landed: Values<'status'>['landed'], armed = landed !== 'on-ground') =>
    give('status', s, { landed, armed });
  const fly = (from: number, to: number, mAh = 100) => {
    for (let s = from; s <= to; s++) {
      status(s, 'in-air');
      // 11.1 m a second northwards.
      give('position', s, { latDeg: 47 + s / 10_000, lonDeg: 8, altRelM: Math.min(s - from, 40) });
      give('battery', s, { instance: 0, consumedMah: mAh + s - from, consumedJ: null, voltageV: 12 });
    }
  };
  return { finder, found, give, status, fly, ahead, restarted: (s: number) => (bootAtS = s) };
}

t.test('from leaving the ground until standing on it: how long, how far, how high, with what', async (t) => {
  const { finder, found, status, fly } = made();
  finder.file('a.tlog', true);
  status(0, 'on-ground');
  status(9, 'on-ground', true);
  fly(10, 110);
  status(111, 'on-ground');
  status(200, 'on-ground');
  finder.close();
  t.equal(found.length, 1);
  const [flight] = found;
  t.match(flight, { beginsOnGround: true, endsOnGround: true, clockStepped: false, files: ['a.tlog'], highestM: 40 });
  t.equal(flight?.startUtcUs, T0 + 10e6);
  t.equal(flight?.durationS, 101);
  t.ok(Math.abs((flight?.distanceM ?? 0) - 1112) < 5, `${flight?.distanceM} m`);
  t.equal(flight?.usedMah, 100);
  t.ok(Math.abs((flight?.usedWh ?? 0) - 1.2) < 1e-9);
});

t.test('a clock that goes back in the air ends no flight where the autopilot’s own says that it goes on', async (t) => {
  const { finder, found, status, fly, ahead, restarted } = made();
  finder.file('1-0.tlog', true);
  status(0, 'on-ground');
  fly(1, 50);
  ahead.s = -600;
  fly(51, 100);
  status(101, 'on-ground');
  finder.close();
  t.match(found, [{ startUtcUs: T0 - 599e6, endUtcUs: T0 - 499e6, durationS: 100, clockStepped: true }]);
  // An autopilot that began anew meanwhile: nobody knows how long that was.
  status(200, 'on-ground');
  fly(201, 250);
  ahead.s = -1200;
  restarted(240);
  fly(251, 300);
  status(301, 'on-ground');
  finder.close();
  t.match(found.slice(1), [
    { endUtcUs: T0 - 350e6, endsOnGround: false },
    { startUtcUs: T0 - 948e6, beginsOnGround: false },
  ]);
});

t.test('cut off in the air, gone on with by the next start of the agent, over many files', async (t) => {
  const { finder, found, status, fly } = made();
  finder.file('1-0.tlog', true);
  status(0, 'on-ground');
  fly(1, 50);
  finder.file('1-1.tlog', false);
  fly(51, 60);
  finder.file('2-0.tlog', true);
  fly(80, 100);
  status(101, 'on-ground');
  finder.file('3-0.tlog', true);
  fly(200, 220);
  finder.close();
  t.equal(found.length, 2);
  t.match(found[0], {
    beginsOnGround: true,
    endsOnGround: true,
    longestSilenceS: 20,
    files: ['1-0.tlog', '1-1.tlog', '2-0.tlog'],
  });
  t.match(found[1], { beginsOnGround: false, endsOnGround: false, files: ['3-0.tlog'] });
});

t.test('what was recorded long after it is none of it, not even its file', async (t) => {
  const { finder, found, status, fly } = made();
  finder.file('1-0.tlog', true);
  status(0, 'on-ground');
  fly(1, 30);
  finder.file('2-0.tlog', true);
  status(9_000, 'unknown', false);
  status(9_001, 'on-ground');
  finder.close();
  t.match(found, [{ files: ['1-0.tlog'], endsOnGround: false, durationS: 29 }]);
  t.equal(found[0]?.files.length, 1);
});

t.test('a long silence ends it', async (t) => {
  const { finder, found, status, fly } = made();
  finder.file('a.tlog', true);
  status(0, 'on-ground');
  fly(1, 30);
  fly(300, 330);
  status(331, 'on-ground');
  t.match(found, [
    { endsOnGround: false, durationS: 29 },
    { beginsOnGround: false, endsOnGround: true, durationS: 30 },
  ]);
});

t.test('a clock that is set in the air makes it neither longer nor two', async (t) => {
  const { finder, found, status, fly, ahead } = made();
  finder.file('a.tlog', true);
  status(0, 'on-ground');
  fly(1, 20);
  ahead.s = 100_000;
  fly(21, 40);
  status(41, 'on-ground');
  t.match(found, [{ durationS: 40, clockStepped: true, longestSilenceS: 1, beginsOnGround: true, endsOnGround: true }]);
  t.equal(found[0]?.startUtcUs, T0 + 100_001e6, 'by the clock as it was at the end');
  t.ok(Math.abs((found[0]?.distanceM ?? 0) - 434) < 5, `${found[0]?.distanceM} m`);
});

t.test('an autopilot that never says whether it is landed flies when it is armed', async (t) => {
  for (const setByS of [0, -3_600, 3_600]) {
    const { finder, found, status, ahead } = made();
    finder.file('a.tlog', true);
    for (let s = 0; s < 60; s++) {
      // On the ground, before it flies.
      if (s === 5) ahead.s = setByS;
      status(s, 'unknown', s > 20 && s < 50);
    }
    t.match(found, [
      { beginsOnGround: true, endsOnGround: true, durationS: 29, distanceM: null, usedMah: null, usedWh: null },
    ]);
  }
});

t.test('an agent that starts beside an armed drone on the ground sees no flight', async (t) => {
  const { finder, found, status } = made();
  finder.file('a.tlog', true);
  status(0, 'unknown', true);
  status(1, 'on-ground', true);
  status(5, 'on-ground', false);
  finder.close();
  t.same(found, []);
});

t.test('a jump of the position is no way; the autopilot that restarts counts from zero', async (t) => {
  const { finder, found, status, give } = made();
  finder.file('a.tlog', true);
  status(0, 'on-ground');
  status(1, 'in-air');
  for (const [s, latDeg, consumedMah] of [
    [1, 47, 500],
    [2, 47.0001, 510],
    [3, 48, 0],
    [4, 48.0001, 20],
  ] as const) {
    give('position', s, { latDeg, lonDeg: 8, altRelM: 1 });
    give('battery', s, { instance: 0, consumedMah, consumedJ: null, voltageV: 12 });
  }
  status(5, 'on-ground');
  t.ok(Math.abs((found[0]?.distanceM ?? 0) - 22.2) < 0.5, `${found[0]?.distanceM} m`);
  t.equal(found[0]?.usedMah, 30);
});
