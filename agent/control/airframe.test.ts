import t from 'tap';
import { type AirframeNow, AirframeWatch } from './airframe.ts';

const FLYING: AirframeNow = { nowMs: 0, armed: true, landed: 'in-air', altRelM: 20, climbMps: 0 };

/** Each 100 ms one of these. */
function seen(...parts: readonly Partial<AirframeNow>[]) {
  const watch = new AirframeWatch();
  const texts = parts.flatMap((part, n) =>
    watch.observe({ ...FLYING, ...part, nowMs: n * 100 }).map(({ text }) => text),
  );
  return { texts, crashed: watch.crashed };
}

t.test('a fall is told once, and the ground it hits', async (t) => {
  const { texts, crashed } = seen(
    { climbMps: -1 },
    { climbMps: -8, altRelM: 14 },
    { climbMps: -12, altRelM: 6 },
    { climbMps: 0, altRelM: 0, landed: 'on-ground' },
    { climbMps: 0, altRelM: 0, armed: false, landed: 'on-ground' },
  );
  t.same(texts, ['Skein: it FALLS, 8 m/s, 14 m up', 'Skein: it hit the ground, 12 m/s']);
  t.match(crashed, /FALLS/);
});

t.test('motors that stop in the air; on the ground, in a landing they may', async (t) => {
  const off = { armed: false, landed: 'on-ground' } as const;
  t.same(seen({}, off).texts, ['Skein: the motors stopped IN THE AIR, 20 m up']);
  t.same(seen({ landed: 'landing', altRelM: 5 }, off).texts, [], 'on a roof');
  t.same(seen({ landed: 'on-ground', altRelM: 5 }, off).texts, []);
  t.same(seen({ altRelM: 0.2 }, off).texts, [], 'it had come down');
  t.same(seen({}, { armed: null }, off).texts, [], 'not heard is not stopped');
});

t.test('descents of autopilots and soft landings are none of these', async (t) => {
  const down = { altRelM: 10, climbMps: -5 };
  t.same(seen(down, down, { altRelM: 8, climbMps: -2 }, { altRelM: 7, climbMps: 0 }).texts, []);
  t.same(seen({ altRelM: 0.5, climbMps: -0.6 }, { altRelM: 0, climbMps: 0 }).texts, []);
  t.same(seen({ altRelM: 1.5, climbMps: -4 }, { altRelM: 0.1, climbMps: -0.1 }).texts, [
    'Skein: it hit the ground, 4 m/s',
  ]);
});

/** Sink of ArduCopter in software each 0.2 s, m/s: looked at twice as often, it stands still every other time. */
const SINKS = {
  'all motors stopped': [0, 0.9, 2.8, 4.7, 6.4, 8, 9.4],
  'one of four stopped': [0, 0.2, 1.3, 3, 5.1, 6.5, 7.7, 8.8],
  'a descent at 7 m/s, PILOT_ACCEL_Z 250': [
    0, 0.1, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 6.9, 7.02, 7.03, 7.02,
  ],
  'the same as hard as can be set': [0, 0.3, 1, 2, 3, 4, 5, 6, 6.9, 7.1, 7.03],
  'let go from such a descent': [0, 1, 2, 3, 4, 5, 6, 6.9, 7.03, 8.2, 9.9, 11.5, 12.6],
} as const;

for (const [what, sinks] of Object.entries(SINKS)) {
  t.test(`a fall gains speed as no descent does: ${what}`, async (t) => {
    const parts = sinks.flatMap((mps, n) => {
      const now = { climbMps: -mps, altRelM: 60 - n };
      return [now, now];
    });
    t.equal(seen(...parts).texts.length, /descent at|the same/.test(what) ? 0 : 1);
  });
}

t.test('armed again it is forgotten', async (t) => {
  t.equal(seen({ climbMps: -9 }, { armed: false }, {}).crashed, null);
});

