import t from 'tap';
import type { DeltaMessage, DroneEntry, LiveKinds, SnapshotMessage } from '../../live/messages.ts';
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

t.test(
  'a move is a position, a velocity of the same instant and how fresh it is; of one not held all must be asked for',
  async (t) => {
    const held = mergeSnapshot(none, snapshot([entry('d1', 5, wind(5, 3))]), false).drones;
    const { drones, changed, incomplete } = mergeDelta(held, {
      ...{ type: 'delta', seq: 2, serverUtcUs: 9_000_000, drones: [{ id: 'd1', online: false }] },
      moved: [['d1', 1_000, 0, 2_000, 500, 47.1, 8.2, 520.5, 12.25, 90, 3, -4, 0]],
    });
    const one = drones.get('d1')?.entry;
    t.match(one?.freshness, { sampledUtcUs: 8_999_000, lastHeardUtcUs: 9_000_000 });
    const when = { atUtcUs: 8_998_000, ageMs: 2, utcUs: 8_998_500 };
    t.same(one?.kinds.position, {
      values: { latDeg: 47.1, lonDeg: 8.2, altAmslM: 520.5, altRelM: 12.25, headingDeg: 90 },
      ...when,
    });
    t.same(one?.kinds.velocity, { values: { northMps: 3, eastMps: -4, downMps: 0 }, ...when });
    t.equal(one?.online, false);
    t.equal(one?.kinds.wind?.values.speedMps, 3, 'the rest stays');
    t.same([...changed], ['d1']);
    t.notOk(incomplete);
    const more = mergeDelta(drones, {
      ...{ type: 'delta', seq: 3, serverUtcUs: 9_500_000, drones: [] },
      moved: [
        ['d1', 0, null, 0, null, null, null, null, null, null],
        ['d2', 0, 0, 0, null, 1, 2, 3, 4, 5],
      ],
    });
    t.equal(more.drones.get('d1')?.entry.kinds.position?.values.latDeg, null);
    t.equal(more.drones.get('d1')?.entry.kinds.velocity?.atUtcUs, 8_998_000, 'none said, none changed');
    t.notOk(more.drones.has('d2'));
    t.ok(more.incomplete);
  },
);

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

t.test('a snapshot in pieces takes nothing away that is named later', async (t) => {
  const held = mergeSnapshot(none, snapshot([entry('d1', 5), entry('d2', 5)]), false).drones;
  const first = { ...snapshot([entry('d1', 6)]), more: true };
  const { drones, removed } = mergeSnapshot(held, first, true);
  t.same(removed, []);
  t.equal(drones.get('d2')?.unreported, false);
  t.equal(mergeSnapshot(held, first, false).drones.get('d2')?.unreported, true);
});

t.test('of a drone that a restarted controller names with a later piece the newer values stay, too', async (t) => {
  const held = mergeSnapshot(none, snapshot([entry('d1', 50, wind(50, 3))]), false).drones;
  const first = mergeSnapshot(held, { ...snapshot([]), more: true }, false).drones;
  const drones = [entry('d1', null, wind(40, 9))];
  const now = mergeDelta(first, { type: 'delta', seq: 2, serverUtcUs: 100, drones }).drones.get('d1');
  t.equal(now?.unreported, false);
  t.equal(now?.entry.freshness.sampledUtcUs, 50);
  t.equal(now?.entry.kinds.wind?.values.speedMps, 3);
});

t.test('a drone that moved is put together when it is asked for, from what came before and since', async (t) => {
  const move = (sampledAgoUs: number, ...speeds: readonly [number, number, number] | readonly []): DeltaMessage => ({
    ...{ type: 'delta', seq: 2, serverUtcUs: 1_000_000, drones: [] },
    moved: [['d1', sampledAgoUs, 0, sampledAgoUs, 0, 47, 8, 500, 10, 90, ...speeds]],
  });
  const wide = { type: 'delta', seq: 2, serverUtcUs: 1_000_000, drones: [{ id: 'd1', kinds: wind(60, 4) }] } as const;
  let { drones } = mergeSnapshot(none, snapshot([entry('d1', 50, wind(50, 3))]), false);
  for (const message of [move(900, 1, 2, 3), move(800), wide, move(700), move(600)])
    ({ drones } = mergeDelta(drones, message));
  const now = drones.get('d1');
  t.equal(now?.moved?.sampledUtcUs, 999_400);
  t.equal(now?.entry.freshness.sampledUtcUs, 999_400);
  t.equal(now?.entry.kinds.position?.atUtcUs, 999_400);
  t.match(now?.entry.kinds, {
    wind: { values: { speedMps: 4 } },
    velocity: { values: { downMps: 3 }, atUtcUs: 999_100 },
  });
});
