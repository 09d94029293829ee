import fc from 'fast-check';
import t from 'tap';
import { type ClockRecord, Timeline } from './index.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);
const S = 1_000_000;
const HOUR = 3_600 * S;
const UTC = 1_795_289_965 * S;

const record = (monoUs: number, aheadUs: number, errUs: number, source: ClockRecord['source'] = 'controller') => ({
  ...{ boot: 'b', monoUs, errUs, source },
  utcUs: UTC + monoUs + aheadUs,
});
const off = (timeline: Timeline, monoUs: number): number => (timeline.at(monoUs)?.utcUs ?? 0) - UTC - monoUs;

t.test('no record, no time: nor by one that says nothing', async (t) => {
  t.equal(new Timeline([]).at(5), null);
  const nothing = new Timeline([record(0, 0, 1, 'unset'), record(0, 0, 300_000_000 * S, 'restored')]);
  t.ok(nothing.isEmpty);
  t.equal(nothing.monoAt(UTC, { from: 0, to: S }), null);
});

t.test('one record: 50 ppm wider with distance, before it as after it', async (t) => {
  const timeline = new Timeline([record(HOUR, 500, 1_000, 'gps')]);
  t.same(timeline.at(HOUR), { utcUs: UTC + HOUR + 500, errUs: 1_000, source: 'gps' });
  t.same(timeline.at(0), { utcUs: UTC + 500, errUs: 181_000, source: 'gps' });
  t.equal(timeline.at(2 * HOUR)?.errUs, 181_000);
  t.equal(timeline.monoAt(UTC + 500 + 7 * S, { from: 0, to: HOUR }), 7 * S);
  t.equal(timeline.monoAt(UTC + 9 * HOUR, { from: 0, to: HOUR }), HOUR, 'never within this boot');
});

t.test('between two that count the offset is interpolated: the drift of the crystal is taken out', async (t) => {
  const timeline = new Timeline([record(0, 0, 1_000), record(HOUR, 72_000, 1_000)]);
  t.equal(off(timeline, HOUR / 2), 36_000, '20 ppm');
  t.ok((timeline.at(HOUR / 2)?.errUs ?? 0) <= 91_000 + 36_000);
});

t.test('the tightest counts: a loose word beside it moves nothing', async (t) => {
  const timeline = new Timeline([
    record(0, 0, 1_000),
    record(10 * S, 200_000, 300_000, 'gps'),
    record(20 * S, 0, 1_000),
  ]);
  t.equal(off(timeline, 10 * S), 0);
});

t.test('two that count narrow each other; two loose ones close together never make time run back', async (t) => {
  const close = new Timeline([record(0, 0, 100_000), record(S, 150_000, 100_000)]);
  t.match(close.at(0), { utcUs: UTC + 49_950, errUs: 50_050 }, 'what both allow, and drift');
  const loose = new Timeline([record(0, 0, 4 * S), record(S, -3 * S, 4 * S)]);
  const at = [0, S / 4, S / 2, S, 2 * S].map((monoUs) => loose.at(monoUs)?.utcUs ?? 0);
  t.same(
    at,
    [...at].sort((a, b) => a - b),
  );
});

t.test('who lied first and was outvoted later spoils no early sample', async (t) => {
  const lie = record(S, HOUR, 300_000, 'gps');
  const split = record(5 * S, HOUR, HOUR + 310_000, 'gps');
  const agreed = record(60 * S, 0, 100_000);
  t.equal(off(new Timeline([lie, split, agreed]), 0), 0);
  const rollover = record(S, -170_000 * HOUR, 300_000, 'gps');
  const quarrel = record(5 * S, -170_000 * HOUR, 170_000 * HOUR + 310_000, 'gps');
  t.ok(new Timeline([rollover, quarrel]).isEmpty, 'nobody knows to a day: the first word does not count either');
  const kept = record(9 * S, -9 * HOUR, 315_576e9, 'restored');
  t.equal(off(new Timeline([record(S, 0, 300_000, 'gps'), kept]), S), 0, 'a time of another boot takes nothing back');
  const unsure = new Timeline([lie, split]).at(S);
  t.ok((unsure?.errUs ?? 0) >= HOUR, 'nobody outvoted it, but it is doubted: so says the error');
});

const truth = fc.record({ ppm: fc.integer({ min: -50, max: 50 }), at: fc.array(fc.nat(4 * 3_600), { maxLength: 30 }) });

t.test(
  'records that are right: the true time lies within the stated error everywhere, time never runs back',
  async () => {
    fc.assert(
      fc.property(
        truth,
        fc.array(fc.tuple(fc.integer({ min: 1, max: 400_000 }), fc.double({ min: -1, max: 1, noNaN: true })), {
          ...{ minLength: 30, maxLength: 30 },
        }),
        fc.array(fc.nat(5 * 3_600), { minLength: 5, maxLength: 40 }),
        ({ ppm, at }, words, asked) => {
          const true_ = (monoUs: number): number => UTC + monoUs + (monoUs * ppm) / 1e6;
          const records = at.map((s, i): ClockRecord => {
            const [errUs, beside] = words[i] ?? [1, 0];
            const utcUs = Math.round(true_(s * S) + (errUs - 1) * beside);
            return { boot: 'b', monoUs: s * S, utcUs, errUs, source: 'ntp' };
          });
          const timeline = new Timeline(records);
          if (at.length === 0) return timeline.at(0) === null;
          let last = Number.NEGATIVE_INFINITY;
          for (const s of asked.sort((a, b) => a - b)) {
            const told = timeline.at(s * S);
            if (told === null || Math.abs(told.utcUs - true_(s * S)) > told.errUs + 2 || told.utcUs < last)
              return false;
            last = told.utcUs;
            const back = timeline.monoAt(told.utcUs, { from: 0, to: 6 * HOUR }) ?? -1;
            if (timeline.at(back)?.utcUs !== told.utcUs) return false;
          }
          return true;
        },
      ),
      { seed, numRuns: 500 },
    );
  },
);
