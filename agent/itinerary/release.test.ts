import t from 'tap';
import { EvidenceWatch, hoverOf } from './hover.ts';
import { type Evidence, judge } from './release.ts';

const hover = (meanA: number, readings = 6, spreadA = 0.1) => ({ readings, meanA, spreadA });
const GONE = { before: hover(20), after: hover(18) };
const SAME = { before: hover(20), after: hover(19.95) };
const e = (change: Partial<Evidence>): Evidence => ({
  how: 'gripper',
  sensorHolds: null,
  before: null,
  after: null,
  wantedDrop: 0.05,
  gripper: null,
  winch: null,
  ...{ byOthers: false, cameDown: false },
  maxDescent: false,
  reached: true,
  ...change,
});
const line = (
  mostOutM: number,
  tensionBefore: number | null = null,
  tensionAfter: number | null = null,
  endOutM = mostOutM,
) => ({
  mostOutM,
  endOutM,
  lineM: 12,
  tensionBefore,
  tensionAfter,
});

t.test('released: a sensor, or the mechanism and the weight, both', async (t) => {
  t.equal(judge(e({ sensorHolds: false })).state, 'released');
  t.equal(judge(e({ gripper: 'open', ...GONE })).state, 'released');
  t.equal(judge(e({ how: 'drop', gripper: 'open', ...GONE })).state, 'released');
  t.equal(judge(e({ how: 'winch', winch: line(12), ...GONE })).state, 'released');
  t.equal(judge(e({ how: 'winch', winch: line(12, 20, 1), ...GONE })).state, 'released');
});

t.test('never rounded up: one of the two is unproved', async (t) => {
  t.equal(judge(e({ gripper: 'open' })).state, 'unproved', 'nothing weighed');
  t.equal(judge(e({ gripper: 'open', ...SAME })).state, 'unproved', 'jammed: open, and as heavy as before');
  t.equal(judge(e(GONE)).state, 'unproved', 'lighter, and the gripper does not say');
  t.equal(judge(e({ how: 'winch', winch: line(12), ...SAME })).state, 'unproved');
  t.equal(judge(e({ how: 'winch', winch: null, ...GONE })).state, 'unproved');
  t.equal(judge(e({ gripper: 'open', before: hover(20), after: hover(18, 2) })).state, 'unproved', 'two readings');
  t.equal(judge(e({ gripper: 'open', before: hover(20, 6, 3), after: hover(18.9, 6, 3) })).state, 'unproved', 'noise');
  t.equal(judge(e({})).state, 'unproved', 'nothing at all');
});

t.test('not released: what holds it is seen', async (t) => {
  t.equal(judge(e({ sensorHolds: true, gripper: 'open', ...GONE })).state, 'not-released', 'the sensor outweighs');
  t.equal(judge(e({ reached: false })).state, 'not-released');
  t.equal(judge(e({ gripper: 'closed', ...SAME })).state, 'not-released');
  t.equal(judge(e({ how: 'winch', winch: line(4), ...SAME })).state, 'not-released');
  t.equal(judge(e({ how: 'winch', winch: line(12, 20, 20), ...SAME })).state, 'not-released', 'the line still pulls');
  t.equal(judge(e({ how: 'place', maxDescent: true, gripper: 'closed', ...SAME })).state, 'not-released');
});

t.test('evidence that contradicts itself is unproved', async (t) => {
  t.equal(judge(e({ gripper: 'closed', ...GONE })).state, 'unproved');
  t.equal(judge(e({ how: 'winch', winch: line(4), ...GONE })).state, 'unproved');
  t.equal(judge(e({ how: 'place', maxDescent: true, ...GONE })).state, 'unproved');
});

t.test('the texts that prove nothing are no evidence', async (t) => {
  const watch = new EvidenceWatch({ how: 'place', lineM: 0, wantedDrop: 0.05 });
  watch.begin();
  for (const words of ['Gripper load released', 'Reached command #6', 'PayloadPlace: Landed']) watch.text(words);
  t.equal(judge(watch.evidence()).state, 'unproved');
  watch.text('PayloadPlace: Reached maximum descent');
  t.equal(judge(watch.evidence()).state, 'not-released');
});

t.test('only a hover is weighed, each measurement once, and nothing between', async (t) => {
  const watch = new EvidenceWatch({ how: 'gripper', lineM: 0, wantedDrop: 0.05 });
  const take = (currentA: number, atUs: number, speedMps = 0, climbMps = 0) =>
    watch.take({ currentA, currentAtUs: atUs, speedMps, climbMps, inAir: true, control: 'skein' });
  for (let n = 0; n < 40; n++) take(20, Math.floor(n / 4));
  take(35, 100, 8);
  take(35, 101, 0, 2);
  t.equal(watch.readingsBefore, 10);
  watch.begin();
  take(5, 102);
  watch.weigh();
  for (let n = 0; n < 5; n++) take(18, 200 + n);
  t.match(watch.evidence(), { before: { readings: 10, meanA: 20 }, after: { readings: 5, meanA: 18 } });
  t.equal(hoverOf([]), null);
});

