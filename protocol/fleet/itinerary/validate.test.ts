/** Every rule by a plan that breaks it and nothing else: the refusal names item, rule, value and limit. */
import t from 'tap';
import {
  type Aircraft,
  DEFAULT_LIMITS,
  type Itinerary,
  type ItineraryItem,
  type Limits,
  RULES,
  readLimits,
  unknownAircraft,
  validate,
} from './index.ts';

/** Metres north and east of the base. */
const BASE = { latDeg: 47.3977, lonDeg: 8.5456 };
const at = (northM: number, eastM: number) => ({
  latDeg: BASE.latDeg + northM / 111_195,
  lonDeg: BASE.lonDeg + eastM / (111_195 * Math.cos((BASE.latDeg * Math.PI) / 180)),
});
const wp = (northM: number, eastM: number, more: object = {}) =>
  ({ do: 'waypoint', ...at(northM, eastM), altM: 40, frame: 'home', ...more }) as ItineraryItem;
const door = (northM: number, eastM: number, more: object = {}) =>
  ({ do: 'deliver', ...at(northM, eastM), altM: 40, frame: 'home', how: 'place', ...more }) as ItineraryItem;
const UP: ItineraryItem = { do: 'take-off', altM: 30 };
const HOME: ItineraryItem = { do: 'return' };
const square = (halfM: number) => [at(halfM, halfM), at(halfM, -halfM), at(-halfM, -halfM), at(-halfM, halfM)];
const FENCE = { polygons: [{ inside: true, points: square(800) }] };
const plan = (items: readonly ItineraryItem[], more: Partial<Itinerary> = {}): Itinerary => ({
  ...{ id: 'round', version: 1, base: BASE, items: [...items], fence: FENCE },
  ...more,
});
const KNOWN: Aircraft = {
  ...unknownAircraft('ardupilot'),
  ...{
    home: BASE,
    homeAmslM: 440,
    batteryWh: 200,
    chargePct: 90,
    wind: { fromDeg: 0, speedMps: 0 },
    staysArmed: false,
  },
  ...{ fenceCeilingM: 100, nowMs: Date.UTC(2026, 10, 27, 12) },
};
interface Case {
  readonly plan: unknown;
  readonly limits?: Partial<Limits>;
  readonly aircraft?: Partial<Aircraft>;
}
const judge = ({ plan, limits, aircraft }: Case) =>
  validate(plan, { ...DEFAULT_LIMITS, ...limits }, { ...KNOWN, ...aircraft });
const GOOD = plan([UP, wp(100, 0), door(300, 100, { parcel: 'a' }), wp(200, 50), HOME]);

t.test('a good plan: nothing is refused, and what it takes is said', async (t) => {
  const verdict = judge({ plan: GOOD });
  t.same(verdict.refusals, []);
  t.same(verdict.warnings, []);
  t.match(verdict.energy, { distanceM: Number, timeS: Number, needPct: Number });
  // 100 m, 224 m, 112 m, 206 m at 10 m/s, the gate's minute, 40 m down and up, 5 s of weighing, and what else it climbs and descends.
  const seconds = 64 + 60 + 5 + 40 / 1.5 + 40 / 2.5 + 40 / 2.5 + 40 / 1.5;
  t.ok(Math.abs((verdict.energy?.timeS ?? 0) - seconds) < 3, `${verdict.energy?.timeS} s, by hand ${seconds} s`);
});

