/**
 * Files of other programs read, and ours written and read again. `testdata` holds files in the form that QGroundControl
 * and Mission Planner write.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import {
  compile,
  DEFAULT_LIMITS,
  type DeliverItem,
  type Flavour,
  type Itinerary,
  type ItineraryItem,
  lineM,
  maxDescentM,
  missionLength,
  readGeojson,
  readPlan,
  readWpl,
  releaseAltM,
  unknownAircraft,
  validate,
  writeGeojson,
  writePlan,
  writeWpl,
} from './index.ts';

const text = (name: string): string => readFileSync(new URL(`./testdata/${name}`, import.meta.url), 'utf8');
const ABOUT = { id: 'round', version: 1 };
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = { seed, numRuns: Number(process.env.RUNS ?? 100) };
t.comment(`SEED=${seed}`);

t.test('a plan of QGroundControl: items, speeds, heights by what they count from, fence, rally, base', async (t) => {
  const read = readPlan(JSON.parse(text('round.plan')), ABOUT);
  t.match(read, { ok: true, notes: ['item 5: read as a delivery; it gets a gate before it'] });
  if (!read.ok) return;
  t.same(read.itinerary, {
    ...ABOUT,
    base: { latDeg: 47.3977, lonDeg: 8.5456 },
    items: [
      { do: 'take-off', altM: 30 },
      { do: 'waypoint', latDeg: 47.3995, lonDeg: 8.546, altM: 40, frame: 'home', speedMps: 8 },
      { do: 'waypoint', latDeg: 47.4005, lonDeg: 8.547, altM: 500, frame: 'amsl', holdS: 3 },
      { do: 'deliver', latDeg: 47.401, lonDeg: 8.548, altM: 40, frame: 'home', how: 'place', maxDescentM: 45 },
      { do: 'loiter', latDeg: 47.399, lonDeg: 8.5465, altM: 35, frame: 'terrain', forS: 20 },
      { do: 'return' },
    ],
    fence: {
      polygons: [
        {
          inside: false,
          points: [
            { latDeg: 47.4012, lonDeg: 8.552 },
            { latDeg: 47.402, lonDeg: 8.552 },
            { latDeg: 47.4016, lonDeg: 8.5532 },
          ],
        },
      ],
      circles: [{ inside: true, centre: { latDeg: 47.3977, lonDeg: 8.5456 }, radiusM: 900.5 }],
    },
    rally: [{ latDeg: 47.398, lonDeg: 8.545, altM: 40 }],
  });
  t.same(validate(read.itinerary, DEFAULT_LIMITS, unknownAircraft('ardupilot')).refusals, []);
});

t.test('what a plan cannot say is refused by index and name: survey, spline, heading, a bare gripper', async (t) => {
  const read = readPlan(JSON.parse(text('survey.plan')), ABOUT);
  t.match(read, {
    ok: false,
    refusals: [
      { item: 2, rule: 'format', value: 'survey', words: /complex/ },
      { item: 40, value: 'NAV_SPLINE_WAYPOINT', words: /item 40 \(NAV_SPLINE_WAYPOINT\)/ },
      { item: 41, value: 'NAV_WAYPOINT', words: /heading \(90\)/ },
      { item: 42, value: 'DO_GRIPPER', words: /behind its gate/ },
    ],
  });
  for (const rubbish of [
    null,
    [],
    {},
    { fileType: 'Plan', mission: {} },
    { fileType: 'Plan', mission: { items: [7] } },
  ]) {
    t.match(readPlan(rubbish, ABOUT), { ok: false, refusals: [{ rule: 'format', words: String }] });
  }
});

t.test('WPL of Mission Planner: home is the base, lines that are none are named', async (t) => {
  t.match(readWpl(text('round.waypoints'), ABOUT), {
    ok: true,
    itinerary: {
      base: { latDeg: 47.3977, lonDeg: 8.5456 },
      items: [
        { do: 'take-off', altM: 30 },
        { do: 'waypoint', latDeg: 47.3995, altM: 40, frame: 'home' },
        { do: 'loiter', forS: 20 },
        { do: 'land', latDeg: 47.3977, lonDeg: 8.5456 },
      ],
    },
  });
  t.match(readWpl('QGC WPL 120\n', ABOUT), { ok: false, refusals: [{ words: /QGC WPL 110/ }] });
  t.match(readWpl('QGC WPL 110\n0\t1\t0\n', ABOUT), { ok: false, refusals: [{ words: /line 2/ }] });
  t.match(readWpl('QGC WPL 110\r\n', ABOUT), { ok: false });
});

t.test('GeoJSON: without a word on what its heights count from it is refused; with it a line is a plan', async (t) => {
  const river = JSON.parse(text('river.geojson'));
  t.match(readGeojson(river, ABOUT, null), {
    ok: false,
    refusals: [{ item: 0, value: 'heightReference', words: /home, amsl or terrain/ }],
  });
  t.match(readGeojson(river, ABOUT, 'ellipsoid'), { ok: false, refusals: [{ words: /"ellipsoid" does not say/ }] });
  const read = readGeojson(river, ABOUT, 'home');
  t.match(read, {
    ok: true,
    itinerary: {
      base: { latDeg: 47.3977, lonDeg: 8.5456 },
      items: [
        { do: 'take-off', altM: 30 },
        { do: 'waypoint', altM: 40, speedMps: 8 },
        {},
        { altM: 45 },
        { do: 'return' },
      ],
      fence: { polygons: [{ inside: true, points: [{}, {}, {}, {}] }] },
    },
  });
  t.same(read.ok && validate(read.itinerary, DEFAULT_LIMITS, unknownAircraft('ardupilot')).refusals, []);
  for (const geometry of [null, { type: 'MultiPoint', coordinates: [] }, { type: 'Point', coordinates: ['a'] }]) {
    const one = { type: 'FeatureCollection', features: [{ type: 'Feature', properties: {}, geometry }] };
    t.match(readGeojson(one, ABOUT, 'home'), { ok: false, refusals: [{ item: 0 }] });
  }
});

const place = {
  latDeg: fc.integer({ min: -8e8, max: 8e8 }).map((e7) => e7 / 1e7),
  lonDeg: fc.integer({ min: 1, max: 18e8 }).map((e7) => e7 / 1e7),
};
const height = fc.integer({ min: 500, max: 11_000 }).map((cm) => cm / 100);
const where = { ...place, altM: height, frame: fc.constantFrom('home', 'amsl', 'terrain') };
const seconds = fc.integer({ min: 1, max: 600 });
const anyItem = fc.oneof(
  fc.record(
    {
      do: fc.constant('waypoint'),
      ...where,
      speedMps: fc.integer({ min: 1, max: 60 }).map((half) => half / 2),
      holdS: seconds,
    },
    { requiredKeys: ['do', 'latDeg', 'lonDeg', 'altM', 'frame'] },
  ),
  fc.record({ do: fc.constant('loiter'), ...where, forS: seconds }),
  fc.record({ do: fc.constant('land'), ...place }),
  fc.record(
    {
      do: fc.constant('deliver'),
      ...where,
      how: fc.constantFrom('place', 'gripper', 'drop', 'winch'),
      releaseAltM: fc.integer({ min: 1, max: 4 }),
      lineM: fc.integer({ min: 8, max: 40 }).map((half) => half / 2),
      maxDescentM: fc.integer({ min: 1, max: 120 }),
      gateS: fc.integer({ min: 5, max: 600 }),
      parcel: fc.string({ minLength: 1 }),
    },
    { requiredKeys: ['do', 'latDeg', 'lonDeg', 'altM', 'frame', 'how', 'maxDescentM'] },
  ),
) as fc.Arbitrary<ItineraryItem>;
const ring = fc.array(fc.record(place), { minLength: 3, maxLength: 8 });
const anyPlan: fc.Arbitrary<Itinerary> = fc.record({
  id: fc.constant('round'),
  version: fc.constant(1),
  base: fc.record(place),
  items: fc
    .array(anyItem, { maxLength: 12 })
    .map((items): ItineraryItem[] => [{ do: 'take-off', altM: 30 }, ...items, { do: 'return' }]),
  fence: fc.record({
    polygons: fc.array(fc.record({ inside: fc.boolean(), points: ring }), { minLength: 1, maxLength: 3 }),
    circles: fc.array(
      fc.record({ inside: fc.boolean(), centre: fc.record(place), radiusM: fc.integer({ min: 1, max: 999 }) }),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  rally: fc.array(fc.record({ ...place, altM: fc.integer({ min: 1, max: 100 }) }), { minLength: 1, maxLength: 3 }),
});

/**
 * What an exported mission keeps of an item, said the way it is read again: a gripper from a hover is a drop, defaults
 * are written out, and what has no place in a mission (parcel, conditions of the release) is gone.
 */
