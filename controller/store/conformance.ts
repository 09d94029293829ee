/** What every store must do, as tests: run by each implementation with its own `open`. */
import { type Sample, sealBatch, sealGap } from '@skein/protocol/telemetry';
import type { Test } from 'tap';
import type { Lane, NewEvent, Store, StoreItem } from './port.ts';

export const BOOT = '11111111-2222-4333-8444-555555555555';
export const EPOCH = '00000000000000e1';
export const DAY_US = 86_400e6;
/** 2026-11-21T12:00:00Z */
export const NOON_US = Date.UTC(2026, 10, 21, 12) * 1e3;

interface Stamp {
  readonly drone?: string;
  readonly epoch?: string;
  readonly lane?: Lane;
  readonly boot?: string;
  readonly receivedUtcUs?: number;
  readonly verify?: boolean;
}

export function position(monoUs: number, latDeg = 47): Sample<'position'> {
  const values = { latDeg, lonDeg: 8, altAmslM: 500, altRelM: 40, headingDeg: 90 };
  return { kind: 'position', monoUs, bootMs: null, values };
}

const CLOCK_REST = { standing: 'single', outvoted: '', boardUs: null } as const;

export function clock(
  monoUs: number,
  utcUs: number,
  errUs = 1000,
  source: 'gps' | 'controller' | 'restored' = 'gps',
): Sample<'clock'> {
  return { kind: 'clock', monoUs, bootMs: null, values: { utcUs, errUs, source, ...CLOCK_REST } };
}

export function text(monoUs: number, severity: 'warning' | 'info', words: string): Sample<'text'> {
  return { kind: 'text', monoUs, bootMs: null, values: { severity, text: words, repeats: 0 } };
}

/** A batch as it comes to the store; by default one position at `seq` seconds of the boot. */
export function batch(seq: number, o: Stamp & { readonly samples?: readonly Sample[] } = {}): StoreItem {
  const { drone = 'd1', epoch = EPOCH, lane = 'history', boot = BOOT, receivedUtcUs = NOON_US, verify = false } = o;
  const samples = o.samples ?? [position(seq * 1e6)];
  return { drone, receivedUtcUs, verify, bytes: sealBatch({ lane, epoch, boot, seq, samples }) };
}

export function gap(from: number, to: number, o: Stamp = {}): StoreItem {
  const { drone = 'd1', epoch = EPOCH, lane = 'history', boot = BOOT, receivedUtcUs = NOON_US, verify = false } = o;
  const span = { from, to, reason: 'budget', samples: 10, monoFromUs: from * 1e6, monoToUs: to * 1e6 } as const;
  return { drone, receivedUtcUs, verify, bytes: sealGap({ lane, epoch, boot, ...span }) };
}

const everything = { fromUtcUs: 0, toUtcUs: NOON_US * 2, maxPoints: 1000 };