/** rule → a plan that breaks it, the item it is told of, its value and limit. */
const BROKEN: readonly (readonly [string, Case, number | null, unknown, unknown])[] = [
  ['schema', { plan: plan([UP, wp(100, 0, { altM: Number.NaN }), HOME]) }, 1, 'NaN', null],
  ['schema', { plan: plan([UP, wp(100, 0, { latDeg: 91 }), HOME]) }, 1, 91, null],
  ['schema', { plan: plan([UP, { do: 'hover' } as unknown as ItineraryItem, HOME]) }, 1, 'hover', /waypoint/],
  ['schema', { plan: { ...GOOD, version: 0 } }, null, 0, null],
  ['schema', { plan: { ...GOOD, notAfter: 'tomorrow' } }, null, 'tomorrow', null],
  ['begins-with-take-off', { plan: plan([wp(100, 0), HOME]) }, 0, 'waypoint', 'take-off'],
  ['begins-with-take-off', { plan: plan([UP, wp(100, 0), UP, HOME]) }, 2, 'take-off', null],
  ['ends-with-landing', { plan: plan([UP, wp(100, 0)]) }, 1, 'waypoint', /return/],
  ['return-on-the-way', { plan: plan([UP, HOME, wp(100, 0), { do: 'land', ...at(0, 0) }]) }, 1, 1, 3],
  ['lands-on-the-way', { plan: plan([UP, { do: 'land', ...at(50, 0) }, wp(100, 0), HOME]) }, 1, 'waypoint', 'take-off'],
  ['lands-on-the-way', { plan: plan([UP, { do: 'land', ...at(50, 0) }, UP, HOME]) }, 1, 'disarms', 'stays armed'],
  ['lands-on-the-way', { plan: plan([UP, door(100, 0, { how: 'gripper' }), HOME]) }, 1, 'disarms', 'stays armed'],
  [
    'flavour',
    { plan: plan([UP, wp(100, 0, { frame: 'terrain' }), HOME]), aircraft: { flavour: 'px4' } },
    1,
    'terrain',
    'home, amsl',
  ],
  ['base', { plan: plan([UP, wp(700, 0), HOME]) }, 1, 700, 500],
  ['base', { plan: { ...GOOD, base: undefined }, aircraft: { flavour: 'px4', staysArmed: true } }, null, null, null],
  ['too-many-items', { plan: plan([UP, wp(1, 0), wp(2, 0), HOME]), limits: { maxItems: 4 } }, null, 5, 4],
  ['ceiling', { plan: plan([UP, wp(100, 0, { altM: 101 }), HOME]) }, 1, 101, 100],
  ['ceiling', { plan: plan([UP, wp(100, 0, { altM: 545, frame: 'amsl' }), HOME]) }, 1, 105, 100],
  ['ceiling', { plan: plan([UP, wp(100, 0, { altM: 140, frame: 'terrain' }), HOME]) }, 1, 140, 100],
  ['ceiling', { plan: plan([UP, wp(100, 0), HOME]), limits: { ceilingAmslM: 475 } }, 1, 480, 475],
  ['ceiling', { plan: plan([{ do: 'take-off', altM: 60 }, HOME], { fence: { ...FENCE, maxAltM: 50 } }) }, 0, 60, 50],
  ['fence-inside', { plan: plan([UP, wp(100, 0), wp(797, 0), HOME]) }, 2, 3, 5],
  [
    'fence-outside',
    {
      plan: plan([UP, wp(200, 0), HOME], { fence: { circles: [{ inside: false, centre: at(100, 0), radiusM: 30 }] } }),
    },
    1,
    -30,
    5,
  ],
  [
    'no-fly',
    {
      plan: plan([UP, wp(200, 0), HOME]),
      limits: { noFly: [{ name: 'school', circle: { centre: at(100, 14), radiusM: 10 } }] },
    },
    1,
    4,
    5,
  ],
  ['leg-too-long', { plan: plan([UP, wp(100, 0), wp(-300, 0), HOME]), limits: { legMaxM: 350 } }, 2, 400, 350],
  ['speed', { plan: plan([UP, wp(100, 0, { speedMps: 21 }), HOME]) }, 1, 21, 20],
  ['wind', { plan: plan([UP, wp(100, 0), HOME]), aircraft: { wind: { fromDeg: 0, speedMps: 17.5 } } }, 1, 0.5, 1],
  ['energy', { plan: GOOD, aircraft: { chargePct: 30 } }, null, Number, 25],
  ['release-height', { plan: plan([UP, door(100, 0, { how: 'drop' }), HOME]) }, 1, null, null],
  ['release-height', { plan: plan([UP, door(100, 0, { how: 'winch', releaseAltM: 40 }), HOME]) }, 1, 40, 40],
  [
    'release-height',
    { plan: plan([UP, door(100, 0, { how: 'drop', releaseAltM: 30, altM: 465, frame: 'amsl' }), HOME]) },
    1,
    30,
    25,
  ],
  ['gate-leads-on', { plan: plan([UP, door(100, 0, { shut: 'along' }), door(200, 0), HOME]) }, 1, 2, null],
  ['winch-line', { plan: plan([UP, door(100, 0, { how: 'winch', releaseAltM: 12, lineM: 10 }), HOME]) }, 1, 10, 12],
  ['place-descent', { plan: plan([UP, door(100, 0, { altM: 480, frame: 'amsl' }), HOME]) }, 1, null, 600],
  [
    'duplicate-parcel',
    { plan: plan([UP, door(100, 0, { parcel: 'a' }), door(200, 0, { parcel: 'a' }), HOME]) },
    2,
    'a',
    null,
  ],
  ['duplicate-item', { plan: plan([UP, wp(100, 0), wp(100, 0), HOME]) }, 2, 'waypoint', null],
  ['rally-outside', { plan: plan([UP, HOME], { rally: [{ ...at(900, 0), altM: 30 }] }) }, null, -100, 5],
  ['rally-outside', { plan: plan([UP, HOME], { rally: [{ ...at(90, 0), altM: 130 }] }) }, null, 130, 100],
  [
    'too-late',
    { plan: { ...GOOD, notAfter: '2026-11-27T11:59:59Z' } },
    null,
    '2026-11-27T11:59:59Z',
    '2026-11-27T12:00:00.000Z',
  ],
  ['too-late', { plan: plan([UP, door(100, 0, { notAfter: '2026-11-27T12:00:00Z' }), HOME]) }, 1, String, String],
];

