import { createHash } from 'node:crypto';
import { canonicalParameters } from '@skein/protocol/fleet';
import t from 'tap';
import { MemoryStore, memoryRecords } from '../testing/memory-records.ts';
import { type BaselineDoc, type Kept, type ListDoc, type SnapshotDoc, Snapshots } from './index.ts';
import type { ParametersSeen } from './snapshots.ts';

const START_US = 1_764_000_000e6;
const ANN = { kind: 'operator', name: 'Ann' } as const;
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const listOf = (values: Record<string, number>) =>
  canonicalParameters(Object.entries(values).map(([name, value]) => ({ name, value, type: 9 })));

async function given(store = new MemoryStore()) {
  const kept = async <T extends object>(kind: string) =>
    (await memoryRecords<T>(kind, { store })).records as unknown as Kept<T>;
  const counts: string[] = [];
  const snapshots = new Snapshots({
    lists: await kept<ListDoc>('parameters'),
    snapshots: await kept<SnapshotDoc>('snapshot'),
    baselines: await kept<BaselineDoc>('baseline'),
    drones: () => ['d1', 'd2'],
    groups: () => ['north'],
    hash,
    count: (name) => counts.push(name),
  });
  return { snapshots, store, counts };
}

const about = { version: '4.7.0', gitHash: 'abcdef12' };

/** In two parts. */
function read(atS: number, values: Record<string, number>): ParametersSeen[] {
  const list = listOf(values);
  const lines = list.split(/(?<=\n)/);
  const parts = [lines.slice(0, 1).join(''), lines.slice(1).join('')];
  return parts.map((text, i) => ({
    ...{ atUtcUs: START_US + atS * 1e6, event: 'list', hash: hash(list), ageMs: 0, part: i + 1, parts: 2, list: text },
    ...about,
  }));
}

function armed(atS: number, values: Record<string, number>): ParametersSeen {
  const none = { part: null, parts: null, list: null };
  const atUtcUs = START_US + atS * 1e6;
  return { atUtcUs, event: 'arming', hash: hash(listOf(values)), ageMs: 9000, ...none, ...about };
}

const FACTORY = { COMPASS_DIA_X: 1, RTL_ALT: 6000, WPNAV_SPEED: 1000, STAT_FLTTIME: 5 };

t.test('a list is kept once, each arming with its hash once, whatever is looked at again', async (t) => {
  const { snapshots, store, counts } = await given();
  const seen = [...read(0, FACTORY), armed(60, FACTORY)];
  await snapshots.counted('d1', seen.slice(0, 1));
  t.same(counts, [], 'a part of it is no list');
  await snapshots.counted('d1', seen);
  const once = store.events.length;
  await snapshots.counted('d1', seen);
  await snapshots.counted('d1', [{ ...armed(60, FACTORY), atUtcUs: START_US + 60.2e6 }]);
  t.equal(store.events.length, once, 'nothing new, nothing written');
  await snapshots.counted('d2', [...read(10, FACTORY), armed(70, FACTORY)]);
  t.same(counts, ['lists']);
  t.match(snapshots.view('d1'), { hash: hash(listOf(FACTORY)), armings: [{ version: '4.7.0', gitHash: 'abcdef12' }] });
  t.match(
    store.events.map(({ entity, type }) => `${entity.split(':')[0]} ${type}`),
    ['snapshot read', 'parameters read', 'snapshot armed-with', 'snapshot armed-with'],
  );
  const forged = read(0, { A: 1, B: 2 }).map((one) => ({ ...one, hash: '0123456789abcdef' }));
  await snapshots.counted('d2', forged);
  t.same(counts, ['lists', 'badLists']);
  for (let i = 0; i < 60; i++) await snapshots.counted('d1', [armed(100 + i * 10, FACTORY)]);
  t.equal((snapshots.view('d1') as { armings: unknown[] }).armings.length, 50);
});

t.test('differences from a baseline in words; they hold it when that is set; a restart finds them again', async (t) => {
  const { snapshots, store } = await given();
  t.match(await snapshots.diff('d1'), { ok: false, code: 'no-baseline' });
  t.match(await snapshots.put('d1', { drone: 'd1' }, ANN), { ok: false, code: 'bad-settings' });
  await snapshots.counted('d1', read(0, FACTORY));
  t.match(await snapshots.put('group-north', { drone: 'd1', hold: true }, ANN), { ok: true, fresh: true });
  t.match(await snapshots.diff('d1'), { value: { known: true, differences: [], words: 'no difference' } });
  t.match(await snapshots.diff('d2'), { value: { known: false, words: /not read yet/ } });
  // Another board has its own compass; what people set differs.
  const other = { ...FACTORY, COMPASS_DIA_X: 1.2, RTL_ALT: 1500, NEW: 1 };
  await snapshots.counted('d2', [...read(20, other), armed(30, other)]);
  t.match(await snapshots.diff('d2'), {
    value: {
      baseline: { name: 'group-north', of: 'd1' },
      differences: [{ parameter: 'NEW', baseline: null, now: 1 }, { words: 'RTL_ALT is 1500, baseline 6000' }],
    },
  });
  t.match(snapshots.holds('d2'), [/2 parameters differ from the baseline: NEW is 1.*RTL_ALT is 1500, baseline 6000/]);
  t.same([snapshots.holds('d1'), snapshots.warnings('d2')], [[], []]);
  const again = await given(store);
  await again.snapshots.start();
  t.match(again.snapshots.holds('d2'), [/2 parameters differ/]);
  // Its own baseline goes before that of the group; without `hold` it is a warning.
  await snapshots.put('d2', { hash: hash(listOf(FACTORY)), ignore: ['NE*', 'COMPASS_*'] }, ANN);
  t.same(snapshots.holds('d2'), []);
  t.match(snapshots.warnings('d2'), [/1 parameter differs from the baseline: RTL_ALT/]);
  await snapshots.counted('d2', read(90, FACTORY));
  t.same(snapshots.warnings('d2'), [], 'it was set back');
  t.match(await snapshots.remove('d2', ANN), { ok: true });
  t.match(await snapshots.remove('d2', ANN), { ok: false, code: 'no-baseline' });
});

t.test('while a baseline is written, or gone, what holds a drone holds it', async (t) => {
  const { snapshots, store } = await given();
  await snapshots.counted('d1', read(0, FACTORY));
  await snapshots.counted('d2', read(20, { ...FACTORY, RTL_ALT: 1500 }));
  await snapshots.put('group-north', { drone: 'd1', hold: true }, ANN);
  t.match(snapshots.holds('d2'), [/RTL_ALT is 1500/]);
  // when
  store.hold();
  const putting = snapshots.put('d1', { drone: 'd1' }, ANN);
  for (let i = 0; i < 20; i++) await null;
  // then: it is given no order meanwhile
  t.match(snapshots.holds('d2'), [/RTL_ALT is 1500/]);
  store.release();
  await putting;
  store.hold();
  const removing = snapshots.remove('d1', ANN);
  for (let i = 0; i < 20; i++) await null;
  t.match(snapshots.holds('d2'), [/RTL_ALT is 1500/]);
  store.release();
  await removing;
  t.match(snapshots.holds('d2'), [/RTL_ALT is 1500/]);
  await snapshots.remove('group-north', ANN);
  t.same(snapshots.holds('d2'), []);
});
