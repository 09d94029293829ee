import t from 'tap';
import type { DroneDelta } from './messages.ts';
import { movesOf } from './moves.ts';

const NOW_US = 1_795_000_000_000_000;
const position = {
  values: { latDeg: 47.00092072341884, lonDeg: -8.1, altAmslM: 21.71, altRelM: null, headingDeg: 43.126 },
  ...{ atUtcUs: NOW_US - 2388, ageMs: 2, utcUs: NOW_US - 2000 },
};
const velocity = {
  values: { northMps: 8.76165797003545, eastMps: -0.001, downMps: 0 },
  ...{ atUtcUs: NOW_US - 2388, ageMs: 2, utcUs: null },
};
const freshness = { state: 'fresh', sampledUtcUs: NOW_US - 388, ageMs: 0, lastHeardUtcUs: null } as const;

t.test('what moved in short, the rest as it was', async (t) => {
  const delta: DroneDelta = { id: 'd1', online: true, freshness, kinds: { position, velocity } };
  t.same(movesOf([delta], NOW_US), {
    moved: [['d1', 388, null, 2388, 388, 47.0009207, -8.1, 21.71, null, 43.13, 8.762, -0.001, 0]],
    rest: [{ id: 'd1', online: true }],
  });
  const status = {} as never;
  t.same(movesOf([{ id: 'd1', freshness, kinds: { position, status } }], NOW_US), {
    moved: [['d1', 388, null, 2388, 388, 47.0009207, -8.1, 21.71, null, 43.13]],
    rest: [{ id: 'd1', kinds: { status } }],
  });
});

t.test('what is no move, of a drone that may be new, or not of one instant, is said in full', async (t) => {
  const older = { ...velocity, atUtcUs: NOW_US - 9999 };
  t.same(movesOf([{ id: 'd1', freshness, kinds: { position, velocity: older } }], NOW_US).rest, [
    { id: 'd1', kinds: { velocity: older } },
  ]);
  for (const delta of [
    { id: 'd1', online: false },
    { id: 'd1', freshness },
    { id: 'd1', kinds: { position } },
    { id: 'd1', freshness: { ...freshness, sampledUtcUs: null }, kinds: { position } },
    { id: 'd1', firstSeenUtcUs: 1, freshness, kinds: { position } },
  ])
    t.same(movesOf([delta], NOW_US), { moved: [], rest: [delta] });
});
