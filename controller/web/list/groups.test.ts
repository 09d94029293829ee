import t from 'tap';
import { inParts, linesOf } from './groups.ts';
import type { Listed } from './order.ts';
import type { Control, Summary } from './summary.ts';

const one = (id: string, control: Control, freshness: Listed['freshness'] = 'fresh'): Listed => ({
  summary: { id, control } as Summary,
  freshness,
});
const ALL = [one('b', 'skein'), one('a', 'pilot', 'lost'), one('c', 'skein', 'stale'), one('d', 'failsafe')];

t.test('in parts: what needs people first, within a part as it was sorted', async (t) => {
  t.same(linesOf(inParts(ALL, '', null)), ['b', 'a', 'c', 'd'], 'no heads');
  t.same(linesOf(inParts(ALL, 'control', null)), [
    ...['\nautopilot failsafe · 1', 'd', '\npilot in control · 1', 'a'],
    ...['\nSkein in control · 2', 'b', 'c'],
  ]);
  t.same(linesOf(inParts(ALL, 'age', null)), ['\nlost · 1', 'a', '\nstale · 1', 'c', '\nfresh · 2', 'b', 'd']);
  const groups = new Map([
    ['b', 'north-10'],
    ['c', 'north-9'],
  ]);
  t.same(linesOf(inParts(ALL, 'group', groups)), [
    ...['\nnorth-9 · 1', 'c', '\nnorth-10 · 1', 'b', '\nin no group · 2', 'a', 'd'],
  ]);
  t.same(linesOf(inParts(ALL, 'group', null)), ['\nnot known yet · 4', 'b', 'a', 'c', 'd']);
});
