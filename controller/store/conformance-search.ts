/** What every store must do when events are looked for from the newest back. */
import type { Test } from 'tap';
import { NOON_US } from './conformance-items.ts';
import type { EventSearch, NewEvent, Store } from './port.ts';

const ANN = { kind: 'operator', name: 'Ann Lee' } as const;
const DISPATCHER = { kind: 'controller', name: 'dispatcher' } as const;

export function searchConformance(t: Test, open: (dir: string) => Promise<Store>, freshDir: () => string): void {
  const event = (entity: string, type: string, more: Partial<NewEvent> = {}): NewEvent => ({
    ...{ entity, type, atUtcUs: NOON_US, data: {} },
    ...more,
  });
  const given = async (t: Test, events: readonly NewEvent[]) => {
    const store = await open(freshDir());
    t.teardown(() => store.close());
    const stored = await store.append(events);
    const find = async (query: Partial<EventSearch>) => {
      const found = await store.searchEvents({ limit: 100, look: 10_000, ...query });
      return { ...found, ids: found.events.map(({ id }) => id) };
    };
    return { store, stored, find };
  };

  t.test('events looked for: newest first, by what stands in them', async (t) => {
    const { find } = await given(t, [
      event('drone:d1', 'online'),
      event('command:C1', 'issued', { by: ANN, data: { command: { type: 'hold' }, deliveries: [{ drone: 'd1' }] } }),
      event('drone:d11', 'online'),
      event('order:O1', 'placed', { by: ANN, data: { set: { words: 'a "50 %" sale_' } } }),
      event('orders:O1', 'placed', { by: DISPATCHER, cause: 'order:O1@1' }),
      event('upkeep:d1', 'flown', { by: DISPATCHER }),
      event('base:x', 'seen', { by: { kind: 'drone', name: 'd1' } }),
    ]);
    const asked: [Partial<EventSearch>, readonly number[]][] = [
      [{}, [7, 6, 5, 4, 3, 2, 1]],
      [{ drone: 'd1' }, [7, 6, 2, 1]],
      [{ kinds: ['order'] }, [4]],
      [{ kinds: ['order', 'drone'] }, [4, 3, 1]],
      [{ entity: 'drone:d1' }, [1]],
      [{ entity: 'drone:none' }, []],
      [{ by: 'ann lee' }, [4, 2]],
      [{ by: 'Ann' }, []],
      [{ byKinds: ['operator', 'drone'] }, [7, 4, 2]],
      [{ type: 'placed' }, [5, 4]],
      [{ words: ['HOLD'] }, [2]],
      [{ words: ['ann', 'o1'] }, [4]],
      [{ words: ['order:O1@1'] }, [5]],
      [{ words: ['"50', '%"'] }, [4]],
      [{ words: ['5%'] }, []],
      [{ words: ['sale_'] }, [4]],
      [{ words: ['s_le'] }, []],
      [{ drone: 'd1', by: 'Ann Lee', kinds: ['command'], words: ['hold'] }, [2]],
      [{ beforeId: 3, afterId: 1 }, [2]],
    ];
    for (const [query, ids] of asked) {
      const found = await find(query);
      t.same(found.ids, ids, JSON.stringify(query));
      t.match(found, { newestId: 7, nextId: null, backToUtcUs: null }, 'and all of them were looked at');
    }
  });

  t.test('events looked for: each search is bounded, says how far it came, and goes on from there', async (t) => {
    const { find } = await given(
      t,
      Array.from({ length: 25 }, (_, i) =>
        event(i % 2 === 0 ? 'drone:d1' : 'drone:d2', i === 4 ? 'rare' : 'online', { data: { i } }),
      ),
    );
    const walk = async (query: Partial<EventSearch>) => {
      const seen: number[] = [];
      let searches = 0;
      let beforeId: number | null = Number.MAX_SAFE_INTEGER;
      while (beforeId !== null && searches < 30) {
        const found = await find({ ...query, beforeId });
        searches++;
        seen.push(...found.ids);
        t.equal(found.backToUtcUs === null, found.nextId === null);
        if (found.nextId !== null) t.ok(found.nextId < beforeId, 'further back each time');
        beforeId = found.nextId;
      }
      return { seen, searches };
    };
    t.same(await walk({ type: 'rare', look: 10 }), { seen: [5], searches: 3 });
    t.same(await walk({ type: 'rare', entity: 'drone:d1', look: 5 }), { seen: [5], searches: 3 });
    const all = Array.from({ length: 25 }, (_, i) => 25 - i);
    t.same((await walk({ limit: 4 })).seen, all, 'full pages: none twice, none left out');
    t.same(
      (await walk({ limit: 4, entity: 'drone:d2' })).seen,
      all.filter((id) => id % 2 === 0),
    );
    t.match(await find({ limit: 4 }), { ids: [25, 24, 23, 22], nextId: 22, newestId: 25 });
    t.same((await find({ afterId: 25 })).ids, [], 'nothing is new');
  });

  t.test('events looked for: a span of time is found without reading what lies outside it', async (t) => {
    const { store, stored, find } = await given(t, [event('drone:d1', 'a'), event('drone:d1', 'b')]);
    const stampUs = (one: (typeof stored)[number] | undefined) => Number((one?.stamp ?? '').slice(0, 16));
    const [last] = await store.append([event('drone:d1', 'c')]);
    const cUs = stampUs(last);
    t.same((await find({ fromUtcUs: cUs + 1 })).ids, []);
    t.same((await find({ toUtcUs: stampUs(stored[0]) })).ids, []);
    t.ok((await find({ fromUtcUs: cUs })).ids.includes(3));
    t.notOk((await find({ toUtcUs: cUs })).ids.includes(3));
    t.same((await find({ fromUtcUs: 0, toUtcUs: cUs + 1, look: 3 })).ids, [3, 2, 1]);
    t.same((await find({ entity: 'drone:d1', toUtcUs: cUs + 1, type: 'b' })).ids, [2]);
  });

  t.test('events looked for: of nothing there is nothing', async (t) => {
    const { find } = await given(t, []);
    for (const query of [{}, { entity: 'drone:d1' }, { fromUtcUs: 1, toUtcUs: 2 }, { words: ['x'] }])
      t.match(await find(query), { ids: [], newestId: 0, nextId: null, backToUtcUs: null });
  });
}
