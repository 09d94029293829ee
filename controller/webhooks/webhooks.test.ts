/** Webhooks against a receiver on a real socket that is down, slow, hangs, cuts, refuses, is gone, and comes back. */
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { Kept } from '../testing/kept-webhooks.ts';
import { Receiver } from '../testing/receiver.ts';
import { until } from '../testing/until.ts';
import type { WebhookCounter, WebhookEvent } from './ports.ts';
import { httpPoster } from './poster.ts';
import type { Patience } from './sender.ts';
import { Webhooks, type WebhooksOptions } from './webhooks.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.COUNT ?? (process.env.SOAK === '1' ? 300 : 12));

const HASTE: Partial<Patience> = {
  ...{ tries: 3, timeoutMs: 20_000, firstPauseMs: 5, longestPauseMs: 20 },
  ...{ breakAfter: 4, breakFirstMs: 20, breakLongestMs: 40 },
};

async function given(t: Test, o: { events?: number; receivers?: number; fromStart?: boolean } = {}) {
  const events: WebhookEvent[] = [];
  const waiting = new Set<() => void>();
  const more = (count: number) => {
    for (let i = 0; i < count; i++) {
      const id = events.length + 1;
      events.push({ id, cursor: `c${id}`, body: JSON.stringify({ id }) });
    }
    for (const go of [...waiting]) go();
  };
  const feed: WebhooksOptions['feed'] = {
    read: async ({ afterId, limit }) => {
      const found = events.slice(afterId, afterId + limit);
      return { events: found, next: found.at(-1)?.id ?? afterId };
    },
    beyond: (afterId, _mostMs, signal) =>
      new Promise((resolve) => {
        const go = () => {
          waiting.delete(go);
          resolve();
        };
        if (signal.aborted || events.length > afterId) return go();
        waiting.add(go);
        signal.addEventListener('abort', go);
      }),
    get newest() {
      return events.length;
    },
  };
  const receivers: Receiver[] = [];
  for (let i = 0; i < (o.receivers ?? 1); i++) {
    const one = new Receiver();
    await one.up();
    t.teardown(() => one.down());
    receivers.push(one);
  }
  const receiver = receivers[0];
  if (receiver === undefined) throw new Error('no receiver');
  const store = new Kept();
  const counts = new Map<WebhookCounter, number>();
  const said: string[] = [];
  /** A controller; `close` it, or leave it as a kill would by throwing its writes away. */
  const start = async (patience: Partial<Patience> = {}) => {
    const webhooks = new Webhooks({
      settings: receivers.map((one, i) => ({
        ...{ name: `w${i + 1}`, url: new URL(one.url), kinds: [], fromStart: o.fromStart ?? true },
        secrets: [Buffer.alloc(32, 1)],
      })),
      ...{ feed, store, poster: httpPoster, userAgent: 'test', patience: { ...HASTE, ...patience } },
      clock: { utcUs: () => 1_795_867_200e6, monoUs: () => performance.now() * 1e3 },
      timers: {
        after(ms, run) {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
      },
      count: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
      onChange: (name, what) => said.push(`${name} ${what}`),
    });
    await webhooks.start();
    t.teardown(() => webhooks.close());
    return webhooks;
  };
  more(o.events ?? 0);
  return { receiver, receivers, store, counts, said, start, more };
}

const soon = (condition: () => boolean, what: string) => until(condition, what, 30_000);
const ids = (receiver: Receiver) => receiver.taken.map(({ id }) => id);

t.test('each event, in order, signed; the place is kept', async (t) => {
  const { receiver, start, store, more } = await given(t, { events: 3 });
  const webhooks = await start();
  await soon(() => receiver.taken.length === 3, 'three');
  more(2);
  await soon(() => receiver.taken.length === 5, 'five');
  t.same(ids(receiver), [1, 2, 3, 4, 5]);
  t.match(receiver.heard[0]?.headers, {
    'webhook-id': 'c1',
    'webhook-timestamp': '1795867200',
    'webhook-signature': /^v1,[A-Za-z0-9+/]{43}=$/,
    'content-type': 'application/json',
  });
  await soon(() => webhooks.get('w1')?.behind === 0, 'that it knows');
  await webhooks.close();
  t.match(store.standings.get('w1'), { position: 5, delivered: 5 });
  await start();
  more(1);
  await soon(() => receiver.taken.length === 6, 'the sixth');
  t.same(ids(receiver), [1, 2, 3, 4, 5, 6], 'none again after an orderly stop');
});

t.test('a new one begins with the next event, also when it was killed before that', async (t) => {
  const { receiver, start, store, more } = await given(t, { events: 3, fromStart: false });
  const webhooks = await start();
  await soon(() => store.standings.get('w1')?.position === 3, 'its place');
  store.fails = true;
  await webhooks.close();
  store.fails = false;
  more(2);
  await start();
  await soon(() => receiver.taken.length === 2, 'both');
  t.same(ids(receiver), [4, 5]);
});

t.test('down: nothing is given up, however long; all of it comes in order afterwards', async (t) => {
  const { receiver, start, counts, more, said } = await given(t, { events: 1 });
  const webhooks = await start();
  await soon(() => receiver.taken.length === 1, 'the first');
  await receiver.down();
  more(3);
  await soon(() => (counts.get('unheard') ?? 0) >= 8, 'more tries than an event has');
  t.match(webhooks.get('w1'), {
    state: 'left-alone',
    dead: 0,
    behind: 3,
    trouble: { words: 'ECONNREFUSED', tries: 0 },
  });
  t.ok(said.includes('w1 opened'));
  await receiver.up();
  await soon(() => receiver.taken.length === 4, 'the rest');
  t.same(ids(receiver), [1, 2, 3, 4]);
  await soon(() => webhooks.get('w1')?.behind === 0, 'that it knows');
  t.match(webhooks.get('w1'), { state: 'ok', trouble: null });
});

for (const [what, mood] of [
  ['400', 400],
  ['500', 500],
  ['a redirect', 302],
  ['no answer', 'hang'],
  ['a connection that is cut', 'drop'],
] as const) {
  t.test(`${what} for one event: so many tries, a dead letter, and the rest goes on`, async (t) => {
    const { receiver, start, counts, store } = await given(t, { events: 4 });
    receiver.mood = (_n, body) => (body === '{"id":2}' ? mood : 200);
    const webhooks = await start({ timeoutMs: mood === 'hang' ? 500 : 20_000 });
    // On a busy machine an answer may come after the time that is kept short here for 'hang': then it is sent again.
    const taken = () => [...new Set(ids(receiver))];
    await soon(() => taken().length === 3, 'the others');
    t.same(taken(), [1, 3, 4]);
    t.match([...store.letters.values()], [{ event: 2, tries: 3, resend: false }]);
    t.equal(counts.get('deadLettered'), 1);
    // A kept connection that is cut says nothing, and costs a try that is not counted.
    t.equal(receiver.heard.filter(({ body }) => body === '{"id":2}').length, mood === 'drop' ? 4 : 3);
    await soon(() => webhooks.get('w1')?.behind === 0, 'that it knows');
    t.equal(webhooks.get('w1')?.dead, 1);
  });
}

t.test('a dead letter is sent once more when asked; taken, it is no dead letter any more', async (t) => {
  const { receiver, start, store, counts } = await given(t, { events: 3 });
  receiver.mood = (_n, body) => (body === '{"id":2}' ? 400 : 200);
  const webhooks = await start();
  await soon(() => receiver.taken.length === 2 && store.letters.size === 1, 'a dead letter');
  t.equal(await webhooks.resend('w1', null), 1);
  await soon(() => counts.get('resendFailed') === 1, 'once more, in vain');
  await soon(() => store.letters.get(2)?.resend === false, 'that it is written down');
  t.equal(store.letters.get(2)?.tries, 4);
  receiver.mood = () => 200;
  t.equal(await webhooks.resend('w1', [99]), 0);
  t.equal(await webhooks.resend('w1', [2]), 1);
  await soon(() => store.letters.size === 0, 'an empty list');
  t.same(ids(receiver), [1, 3, 2]);
  t.equal(await webhooks.resend('other', null), null);
});

t.test('410 ends it, for this address, until somebody enables it or the address changes', async (t) => {
  const { receiver, start, more, store, said } = await given(t, { events: 2 });
  receiver.mood = (n) => (n === 1 ? 410 : 200);
  const webhooks = await start();
  await soon(() => webhooks.get('w1')?.state === 'disabled', 'that it is disabled');
  t.ok(said.includes('w1 gone'));
  more(1);
  await webhooks.close();
  const again = await start();
  const trouble = { words: /^answered 410.*enable/, atUtcUs: 1_795_867_200e6 };
  t.match(again.get('w1'), { state: 'disabled', behind: 2, trouble }, 'why and since when, also after a restart');
  t.match(await again.enable('w1'), { state: 'ok', trouble: null });
  await soon(() => receiver.taken.length === 3, 'the rest');
  t.same(ids(receiver), [1, 2, 3], 'that which it was gone for too');
  // Closed before the answer arrived it would send the third again.
  await soon(() => again.get('w1')?.behind === 0, 'that it knows');
  await again.close();
  const standing = store.standings.get('w1');
  if (standing) store.standings.set('w1', { ...standing, disabled: 'another address' });
  more(1);
  await start();
  await soon(() => receiver.taken.length === 4, 'the fourth');
});

t.test('one that hangs holds up no other, and closing does not wait for it', async (t) => {
  const { receivers, start } = await given(t, { events: 20, receivers: 2 });
  const [hung, well] = receivers;
  if (hung === undefined || well === undefined) throw new Error('two are needed');
  hung.mood = () => 'hang';
  const webhooks = await start({ timeoutMs: 60_000 });
  await soon(() => well.taken.length === 20 && hung.heard.length === 1, 'all at the other');
  await webhooks.close();
  t.equal(hung.heard.length, 1);
});

t.test('a store that takes nothing: sent again later, never passed over', async (t) => {
  const { receiver, start, store, counts, more } = await given(t, { events: 2 });
  const webhooks = await start();
  await soon(() => receiver.taken.length === 2, 'two');
  store.fails = true;
  receiver.mood = () => 400;
  more(1);
  await soon(() => (counts.get('storeFailed') ?? 0) > 0, 'a failure');
  t.match(webhooks.get('w1'), { behind: 1, dead: 0 });
  store.fails = false;
  await soon(() => store.letters.has(3), 'the dead letter');
});

t.test(
  `killed at any moment, with any moods: each event is taken or a dead letter, in order # SEED=${seed}`,
  async (t) => {
    const mood = fc.oneof(
      { weight: 6, arbitrary: fc.constant(200 as const) },
      fc.constantFrom(500 as const, 404 as const, 429 as const, 'drop' as const, { slowMs: 20 }),
    );
    const property = fc.asyncProperty(
      fc.array(mood, { maxLength: 40 }),
      fc.array(fc.nat(40), { minLength: 1, maxLength: 3 }),
      async (moods, killsAfterMs) => {
        const { receiver, start, store, more } = await given(t, { events: 10 });
        receiver.mood = (n) => moods[n] ?? 200;
        for (const ms of killsAfterMs) {
          const running = await start();
          await new Promise((resolve) => setTimeout(resolve, ms));
          // What is not in the store by now never gets there, as after a kill.
          store.fails = true;
          await running.close();
          store.fails = false;
          more(2);
        }
        const last = 10 + 2 * killsAfterMs.length;
        await start();
        await soon(() => store.standings.get('w1')?.position === last, 'the end');
        const taken = ids(receiver);
        for (let id = 1; id <= last; id++) {
          if (!taken.includes(id) && !store.letters.has(id)) throw new Error(`event ${id} was skipped`);
        }
        const first = taken.filter((id, i) => taken.indexOf(id) === i);
        if (first.some((id, i) => i > 0 && Number(id) < Number(first[i - 1])))
          throw new Error(`out of order: ${first}`);
      },
    );
    await fc.assert(property, { seed, numRuns });
  },
);
