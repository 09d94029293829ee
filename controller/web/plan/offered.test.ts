import t from 'tap';
import { MOST_OFFERED, offeredOf } from './offered.ts';

const ids = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `heron-${n}`);

t.test('a small fleet: every drone, in its place, whatever is ticked or listed', async (t) => {
  t.same(
    offeredOf(ids(MOST_OFFERED), ['heron-7'], () => ['heron-3']),
    ids(MOST_OFFERED),
  );
});

t.test('a large one: what the list was filtered for, and nothing ticked is lost from sight', async (t) => {
  t.same(
    offeredOf(ids(5000), ['heron-4999', 'heron-7'], () => ['heron-7', 'heron-3']),
    ['heron-4999', 'heron-7', 'heron-3'],
  );
  t.equal(offeredOf(ids(5000), [], () => ids(5000)).length, MOST_OFFERED);
  t.equal(offeredOf(ids(5000), ids(100), () => ids(5000)).length, 100);
});

t.test('ticking one moves no other', async (t) => {
  const listed = (): readonly string[] => ids(5000);
  t.same(offeredOf(ids(5000), ['heron-7'], listed), offeredOf(ids(5000), [], listed));
});
