import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import type { DroneRecord } from './record.ts';
import { climb, groundSpeed } from './speeds.ts';

const record = (values: Readonly<Record<string, Readonly<Record<string, number | null>>>>): DroneRecord => ({
  entry: {
    kinds: Object.fromEntries(Object.entries(values).map(([kind, all]) => [kind, { values: all, atUtcUs: 1 }])),
  } as unknown as DroneEntry,
  unreported: false,
});
const velocity = { northMps: 3, eastMps: -4, downMps: 1.5 };

t.test('speeds are those of air, where it says them', async (t) => {
  const both = record({ velocity, air: { groundSpeedMps: 5.2, climbMps: 0 } });
  t.same(groundSpeed(both), { mps: 5.2, kind: 'air' });
  t.same(climb(both), { mps: 0, kind: 'air' });
});

t.test(
  'of a drone that sends no air, or air without them, they are those of its velocity, and of its age',
  async (t) => {
    for (const one of [record({ velocity }), record({ velocity, air: { groundSpeedMps: null, climbMps: null } })]) {
      t.same(groundSpeed(one), { mps: 5, kind: 'velocity' });
      t.same(climb(one), { mps: -1.5, kind: 'velocity' });
    }
    t.same(climb(record({ velocity: { ...velocity, downMps: 0 } })).mps, 0, 'and not -0, which has a sign');
  },
);

t.test('what nobody says is not known', async (t) => {
  for (const one of [record({}), record({ velocity: { northMps: 3, eastMps: null, downMps: null } })]) {
    t.equal(groundSpeed(one).mps, null);
    t.equal(climb(one).mps, null);
  }
});

t.test('where air comes seldom the velocity, which is newer', async (t) => {
  const { entry } = record({ velocity, air: { groundSpeedMps: 9, climbMps: 9 } });
  const said = entry.kinds.velocity;
  const at = (atUtcUs: number): DroneRecord => ({
    entry: { ...entry, kinds: { ...entry.kinds, ...(said ? { velocity: { ...said, atUtcUs } } : {}) } },
    unreported: false,
  });
  t.same(groundSpeed(at(2e6)), { mps: 5, kind: 'velocity' });
  t.same(climb(at(2e6)), { mps: -1.5, kind: 'velocity' });
  t.equal(groundSpeed(at(1e6)).kind, 'air');
});
