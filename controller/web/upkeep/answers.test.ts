import t from 'tap';
import { readPack, readParameters, readUpkeep } from './answers.ts';

t.test('counts since the inspection, against their limits', async (t) => {
  const said = {
    ...{
      holds: ['40 hours since its inspection, limit 40'],
      warnings: [],
      packs: ['B-07', 3],
      limits: { hours: 40, flights: 100 },
    },
    ...{
      total: { hours: 61.25, flights: 300, hardLandings: 2 },
      sinceInspection: { hours: 40, flights: 12, hardLandings: 0 },
    },
    inspected: { by: 'Ann', atUtcUs: 1_764_000_000e6 },
  };
  const read = readUpkeep(said);
  t.same(
    read.counts.map(({ label, value, near }) => [label, value, near]),
    [
      ['Hours armed', '40.0 of 40', true],
      ['Flights', '12 of 100', false],
      ['Hard landings', '0', false],
    ],
  );
  t.match(read.counts[0]?.title, /in all 61\.3/);
  t.same(read.packs, ['B-07'], 'what is no name is left out');
  t.same(read.inspected, { by: 'Ann', atMs: 1_764_000_000e3 });
  t.same(read.holds, ['40 hours since its inspection, limit 40']);
});

t.test('what is missing is a dash, never a crash', async (t) => {
  t.same(
    readUpkeep(null).counts.map(({ value }) => value),
    ['–', '–', '–'],
  );
  t.same(readUpkeep('no').inspected, null);
  t.same(
    readPack('B', {}).facts.map(([, value]) => value),
    ['–', '–', '–', '–', '–'],
  );
  t.match(readParameters(undefined), { words: 'Not compared: nothing is known of them yet.', differences: [] });
});

t.test('a pack: cycles of its limit, the worst of a cell', async (t) => {
  const pack = readPack('B-07', {
    ...{ holds: ['it is retired'], limits: { cycles: 200 }, milliohm: 41.4, total: { cycles: 210.26, flights: 260 } },
    sinceInspection: { cycles: 12.34, flights: 15, minCellV: 3.412, maxTemperatureC: 44.6 },
  });
  t.same(
    pack.facts.map(([label, value, unit]) => `${label} ${value}${unit}`),
    ['Full cycles 12.3 of 200', 'Flights 15', 'Lowest cell 3.41V', 'Hottest 45°C', 'Resistance 41mΩ'],
  );
  t.same(pack.holds, ['it is retired']);
});

t.test('parameters: as the baseline, or each difference in words', async (t) => {
  const baseline = { name: 'group-north', hash: 'ab' };
  t.same(readParameters({ known: true, baseline, differences: [] }), {
    words: 'As the baseline of the group north.',
    differences: [],
  });
  const words = 'RTL_ALT is 1500, baseline 6000';
  t.same(readParameters({ known: true, baseline: { name: 'heron-01' }, differences: [{ words }, {}] }), {
    ...{ words: 'One differs from the baseline of heron-01:', differences: [words] },
  });
  t.match(readParameters({ known: false, words: 'its parameters were not read yet' }), {
    words: 'Not compared: its parameters were not read yet.',
  });
});
