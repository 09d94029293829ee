import t from 'tap';
import { circle, gridFor, metresBetween, metresPerPixel, roundNumber, scaleBar } from './grid.ts';

t.test('round numbers', async (t) => {
  t.equal(roundNumber(73, true), 100);
  t.equal(roundNumber(100, true), 100);
  t.equal(roundNumber(101, true), 200);
  t.equal(roundNumber(0.3, true), 0.5);
  t.equal(roundNumber(73, false), 50);
  t.equal(roundNumber(20, false), 20);
});

t.test('at street zoom the lines are a round number of metres apart', async (t) => {
  const grid = gridFor({ westDeg: 7.24, southDeg: 43.69, eastDeg: 7.26, northDeg: 43.7, zoom: 16 });
  t.equal(grid.metres, 100);
  t.equal(grid.degrees, null);
  const lats = grid.lines.features.map((f) => f.geometry.coordinates).filter(([a, b]) => a?.[1] === b?.[1]);
  const [one, two] = lats;
  const apart = metresBetween(7.25, one?.[0]?.[1] ?? 0, 7.25, two?.[0]?.[1] ?? 0);
  t.ok(Math.abs(apart - 100) < 0.01, `${apart}`);
  t.ok(grid.lines.features.some((f) => f.properties.major));
});

t.test('from afar it is a graticule, and never thousands of lines', async (t) => {
  const grid = gridFor({ westDeg: -180, southDeg: -85, eastDeg: 180, northDeg: 85, zoom: 1 });
  t.equal(grid.metres, null);
  t.equal(grid.degrees, 30);
  t.ok(grid.lines.features.length < 40);
  const wrong = gridFor({ westDeg: -180, southDeg: -85, eastDeg: 180, northDeg: 85, zoom: 18 });
  t.ok(wrong.lines.features.length <= 400);
});

t.test('the scale bar fits and is as long as it says', async (t) => {
  for (let zoom = 1; zoom <= 20; zoom += 0.7) {
    const bar = scaleBar(43.7, zoom);
    t.ok(bar.px <= 111 && bar.px >= 40, `${bar.px} px at ${zoom}`);
    t.ok(Math.abs(bar.px * metresPerPixel(43.7, zoom) - bar.metres) < metresPerPixel(43.7, zoom));
  }
});

t.test('a circle is round on the ground', async (t) => {
  for (const [lon, lat] of circle(7.25, 60, 250)) t.ok(Math.abs(metresBetween(7.25, 60, lon, lat) - 250) < 2);
});