t.test(
  'a line that was slack before its end, and no weight measured: nobody knows (random flight SEED=2397007800)',
  async (t) => {
    const unweighed = { before: GONE.before, after: null };
    t.equal(judge(e({ how: 'winch', winch: line(9, 20, 0), ...unweighed })).state, 'unproved');
    t.equal(judge(e({ how: 'winch', winch: line(9), ...unweighed })).state, 'unproved', 'nor where it does not say');
    t.equal(judge(e({ how: 'winch', winch: line(9, 20, 20), ...unweighed })).state, 'not-released', 'it still pulls');
  },
);

t.test('the ground came before the end of the line, as a winch that lowers until then does', async (t) => {
  const woundIn = (tensionAfter: number | null) => line(9, 20, tensionAfter, 0.1);
  t.equal(judge(e({ how: 'winch', winch: woundIn(0), ...GONE })).state, 'released', 'in again, slack, and lighter');
  t.equal(judge(e({ how: 'winch', winch: line(9, 20, 0), ...GONE })).state, 'unproved', 'it may stand below, hooked');
  t.equal(judge(e({ how: 'winch', winch: woundIn(20), ...SAME })).state, 'not-released', 'it came up again');
  t.equal(judge(e({ how: 'winch', winch: woundIn(0), before: null, after: null })).state, 'unproved', 'not weighed');
  t.equal(judge(e({ how: 'winch', winch: line(9, null, null, 0.1), ...GONE })).state, 'unproved', 'no tension told');
});

t.test('what the line says at its end is what counts', async (t) => {
  const watch = new EvidenceWatch({ how: 'winch', lineM: 9, wantedDrop: 0.05 });
  watch.winch({ lineM: 0, tension: 6 });
  watch.begin();
  for (const [lineM, tension] of [
    [3, 6],
    [7.8, 0],
    [2, 0],
    [0.05, 0],
  ] as const)
    watch.winch({ lineM, tension });
  t.match(watch.evidence().winch, { mostOutM: 7.8, endOutM: 0.05, tensionBefore: 6, tensionAfter: 0 });
});

t.test(
  'landed by a pilot with the parcel on its hook: slack and light, and no proof of anything (SEED=80313, 2196782493)',
  async (t) => {
    const flown = (lineAfterM: number, tension: number) => {
      const watch = new EvidenceWatch({ how: 'winch', lineM: 7, wantedDrop: 0.05 });
      let atUs = 0;
      const take = (currentA: number, change: object = {}) => {
        const hovers = { speedMps: 0, climbMps: 0, inAir: true, control: 'skein' } as const;
        watch.take({ currentA, currentAtUs: ++atUs, ...hovers, ...change });
      };
      for (let n = 0; n < 6; n++) take(30);
      watch.winch({ lineM: 0, tension: 6 });
      watch.begin();
      watch.winch({ lineM: lineAfterM, tension });
      watch.weigh();
      return { watch, take };
    };
    // The drum is stuck: nothing was lowered, and it hangs where it hung.
    const stuck = flown(0, 6);
    for (let n = 0; n < 6; n++) stuck.take(30);
    stuck.take(20, { control: 'pilot', climbMps: -0.1 });
    for (let n = 0; n < 3; n++) stuck.take(8, { control: 'pilot' });
    stuck.watch.winch({ lineM: 0, tension: 0 });
    stuck.take(1, { inAir: false });
    t.match(stuck.watch.evidence(), { after: { readings: 6, meanA: 30 }, winch: { tensionAfter: 6 }, byOthers: true });
    t.match(judge(stuck.watch.evidence()), { state: 'unproved', reason: /^not-seen: .* others/ });
    // Taken back in the air, and weighed there again.
    stuck.take(30);
    t.equal(judge(stuck.watch.evidence()).state, 'not-released');

    const landing = flown(0, 6);
    landing.take(8, { inAir: false });
    landing.watch.winch({ lineM: 0, tension: 0 });
    t.not(judge(landing.watch.evidence()).state, 'released', 'nor where it lands by itself');

    // A failsafe lands it while the line runs out: it pulled when that was last felt, and what hangs on it meets the ground.
    const lowering = flown(5.3, 6);
    lowering.take(25, { inAir: false, control: 'autopilot-failsafe' });
    lowering.watch.winch({ lineM: 6.9, tension: 0 });
    t.match(judge(lowering.watch.evidence()), { state: 'unproved', reason: /came down with its line out/ });

    const gone = flown(7, 0);
    for (let n = 0; n < 6; n++) gone.take(27);
    gone.take(20, { control: 'pilot' });
    t.equal(judge(gone.watch.evidence()).state, 'released', 'what was seen before he took it stays seen');
  },
);
