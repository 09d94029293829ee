import t from 'tap';
import { inOrder, type Listed, matches } from './order.ts';
import type { Summary } from './summary.ts';

function listed(id: string, more: Partial<Summary> = {}, freshness: Listed['freshness'] = 'fresh'): Listed {
  const summary: Summary = {
    id,
    mode: 'AUTO',
    held: false,
    armed: true,
    inAir: true,
    control: 'skein',
    batteryPct: 50,
    speedMps: 1,
    heightM: 1,
    latDeg: 0,
    lonDeg: 0,
    headingDeg: 0,
    backlog: 0,
    oldestUnsentS: null,
    online: true,
    sampledUtcUs: 1,
    ...more,
  };
  return { summary, freshness };
}

const ids = (all: readonly Listed[]): string[] => all.map((one) => one.summary.id);

t.test('ids sort as people count', async (t) => {
  const all = ['heron-10', 'heron-2', 'egret-1'].map((id) => listed(id));
  t.same(ids(inOrder(all, { key: 'id', descending: false })), ['egret-1', 'heron-2', 'heron-10']);
});

t.test('unknown sorts last both ways, ties by id', async (t) => {
  const all = [
    listed('c', { batteryPct: null }),
    listed('b', { batteryPct: 90 }),
    listed('a', { batteryPct: 10 }),
    listed('d', { batteryPct: 10 }),
  ];
  t.same(ids(inOrder(all, { key: 'battery', descending: false })), ['a', 'd', 'b', 'c']);
  t.same(ids(inOrder(all, { key: 'battery', descending: true })), ['b', 'a', 'd', 'c']);
});

t.test('by mode, the held ones stand together', async (t) => {
  const all = [listed('a', { held: true }), listed('b'), listed('c', { held: true }), listed('d', { mode: 'RTL' })];
  t.same(ids(inOrder(all, { key: 'mode', descending: false })), ['b', 'a', 'c', 'd']);
});

t.test('oldest first is age descending', async (t) => {
  const all = [listed('new', { sampledUtcUs: 100 }), listed('old', { sampledUtcUs: 5 })];
  t.same(ids(inOrder(all, { key: 'age', descending: true })), ['old', 'new']);
});

t.test('filter by words and by state', async (t) => {
  const one = listed('heron-07', { mode: 'GUIDED', control: 'pilot' }, 'never');
  t.ok(matches(one, 'her guid', 'all'));
  t.ok(matches(one, '', 'lost'));
  t.ok(matches(one, 'PILOT', 'all'));
  t.notOk(matches(one, 'heron egret', 'all'));
  t.notOk(matches(one, '', 'fresh'));
  t.ok(matches(listed('ibis', { held: true }), 'held auto', 'all'));
});
