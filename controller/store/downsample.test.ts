import t from 'tap';
import { Downsampler } from './downsample.ts';

t.test('never more rows than asked for, however many columns there are', (t) => {
  const columns = Array.from({ length: 12 }, (_, i) => `c${i}`);
  for (const maxPoints of [10, 11, 25, 100]) {
    const points = new Downsampler({ fromUtcUs: 0, toUtcUs: 1000, maxPoints, columns });
    for (let utcUs = 0; utcUs < 1000; utcUs++) {
      const values = columns.map((name, i) => [name, Math.sin(utcUs * (i + 1) * 0.7)]);
      points.add({ utcUs, values: Object.fromEntries(values) });
    }
    const rows = points.finish();
    t.ok(rows.length > 0 && rows.length <= maxPoints, `${rows.length} of ${maxPoints}`);
    t.equal(points.total, 1000);
  }
  t.end();
});
