import type { DesiredSettings, Group } from '@skein/protocol/fleet/configuration';
import t from 'tap';
import { MemoryStore, memoryRecords } from '../testing/memory-records.ts';
import { Groups, type Kept, Settings, type SettingsDoc } from './index.ts';

const ANN = { kind: 'operator', name: 'Ann' } as const;
const ALL = { closedKept: Number.POSITIVE_INFINITY } as const;

async function given(store = new MemoryStore(), heard: readonly string[] = ['d1']) {
  const settings = (await memoryRecords<SettingsDoc>('settings', { store, ...ALL })).records;
  const groups = (await memoryRecords<Group>('group', { store, ...ALL })).records;
  return {
    store,
    settings: new Settings(settings as unknown as Kept<SettingsDoc>, (id) =>
      heard.includes(id) ? { agent: '1.2.0' } : null,
    ),
    groups: new Groups(groups as unknown as Kept<Group>),
  };
}

t.test('settings: what is put is the whole of it, and each has its version', async (t) => {
  const { settings, store } = await given();
  t.equal(settings.get('d2'), null, 'never heard, nothing set');
  t.match(settings.get('d1'), { version: 0, desired: {}, reported: { versions: { agent: '1.2.0' } } });
  const wish: DesiredSettings = {
    airframe: { emptyKg: 5, methods: ['drop'] },
    parameters: { RTL_ALT: 60, WPNAV_SPEED: 8 },
  };
  t.match(await settings.put('d1', wish, { version: 0, by: ANN }), { ok: true, value: { version: 1 } });
  t.match(await settings.put('d1', {}, { version: 0, by: ANN }), { ok: false, code: 'settings-changed' });
  t.same(settings.airframe('d1'), { emptyKg: 5, methods: ['drop'] });
  const less = { airframe: { payloadMaxKg: 1 }, parameters: { RTL_ALT: 60 } };
  await settings.put('d1', less, { by: ANN });
  t.same(settings.desired('d1'), less, 'what was left out is gone');
  const next = await given(store);
  t.same(next.settings.desired('d1'), less, 'and after a restart');
  t.ok((await settings.put('d2', less, { by: ANN })).ok, 'before it is ever heard');
});

t.test('settings: they differ until the wanted value was read back, as float32', async (t) => {
  const { settings } = await given();
  await settings.put('d1', { parameters: { A: 0.1, B: 2 } }, { by: ANN });
  t.same(settings.missing('d1'), { A: 0.1, B: 2 });
  await settings.readBack('d1', { A: { value: Math.fround(0.1), atUtcUs: 1, command: 'c' } }, 'command:c@3');
  t.same(settings.missing('d1'), { B: 2 });
  t.same(settings.get('d1')?.differences, [{ parameter: 'B', desired: 2, reported: null }]);
});

t.test('groups: of a drone, and back; after a restart too', async (t) => {
  const { groups, store } = await given();
  t.same(groups.of('d1'), []);
  t.match(await groups.put('north', { members: ['d1', 'd2'] }, ANN), { ok: true, fresh: true });
  await groups.put('heavy', { members: ['d1'], note: 'six rotors' }, ANN);
  t.same(groups.of('d1'), ['north', 'heavy']);
  t.match(await groups.put('north', { members: ['d2'] }, ANN), { ok: true, fresh: false });
  t.same(groups.of('d1'), ['heavy']);
  t.same((await given(store)).groups.of('d2'), ['north']);
  t.ok((await groups.remove('heavy', ANN)).ok);
  t.same(groups.of('d1'), []);
  t.match(await groups.remove('heavy', ANN), { ok: false, code: 'unknown-group' });
  t.same(
    groups.list().map(({ id }) => id),
    ['north'],
  );
});
