/** What every store must do with telemetry: each batch once, in its lane and day, found by its time, kept as long as it may. */
import type { Sample } from '@skein/protocol/telemetry';
import type { Test } from 'tap';
import { batch, clock, DAY_US, EPOCH, everything, gap, NOON_US, position, text } from './conformance-items.ts';
import type { Lane, Store } from './port.ts';

export function telemetryConformance(t: Test, open: (dir: string) => Promise<Store>, freshDir: () => string): void {
  const upTo = async (store: Store, lane: Lane = 'history', drone = 'd1') =>
    (await store.positions(drone, [EPOCH])).find((one) => one.lane === lane)?.upTo ?? 0;
  const rows = async (store: Store, drone = 'd1') =>
    (await store.series({ drone, kind: 'position', ...everything })).rows;

  t.test('a batch is stored once, however often it comes', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const first = await store.commit([batch(1), batch(2)], NOON_US);
    t.match(first, { inserted: 2, duplicates: 0, refused: [] });
    t.match(await store.commit([batch(1), batch(2), batch(3)], NOON_US), { inserted: 1, duplicates: 2 });
    t.match(await store.commit([batch(1, { verify: true })], NOON_US), { inserted: 0, duplicates: 1 });
    t.equal(await rows(store), 3);
    t.equal(await upTo(store), 3);
  });

  t.test('nothing is stored behind a hole', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const outcome = await store.commit([batch(1), batch(3)], NOON_US);
    t.match(outcome, { inserted: 1, refused: [{ drone: 'd1', epoch: EPOCH, lane: 'history', upTo: 1 }] });
    t.equal(await upTo(store), 1);
  });

  t.test('other content under the same number goes to quarantine and is told', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    await store.commit([batch(1)], NOON_US);
    const other = batch(1, { samples: [position(1e6, 48)], verify: true });
    t.match(await store.commit([other], NOON_US), { inserted: 0, conflicts: [{ drone: 'd1', seq: 1 }] });
    t.equal(await rows(store), 1, 'the first one stays');
  });

  t.test('a gap covers its numbers; a batch that comes later beats it', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    t.match(await store.commit([batch(1), gap(2, 5), batch(6)], NOON_US), { inserted: 2, gaps: 1 });
    t.equal(await upTo(store), 6);
    t.match(await store.commit([batch(4, { verify: true })], NOON_US), { filled: 1, inserted: 0 });
    const series = await store.series({ drone: 'd1', kind: 'position', ...everything });
    t.equal(series.rows, 3);
    t.equal(series.gaps.length, 2, 'what is left of the gap on either side');
    t.same(
      series.gaps.map((one) => one.reason),
      ['budget', 'budget'],
    );
  });

  t.test('lanes, epochs and drones are apart', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const other = { epoch: '00000000000000e2' };
    await store.commit([batch(1), batch(1, { lane: 'urgent' }), batch(1, other), batch(1, { drone: 'd2' })], NOON_US);
    t.equal(await rows(store), 3);
    t.equal(await rows(store, 'd2'), 1);
    t.equal((await store.positions('d1', [EPOCH, other.epoch])).length, 3);
    t.same(await store.positions('d3', [EPOCH]), []);
  });

  t.test('a key is in one day only, across midnight and a restart', async (t) => {
    const dir = freshDir();
    const before = await open(dir);
    await before.commit([batch(1), batch(2)], NOON_US);
    await before.close();
    const store = await open(dir);
    t.teardown(() => store.close());
    t.equal(await upTo(store), 2);
    t.match(await store.commit([batch(2), batch(3)], NOON_US + DAY_US), { inserted: 1, duplicates: 1 });
    t.equal(await rows(store), 3);
    t.equal((await store.stats()).days, 2);
  });

  t.test('time is by clock records, however late they come; without any by arrival, and marked', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    await store.commit([batch(1, { receivedUtcUs: NOON_US + 5e6 })], NOON_US);
    const unset = await store.series({ drone: 'd1', kind: 'position', ...everything });
    t.same(unset.timesUtcUs, [NOON_US + 5e6]);
    t.equal(unset.boots[0]?.clock, 'unset');
    const record = batch(1, { lane: 'urgent', samples: [clock(2e6, NOON_US - 60e6)], receivedUtcUs: NOON_US - 60e6 });
    await store.commit([record], NOON_US);
    const known = await store.series({ drone: 'd1', kind: 'position', ...everything });
    t.same(known.timesUtcUs, [NOON_US - 61e6]);
    t.equal(known.boots[0]?.clock, 'gps');
    t.same(known.filledLater, [{ fromUtcUs: NOON_US - 61e6, toUtcUs: NOON_US - 61e6 }], 'it came over a minute late');
    const range = { fromUtcUs: NOON_US - 61e6, toUtcUs: NOON_US - 60e6, maxPoints: 10 };
    t.equal((await store.series({ drone: 'd1', kind: 'position', ...range })).rows, 1, '`from` is inclusive');
    const after = { fromUtcUs: NOON_US - 62e6, toUtcUs: NOON_US - 61e6, maxPoints: 10 };
    t.equal((await store.series({ drone: 'd1', kind: 'position', ...after })).rows, 0, '`to` is exclusive');
  });

  t.test(
    'a wrong word about the time, found out later, spoils no range; which boot was when is never guessed',
    async (t) => {
      const store = await open(freshDir());
      t.teardown(() => store.close());
      const words = (seq: number, ...samples: Sample[]) => batch(seq, { lane: 'urgent', samples });
      const lie = clock(1e6, NOON_US + 3600e6, 300_000);
      await store.commit([batch(1), batch(2), batch(3), words(1, lie)], NOON_US);
      const between = async (fromS: number, toS: number) => {
        const range = { fromUtcUs: NOON_US + fromS * 1e6, toUtcUs: NOON_US + toS * 1e6, maxPoints: 10 };
        return store.series({ drone: 'd1', kind: 'position', ...range });
      };
      t.equal((await between(3599, 3700)).rows, 3, 'all it was told');
      await store.commit([words(2, clock(9e6, NOON_US + 3608e6, 3600e6 + 310_000))], NOON_US);
      t.ok(((await between(3599, 3700)).boots[0]?.errUs ?? 0) > 3600e6, 'contradicted: nobody knows which');
      await store.commit([words(3, clock(60e6, NOON_US + 59e6, 10_000, 'controller'))], NOON_US);
      t.equal((await between(3599, 3700)).rows, 0, 'outvoted');
      const right = await between(0, 1.5);
      t.equal(right.rows, 2, 'the first two, at their place');
      t.match(right.boots, [{ clock: 'controller' }]);
      t.ok((right.boots[0]?.errUs ?? 1e6) <= 13_000, '± 10 ms, a minute off');
      const night = {
        boot: 'ffffffff-4a59-4e68-8777-0123456789ab',
        epoch: '00000000c0ffee01',
        receivedUtcUs: NOON_US + 7e6,
      };
      const kept = batch(1, { ...night, lane: 'urgent', samples: [clock(1e6, NOON_US - 9e9, 3e14, 'restored')] });
      await store.commit([kept, batch(1, night)], NOON_US);
      t.match(
        (await between(6, 8)).boots,
        [{ clock: 'unset', errUs: null }],
        'a time of another boot ties nothing: by arrival',
      );
    },
  );

  t.test('what came since then is found whatever time a drone believes', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const ahead = batch(1, { lane: 'urgent', samples: [clock(1e6, NOON_US + 3e14)] });
    await store.commit([ahead, batch(1), batch(2, { receivedUtcUs: NOON_US + 60e6 })], NOON_US);
    const ever = { fromUtcUs: 0, toUtcUs: Number.MAX_SAFE_INTEGER, maxPoints: 10 };
    const since = { drone: 'd1', kind: 'position', ...ever, arrivedFromUtcUs: NOON_US + 30e6 };
    t.equal((await store.series(since)).rows, 1);
  });

  t.test('severe autopilot texts and gaps become events, once', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const samples = [text(1e6, 'warning', 'PreArm: GPS'), text(2e6, 'info', 'hello')];
    const group = [batch(1, { lane: 'urgent', samples }), gap(1, 2)];
    await store.commit(group, NOON_US);
    await store.commit(group, NOON_US);
    const events = await store.events({ afterId: 0, limit: 10 });
    t.same(events.map((event) => event.type).sort(), ['autopilot-text', 'gap']);
    t.match(
      events.find((event) => event.type === 'autopilot-text'),
      { entity: 'drone:d1', data: { text: 'PreArm: GPS' } },
    );
  });

  t.test('retention removes old days and forgets no position and no needed clock record', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const record = batch(1, { lane: 'urgent', samples: [clock(1e6, NOON_US)] });
    await store.commit([batch(1), record], NOON_US - 40 * DAY_US);
    for (let ago = 2; ago >= 0; ago--) await store.commit([batch(4 - ago)], NOON_US - ago * DAY_US);
    t.same(await store.retain(NOON_US), ['2026-10-12']);
    t.equal(await rows(store), 3);
    t.equal(await upTo(store, 'urgent'), 1);
    t.equal((await store.series({ drone: 'd1', kind: 'position', ...everything })).boots[0]?.clock, 'gps');
    t.match(await store.commit([batch(1, { verify: true })], NOON_US), { expired: 1, inserted: 0 });
    t.same(await store.retain(NOON_US), [], 'never today');
  });

  t.test('retention under a clock that jumped ten years ahead takes nothing', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const later = NOON_US + 3650 * DAY_US;
    for (let ago = 3; ago >= 0; ago--) await store.commit([batch(4 - ago)], NOON_US - ago * DAY_US);
    for (let on = 0; on < 2; on++) await store.commit([batch(5 + on)], later + on * DAY_US);
    t.same(await store.retain(later + DAY_US), []);
    t.equal(await rows(store), 6);
  });

  t.test('down-sampling keeps every extreme, in real rows', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const samples = Array.from({ length: 5000 }, (_, i) => position(i * 1e4, i === 2345 ? 80 : 47 + (i % 7) / 100));
    await store.commit([batch(1, { samples })], NOON_US);
    const query = { drone: 'd1', kind: 'position', ...everything, maxPoints: 100, columns: ['latDeg'] };
    const series = await store.series(query);
    t.equal(series.rows, 5000);
    t.ok(series.timesUtcUs.length <= 100 && series.timesUtcUs.length > 30, `${series.timesUtcUs.length} points`);
    t.ok(series.columns.latDeg?.includes(80), 'the spike is there');
    t.ok(
      series.timesUtcUs.every((at, i) => i === 0 || at > (series.timesUtcUs[i - 1] ?? 0)),
      'in order',
    );
  });
}