t.test('each rule: one refusal, naming item, rule, value and limit', async (t) => {
  for (const [rule, given, item, value, limit] of BROKEN) {
    const { refusals } = judge(given);
    t.match(refusals[0], { item, rule, value, limit, words: String }, `${rule} ${JSON.stringify(refusals)}`);
    t.ok(
      refusals.every((one) => one.rule === rule),
      `${rule} and nothing else: ${JSON.stringify(refusals)}`,
    );
  }
  t.same(new Set(BROKEN.map(([rule]) => rule)), new Set(Object.keys(RULES)), 'no rule without such a plan');
});

t.test('a leg is judged along its whole length: out of a bay and back in again', async (t) => {
  // A U-shaped fence: both arms are inside, the gap between them is not.
  const u = [
    at(400, -300),
    at(400, -100),
    at(-100, -100),
    at(-100, 100),
    at(400, 100),
    at(400, 300),
    at(-300, 300),
    at(-300, -300),
  ];
  const fence = { polygons: [{ inside: true, points: u }] };
  const arms = [wp(-200, -200), wp(300, -200), wp(300, 200), wp(-200, 200)];
  const across = plan([UP, ...arms, { do: 'land', ...at(-200, 0) }], { fence, base: at(-200, 0) });
  t.match(judge({ plan: across }).refusals, [{ item: 3, rule: 'fence-inside', words: /leg from item 2/ }]);
  const around = [
    UP,
    wp(-200, -200),
    wp(300, -200),
    wp(-200, -200, { altM: 41 }),
    { do: 'land', ...at(-200, 0) },
  ] as ItineraryItem[];
  t.same(judge({ plan: plan(around, { fence, base: at(-200, 0) }) }).refusals, []);
  t.match(judge({ plan: plan(around, { fence, base: at(-200, 0) }) }).warnings, [{ item: 2, rule: 'way-home' }]);
});

t.test('the way from a gate to the landing is a leg too: it is flown when the gate does not open', async (t) => {
  const pole = { circles: [{ inside: false, centre: at(150, 100), radiusM: 20 }] };
  const items = [
    UP,
    wp(200, -100),
    door(300, 200),
    wp(200, -100, { altM: 50 }),
    { do: 'land', ...at(0, 0) },
  ] as ItineraryItem[];
  t.match(judge({ plan: plan(items, { fence: pole }) }).refusals, [
    { item: 2, rule: 'fence-outside', words: /way back from its gate/ },
  ]);
});