t.test(
  'what is to be inspected is said once, when the motors stand; each crash anew, also one that only a text tells',
  async (t) => {
    const watch = new AirframeWatch();
    let nowMs = 0;
    const at = (part: Partial<AirframeNow>) => {
      nowMs += 100;
      watch.observe({ ...FLYING, ...part, nowMs });
      return watch.toInspect();
    };
    const off = { armed: false, landed: 'on-ground', altRelM: 0 } as const;
    t.same([at({}), at({ climbMps: -9, altRelM: 9 }), at({ armed: null })], [null, null, null], 'it may still fly');
    t.match([at(off), at(off)], [/FALLS/, null]);
    t.same([at({ altRelM: 0 }), at(off)], [null, null], 'flown again, and nothing happened');
    at({ altRelM: 0 });
    watch.text('EKF3 IMU0 is using GPS');
    watch.text('Crash: Disarming: AngErr=65>30, Accel=0.3<3.0');
    t.match([at(off), at(off)], [/^Crash: /, null]);
  },
);

/** As it is looked at each 100 ms; what is to be inspected at the end. */
function inspected(...parts: readonly (Partial<AirframeNow> & { readonly forMs?: number })[]): string | null {
  const watch = new AirframeWatch();
  let nowMs = 0;
  for (const { forMs = 100, ...part } of parts) {
    for (const endMs = nowMs + forMs; nowMs < endMs; ) {
      nowMs += 100;
      watch.observe({ ...FLYING, ...part, nowMs });
    }
  }
  return watch.toInspect();
}

t.test('what stands disarmed hits nothing: its estimate jumps, or somebody puts it down', async (t) => {
  const stands = { armed: false, landed: 'on-ground', altRelM: 0.3 } as const;
  const jump = [
    { ...stands, climbMps: -3.4 },
    { ...stands, climbMps: -0.1 },
  ] as const;
  t.same(seen(stands, ...jump).texts, []);
  t.equal(inspected({ ...stands, forMs: 5_000 }, ...jump), null);
  t.equal(inspected({ altRelM: 0 }, { ...stands, forMs: 5_000 }, ...jump), null, 'long after its flight');
});

t.test('a dive is told, and locks nothing when it was flown on from', async (t) => {
  const dive = { climbMps: -7.5, altRelM: 15 };
  const home = [
    { landed: 'landing', altRelM: 0.5, climbMps: -0.4 },
    { landed: 'on-ground', altRelM: 0, armed: false },
  ] as const;
  t.equal(inspected(dive, { forMs: 11_000 }, ...home), null);
  t.match(inspected(dive, { forMs: 5_000 }, ...home), /FALLS/, 'so soon after, nobody knows');
  t.match(inspected(dive, { forMs: 8_000 }, { climbMps: -4 }, { forMs: 8_000 }, ...home), /FALLS/);
  t.match(inspected(dive, { forMs: 20_000, altRelM: 0.1 }, ...home), /FALLS/, 'it lay there');
  t.equal(inspected(dive, { forMs: 11_000 }, dive, { forMs: 11_000 }, ...home), null);
});

t.test('a dive that ends in a hover near the ground locks nothing; a hit that is seen late does', async (t) => {
  const dive = { climbMps: -4, altRelM: 2.5 };
  const low = { climbMps: 0, altRelM: 1.5 };
  const stands = { landed: 'on-ground', altRelM: 0 } as const;
  t.equal(inspected(dive, { ...low, forMs: 3_000 }, { ...stands, armed: false }), null);
  t.equal(inspected(dive, low, { climbMps: 1 }, low, { ...stands, armed: false }), null, 'it moved on');
  t.match(inspected(dive, { ...low, forMs: 1_000 }, stands, { ...stands, armed: false }), /^it hit the ground, 4 m/);
  t.match(inspected(dive, { ...stands, armed: false }), /^it hit the ground/);
});

t.test('it shakes: for a second, told once until it has been calm', async (t) => {
  const watch = new AirframeWatch();
  const told = [80, 80, 80, 80, 20, 80].map((mps2, n) => watch.vibration(mps2, n * 500)?.text ?? null);
  t.same(told, [null, null, 'Skein: it shakes, 80 m/s²', null, null, null]);
  t.equal(watch.vibration(20, 20_000), null);
  t.equal(watch.vibration(90, 30_000), null);
  t.match(watch.vibration(90, 31_000), { severity: 'critical' });
  const once = new AirframeWatch();
  t.equal(once.vibration(100, 0), null, 'a knock');
  t.equal(once.vibration(10, 500), null);
});
