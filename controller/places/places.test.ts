import type { Base, GroundStop, Weather, Zone } from '@skein/protocol/fleet/places';
import t from 'tap';
import { memoryRecords } from '../testing/memory-records.ts';
import { type Kept, Places, type PlacesOptions, readZones, writeZones } from './index.ts';

const ANN = { kind: 'operator', name: 'Ann' } as const;
const PLACE = { latDeg: 47.4, lonDeg: 8.5 };
const BASE: Base = { name: 'Oerlikon', place: PLACE, pads: [{ id: 'a', place: PLACE }] };
const RING = [PLACE, { latDeg: 47.5, lonDeg: 8.5 }, { latDeg: 47.5, lonDeg: 8.6 }];

async function given() {
  let nowUs = 1_764_000_000e6;
  let changes = 0;
  let id = 0;
  const stops = (await memoryRecords<GroundStop>('stop')).records as unknown as PlacesOptions['stops'];
  const places = new Places({
    bases: (await memoryRecords<Base>('base')).records as Kept<Base>,
    zones: (await memoryRecords<Zone>('zone')).records as Kept<Zone>,
    weather: (await memoryRecords<Weather>('weather')).records as Kept<Weather>,
    stops,
    clock: { utcUs: () => nowUs },
    newId: () => `stop${++id}`,
    onChange: () => {
      changes++;
    },
  });
  return { places, stops, later: (s: number) => (nowUs += s * 1e6), changes: () => changes };
}

t.test('what is put is the whole of it', async (t) => {
  const { places } = await given();
  t.match(await places.put('bases', 'oerlikon', { ...BASE, returnAltM: 80 }, ANN), { ok: true, fresh: true });
  t.match(await places.put('bases', 'oerlikon', BASE, ANN), { ok: true, fresh: false });
  t.same(places.get('bases', 'oerlikon')?.doc, BASE, 'the return height is gone');
  t.match(await places.remove('bases', 'oerlikon', ANN), { ok: true });
  t.equal(places.get('bases', 'oerlikon'), null);
  t.match(await places.remove('bases', 'oerlikon', ANN), { ok: false, code: 'unknown-place' });
});

t.test('what cannot be is refused, and says why', async (t) => {
  const { places } = await given();
  const bad = async (answer: Promise<unknown>, detail: RegExp) =>
    t.match(await answer, { ok: false, code: 'bad-place', detail });
  const pad = { id: 'a', place: PLACE };
  await bad(places.put('bases', 'b', { ...BASE, pads: [pad, pad] }, ANN), /pad "a" is there twice/);
  await bad(places.put('weather', 'nowhere', { windFromDeg: 0, windMps: 1 }, ANN), /no base "nowhere"/);
  await bad(places.put('zones', 'z', { name: 'z', kind: 'no-fly' }, ANN), /a ring or a circle/);
  await bad(
    places.put('zones', 'z', { name: 'z', kind: 'no-fly', ring: RING, fromM: 9, toM: 9 }, ANN),
    /fromM lies below/,
  );
  await bad(places.put('zones', 'z', { name: 'z', kind: 'slow', ring: RING }, ANN), /speedMaxMps/);
  await bad(places.put('zones', 'z', { name: 'z', kind: 'no-fly', ring: RING, validTo: 'soon' }, ANN), /no time/);
  await bad(places.stop({ reach: 'fleet', reason: 'storm', until: 'soon' }, ANN, null), /until/);
});

t.test('a ground stop that would hold nobody is refused: a base that is not, a time that is over', async (t) => {
  const { places, later, stops } = await given();
  const bad = async (answer: Promise<unknown>, detail: RegExp) =>
    t.match(await answer, { ok: false, code: 'bad-place', detail });
  await bad(places.stop({ reach: { base: 'oerlikom' }, reason: 'storm' }, ANN, null), /no base "oerlikom"/);
  const until = new Date(1_764_000_000e3).toISOString();
  await bad(places.stop({ reach: 'fleet', reason: 'storm', until }, ANN, null), /over already/);
  t.same([...stops.open()], []);
  await places.put('bases', 'oerlikon', BASE, ANN);
  const asked = { reach: { base: 'oerlikon' }, reason: 'storm', until: new Date(1_764_000_060e3).toISOString() };
  const key = { key: 'k', hash: 'h' };
  const first = await places.stop(asked, ANN, key);
  t.match(first, { ok: true, fresh: true });
  later(61);
  t.same(
    await places.stop(asked, ANN, key),
    { ok: true, value: first.ok && first.value },
    'asked again: the same, though over',
  );
});

