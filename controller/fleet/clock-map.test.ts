import t from 'tap';
import { clockMap, onStamp, toOurs } from './clock-map.ts';

const S = 1e6;

/** Stamps as [theirs, ours at arrival], seconds. */
function mapped(...stamps: readonly (readonly [number, number])[]) {
  let map = clockMap('boot');
  for (const [theirs, ours] of stamps) map = onStamp(map, theirs * S, ours * S) ?? map;
  return map;
}

t.test('nothing is known before the first stamp', (t) => {
  t.equal(toOurs(clockMap('boot'), 5 * S), null);
  t.end();
});

t.test('the fastest message tells best', (t) => {
  t.equal(toOurs(mapped([10, 103], [20, 110.1], [30, 125]), 40 * S), 130.1 * S);
  t.end();
});

t.test('what comes out of a stuck connection late does not make old samples look young', (t) => {
  const map = mapped([10, 100], [15, 160], [20, 160]);
  t.equal(toOurs(map, 15 * S), 105 * S);
  t.end();
});

t.test('a stamp impossibly far ahead is refused and changes nothing', (t) => {
  const map = mapped([10, 100]);
  t.equal(onStamp(map, 1000 * S, 101 * S), null);
  t.ok(onStamp(map, 30 * S, 101 * S), 'a link that was slow at first is believed');
  t.end();
});

t.test('drift: what was true half an hour ago is forgotten', (t) => {
  let map = mapped([0, 100]);
  for (let s = 1; s <= 1800; s++) map = onStamp(map, s * S, (100.2 + s) * S) ?? map;
  t.equal(toOurs(map, 1800 * S), 1900.2 * S);
  t.ok(map.windows.length <= 10, 'bounded');
  t.end();
});
