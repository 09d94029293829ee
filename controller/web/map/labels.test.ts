import t from 'tap';
import { type Labelled, placeLabels } from './labels.ts';

function at(id: string, x: number, y: number, more: Partial<Labelled> = {}): Labelled {
  return { id, x, y, widthPx: 70, heightPx: 28, rank: 3, before: null, ...more };
}

t.test('alone: to the right', async (t) => {
  t.same([...placeLabels([at('a', 100, 100)])], [['a', 'right']]);
});

t.test('a label does not cover another mark', async (t) => {
  const sides = placeLabels([at('a', 100, 100), at('b', 150, 100)]);
  t.not(sides.get('a'), 'right');
  t.not(sides.get('b'), 'left');
});

t.test('it stays where it was while that is free', async (t) => {
  t.equal(placeLabels([at('a', 100, 100, { before: 'above' })]).get('a'), 'above');
  t.not(placeLabels([at('a', 100, 100, { before: 'left' }), at('b', 60, 100)]).get('a'), 'left');
});

t.test('in a crowd those of low rank number keep theirs', async (t) => {
  const crowd = Array.from({ length: 60 }, (_, i) =>
    at(`d${i}`, 100 + (i % 8) * 6, 100 + Math.floor(i / 8) * 6, { rank: i === 37 ? 0 : 3 }),
  );
  t.ok(placeLabels(crowd).size < 60);
  const apart = [at('calm', 100, 100), at('danger', 101, 100, { rank: 1 })];
  t.ok(placeLabels(apart).has('danger'));
});

t.test('not across the edge of the map', async (t) => {
  const view = { widthPx: 200, heightPx: 200 };
  t.equal(placeLabels([at('a', 190, 100)], view).get('a'), 'left');
});

t.test('thousands in reasonable time', async (t) => {
  const many = Array.from({ length: 5000 }, (_, i) => at(`d${i}`, (i * 37) % 4000, (i * 91) % 3000));
  const before = performance.now();
  placeLabels(many);
  t.ok(performance.now() - before < 1000);
});