t.test('a ground stop reaches whom it names, until it is lifted or its time is over', async (t) => {
  const { places, later, changes } = await given();
  const here = { groups: ['north'], base: 'oerlikon' };
  const there = { groups: [], base: null };
  const until = new Date(1_764_000_000e3 + 60_000).toISOString();
  await places.stop({ reach: { group: 'north' }, reason: 'storm', until }, ANN, null);
  t.match(places.stopFor(here), { reason: 'storm', by: 'Ann' });
  t.equal(places.stopFor(there), null);
  later(61);
  t.equal(places.stopFor(here), null, 'its time is over');
  const answer = await places.stop({ reach: 'fleet', reason: 'parade' }, ANN, null);
  t.match(places.stopFor(there), { reason: 'parade' });
  t.ok(answer.ok && (await places.lift(answer.value.id, ANN)).ok);
  t.equal(places.stopFor(there), null);
  t.match(await places.lift('never', ANN), { ok: false, code: 'unknown-place' });
  t.equal(changes(), 3, 'whoever waits is told');
});

t.test('a ground stop whose time is over is put away a day later; the others stay', async (t) => {
  const { places, stops, later } = await given();
  const until = new Date(1_764_000_000e3 + 60_000).toISOString();
  await places.stop({ reach: 'fleet', reason: 'storm', until }, ANN, null);
  await places.stop({ reach: 'fleet', reason: 'parade' }, ANN, null);
  const kept = () => [...stops.open()].map(({ doc }) => doc.reason).sort();
  later(12 * 3600);
  places.tick();
  t.same(kept(), ['parade', 'storm'], 'not yet: it would be in force again when the clock was only wrong');
  later(13 * 3600);
  places.tick();
  t.same(kept(), ['parade']);
  t.equal(stops.get('stop1')?.open, false);
  t.match(await places.lift('stop1', ANN), { ok: true });
  later(400 * 86_400);
  places.tick();
  t.same(kept(), ['parade'], 'nobody said until when');
});

t.test('a repeat with the same key is the same stop', async (t) => {
  const { places } = await given();
  const key = { key: 'k', hash: 'h' };
  const first = await places.stop({ reach: 'fleet', reason: 'storm' }, ANN, key);
  const again = await places.stop({ reach: 'fleet', reason: 'storm' }, ANN, key);
  t.same(again.ok && again.value, first.ok && first.value);
  t.equal(places.stops().length, 1);
  t.match(await places.stop({ reach: 'fleet', reason: 'x' }, ANN, { key: 'k', hash: 'other' }), { code: 'key-reused' });
});

t.test('zones as GeoJSON come back as they went', async (t) => {
  const zones: readonly { id: string; doc: Zone }[] = [
    { id: 'lake', doc: { name: 'Lake', kind: 'slow', ring: RING, speedMaxMps: 5, fromM: 0, toM: 60, frame: 'amsl' } },
    { id: 'mast', doc: { name: 'Mast', kind: 'no-fly', circle: { centre: PLACE, radiusM: 50 } } },
  ];
  const read = readZones(JSON.parse(JSON.stringify(writeZones(zones))));
  t.same(read, { ok: true, zones: zones.map(({ id, doc }) => ({ id, zone: doc })) });
  const { places } = await given();
  t.ok(read.ok && (await places.putZones(read.zones, ANN)).ok);
  t.same(
    places.list('zones').map(({ id }) => id),
    ['lake', 'mast'],
  );
  const point = { type: 'Feature', geometry: { type: 'Point', coordinates: [8, 47] }, properties: { name: 'x' } };
  t.match(readZones({ type: 'FeatureCollection', features: [point] }), { ok: false, detail: /feature 0/ });
  t.match(readZones([]), { ok: false, detail: /FeatureCollection/ });
});
