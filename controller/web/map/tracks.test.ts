import t from 'tap';
import { readTrack } from './tracks.ts';

t.test('one line or many', async (t) => {
  const time = '2026-11-21T20:00:00.000000Z';
  const one = readTrack({
    geometry: {
      type: 'LineString',
      coordinates: [
        [7, 43, 80],
        [8, 44, 80],
      ],
    },
    properties: { times: [time, time] },
  });
  t.same(
    one.parts.map((part) => part.length),
    [2],
  );
  t.same(one.parts[0]?.[0], { lonDeg: 7, latDeg: 43, atMs: Date.UTC(2026, 10, 21, 20) });
  const many = readTrack({
    geometry: { type: 'MultiLineString', coordinates: [[[7, 43]], [[8, 44]]] },
    properties: { times: [[time], [time]] },
  });
  t.equal(many.parts.length, 2);
});
