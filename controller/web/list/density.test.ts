import t from 'tap';
import { rowHeightPx, windowOf } from './density.ts';

t.test('48 drones fit a 1280×800 screen (720 px for rows)', async (t) => {
  t.equal(rowHeightPx(720, 48), 15);
  t.ok(48 * rowHeightPx(720, 48) <= 720);
});

t.test('few are airy, thousands stay readable', async (t) => {
  t.equal(rowHeightPx(720, 5), 30);
  t.equal(rowHeightPx(720, 36), 20);
  t.equal(rowHeightPx(720, 5000), 15);
});

t.test('only rows in sight are drawn', async (t) => {
  t.same(windowOf(0, 720, 15, 5000), { first: 0, end: 54 });
  t.same(windowOf(7500, 720, 15, 5000), { first: 494, end: 554 });
  t.same(windowOf(0, 720, 30, 5), { first: 0, end: 5 });
});
