import t from 'tap';
import type { SnapshotMessage } from '../../live/messages.ts';
import { createFleet } from './fleet.ts';

t.test('a page that is not live keeps as of when it was', async (t) => {
  let monoMs = 1_000;
  const fleet = createFleet({ monoMs: () => monoMs, onFrame: (flush) => flush() });
  const snapshot: SnapshotMessage = {
    type: 'snapshot',
    seq: 1,
    serverUtcUs: 50_000_000,
    controller: { name: 'c', start: 's', version: '0' },
    limits: { freshMs: 3000, lostMs: 30000 },
    health: { store: 'ok', message: null },
    drones: [],
  };
  fleet.take(snapshot);
  fleet.connection.value = { state: 'open' };
  t.equal(fleet.asOfMs.value, null, 'live: now');
  monoMs += 19_000;
  fleet.tick();
  fleet.connection.value = { state: 'reconnecting', sinceMonoMs: 1_000, attempt: 1, retryAtMonoMs: null };
  t.equal(fleet.asOfMs.value, 50_000);
  t.equal(fleet.nowMs.value, 69_000, 'while ages rise');
  fleet.take({ type: 'delta', seq: 2, serverUtcUs: 51_000_000, drones: [] });
  t.equal(fleet.asOfMs.value, 51_000, 'what came late stands as of when it was written');
});

t.test('a controller that serves another build of the page says so to one that is open', async (t) => {
  const fleet = createFleet({ monoMs: () => 1_000, onFrame: (flush) => flush() });
  const from = (start: string, page?: string): void => {
    const controller = { ...{ name: 'c', start, version: '0' }, ...(page === undefined ? {} : { page }) };
    const about = { limits: { freshMs: 3000, lostMs: 30000 }, health: { store: 'ok', message: null } } as const;
    fleet.take({ ...{ type: 'snapshot', seq: 1, serverUtcUs: 50_000_000, controller, drones: [] }, ...about });
  };
  for (const [start, page, is] of [
    ['a', '1', false],
    ['b', '1', false],
    ['c', '2', true],
    ['c', '2', true],
    ['d', undefined, false],
    ['e', '1', false],
  ] as const) {
    from(start, page);
    t.equal(fleet.outdated.value, is, `${start}: ${page}`);
  }
});
