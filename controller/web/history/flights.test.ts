import t from 'tap';
import { flightsOf, spanOf } from './flights.ts';
import { tableFrom } from './testing/tables.ts';

type Row = readonly [s: number, armed: boolean, landed?: string];

const of = (rows: readonly Row[], more: object = {}) =>
  tableFrom({
    kind: 'status',
    timesS: rows.map(([s]) => s),
    columns: { armed: rows.map(([, armed]) => armed), landed: rows.map(([, , landed = 'unknown']) => landed) },
    ...more,
  });
const every = (fromS: number, toS: number, armed: boolean, landed?: string): Row[] =>
  Array.from({ length: Math.floor((toS - fromS) / 10) }, (_, i) => [fromS + i * 10, armed, landed ?? 'unknown']);

t.test('from armed to disarmed, newest first', async (t) => {
  const rows = [
    ...every(0, 100, false, 'on-ground'),
    ...every(100, 400, true, 'in-air'),
    ...every(400, 900, false, 'on-ground'),
    ...every(900, 960, true, 'on-ground'),
    ...every(960, 1_000, false, 'on-ground'),
  ];
  const [second, first] = flightsOf(of(rows), 1_000_000);
  t.match(first, { fromMs: 100_000, toMs: 400_000, begin: 'seen', end: 'seen', flew: true });
  t.match(second, { fromMs: 900_000, toMs: 960_000, flew: false }, 'armed, and stayed on the ground');
  if (first === undefined) throw new Error('no flight');
  t.same(spanOf(first), { fromMs: 95_000, toMs: 405_000 });
});

t.test('one that began before the search, and one that is not over', async (t) => {
  const rows = [...every(0, 100, true), ...every(100, 200, false), ...every(200, 300, true, 'in-air')];
  const [open, before] = flightsOf(of(rows), 300_000);
  t.match(before, { fromMs: 0, begin: 'before', end: 'seen', flew: null });
  t.match(open, { fromMs: 200_000, toMs: 290_000, end: 'open', flew: true });
});

t.test('a silence in the air is part of the flight; one that lasts ends it, nobody knows when', async (t) => {
  const rows = [...every(0, 20, false), ...every(20, 100, true), ...every(400, 500, true), ...every(500, 520, false)];
  const [one, none] = flightsOf(of(rows), 520_000);
  t.match(one, { fromMs: 20_000, toMs: 500_000, end: 'seen' });
  t.equal(none, undefined);
  const silent = [...every(0, 20, false), ...every(20, 100, true), ...every(700, 720, false)];
  t.match(flightsOf(of(silent), 720_000), [{ fromMs: 20_000, toMs: 90_000, end: 'lost' }]);
  const apart = [...every(0, 20, false), ...every(20, 100, true), ...every(9_000, 9_100, true)];
  t.match(flightsOf(of(apart), 9_100_000), [
    { begin: 'before', end: 'open' },
    { toMs: 90_000, end: 'lost' },
  ]);
  t.match(flightsOf(of(every(0, 100, true)), 9_100_000), [{ end: 'lost' }]);
});

t.test('down-sampled: about when, and whether it flew is not claimed', async (t) => {
  const rows: Row[] = [
    [0, false, 'on-ground'],
    [80, true, 'on-ground'],
    [160, true, 'on-ground'],
    [240, false, 'on-ground'],
  ];
  const [one] = flightsOf(of(rows, { rows: 5_000, maxPoints: 9, toS: 240 }), 240_000);
  t.match(one, { begin: 'about', end: 'about', flew: null });
  if (one === undefined) throw new Error('no flight');
  t.ok(spanOf(one).fromMs < 0, 'so more of the time around it is shown');
});

t.test('never armed, and nothing at all', async (t) => {
  t.same(flightsOf(of(every(0, 100, false)), 100_000), []);
  t.same(flightsOf(of([]), 100_000), []);
});