/** `open` gives a started store, empty or (with the same `dir`) as it was left; `close` it is done by the test. */
export function storeConformance(t: Test, open: (dir: string) => Promise<Store>, freshDir: () => string): void {
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

  t.test('events: one version after another, a chain of hashes, keys, expected versions', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const event = (type: string, more = {}) => ({ entity: 'drone:d1', type, atUtcUs: NOON_US, data: {}, ...more });
    const [one, two] = await store.append([event('online'), event('offline')]);
    t.match([one, two], [{ version: 1 }, { version: 2 }]);
    t.not(one?.hash, two?.hash);
    await store.append([event('first-seen', { key: 'k' }), event('first-seen', { key: 'k' })]);
    await t.rejects(store.append([event('x', { expectedVersion: 1 })]), { code: 'version-conflict' });
    await store.append([event('y', { expectedVersion: 3 })]);
    const feed = await store.events({ afterId: one?.id ?? 0, limit: 2 });
    t.same(
      feed.map((found) => found.type),
      ['offline', 'first-seen'],
    );
    t.same(await store.events({ afterId: 0, limit: 10, entity: 'drone:d2' }), []);
  });

  t.test('drones are kept; a second saving keeps when they were first seen', async (t) => {
    const dir = freshDir();
    const before = await open(dir);
    const record = { id: 'd1', firstSeenUtcUs: 1, lastSeenUtcUs: 2, state: '{}' };
    await before.saveDrones([record]);
    await before.saveDrones([{ ...record, firstSeenUtcUs: 9, lastSeenUtcUs: 3 }]);
    await before.close();
    const store = await open(dir);
    t.teardown(() => store.close());
    t.same(await store.drones(), [{ ...record, lastSeenUtcUs: 3 }]);
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

  const ids = ['01JD0000000000000000000001', '01JD0000000000000000000002', '01JD0000000000000000000003'] as const;
  const queued = (drone: string) => ({
    ...{ drone, state: 'queued', reason: null, detail: null, atUtcUs: NOON_US, sentUtcUs: null },
    steps: [{ state: 'queued', reason: null, detail: null, atUtcUs: NOON_US, by: 'controller' }],
  });
  const issued = (id: string, drones: readonly string[], more: Record<string, unknown> = {}) => ({
    ...{ entity: `command:${id}`, type: 'issued', atUtcUs: NOON_US },
    data: { command: { type: 'hold', params: {}, issuedBy: 'Ann' }, deliveries: drones.map(queued), ...more },
  });
  const changed = (id: string, drone: string, set: Record<string, unknown>) => ({
    ...{ entity: `command:${id}`, type: 'delivery', atUtcUs: NOON_US },
    data: { drone, by: 'drone', cause: 'answer', set },
  });
  const done = { state: 'succeeded', reason: 'done', detail: { how: 'x' }, atUtcUs: NOON_US + 5, answered: 2 };

  t.test('commands: what their events say is what is read', async (t) => {
    const dir = freshDir();
    const before = await open(dir);
    const [one, two, three] = ids;
    const key = { key: 'k1', hash: 'h1' };
    await before.append([issued(one, ['d1', 'd2'], { key }), issued(two, ['d1']), issued(three, ['d2'])]);
    await before.append([changed(one, 'd1', { sentUtcUs: NOON_US + 1 }), changed(one, 'd1', done)]);
    await before.append([changed(three, 'd2', done), changed(three, 'd9', { ...queued('d9'), ...done })]);
    await before.close();
    const store = await open(dir);
    t.teardown(() => store.close());
    const read = await store.command(one);
    t.match(read, { command: { id: one, type: 'hold', issuedBy: 'Ann' } });
    t.match(read?.deliveries, [
      { drone: 'd1', state: 'succeeded', sentUtcUs: NOON_US + 1, answered: 2, detail: { how: 'x' } },
      { drone: 'd2', state: 'queued' },
    ]);
    t.match((read?.deliveries[0] as { steps?: unknown })?.steps, [
      { state: 'queued', by: 'controller' },
      { state: 'succeeded', reason: 'done', atUtcUs: NOON_US + 5, by: 'drone' },
    ]);
    t.equal(await store.command('01JD0000000000000000000009'), null);
    const posted = '01JD0000000000000000000000';
    await store.append([issued(posted, ['d7'], { command: { type: 'arm', undecided: true } })]);
    t.match(await store.command(posted), { command: { type: 'arm', undecided: true } });
    await store.append([{ entity: `command:${posted}`, type: 'decided', atUtcUs: NOON_US, data: {} }]);
    t.same((await store.command(posted))?.command, { id: posted, type: 'arm' });
    await store.append([changed(posted, 'd7', done)]);
    const idsOf = (found: readonly { command: { id: string } }[]) => found.map((each) => each.command.id);
    t.same(idsOf(await store.commands({ limit: 10 })), [three, two, one, posted], 'newest first');
    t.same(idsOf(await store.commands({ limit: 1, before: two })), [one]);
    t.same(idsOf(await store.commands({ limit: 10, drone: 'd1' })), [two, one]);
    t.same(idsOf(await store.commands({ limit: 10, drone: 'd9' })), [three], 'one it was never meant for');
    t.same(idsOf(await store.openCommands()), [one, two]);
    const recent = await store.recentDeliveries(1);
    t.same(recent.map((each) => [each.deliveries[0]?.drone, each.command.id]).sort(), [
      ['d1', two],
      ['d2', three],
      ['d7', posted],
      ['d9', three],
    ]);
    t.match(await store.commandKeys({ sinceUtcUs: NOON_US, limit: 10 }), [{ ...key, command: one, atUtcUs: NOON_US }]);
    t.same(await store.commandKeys({ sinceUtcUs: NOON_US + 1, limit: 10 }), []);
  });

  t.test('commands: made again from the events they are the same', async (t) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    await store.append(ids.map((id) => issued(id, ['d1', 'd2'], { key: { key: id, hash: 'h' } })));
    for (let i = 0; i < 60; i++) {
      const state = i % 2 === 0 ? 'delivered' : 'executing';
      await store.append([changed(ids[0], 'd1', { state, reason: null, detail: { i }, atUtcUs: NOON_US + i })]);
    }
    await store.append([changed(ids[0], 'd1', { detail: { i: 'last' } })]);
    const read = async () => [
      await store.commands({ limit: 10 }),
      await store.openCommands(),
      await store.commandKeys({ sinceUtcUs: 0, limit: 10 }),
    ];
    const before = await read();
    t.equal(await store.rebuild(), 64);
    t.same(await read(), before);
    const steps = (await store.command(ids[0]))?.deliveries[0]?.steps as { state: string; detail: unknown }[];
    t.equal(steps.length, 50, 'bounded');
    t.equal(steps[0]?.state, 'queued', 'the first is kept');
    t.same(steps.at(-1)?.detail, { i: 'last' });
  });

  const told = (entity: string, set: object, more: Partial<NewEvent> = {}) => ({
    ...{ entity, type: 'changed', atUtcUs: NOON_US, data: { set } },
    ...more,
  });
  const ann = { kind: 'operator', name: 'Ann' } as const;

  t.test('who did it and why is kept; stamps rise though the clock of an event does not', async (t) => {
    const dir = freshDir();
    const before = await open(dir);
    const [one] = await before.append([told('order:a', {}, { by: ann, cause: 'a storm' })]);
    t.match(one, { by: ann, cause: 'a storm', stamp: /^\d{16}\.[\da-f]{4}$/ });
    await before.close();
    const store = await open(dir);
    t.teardown(() => store.close());
    await store.append([told('order:a', {}, { atUtcUs: 0 }), told('drone:d1', {}), told('order:a', {})]);
    const events = await store.events({ afterId: 0, limit: 10 });
    t.match(events, [{ by: ann, cause: 'a storm' }, { by: null, cause: null }, {}, {}]);
    const stamps = events.map(({ stamp }) => stamp ?? '');
    t.same(stamps.toSorted(), stamps);
    t.equal(new Set(stamps).size, 4);
    t.same(
      events.map(({ id }) => id),
      [1, 2, 3, 4],
      'ids without a hole',
    );
  });

  t.test('documents: what their events make is what is read, also made again from them', async (t) => {
    const dir = freshDir();
    const before = await open(dir);
    const at = (after: number) => ({ atUtcUs: NOON_US + after });
    const key = { key: 'k', hash: 'h' };
    await before.append([
      { ...told('order:a', { pickup: { base: 'x', pad: 1 }, state: 'queued' }, at(1)), key: 'once' },
      { ...told('order:a', { pickup: { base: 'y' } }, at(1)), key: 'once' },
      told('order:b', { state: 'queued' }, { ...at(2), data: { set: { state: 'queued' }, key } }),
      told('order:c', { state: 'queued' }, at(2)),
      told('orders:a', { other: true }, at(3)),
      told('drone:d1', { no: 'document' }, at(4)),
    ]);
    await before.append([
      told('order:a', { pickup: { pad: null, lat: 1.5 }, state: null, drone: 'd1' }, at(5)),
      told('order:b', {}, { ...at(6), data: { set: { state: 'closed' }, open: false } }),
      { entity: 'order:b', type: 'noted', data: { words: 'a change of nothing but its version' }, ...at(7) },
    ]);
    await before.close();
    const store = await open(dir);
    t.teardown(() => store.close());
    const idsOf = (found: readonly { entity: string }[]) => found.map(({ entity }) => entity);
    const read = async () => ({
      a: await store.document('order:a'),
      b: await store.document('order:b'),
      all: await store.documents({ kind: 'order', limit: 10 }),
      others: await store.documents({ kind: 'orders', limit: 10 }),
      keys: await store.documentKeys({ kind: 'order', sinceUtcUs: NOON_US, limit: 10 }),
    });
    const found = await read();
    t.same(found.a, {
      ...{ entity: 'order:a', version: 2, open: true, createdUtcUs: NOON_US + 1, atUtcUs: NOON_US + 5 },
      doc: { pickup: { base: 'x', lat: 1.5 }, drone: 'd1' },
    });
    t.match(found.b, { version: 3, open: false, doc: { state: 'closed' } });
    t.same(idsOf(found.all), ['order:c', 'order:b', 'order:a'], 'newest first');
    t.same(idsOf(found.others), ['orders:a']);
    t.same(idsOf(await store.documents({ kind: 'order', open: true, limit: 10 })), ['order:c', 'order:a']);
    t.same(idsOf(await store.documents({ kind: 'order', open: false, limit: 10 })), ['order:b']);
    t.same(idsOf(await store.documents({ kind: 'order', limit: 1, before: 'c' })), ['order:b']);
    t.same(await store.documents({ kind: 'order', limit: 10, before: 'a' }), []);
    t.same(found.keys, [{ ...key, entity: 'order:b', atUtcUs: NOON_US + 2 }]);
    t.same(await store.documentKeys({ kind: 'orders', sinceUtcUs: 0, limit: 10 }), []);
    t.equal(await store.document('drone:d1'), null);
    t.equal(await store.document('order:z'), null);
    t.equal(await store.rebuild(), 7);
    t.same(await read(), found);
  });

  const given = (id: string, version: number, atUtcUs: number, more: object = {}) => ({
    ...{ entity: `itinerary:${id}`, type: 'given', atUtcUs },
    data: { version, about: { itinerary: { id, version, items: [] }, issuedBy: 'Ann' }, ...more },
  });
  const stand = (id: string, drone: string, more: Record<string, unknown>, atUtcUs = NOON_US) => ({
    ...{ entity: `itinerary:${id}`, type: 'stand', atUtcUs, data: { drone, version: 1, by: 'drone', ...more } },
  });

  t.test('itineraries: what their events say is what is read, also made again from them', async (t) => {
    const dir = freshDir();
    const before = await open(dir);
    await before.append([given('a', 1, NOON_US, { key: { key: 'k', hash: 'h' } }), given('b', 1, NOON_US + 1)]);
    await before.append([
      stand('a', 'd1', { set: { state: 'assigned', open: true }, step: { state: 'assigned' } }),
      stand('a', 'd2', { set: { state: 'refused', open: false }, step: { state: 'refused' } }),
      given('a', 2, NOON_US + 2),
    ]);
    for (let i = 0; i < 120; i++)
      await before.append([stand('a', 'd1', { set: { item: i }, step: { i } }, NOON_US + 10)]);
    const parcels = { 2: { set: { state: 'released', detail: { how: 'sensor' } }, step: { state: 'released' } } };
    await before.append([stand('a', 'd1', { set: {}, parcels }, NOON_US + 11)]);
    await before.append([stand('b', 'd1', { set: { state: 'completed', open: false }, step: {} }, NOON_US + 12)]);
    await before.close();
    const store = await open(dir);
    t.teardown(() => store.close());
    const read = async () => ({
      a: await store.itinerary('a'),
      all: await store.itineraries({ limit: 10 }),
      open: await store.openItineraries(),
      last: await store.lastStands(),
      keys: await store.itineraryKeys({ sinceUtcUs: NOON_US, limit: 10 }),
    });
    const found = await read();
    t.match(found.a, {
      versions: [{ version: 1, atUtcUs: NOON_US, about: { issuedBy: 'Ann' } }, { version: 2 }],
      stands: [
        { drone: 'd1', state: 'assigned', item: 119, parcels: { 2: { state: 'released', steps: [{}] } } },
        { drone: 'd2', state: 'refused' },
      ],
    });
    const steps = found.a?.stands[0]?.steps as { state?: string; i?: number }[];
    t.equal(steps.length, 100, 'bounded');
    t.same([steps[0]?.state, steps.at(-1)?.i], ['assigned', 119], 'the first and the newest are kept');
    t.same(
      found.all.map(({ id }) => id),
      ['a', 'b'],
      'the one given last, first',
    );
    t.same(
      (await store.itineraries({ limit: 10, before: 'a' })).map(({ id }) => id),
      ['b'],
    );
    t.same(
      found.open.map(({ id }) => id),
      ['a'],
    );
    t.match(found.last, [
      { itinerary: 'b', stand: { drone: 'd1', state: 'completed' } },
      { itinerary: 'a', stand: { drone: 'd2' } },
    ]);
    t.match(found.keys, [{ key: 'k', hash: 'h', command: 'a', atUtcUs: NOON_US }]);
    t.equal(await store.itinerary('c'), null);
    t.equal(await store.rebuild(), 127);
    t.same(await read(), found);
  });
}
