import { UTC_FACE } from '@skein/protocol/time';
import t from 'tap';
import { chooseFace } from '../format/face.ts';
import { readBases, readWeathers, readZones } from './answers.ts';
import { baseFeatures, zoneFeatures } from './features.ts';
import { bandWords, inForce, timesWords, weatherAge, weatherWords } from './words.ts';

chooseFace(UTC_FACE);
const NOW_MS = Date.parse('2026-11-27T20:00:00Z');
const RING = [
  { latDeg: 47, lonDeg: 8 },
  { latDeg: 47, lonDeg: 8.1 },
  { latDeg: 47.1, lonDeg: 8.1 },
];
const zoneOf = (more: object) => {
  const [zone] = readZones({ zones: [{ id: 'z', name: 'Z', kind: 'no-fly', ring: RING, ...more }] });
  if (zone === undefined) throw new Error('no zone');
  return zone;
};

t.test('what is no base, zone or weather is left out', async (t) => {
  t.same(readBases({ bases: [{ id: 'b' }, null] }), []);
  t.same(
    readZones({
      zones: [
        { id: 'z', kind: 'other', ring: RING },
        { id: 'y', kind: 'slow', ring: RING.slice(1) },
      ],
    }),
    [],
  );
  t.same(readWeathers({ weather: [{ id: 'b', windMps: 3 }] }), []);
  t.same(readBases(null), []);
});

t.test('a circle is drawn as a ring of its radius', async (t) => {
  const { ring } = zoneOf({ ring: undefined, circle: { centre: { latDeg: 60, lonDeg: 8 }, radiusM: 100 } });
  for (const { latDeg, lonDeg } of ring) {
    const m = Math.hypot((latDeg - 60) * 111_320, (lonDeg - 8) * 111_320 * 0.5);
    t.ok(Math.abs(m - 100) < 0.5, `${m} m`);
  }
});

t.test('a zone that is over is not drawn, one to come says so', async (t) => {
  const over = zoneOf({ validTo: '2026-11-27T19:00:00Z' });
  const later = zoneOf({ validFrom: '2026-11-27T21:00:00Z' });
  t.equal(inForce(over, NOW_MS), 'over');
  t.same(zoneFeatures([over], NOW_MS).features, []);
  t.match(zoneFeatures([later], NOW_MS).features[0]?.properties, {
    kind: 'no-fly',
    later: true,
    label: 'no fly, later\nZ',
  });
  t.match(timesWords(later), /^from \d\d:\d\d UTC/);
  t.equal(timesWords(zoneOf({})), null);
});

t.test('bands in words', async (t) => {
  const words = (more: object) => bandWords(zoneOf(more))?.replace(/\u202f/g, ' ') ?? null;
  t.equal(words({}), null);
  t.equal(words({ toM: 60 }), 'up to 60 m above home');
  t.equal(words({ fromM: 450, toM: 500, frame: 'amsl' }), 'from 450 m to 500 m above mean sea level');
  t.equal(words({ fromM: 20 }), 'from 20 m above home up');
});

t.test('a closed pad says so', async (t) => {
  const bases = readBases({
    bases: [{ id: 'b', name: 'B', place: RING[0], pads: [{ id: 'a', place: RING[1], closed: 'ice' }] }],
  });
  t.match(
    baseFeatures(bases).features.map(({ properties }) => properties),
    [{ what: 'base' }, { label: 'a closed', closed: true }],
  );
});

t.test('weather in words, with its age', async (t) => {
  const [weather] = readWeathers({
    weather: [
      {
        id: 'b',
        windFromDeg: 250,
        windMps: 3,
        gustMps: 5,
        temperatureC: -2,
        changedAt: '2026-11-27T19:30:00Z',
        next: '2026-11-27T19:50:00Z',
      },
    ],
  });
  if (weather === undefined) throw new Error('no weather');
  t.equal(weatherWords(weather).replace(/\u202f/g, ' '), 'wind 3 m/s from W, gusts 5 m/s, −2 °C');
  t.equal(weatherAge(weather, NOW_MS).replace(/\u202f/g, ' '), 'told 30 min ago; it should have been told anew by now');
});
