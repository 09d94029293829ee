/** What every store must do with events, and with the documents that they make. */
import type { Test } from 'tap';
import { NOON_US } from './conformance-items.ts';
import type { NewEvent, Store } from './port.ts';

export function eventConformance(t: Test, open: (dir: string) => Promise<Store>, freshDir: () => string): void {
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
}
