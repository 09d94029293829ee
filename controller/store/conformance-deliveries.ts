/** What every store must make of the events of commands and itineraries. */
import type { Test } from 'tap';
import { NOON_US } from './conformance-items.ts';
import type { Store } from './port.ts';

export function deliveryConformance(t: Test, open: (dir: string) => Promise<Store>, freshDir: () => string): void {
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
