import t from 'tap';
import { Feed } from './feed.ts';
import type { FeedEvent } from './ports.ts';

const event = (id: number, entity: string): FeedEvent => ({
  ...{ id, entity, version: 1, type: 'x', atUtcUs: id, by: null, cause: null, stamp: null, data: {}, hash: '' },
});

function given(entities: readonly string[]) {
  const events = entities.map((entity, i) => event(i + 1, entity));
  let reads = 0;
  const feed = new Feed({
    events: async ({ afterId, limit, kinds, upToId = Number.POSITIVE_INFINITY }) => {
      reads++;
      const wanted = (one: FeedEvent) => kinds === undefined || kinds.includes(one.entity.split(':')[0] ?? '');
      return events.filter((one) => one.id > afterId && one.id <= upToId && wanted(one)).slice(0, limit);
    },
  });
  return { feed, events, reads: () => reads };
}

t.test('who waits is woken by the commit, not before, and not by older news', async (t) => {
  const { feed } = given([]);
  feed.told(5);
  let woken = false;
  const waiting = feed.beyond(5, 1e6, new AbortController().signal).then(() => {
    woken = true;
  });
  feed.told(5);
  feed.told(3);
  await new Promise(setImmediate);
  t.equal(woken, false);
  feed.told(6);
  await waiting;
  await feed.beyond(5, 1e6, new AbortController().signal);
  t.equal(feed.waiting, 0);
  const gone = new AbortController();
  const ended = feed.beyond(9, 1e6, gone.signal);
  gone.abort();
  await ended;
  t.equal(feed.waiting, 0, 'nobody is left behind');
});

t.test('of a rare kind every read is bounded, and the place reached is told', async (t) => {
  const { feed, reads } = given(Array.from({ length: 12_000 }, (_, i) => (i === 11_000 ? 'order:a' : 'drone:d')));
  feed.told(12_000);
  const seen: number[] = [];
  let at = 0;
  for (let turn = 0; turn < 10 && at < 12_000; turn++) {
    const { events, next } = await feed.read({ afterId: at, limit: 10, kinds: ['order'] });
    seen.push(...events.map(({ id }) => id));
    t.ok(next > at);
    at = next;
  }
  t.same(seen, [11_001]);
  t.equal(reads(), 3);
  t.same(await feed.read({ afterId: at, limit: 10, kinds: ['order'] }), { events: [], next: 12_000 });
});

t.test('a page that is full goes on after its last', async (t) => {
  const { feed } = given(['order:a', 'drone:d', 'order:b', 'order:c']);
  feed.told(4);
  t.match(await feed.read({ afterId: 0, limit: 2, kinds: ['order'] }), { events: [{ id: 1 }, { id: 3 }], next: 3 });
  t.match(await feed.read({ afterId: 3, limit: 2, kinds: ['order'] }), { events: [{ id: 4 }], next: 4 });
});
