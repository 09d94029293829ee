import t from 'tap';
import { append, broken, missing, NO_SERIES, type Series, seriesOf, silenceFor, underLive, valueAt } from './series.ts';

const at = (s: number): string => new Date(s * 1000).toISOString();

function line(timesS: readonly number[], more: Partial<Series> = {}): Series {
  return { ...NO_SERIES, timesS, values: timesS.map((time) => time % 7), ...more };
}

t.test('an answer becomes a line; what is not a number is a hole', async (t) => {
  const series = seriesOf(
    {
      from: at(0),
      to: at(10),
      rows: 3,
      times: [at(1), at(2), at(3)],
      columns: { altRelM: [5, null, 'x'] },
      gaps: [
        { from: at(4), to: at(6), reason: 'evicted', samples: 2 },
        { from: at(5), to: at(7), reason: 'evicted', samples: 2 },
      ],
      filledLater: [{ from: at(1), to: at(2) }],
    },
    'altRelM',
  );
  t.same(series.values, [5, null, null]);
  t.same(series.gaps, [{ fromS: 4, toS: 7, reason: 'evicted' }]);
  t.same(series.later, [{ fromS: 1, toS: 2 }]);
});

t.test('live samples are appended once and in order', async (t) => {
  const one = append(NO_SERIES, 5, 1);
  t.equal(append(one, 5, 2), one);
  t.equal(append(one, 4, 2), one);
  t.same(append(one, 6, 2).timesS, [5, 6]);
  let many = NO_SERIES;
  for (let i = 0; i < 7000; i += 1) many = append(many, i, i);
  t.equal(many.timesS.length, 6000, 'bounded');
});

t.test('history read again keeps the live end', async (t) => {
  t.same(underLive(line([1, 2, 3]), line([2, 3, 4, 5])).timesS, [1, 2, 3, 4, 5]);
  t.same(underLive(line([1, 2, 3]), line([1, 2])).timesS, [1, 2, 3]);
});

t.test('a silence no gap explains is missing, also the one that lasts', async (t) => {
  const series = line([0, 1, 2, 40, 41], { gaps: [{ fromS: 10, toS: 20, reason: 'evicted' }] });
  t.same(missing(series, 0, 42, 12), [
    { fromS: 2, toS: 10 },
    { fromS: 20, toS: 40 },
  ]);
  t.same(missing(series, 0, 100, 12).at(-1), { fromS: 41, toS: 100 });
  t.same(missing(series, -30, 2, 12), [{ fromS: -30, toS: 0 }], 'and the one before the first sample');
  t.same(missing(NO_SERIES, 0, 100, 12), []);
});

t.test('down-sampled lines are not all holes', async (t) => {
  t.equal(silenceFor(300, 300), 12);
  t.ok(silenceFor(86_400, 600) > 144);
});

t.test('the line is broken at silences and gaps and nowhere else', async (t) => {
  const drawn = broken(line([0, 1, 2, 40, 41]), 12);
  t.same(drawn.timesS, [0, 1, 2, 21, 40, 41]);
  t.equal(drawn.values[3], null);
  const gap = broken(line([0, 5, 10], { gaps: [{ fromS: 6, toS: 9, reason: 'thinned' }] }), 12);
  t.equal(gap.values.filter((value) => value === null).length, 1);
});

t.test('reading a value under the cursor', async (t) => {
  const series = line([0, 1, 2, 40]);
  t.equal(valueAt(series, 1.5, 12), 1);
  t.equal(valueAt(series, 30, 12), null);
  t.equal(valueAt(series, -1, 12), null);
  const lost = line([0, 1, 2], { gaps: [{ fromS: 1.4, toS: 1.8, reason: 'thinned' }] });
  t.same(
    [1.3, 1.5, 1.9, 2].map((time) => valueAt(lost, time, 12)),
    [1, null, null, 2],
    'nothing is known until something comes after a gap',
  );
});