function asMissionSays(item: ItineraryItem, flavour: Flavour): ItineraryItem {
  if (item.do !== 'deliver') return item;
  const { latDeg, lonDeg, altM, frame, gateS } = item;
  const base = { do: 'deliver', latDeg, lonDeg, altM, frame, gateS: Math.round(gateS ?? 60) } as const;
  if (item.how === 'place' && flavour === 'ardupilot')
    return { ...base, how: 'place', maxDescentM: maxDescentM(item) ?? 0 };
  if (item.how === 'place' || (item.how === 'gripper' && releaseAltM(item) === 0)) return { ...base, how: 'gripper' };
  if (item.how === 'winch') return { ...base, how: 'winch', releaseAltM: releaseAltM(item), lineM: lineM(item) };
  return { ...base, how: 'drop', releaseAltM: releaseAltM(item) };
}

t.test('round trips: what a mission can say comes back, and compiles to the very same items', async (t) => {
  for (const flavour of ['ardupilot', 'px4'] as const) {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const options = { flavour };
        t.equal(missionLength(plan, flavour), compile(plan, options).mission.length);
        const wanted = { ...plan, items: plan.items.map((item) => asMissionSays(item, flavour)) };
        const inPlan = readPlan(JSON.parse(writePlan(plan, options).text), ABOUT);
        const { fence: _fence, rally: _rally, ...rest } = wanted;
        const inWpl = readWpl(writeWpl(plan, options).text, ABOUT);
        if (!inPlan.ok || !inWpl.ok) throw new Error(JSON.stringify([inPlan, inWpl]));
        t.same(inPlan.itinerary, wanted);
        t.same(inWpl.itinerary, rest);
        t.same(compile(inPlan.itinerary, options), compile(wanted, options));
        t.same(compile(inPlan.itinerary, options).mission, compile(plan, options).mission);
      }),
      runs,
    );
  }
});

