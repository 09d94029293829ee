import t from 'tap';
import { type Hold, isOn, QUIET, step } from './hold.ts';
import { CLASSES } from './index.ts';
import { type Otherwise, watch } from './testing/watch.ts';
import type { Verdict } from './verdict.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);

/** mulberry32 */
function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Level = Verdict['level'];

/** A real episode with gaps shorter than it takes to be over, between calm with spikes shorter than it takes to be raised. */
function* series(random: () => number, onsetS: number, clearS: number, episodes: number): Generator<[Level, boolean]> {
  const some = (most: number) => 1 + Math.floor(random() * most);
  for (let n = 0; n < episodes; n++) {
    for (let calm = 0; calm < clearS + 5; ) {
      // A spike only where one alone raises nothing.
      if (onsetS >= 2 && calm > clearS + 1 && random() < 0.3) {
        for (let s = 0; s < Math.min(some(onsetS), onsetS - 1); s++) yield ['bad', false];
        yield ['good', false];
      }
      for (let s = some(4); s > 0; s--, calm++) yield [random() < 0.1 && calm > clearS + 1 ? 'unclear' : 'good', false];
    }
    for (let s = 0; s < onsetS + 2; s++) yield ['bad', true];
    for (let more = some(30); more > 0; more--) {
      if (clearS >= 3 && random() < 0.3) for (let s = 0; s < clearS - 1; s++) yield ['good', true];
      if (random() < 0.3) yield ['unclear', true];
      yield ['bad', true];
    }
  }
  for (let s = 0; s < clearS + 3; s++) yield ['good', false];
}

t.test('of each class: one raise and one end per real episode, whatever the noise', (t) => {
  for (const { name, onsetS, clearS } of CLASSES) {
    for (let round = 0; round < 40; round++) {
      let hold: Hold = QUIET;
      let [raises, ends, nowUs] = [0, 0, 0];
      for (const [level] of series(randomOf(seed + round), onsetS, clearS, 5)) {
        nowUs += 1e6;
        const after = step(hold, level, { onsetS, clearS, nowUs });
        if (isOn(after) && !isOn(hold)) raises++;
        if (!isOn(after) && isOn(hold)) ends++;
        hold = after;
      }
      if (raises !== 5 || ends !== 5) t.fail(`${name}: ${raises} raises, ${ends} ends, round ${round}`);
    }
  }
  t.pass();
  t.end();
});

t.test('a value that wanders about one threshold raises at most one', async (t) => {
  const random = randomOf(seed);
  const wander: readonly (readonly [string, (x: number) => Otherwise])[] = [
    ['vibration', (x) => ({ kinds: { vibration: { zMps2: 60 + 20 * x } } })],
    ['ekf', (x) => ({ kinds: { ekf: { velocityVariance: 0.8 + 0.2 * x } } })],
    ['battery', (x) => ({ chargePct: 46 + 2.5 * x })],
    ['off-route', (x) => ({ kinds: { position: { latDeg: 47.405, lonDeg: 8.5 + (30 + 12 * x) / 75_300 } } })],
    ['board', (x) => ({ kinds: { board: { temperatureC: 85 + 6 * x } } })],
  ];
  for (const [name, at] of wander) {
    const w = await watch();
    w.see(() => at(2 * random() - 1), 600);
    t.ok(w.raised().filter((one) => one === name).length <= 1, name);
  }
});

t.test('time in which nothing is known neither raises nor ends', (t) => {
  const o = { onsetS: 3, clearS: 5 };
  let hold = step(QUIET, 'bad', { ...o, nowUs: 1e6 });
  for (let s = 2; s < 60; s++) hold = step(hold, 'unclear', { ...o, nowUs: s * 1e6 });
  t.equal(hold.is, 'rising');
  hold = step(hold, 'bad', { ...o, nowUs: 60e6 });
  t.equal(hold.is, 'rising', 'a second of it has passed, not a minute');
  // One look long after the other: the machine stood still, or the drone was not heard.
  t.equal(
    step(step(QUIET, 'bad', { onsetS: 30, clearS: 5, nowUs: 0 }), 'bad', { onsetS: 30, clearS: 5, nowUs: 600e6 }).is,
    'rising',
  );
  t.end();
});
