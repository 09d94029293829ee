import t from 'tap';
import { type Falling, falling } from './falling.ts';
import { seenOf } from './testing/watch.ts';

const G = 9.80665;
/** As air holds back what falls: 33 m/s in the end, as the simulator has it; or 16 m/s, by the square, of a light one. */
const AIR = [(mps: number) => G - 0.3 * mps, (mps: number) => G * (1 - (mps / 16) ** 2)] as const;
const STEP_S = 0.01;

interface Flight {
  /** Speed down after so many seconds. */
  readonly mps: (s: number) => number;
  readonly mode?: string;
  readonly attitude?: (s: number) => { rollRad?: number; pitchRad?: number; yawRateRadps?: number };
}

const DIVE_S = 40;
/** In the live lane one message a second; once the agent sees it fall with 7 m/s, at once and five a second. */
function toldAfterS({ mps, mode = 'LOITER', attitude = () => ({}) }: Flight, phaseS: number, hurries = true) {
  let past: Falling & { readonly armed: boolean | null } = { armed: true, tumbled: null, sink: null };
  let nextS = phaseS - 3;
  let isHurried = false;
  for (let s = -3; s < DIVE_S; s += STEP_S) {
    if (hurries && !isHurried && mps(s) >= 7) {
      isHurried = true;
      nextS = s;
    }
    if (s < nextS) continue;
    nextS += isHurried ? 0.2 : 1;
    const seen = seenOf(
      {
        kinds: {
          status: { armed: true, landed: 'in-air', mode },
          position: { altRelM: 100 },
          velocity: { northMps: 0, eastMps: 0, downMps: mps(s), ageMs: 0 },
          attitude: { rollRad: 0, pitchRad: 0, yawRateRadps: 0, ...attitude(s) },
        },
      },
      s + 10,
    );
    past = { armed: true, ...falling(past, seen) };
    if (past.tumbled !== null) return { s, ...past.tumbled };
  }
  return null;
}

/** It falls from `fromMps` on, from second 0. */
function fall(by: (mps: number) => number, fromMps = 0): (s: number) => number {
  const speeds = [fromMps];
  for (let n = 1; n <= DIVE_S / STEP_S; n++) speeds.push((speeds.at(-1) ?? 0) + by(speeds.at(-1) ?? 0) * STEP_S);
  return (s) => (s <= 0 ? fromMps : (speeds[Math.round(s / STEP_S)] ?? Number.NaN));
}

/** It sinks faster and faster, as fast as is set, and stays so. */
const dive = (toMps: number, mps2: number) => (s: number) => Math.min(toMps, Math.max(0, s * mps2));
const PHASES = Array.from({ length: 20 }, (_, n) => n / 20);

t.test('all motors stop: told within 2 s, whatever the air, from a hover and out of a dive', async (t) => {
  for (const by of AIR) {
    for (const fromMps of [0, 3, 7]) {
      const told = PHASES.map((phaseS) => toldAfterS({ mps: fall(by, fromMps) }, phaseS));
      const slowest = Math.max(...told.map((one) => one?.s ?? Number.POSITIVE_INFINITY));
      const soonest = Math.min(...told.map((one) => one?.s ?? Number.NEGATIVE_INFINITY));
      t.ok(
        soonest > 0 && slowest <= 1.8,
        `from ${fromMps} m/s: after ${soonest.toFixed(2)} to ${slowest.toFixed(2)} s`,
      );
      t.ok(told.every((one) => one?.how === 'falls'));
    }
  }
});

t.test('a descent as steep as can be set, and steeper than can be set, is none', async (t) => {
  for (const [toMps, mps2] of [
    [5, 5],
    [7, 2.5],
    [8, 5],
    [11, 5],
  ] as const) {
    for (const hurries of [true, false]) {
      const told = PHASES.flatMap((phaseS) => toldAfterS({ mps: dive(toMps, mps2) }, phaseS, hurries) ?? []);
      t.same(told, [], `${toMps} m/s, gained with ${mps2} m/s², ${hurries ? 'five a second' : 'one a second'}`);
    }
  }
  t.ok(toldAfterS({ mps: dive(15, 3) }, 0), 'nothing descends with 15 m/s, however slowly it became so fast');
});

t.test('a pilot whose stick is the thrust lets it drop; one flies figures', async (t) => {
  const drop = fall(AIR[0]);
  const caught = (s: number) => (s < 1 ? drop(s) : Math.max(0, drop(1) - 8 * (s - 1)));
  for (const phaseS of PHASES)
    t.equal(toldAfterS({ mps: caught, mode: 'STABILIZE' }, phaseS), null, `dropped for a second`);
  t.ok((toldAfterS({ mps: drop, mode: 'STABILIZE' }, 0)?.s ?? 9) <= 2.2, 'it is not caught: 12 m/s are no descent');
  const figures = { mps: caught, attitude: () => ({ rollRad: 2, yawRateRadps: 8 }) };
  for (const mode of ['ACRO', 'FLIP']) t.equal(toldAfterS({ ...figures, mode }, 0), null, mode);
  t.match(toldAfterS(figures, 0), { how: 'leans' });
});

t.test('a motor of four fails: it spins, and leans more and more, and sinks', async (t) => {
  const lame = (s: number) => Math.min(12, Math.max(0, (G / 2) * s));
  const spins = (s: number) => ({
    yawRateRadps: Math.min(8, Math.max(0, 8 * s)),
    rollRad: Math.min(1, Math.max(0, 1.2 * s)),
  });
  for (const phaseS of PHASES) {
    const told = toldAfterS({ mps: lame, attitude: spins }, phaseS);
    t.match(told, { how: 'spins' });
    t.ok(told && told.s <= 1.9, `${told?.s.toFixed(2)} s`);
  }
  const yaws = () => ({ yawRateRadps: 3.6 });
  t.equal(toldAfterS({ mps: dive(5, 2.5), attitude: yaws }, 0), null, 'a pilot turns it as fast as can be, and sinks');
});
