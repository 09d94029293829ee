import t from 'tap';
import { type Countries, groundFiles, unwrapRing } from './ground-files.ts';
import { packCorners, unpackCorners } from './ground-shape.ts';

t.test('a ring over the date line is unrolled', async (t) => {
  const ring = unwrapRing([
    [170, 60],
    [179, 60],
    [-175, 60],
    [-175, 65],
    [170, 65],
    [170, 60],
  ]);
  t.same(
    ring.map(([lon]) => lon),
    [170, 179, 185, 185, 170, 170],
  );
});

t.test('a ring around the pole is closed along it', async (t) => {
  const ring = unwrapRing([
    [-180, -70],
    [-90, -70],
    [0, -70],
    [90, -70],
    [180, -70],
  ]);
  t.same(ring.at(-1), ring[0]);
  t.ok(ring.some(([, lat = 0]) => lat < -89));
});

t.test('cells hold their part only, and only cells with land exist', async (t) => {
  const square: Countries = {
    type: 'Topology',
    arcs: [
      [
        [2, 2],
        [14, 2],
        [14, 8],
        [2, 8],
        [2, 2],
      ],
    ],
    objects: {
      countries: {
        type: 'GeometryCollection',
        geometries: [{ type: 'Polygon', arcs: [[0]], properties: { name: 'Flatland' } }],
      },
    },
  };
  const { world, cells } = groundFiles(square, square);
  t.same([...cells.keys()].sort(), ['0_0', '10_0']);
  t.same([...world.cells].sort(), ['0_0', '10_0']);
  t.same(world.names, [['Flatland', 8, 5, 72]]);
  const [ring] = cells.get('0_0')?.land[0] ?? [];
  for (const [lon] of unpackCorners(ring ?? [], cells.get('0_0')?.stepDeg ?? 0)) t.ok(lon >= 2 && lon <= 10.000001);
  t.ok((cells.get('10_0')?.coast.length ?? 0) > 0);
});

t.test('packing keeps a line to within half a step and leaves repeats out', async (t) => {
  const line = [
    [7.1234, 43.5],
    [7.1235, 43.5],
    [7.2, 43.6],
    [-3, -1],
  ];
  const packed = packCorners(line, 0.002);
  t.equal(packed.length, 6);
  const back = unpackCorners(packed, 0.002);
  t.ok(Math.abs((back[0]?.[0] ?? 0) - 7.1234) <= 0.001);
  t.ok(Math.abs((back.at(-1)?.[1] ?? 0) + 1) <= 0.001);
});
