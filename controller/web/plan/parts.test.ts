import type { DELIVERY_METHODS, Itinerary, ItineraryItem } from '@skein/protocol/fleet';
import t from 'tap';
import type { SendPorts } from '../shell/ask.ts';
import { readPlanAnswer, readPlanList } from './answers.ts';
import { blankDraft } from './draft.ts';
import { fieldsOf, summaryOf, withField } from './fields.ts';
import { idOf, readFile, writeFile } from './files.ts';
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

/** The controller, which answers so, and what it was asked. */
function controller(status: number, answer: unknown) {
  const asked: { path: string; type: string | null; body: string }[] = [];
  const ports: SendPorts = {
    fetch: async (path, init) => {
      const type = new Headers(init?.headers).get('content-type');
      asked.push({ path: String(path), type, body: String(init?.body) });
      return new Response(JSON.stringify(answer), { status });
    },
    ...{ monoMs: () => 0, wait: async () => {} },
  };
  return { asked, ports };
}
const file = (name: string, text: string, size = text.length) => ({ name, size, text: async () => text });

t.test('files: the controller reads and writes those of others, each reason for a refusal is told', async (t) => {
  const read = controller(200, { itinerary: PLAN, source: 'wpl', notes: ['a base was put in'] });
  t.match(await readFile(file('my round.plan', 'QGC WPL 110'), 'home', read.ports), {
    ...{ ok: true, itinerary: PLAN, notes: ['a base was put in'] },
  });
  const path = '/api/v1/itineraries/read?id=my-round&heightReference=home';
  t.same(read.asked, [{ path, type: 'text/plain', body: 'QGC WPL 110' }], 'as it is');
  const refusals = [{ words: 'item 2: a spline' }, { words: 'item 3: a jump' }];
  const bad = controller(400, { code: 'bad-itinerary', title: 'It cannot be read', refusals });
  const reasons = ['item 2: a spline', 'item 3: a jump'];
  t.same(await readFile(file('a.plan', '{}'), '', bad.ports), { ok: false, reasons });
  const large = controller(200, {});
  t.match(await readFile(file('a.plan', '', 600_000), '', large.ports), { ok: false, reasons: [/larger than 512 kB/] });
  t.same(large.asked, [], 'nothing is sent that is not taken');
  t.match(await readFile(file('a.plan', '{}'), '', large.ports), { ok: false, reasons: [/something else/] });

  const write = controller(200, { text: 'QGC WPL 110', leftOut: ['the fence'] });
  t.same(await writeFile(PLAN, 'waypoints', 'px4', write.ports), {
    ...{ ok: true, text: 'QGC WPL 110', leftOut: ['the fence'] },
  });
  t.match(write.asked, [{ path: '/api/v1/itineraries/write?format=wpl&flavour=px4', type: 'application/json' }]);
  const gone = controller(413, { title: 'The body is too large' });
  t.match(await writeFile(PLAN, 'plan', 'px4', gone.ports), { ok: false, reasons: ['The body is too large.'] });
  t.match(await writeFile(PLAN, 'json', 'px4', gone.ports), { ok: true, text: JSON.stringify(PLAN, null, 2) });
  t.equal(gone.asked.length, 1, 'its own format is written where the controller is gone, too');
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
