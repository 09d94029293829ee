import type { DELIVERY_METHODS, Itinerary, ItineraryItem } from '@skein/protocol/fleet';
import t from 'tap';
import { readPlanAnswer, readPlanList } from './answers.ts';
import { blankDraft } from './draft.ts';
import { fieldsOf, summaryOf, withField } from './fields.ts';
import { FILE_FORMATS, idOf, readFile, writeFile } from './files.ts';
import { planFeatures } from './plan-features.ts';

const BASE = { latDeg: 47.3977, lonDeg: 8.5456 };
const PLACE = { latDeg: 47.3985, lonDeg: 8.546, altM: 40, frame: 'home' as const };
const PLAN: Itinerary = {
  ...blankDraft('round', BASE),
  items: [{ do: 'take-off', altM: 30 }, { do: 'waypoint', ...PLACE, speedMps: 8 }, { do: 'return' }],
};

t.test('an empty field is left out, not sent as nothing', async (t) => {
  const item: ItineraryItem = { do: 'waypoint', ...PLACE, speedMps: 8 };
  t.same(withField(item, 'speedMps', null), { do: 'waypoint', ...PLACE });
  t.same(withField(item, 'holdS', 5), { ...item, holdS: 5 });
  t.equal(summaryOf(item).replaceAll('\u202f', ' '), '40 m · 8 m/s');
});

t.test('what a delivery asks for depends on how it is done', async (t) => {
  const keys = (how: (typeof DELIVERY_METHODS)[number]) =>
    fieldsOf({ do: 'deliver', ...PLACE, how }).map(({ key }) => key);
  t.ok(keys('place').includes('maxDescentM') && !keys('place').includes('releaseAltM'));
  t.ok(keys('winch').includes('lineM') && !keys('drop').includes('lineM'));
});

t.test('every format that is written is read again', async (t) => {
  for (const format of FILE_FORMATS) {
    const read = readFile(writeFile(PLAN, format, 'ardupilot').text, `my round.${format}`, 'home');
    t.ok(read.ok, format);
    if (read.ok)
      t.match(read.itinerary.items, [{ do: 'take-off' }, { do: 'waypoint', altM: 40 }, { do: 'return' }], format);
  }
  t.match(readFile('hello', 'a.txt', null), { ok: false, refusals: [{ words: /neither JSON/ }] });
  t.match(readFile('{"a": 1}', 'a.json', null), { ok: false });
  t.equal(idOf('my round (2).plan'), 'my-round-2');
  t.equal(idOf('.plan'), 'imported');
});

t.test('answers of the controller, whole, partial and wrong', async (t) => {
  const stand = {
    drone: 'heron-01',
    version: 2,
    state: 'refused',
    reason: 'bad-itinerary',
    refusals: [{ words: 'too high' }],
  };
  t.match(
    readPlanAnswer({ id: 'round', version: 2, name: null, itinerary: PLAN, drones: [stand, { nonsense: true }] }),
    {
      id: 'round',
      drones: [{ drone: 'heron-01', words: 'bad-itinerary', refusals: ['too high'] }],
    },
  );
  t.equal(readPlanAnswer({ id: 'round' }), null);
  t.same(
    readPlanList({ itineraries: [{ id: 'a', version: 1 }, 7] }).map(({ id }) => id),
    ['a'],
  );
  t.same(readPlanList('nonsense'), []);
});

t.test('a draft as the map draws it: what is broken is marked', async (t) => {
  const { features } = planFeatures({
    draft: PLAN,
    chosen: { of: 'item', index: 1 },
    broken: new Set([1]),
    line: [BASE, PLACE],
  });
  t.match(features.find(({ properties }) => properties?.label === '1')?.properties, { chosen: true, broken: true });
  t.same(planFeatures(null).features, []);
});
