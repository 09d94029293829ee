import t from 'tap';
import type { DroneEntry, LiveKinds, SnapshotMessage } from '../../live/messages.ts';
import { type Drones, mergeDelta, mergeSnapshot, shiftInstants } from './merge.ts';

function wind(atUtcUs: number, speedMps: number): LiveKinds {
  return { wind: { values: { fromDeg: 10, speedMps, downMps: 0 }, atUtcUs, ageMs: 0, utcUs: null } };
}

function entry(id: string, sampledUtcUs: number | null, kinds: LiveKinds = {}): DroneEntry {
  return {
    id,
    online: true,
    session: 'a1',
    n: 1,
    boot: 'b',
    firstSeenUtcUs: 1,
    control: { state: 'skein' },
    versions: {},
    freshness: { state: 'fresh', sampledUtcUs, ageMs: 0, lastHeardUtcUs: sampledUtcUs },
    link: { connected: true, sinceUtcUs: 1, latencyMs: 3, reconnects: 0, liveHz: 1 },
    kinds,
    backlog: { urgent: { batches: 0, oldestS: null }, history: { batches: 0, oldestS: null } },
    clock: { source: 'gps', errUs: 10 },
    conflict: null,
    packsShut: false,
  };
}

function snapshot(drones: readonly DroneEntry[]): SnapshotMessage {
  return {
    type: 'snapshot',
    seq: 1,
    serverUtcUs: 1_000_000,
    controller: { name: 'c', start: 's', version: '0' },
    limits: { freshMs: 3000, lostMs: 30000 },
    health: { store: 'ok', message: null },
    drones,
  };
}

const none: Drones = new Map();

t.test('a delta replaces top-level fields and merges kinds one by one', async (t) => {
  const held = mergeSnapshot(none, snapshot([entry('d1', 5, wind(5, 3))]), false).drones;
  const { drones, changed } = mergeDelta(held, {
    type: 'delta',
    seq: 2,
    serverUtcUs: 2,
    drones: [
      {
        id: 'd1',
        online: false,
        kinds: { home: { values: { latDeg: 1, lonDeg: 2, altAmslM: 3 }, atUtcUs: 6, ageMs: 0, utcUs: null } },
      },
    ],
  });
  const now = drones.get('d1')?.entry;
  t.equal(now?.online, false);
  t.equal(now?.kinds.wind?.values.speedMps, 3);
  t.equal(now?.kinds.home?.values.latDeg, 1);
  t.same([...changed], ['d1']);
  t.equal(held.get('d1')?.entry.online, true, 'what was held is untouched');
});

t.test('a new drone in a delta must be whole', async (t) => {
  const whole = mergeDelta(none, { type: 'delta', seq: 2, serverUtcUs: 2, drones: [entry('d2', 5)] });
  t.ok(whole.drones.has('d2'));
  t.notOk(whole.incomplete);
  const part = mergeDelta(none, { type: 'delta', seq: 2, serverUtcUs: 2, drones: [{ id: 'd3', online: true }] });
  t.notOk(part.drones.has('d3'));
  t.ok(part.incomplete);
});

t.test('removed drones go', async (t) => {
  const held = mergeSnapshot(none, snapshot([entry('d1', 5), entry('d2', 5)]), false).drones;
  const { drones, removed } = mergeDelta(held, {
    type: 'delta',
    seq: 2,
    serverUtcUs: 2,
    drones: [],
    removed: ['d1', 'd9'],
  });
  t.same([...drones.keys()], ['d2']);
  t.same(removed, ['d1']);
});

t.test('a snapshot of the same start replaces everything', async (t) => {
  const held = mergeSnapshot(none, snapshot([entry('d1', 50, wind(50, 3)), entry('d2', 5)]), false).drones;
  const { drones, removed } = mergeSnapshot(held, snapshot([entry('d1', 40, {})]), true);
  t.same(removed, ['d2']);
  t.equal(drones.get('d1')?.entry.kinds.wind, undefined);
});

t.test('after a restart of the controller nothing vanishes and nothing gets younger', async (t) => {
  const held = mergeSnapshot(none, snapshot([entry('d1', 50, wind(50, 3)), entry('d2', 5)]), false).drones;
  const { drones, removed } = mergeSnapshot(held, snapshot([entry('d1', null, wind(40, 9))]), false);
  t.same(removed, []);
  t.equal(drones.get('d2')?.unreported, true);
  t.equal(drones.get('d1')?.unreported, false);
  t.equal(drones.get('d1')?.entry.freshness.sampledUtcUs, 50);
  t.equal(drones.get('d1')?.entry.kinds.wind?.values.speedMps, 3);
});

t.test('shifting moves every instant that ages', async (t) => {
  const held = mergeSnapshot(
    none,
    snapshot([entry('d1', 5_000_000, wind(4_000_000, 3)), entry('d2', null)]),
    false,
  ).drones;
  const moved = shiftInstants(held, -1_000);
  t.equal(moved.get('d1')?.entry.freshness.sampledUtcUs, 4_000_000);
  t.equal(moved.get('d1')?.entry.kinds.wind?.atUtcUs, 3_000_000);
  t.equal(moved.get('d2')?.entry.freshness.sampledUtcUs, null);
});
