import t from 'tap';
import { movedBy } from './geo.ts';
import { NEAR_LIMITS, TRUST_REASON_CODES, TRUST_REASONS, trustWords } from './index.ts';
import { BASE, given } from './testing/given.ts';

t.test('trusted needs evidence of now, for a while', async (t) => {
  const { said, fly, position, step } = given();
  t.match(said(), { state: 'suspect', reason: 'silent', last: null, estimate: null }, 'nothing was ever heard');
  fly(2);
  t.match(said(), { state: 'suspect', reason: 'settling' });
  fly(2);
  t.match(said(), { state: 'trusted', reason: null, last: { ageMs: 0 } });
  for (let s = 0; s <= NEAR_LIMITS.positionFreshMs / 1e3; s += 0.2) step();
  t.match(said(), { state: 'suspect', reason: 'silent' }, 'silence');
  position();
  t.match(said(), { state: 'suspect', reason: 'settling' }, 'one position is not evidence enough');
});

t.test('without a word of the receiver a position is not proved', async (t) => {
  const { said, step, position } = given();
  for (let i = 0; i < 60; i++) {
    step();
    position();
  }
  t.match(said(), { state: 'suspect', reason: 'unproved' });
});

t.test('no place at all and a receiver without a fix are told apart', async (t) => {
  const a = given();
  a.fly(4);
  a.fly(1, () => a.position({ latDeg: null, lonDeg: null }));
  t.match(a.said(), { state: 'rejected', reason: 'zero' });
  const b = given();
  b.fly(4);
  for (let i = 0; i < 10; i++) {
    b.step();
    b.position();
    if (i % 4 === 0) b.gps({ fix: 'no-fix', latDeg: null, lonDeg: null, satellites: 0 });
  }
  t.match(b.said(), { state: 'rejected', reason: 'no-fix' });
  const c = given();
  c.fly(4);
  c.gps({ latDeg: null, lonDeg: null });
  t.match(c.said(), { state: 'suspect', reason: 'low-fix' }, 'a fix at 0, 0 is none');
});

t.test(
  'what is over is trusted again: soon after a gap, late after a jump that stays, soon after one that is undone',
  async (t) => {
    const a = given();
    a.fly(4);
    a.fly(1, () => a.position({ latDeg: null, lonDeg: null }));
    a.fly(5);
    t.match(a.said(), { state: 'rejected' }, 'five seconds of the contrary, and the time to settle');
    a.fly(4);
    t.match(a.said(), { state: 'trusted' });

    const b = given();
    b.fly(4);
    b.now.east += 200;
    b.fly(30);
    t.match(b.said(), { state: 'rejected', reason: 'jump' });
    b.fly(40);
    t.match(b.said(), { state: 'trusted' }, 'a minute later nothing speaks against the new place');

    const c = given();
    c.fly(4);
    c.now.east += 200;
    c.fly(3);
    c.now.east -= 200;
    c.fly(4);
    t.match(c.said(), { state: 'rejected' });
    c.fly(6);
    t.match(c.said(), { state: 'trusted' }, 'it is where it was');
  },
);

t.test('nothing flaps: what hovers about a limit changes the verdict once', async (t) => {
  const { trust, now, fly, step, position, gps, said } = given();
  fly(4);
  const before = trust.counters.changes;
  const receiver = (satellites: number): void => {
    position();
    gps({ satellites });
  };
  for (let i = 0; i < 60; i++) fly(1, (k) => receiver((i + k) % 2 === 0 ? 5 : 6));
  t.equal(trust.counters.changes - before, 0, 'one bad report in two is not yet a poor fix');
  for (let i = 0; i < 4; i++) {
    step();
    receiver(4);
    now.s += 0.8;
    now.north += 8;
    now.bootS += 0.8;
  }
  for (let i = 0; i < 60; i++) fly(1, (k) => receiver((i + k) % 3 === 0 ? 5 : 7));
  t.match(said(), { state: 'suspect' });
  t.equal(trust.counters.changes - before, 1);
});

t.test('a restart of the autopilot: the place it speaks of then must be one it can have reached', async (t) => {
  const restarted = (eastM: number) => {
    const { trust, now, fly, status, said } = given();
    now.mps = 0;
    status(false, 'on-ground');
    fly(5);
    now.s += 20;
    now.bootS = 1.5;
    now.east += eastM;
    fly(2);
    return { trust, fly, said };
  };
  const far = restarted(400);
  t.match(far.said(), { state: 'rejected', reason: 'teleport' });
  t.equal(far.trust.counters.reboots, 1);
  far.fly(30);
  t.match(far.said(), { state: 'rejected' });
  const near = restarted(5);
  t.match(near.said(), { state: 'suspect', reason: 'settling' });
  near.fly(3);
  t.match(near.said(), { state: 'trusted' });
  t.equal(near.trust.counters.reboots, 1);
});

