import t from 'tap';
import { clipLine, clipRing } from './clip.ts';

const box = { west: 0, south: 0, east: 10, north: 10 };

t.test('inside stays, outside goes', async (t) => {
  const inner = [
    [1, 1],
    [2, 1],
    [2, 2],
    [1, 1],
  ];
  t.same(clipRing(inner, box).slice(0, 3), inner.slice(0, 3));
  t.same(
    clipRing(
      [
        [20, 20],
        [21, 20],
        [21, 21],
        [20, 20],
      ],
      box,
    ),
    [],
  );
});

t.test('a ring around the box becomes the box, closed', async (t) => {
  const ring = clipRing(
    [
      [-5, -5],
      [15, -5],
      [15, 15],
      [-5, 15],
      [-5, -5],
    ],
    box,
  );
  t.same(ring[0], ring.at(-1));
  const corners = new Set(ring.map(String));
  for (const corner of ['0,0', '10,0', '10,10', '0,10']) t.ok(corners.has(corner), corner);
});

t.test('a ring across a side is cut at it', async (t) => {
  const ring = clipRing(
    [
      [5, 5],
      [15, 5],
      [15, 6],
      [5, 6],
      [5, 5],
    ],
    box,
  );
  t.ok(ring.every(([x = 0]) => x <= 10));
  t.ok(ring.some(([x]) => x === 10));
});

t.test('a line through and back is two parts', async (t) => {
  const parts = clipLine(
    [
      [-5, 5],
      [5, 5],
      [15, 5],
      [25, 5],
      [25, 6],
      [15, 6],
      [5, 6],
    ],
    box,
  );
  t.equal(parts.length, 2);
});
