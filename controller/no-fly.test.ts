import t from 'tap';
import { readNoFly, zonesOf } from './no-fly.ts';

const file = (geometry: object, properties: object) => ({
  type: 'FeatureCollection',
  features: [{ type: 'Feature', geometry, properties }],
});
const ring = [
  [8, 47],
  [8.1, 47],
  [8.1, 47.1],
  [8, 47],
];

t.test('zones out of GeoJSON; a file with a mistake says which feature, and stops the start', async (t) => {
  t.same(zonesOf(file({ type: 'Polygon', coordinates: [ring] }, { name: 'lake', toM: 60, frame: 'home' }), 'f'), {
    ok: true,
    zones: [
      { name: 'lake', toM: 60, frame: 'home', ring: ring.slice(0, -1).map(([lonDeg, latDeg]) => ({ latDeg, lonDeg })) },
    ],
  });
  t.match(zonesOf(file({ type: 'Point', coordinates: [8, 47] }, { name: 'tower', radiusM: 50 }), 'f'), {
    zones: [{ name: 'tower', circle: { centre: { latDeg: 47, lonDeg: 8 }, radiusM: 50 } }],
  });
  const wrong = [
    file({ type: 'Point', coordinates: [8, 47] }, { name: 'no radius' }),
    file({ type: 'Polygon', coordinates: [ring] }, {}),
    file({ type: 'Polygon', coordinates: [ring, ring] }, { name: 'a hole' }),
    file({ type: 'Polygon', coordinates: [ring] }, { name: 'x', frame: 'ellipsoid' }),
  ];
  for (const one of wrong) t.match(zonesOf(one, 'f'), { ok: false, reason: /f: feature 0/ });
  t.match(zonesOf([], 'f'), { ok: false, reason: /FeatureCollection/ });
  t.same(readNoFly(''), { ok: true, zones: [] });
  t.match(readNoFly('/nowhere.geojson'), { ok: false, reason: /itineraries.noFlyFile: \/nowhere/ });
});