t.test('a no-fly zone has heights: over it is allowed where that is known, coming down in it is not', async (t) => {
  const noFly = [{ name: 'pond', circle: { centre: at(100, 0), radiusM: 30 }, toM: 470, frame: 'amsl' as const }];
  const round = [wp(0, 50), wp(200, 50), wp(200, 0), wp(20, 0), wp(0, 60)];
  const over = plan([UP, ...round, { do: 'land', ...at(0, 0) }]);
  t.same(judge({ plan: over, limits: { noFly } }).refusals, []);
  t.match(judge({ plan: over, limits: { noFly }, aircraft: { homeAmslM: null } }).refusals, [
    { item: 4, rule: 'no-fly' },
  ]);
  t.match(judge({ plan: over, limits: { noFly: noFly.map((zone) => ({ ...zone, toM: 480 })) } }).refusals, [
    { item: 4 },
  ]);
  t.match(judge({ plan: plan([UP, wp(0, 50), door(100, 0), HOME]), limits: { noFly } }).refusals, [
    { item: 2, rule: 'no-fly' },
  ]);
});

t.test('what cannot be checked is said', async (t) => {
  const items = [
    UP,
    wp(100, 0, { frame: 'terrain' }),
    wp(200, 0, { frame: 'amsl', altM: 480 }),
    wp(210, 0, { altM: 3 }),
    HOME,
  ];
  const { refusals, warnings } = validate(
    { ...plan(items), fence: undefined, colour: 'red' },
    DEFAULT_LIMITS,
    unknownAircraft('ardupilot'),
  );
  t.same(refusals, []);
  t.same(
    warnings.map(({ rule, item }) => `${rule} ${item}`),
    [
      'unknown-field null',
      'no-fence null',
      'terrain-not-checked 1',
      'low 3',
      'ceiling-not-checked null',
      'energy-not-checked null',
      'wind-not-known null',
    ],
  );
  const stop = plan([UP, { do: 'land', ...at(50, 0) }, UP, HOME]);
  const { refusals: none, warnings: said } = judge({ plan: stop, aircraft: { staysArmed: null } });
  t.same(none, []);
  t.match(said, [
    { item: 1, rule: 'stays-armed-not-known' },
    { item: 2, rule: 'ground-not-known' },
  ]);
  t.same(judge({ plan: stop, aircraft: { staysArmed: true } }).refusals, []);
  t.same(judge({ plan: stop, aircraft: { homeLocked: true } }).refusals, []);
});

t.test('wind costs where it slows: the same plan against 12 m/s takes longer, with it no less', async (t) => {
  const north = plan([UP, wp(400, 0), { do: 'land', ...at(700, 0) }]);
  const timeS = (fromDeg: number, speedMps: number) =>
    judge({ plan: north, aircraft: { wind: { fromDeg, speedMps } } }).energy?.timeS ?? 0;
  t.ok(timeS(0, 12) > timeS(0, 0) + 40, `${timeS(0, 12)} ${timeS(0, 0)}`);
  t.equal(timeS(180, 12), timeS(0, 0));
  t.ok(timeS(90, 17) > timeS(0, 0), 'across');
});

t.test('limits travel as JSON: what is missing is the default, what is wrong is named', async (t) => {
  t.same(readLimits({ ceilingM: 60 }), { ok: true, limits: { ...DEFAULT_LIMITS, ceilingM: 60 } });
  t.same(readLimits(undefined), { ok: true, limits: DEFAULT_LIMITS });
  t.match(readLimits({ legMaxM: -1 }), { ok: false, reason: /legMaxM/ });
});

t.test('rubbish is a value: no input throws, and the answer has an end', async (t) => {
  for (const rubbish of [
    null,
    1,
    'x',
    [],
    {},
    { items: 7 },
    { items: [null, 1, {}, []] },
    { items: Array(5000).fill({ do: 'x' }) },
  ]) {
    const { itinerary, refusals } = judge({ plan: rubbish });
    t.equal(itinerary, null);
    t.ok(refusals.length > 0 && refusals.length <= 100);
  }
});
