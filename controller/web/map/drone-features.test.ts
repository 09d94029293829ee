import t from 'tap';
import { changeOf, type DroneFeature } from './drone-features.ts';

const base: DroneFeature = {
  lonDeg: 7,
  latDeg: 43,
  properties: {
    id: 'a',
    icon: 'fresh-air-skein',
    state: 'fresh',
    headingDeg: 10,
    opacity: 1,
    sub: '34 m',
    selected: false,
    rank: 3,
    uncertainPx0: 0,
    side: 'right',
  },
};

t.test('nothing changed, nothing sent', async (t) => {
  t.equal(changeOf(base, { ...base, properties: { ...base.properties } }), null);
});

t.test('only what changed is sent', async (t) => {
  t.same(changeOf(base, { ...base, lonDeg: 8 }), { id: 'a', newGeometry: { type: 'Point', coordinates: [8, 43] } });
  t.same(changeOf(base, { ...base, properties: { ...base.properties, opacity: 0.8 } }), {
    id: 'a',
    addOrUpdateProperties: [{ key: 'opacity', value: 0.8 }],
  });
});
