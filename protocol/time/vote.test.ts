import fc from 'fast-check';
import t from 'tap';
import { CLOCK_QUALITIES, type Opinion, vote } from './index.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);
const numRuns = 3_000;
const HOUR = 3_600_000_000;

const gps = (offsetUs: number, errUs = 300_000): Opinion => ({ source: 'gps', offsetUs, errUs });
const ntp = (offsetUs: number, errUs = 100_000): Opinion => ({ source: 'ntp', offsetUs, errUs });
const controller = (offsetUs: number, errUs = 10_000): Opinion => ({ source: 'controller', offsetUs, errUs });

t.test(
  'one liar of three is outvoted and named; the point is the tightest, the error what a majority vouches for',
  async (t) => {
    t.match(vote([gps(HOUR), ntp(20_000), controller(5_000)]), {
      ...{ standing: 'agreed', source: 'controller', offsetUs: 5_000, errUs: 10_000, liars: ['gps'] },
      agreeing: ['ntp', 'controller'],
    });
    t.match(vote([gps(0), ntp(20_000), controller(-HOUR)]), { source: 'ntp', liars: ['controller'], errUs: 100_000 });
    t.match(vote([gps(0), ntp(0), controller(90_000)]), { source: 'controller', offsetUs: 90_000, errUs: 190_000 });
  },
);

t.test('one alone is believed, and it says that it is alone', async (t) => {
  t.equal(vote([]), null);
  t.match(vote([gps(7)]), { standing: 'single', source: 'gps', offsetUs: 7, errUs: 300_000, liars: [] });
});

t.test(
  'two that disagree: nobody is outvoted, both may be right, the better or the one before is the point',
  async (t) => {
    t.match(vote([gps(HOUR), controller(0)]), {
      ...{ standing: 'split', source: 'gps', offsetUs: HOUR, errUs: HOUR + 10_000 },
      ...{ agreeing: [], liars: [] },
    });
    t.match(vote([gps(HOUR), controller(0)], { source: 'controller', offsetUs: 0 }), {
      source: 'controller',
      offsetUs: 0,
      errUs: HOUR + 300_000,
    });
    t.match(vote([gps(HOUR), ntp(0), controller(-HOUR)], { source: 'ntp', offsetUs: 0 }), {
      standing: 'split',
      source: 'ntp',
      liars: [],
    });
  },
);

t.test('who was believed has fallen silent: whoever holds its point goes on with it', async (t) => {
  const kept = { source: 'restored', offsetUs: 400 } as const;
  t.match(vote([gps(HOUR), controller(0)], kept), { standing: 'split', source: 'controller' });
  t.match(
    vote([gps(HOUR), controller(2 * HOUR)], kept),
    { standing: 'split', source: 'gps' },
    'nobody does: the better',
  );
});

t.test('two that are alike do not take turns', async (t) => {
  const alike = [ntp(0, 9_000), controller(0, 10_000)];
  t.equal(vote(alike)?.source, 'ntp');
  t.equal(vote(alike, { source: 'controller', offsetUs: 0 })?.source, 'controller');
  t.equal(vote([ntp(0, 4_000), controller(0, 10_000)], { source: 'controller', offsetUs: 0 })?.source, 'ntp');
});

const TRUTH = 1_700_000_000_000_000;
const anyError = fc.oneof(fc.nat(1_000), fc.nat(1_000_000), fc.nat(2 * HOUR));
/** Right: its interval holds the truth, anywhere in it. */
const right = fc.tuple(anyError, fc.double({ min: -1, max: 1, noNaN: true })).map(([errUs, at]) => ({
  offsetUs: TRUTH + Math.round(errUs * at),
  errUs: errUs + 1,
}));
/** Anything, also what only just misses. */
const anything = fc
  .tuple(anyError, fc.oneof(fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: -2 * HOUR, max: 2 * HOUR })))
  .map(([errUs, beside]) => ({ offsetUs: TRUTH + beside + Math.sign(beside) * errUs, errUs }));
const named = (words: readonly Omit<Opinion, 'source'>[]): Opinion[] =>
  words.map((word, i) => ({ ...word, source: CLOCK_QUALITIES[i % CLOCK_QUALITIES.length] ?? 'gps' }));
const holdsTruth = ({ offsetUs, errUs }: Pick<Opinion, 'offsetUs' | 'errUs'>): boolean =>
  Math.abs(offsetUs - TRUTH) <= errUs;

t.test('with a minority of liars, however sly, the true time lies in the result', async () => {
  fc.assert(
    fc.property(
      fc.array(right, { minLength: 1, maxLength: 5 }),
      fc.array(anything, { maxLength: 4 }),
      fc.integer(),
      (honest, lying, turn) => {
        const liars = lying.slice(0, honest.length - 1);
        const all = [...honest, ...liars];
        const verdict = vote(named(all.map((_, i) => all[(i + Math.abs(turn)) % all.length] as Opinion)));
        return verdict !== null && verdict.standing !== 'split' && holdsTruth(verdict);
      },
    ),
    { seed, numRuns },
  );
});

t.test('with more liars: a split holds the truth if anybody is right, and there is no third way', async () => {
  fc.assert(
    fc.property(right, fc.array(anything, { maxLength: 4 }), (honest, lying) => {
      const all = named([...lying, honest]);
      const verdict = vote(all);
      if (verdict === null) return false;
      if (verdict.standing === 'split') return holdsTruth(verdict);
      return verdict.agreeing.length * 2 > all.length && verdict.agreeing.length + verdict.liars.length === all.length;
    }),
    { seed, numRuns },
  );
});

t.test('all of them right: nobody is called a liar, and the order they are asked in does not matter', async () => {
  fc.assert(
    fc.property(fc.array(right, { minLength: 1, maxLength: 5 }), (honest) => {
      const all = named(honest);
      const [one, other] = [vote(all), vote(all.toReversed())];
      return one?.liars.length === 0 && one.errUs === other?.errUs && one.offsetUs === other?.offsetUs;
    }),
    { seed, numRuns },
  );
});
