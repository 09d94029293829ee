import t from 'tap';
import { readPlanned, routeFeatures } from './planned.ts';

const BASE = { latDeg: 47.3977, lonDeg: 8.5456 };
const ANSWER = {
  id: 'round',
  version: 2,
  itinerary: {
    base: BASE,
    items: [
      { do: 'take-off', altM: 30 },
      { do: 'deliver', latDeg: 47.4, lonDeg: 8.55, how: 'winch' },
      { do: 'return' },
    ],
  },
};

t.test('the planned way begins and ends at the base, and marks the item under way', async (t) => {
  const plan = readPlanned(ANSWER);
  if (plan === null) throw new Error('not read');
  const { features } = routeFeatures(plan, 1);
  t.match(features.at(-1)?.geometry, {
    type: 'LineString',
    coordinates: [
      [8.5456, 47.3977],
      [8.55, 47.4],
      [8.5456, 47.3977],
    ],
  });
  t.same(features[0]?.properties, { kind: 'deliver', now: true });
  t.same(routeFeatures(plan, null).features[0]?.properties, { kind: 'deliver', now: false });
});

t.test('what is no plan draws nothing', async (t) => {
  for (const value of [null, 7, {}, { version: 1, itinerary: null }, { version: 1, itinerary: { items: 3 } }]) {
    t.equal(readPlanned(value), null);
  }
  t.same(routeFeatures({ version: 1, base: null, items: [{ do: 'return' }] }, null).features, []);
});