t.test('stamps: a restart is none of them, what is repeated or late is', async (t) => {
  const a = given();
  a.fly(4);
  a.fly(2, () => a.position({ bootMs: 54_000 }));
  t.match(a.said(), { state: 'rejected', reason: 'stale' });
  const b = given();
  b.fly(4);
  b.fly(2, () => b.position({ bootMs: Math.round(b.now.bootS * 1e3) - 3_000 }));
  t.match(b.said(), { state: 'rejected', reason: 'stale' });
  t.equal(b.trust.counters.reboots, 0);
  const later = () => b.position({ bootMs: Math.round(b.now.bootS * 1e3) - 3_000 });
  b.fly(15, later);
  t.match(b.said(), { state: 'rejected', reason: 'stale' });
  b.fly(14, later);
  t.match(b.said(), { state: 'trusted' }, 'late by the same all the time: its clock has changed');
  const c = given();
  c.fly(4);
  c.position({ bootMs: 9_000_000 });
  c.fly(4);
  t.match(c.said(), { state: 'trusted' }, 'one damaged stamp makes not all others old');
});

t.test(
  'the last trusted position and the estimate: carried on, wider and wider, and standing on the ground',
  async (t) => {
    const { fly, now, said, step, position } = given();
    fly(5);
    const last = said().last;
    for (let i = 0; i < 25; i++) {
      step();
      position({ latDeg: null, lonDeg: null });
    }
    const soon = said();
    t.same({ ...soon.last, ageMs: 0 }, { ...last, ageMs: 0 }, 'the last trusted one stays');
    t.equal(Math.round((soon.last?.ageMs ?? 0) / 1000), 5);
    t.ok((soon.estimate?.latDeg ?? 0) > (last?.latDeg ?? 90), 'carried on northward');
    now.s += 60;
    const later = said();
    t.ok((later.estimate?.radiusM ?? 0) > 5 * (soon.estimate?.radiusM ?? 0), 'wider');
    t.equal(Math.round(later.estimate?.sinceMs ?? 0), Math.round(later.last?.ageMs ?? -1));

    const ground = given();
    ground.now.mps = 0;
    ground.status(false, 'on-ground');
    ground.fly(5);
    ground.now.s += 3_600;
    t.equal(ground.said().state, 'suspect');
    t.equal(Math.round(ground.said().estimate?.radiusM ?? 0), 3, 'nobody carried it away');
  },
);

// Each alone: the others see nothing of it.
const DRIFTS = [
  { what: 'the estimate leaves its own speed, the receiver goes with it', fusedMps: 0.5, gpsMps: 0.5, saysMps: 0.5 },
  { what: 'the receiver leaves the speed of the estimate, along the track', fusedMps: 0, gpsMps: -0.7, saysMps: -0.7 },
  { what: 'the receiver leaves its own speed', fusedMps: 0, gpsMps: 0, saysMps: 0.8 },
] as const;
for (const { what, fusedMps, gpsMps, saysMps } of DRIFTS) {
  t.test(`drift: ${what}`, async (t) => {
    const { trust, now, said, step, position, gps } = given();
    let [fusedM, gpsM] = [0, 0];
    const seconds = (n: number, drifts: boolean): void => {
      for (let i = 0; i < n * 5; i++) {
        step();
        fusedM += drifts ? fusedMps * 0.2 : 0;
        gpsM += drifts ? gpsMps * 0.2 : 0;
        position(movedBy(BASE, now.north + fusedM, now.east));
        if (i % 5 !== 0) continue;
        gps({ ...movedBy(BASE, now.north + gpsM, now.east), groundSpeedMps: now.mps + (drifts ? saysMps : 0) });
      }
    };
    seconds(30, false);
    t.match(said(), { state: 'trusted' });
    seconds(28, true);
    t.match(said(), { state: 'suspect', reason: 'drift' });
    t.same(Object.keys(trust.entered), ['drift']);
  });
}

t.test('late samples and every reason are counted', async (t) => {
  const { trust, fly, position, now } = given();
  fly(4);
  now.s -= 1;
  position();
  now.s += 1;
  t.equal(trust.counters.late, 1);
  fly(1, () => position({ latDeg: 95 }));
  t.match(trust.entered, { range: 1 });
  t.ok(trust.counters.samples > 50);
});

t.test('every reason has words, and an unknown one is told as it is', async (t) => {
  for (const code of TRUST_REASON_CODES) t.ok(TRUST_REASONS[code].words.length > 10, code);
  t.equal(trustWords('from-the-future'), 'from-the-future');
});
