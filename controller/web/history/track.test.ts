import t from 'tap';
import { readingAt, rowAt } from './table.ts';
import { tableFrom } from './testing/tables.ts';
import { holesIn, inAirAt, partsOf, trackOf, whereAt } from './track.ts';

const flown = (timesS: readonly number[], more: object = {}) => {
  const columns = {
    latDeg: timesS.map((s) => 47 + s / 1e4),
    lonDeg: timesS.map(() => 8),
    headingDeg: timesS.map(() => 90),
    altRelM: timesS.map((s) => s),
  };
  const table = tableFrom({ timesS, columns, ...more });
  return { table, track: trackOf(table) };
};

t.test('a row stands until the next; nothing before the first', async (t) => {
  t.equal(rowAt([10, 20, 30], 9), -1);
  t.equal(rowAt([10, 20, 30], 20), 1);
  t.equal(rowAt([10, 20, 30], 99), 2);
  const table = tableFrom({ timesS: [1, 2, 3], columns: { altRelM: [5, null, 7] } });
  t.same(readingAt(table, 'altRelM', 2_500), { value: 5, ageMs: 1_500 }, 'what is not known then is as old as it is');
  t.equal(readingAt(table, 'altRelM', 500), null);
  t.equal(readingAt(null, 'altRelM', 500), null);
});

t.test('between two recorded positions the older one is shown, none is made up', async (t) => {
  const { table, track } = flown([10, 11, 12, 13]);
  const where = whereAt(track, table, 11_900);
  t.match(where, { kind: 'there', ageMs: 900, point: { atMs: 11_000 } });
});

t.test('in a silence the marker is hollow, says until when, and the way is not joined up', async (t) => {
  const { table, track } = flown([10, 11, 40, 41]);
  t.match(whereAt(track, table, 12_000), { kind: 'there' }, 'a moment after the last word it is still there');
  t.match(whereAt(track, table, 15_000), { kind: 'hole', nextMs: 40_000, reason: null, last: { atMs: 11_000 } });
  t.match(whereAt(track, table, 39_999), { kind: 'hole', nextMs: 40_000 });
  t.match(whereAt(track, table, 40_000), { kind: 'there' });
  t.same(
    partsOf(track).map((part) => part.map((point) => point.atMs / 1000)),
    [
      [10, 11],
      [40, 41],
    ],
  );
});

t.test('what is lost for good is a hole however short, and its reason is kept', async (t) => {
  const { table, track } = flown([10, 11, 18, 19], { gaps: [{ fromS: 12, toS: 17, reason: 'evicted' }] });
  t.match(whereAt(track, table, 16_000), { kind: 'hole', nextMs: 18_000, reason: 'evicted' });
  t.equal(partsOf(track).length, 2);
});

t.test('before the first and after the last position nothing is known', async (t) => {
  const { table, track } = flown([10, 11]);
  t.match(whereAt(track, table, 5_000), { kind: 'hole', last: null, nextMs: 10_000 });
  t.match(whereAt(track, table, 60_000), { kind: 'hole', nextMs: null, last: { atMs: 11_000 } });
  t.same(holesIn(track, 0, 20_000), [], 'shorter than a silence');
  t.same(holesIn(track, -20_000, 60_000), [
    { fromMs: -20_000, toMs: 10_000, reason: null },
    { fromMs: 11_000, toMs: 60_000, reason: null },
  ]);
  const none = flown([]);
  t.same(holesIn(none.track, 0, 5_000), [{ fromMs: 0, toMs: 5_000, reason: null }]);
  t.match(whereAt(none.track, none.table, 5_000), { kind: 'hole', last: null, nextMs: null });
});

t.test('rows left out by down-sampling are no holes', async (t) => {
  const timesS = [0, 60, 120, 180, 240, 300];
  const { table, track } = flown(timesS, { rows: 3_000, toS: 300, maxPoints: 15 });
  t.equal(table.bucketS, 60);
  t.equal(partsOf(track).length, 1);
  t.match(whereAt(track, table, 110_000), { kind: 'there', ageMs: 50_000 }, 'but it says how old it is');
});

t.test('in the air by the word of the autopilot, else by its motors', async (t) => {
  const columns = { armed: [false, true, true], landed: ['on-ground', 'unknown', 'in-air'] };
  const status = tableFrom({ kind: 'status', timesS: [1, 2, 3], columns });
  t.same(
    [1_000, 2_000, 3_000].map((at) => inAirAt(status, at)),
    [false, true, true],
  );
  t.equal(inAirAt(null, 1), false);
});