t.test('GeoJSON keeps everything', async (t) => {
  fc.assert(
    fc.property(anyPlan, (plan) => {
      const whole: Itinerary = {
        ...plan,
        name: 'river',
        notAfter: '2026-11-27T12:00:00Z',
        fence: { ...plan.fence, maxAltM: 90 },
      };
      const read = readGeojson(JSON.parse(writeGeojson(whole).text), { id: 'other', version: 9 }, null);
      t.same(read.ok && read.itinerary, whole, JSON.stringify(read));
    }),
    runs,
  );
});

t.test('what a file leaves out is said', async (t) => {
  const item: DeliverItem = {
    do: 'deliver',
    latDeg: 1,
    lonDeg: 1,
    altM: 30,
    frame: 'home',
    how: 'place',
    parcel: 'a',
    minBatteryPct: 60,
  };
  const plan: Itinerary = { ...ABOUT, items: [item], fence: { maxAltM: 50 }, rally: [] };
  t.match(writeWpl(plan, { flavour: 'ardupilot' }).leftOut, [/fence/, /parcel/, /minBatteryPct/]);
  t.match(writePlan(plan, { flavour: 'ardupilot' }).leftOut, [/ceiling/, /no base/, /parcel/, /minBatteryPct/]);
  t.same(writeGeojson(plan).leftOut, []);
});

t.test('a file of rubbish is refused, never thrown at', async (t) => {
  fc.assert(
    fc.property(fc.json(), fc.string(), (json, words) => {
      readPlan(
        { fileType: 'Plan', mission: JSON.parse(json), geoFence: JSON.parse(json), rallyPoints: JSON.parse(json) },
        ABOUT,
      );
      readPlan(
        {
          fileType: 'Plan',
          mission: {
            items: [JSON.parse(json), { type: 'SimpleItem', command: 16, frame: 3, params: JSON.parse(json) }],
          },
        },
        ABOUT,
      );
      readGeojson(
        {
          type: 'FeatureCollection',
          features: [
            JSON.parse(json),
            { properties: JSON.parse(json), geometry: { type: 'Point', coordinates: JSON.parse(json) } },
          ],
        },
        ABOUT,
        'home',
      );
      readWpl(`QGC WPL 110\n${words}\n1 2 3 4 5 6 7 8 9 10 11 12\n`, ABOUT);
    }),
    runs,
  );
  t.pass('nothing was thrown');
});
