import t from 'tap';
import { newStand, onWord } from './stand.ts';
import { standView } from './view.ts';

const assigned = newStand('heron-01', 1, 'Ann', 1e6);
const word = { step: 1, state: 'refused', reason: 'bad-itinerary: 35 m above home', item: null } as const;
const finding = { item: 2, rule: 'ceiling', value: 35, limit: 25, words: '35 m above home, the ceiling is 25 m' };

t.test('what the drone itself refuses is shown by item, rule, value and limit', async (t) => {
  const refused = onWord(assigned, { ...word, detail: { refusals: [finding] } }, 2e6);
  t.same(standView(refused, null).refusals, [finding]);
  const again = onWord(refused, { ...word, step: 2, state: 'received', reason: null, detail: null }, 3e6);
  t.same(standView(again, null).refusals, [], 'and no longer once it is not');
});

t.test('what is none is left out', async (t) => {
  for (const refusals of ['no', [null, 7, { item: 'x' }, { ...finding, rule: 1 }]]) {
    t.same(standView(onWord(assigned, { ...word, detail: { refusals } }, 2e6), null).refusals, []);
  }
});

t.test('what was found as it was assigned goes first', async (t) => {
  const own = { ...finding, item: 1, rule: 'speed' } as const;
  const refused = onWord({ ...assigned, refusals: [own] }, { ...word, detail: { refusals: [finding] } }, 2e6);
  t.same(standView(refused, null).refusals, [own]);
});
