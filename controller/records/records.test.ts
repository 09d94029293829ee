import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { memoryRecords } from '../testing/memory-records.ts';
import type { Change, Held } from './held.ts';

interface Order {
  readonly state: string;
  readonly drone?: string;
  readonly pickup?: { readonly base: string; readonly pad?: number };
}

const by = { kind: 'operator', name: 'Ann' } as const;
const change = (id: string, set: Change<Order>['set'], more: Partial<Change<Order>> = {}): Change<Order> => ({
  ...{ id, type: 'changed', set, by },
  ...more,
});

t.test('a change is in memory at once, and true when it is durable', async (t) => {
  const { records, store } = await memoryRecords<Order>('order');
  store.hold();
  const written = records.write([
    change('a', { state: 'queued', pickup: { base: 'x', pad: 1 } }, { cause: 'posted' }),
    change('a', { state: 'assigned', drone: 'd1', pickup: { pad: null } }),
  ]);
  t.match(records.get('a'), { version: 2, open: true, doc: { state: 'assigned', drone: 'd1', pickup: { base: 'x' } } });
  t.notOk(records.get('a')?.doc.pickup?.pad);
  t.equal(store.events.length, 0);
  store.release();
  t.equal(await written, true);
  t.match(store.events, [
    { entity: 'order:a', by, cause: 'posted', data: { set: { state: 'queued' } } },
    { entity: 'order:a' },
  ]);
});

t.test('a store that is late: false, counted, and written all the same', async (t) => {
  const { records, store, counts, passFiveSeconds } = await memoryRecords<Order>('order');
  store.hold();
  const written = records.write([change('a', { state: 'queued' })]);
  passFiveSeconds();
  t.equal(await written, false);
  t.equal(counts.get('late'), 1);
  store.release();
  await records.write([change('b', { state: 'queued' })]);
  t.equal(store.events.length, 2);
});

t.test('another version than the expected one changes nothing of the whole writing', async (t) => {
  const { records, store } = await memoryRecords<Order>('order');
  await records.write([change('a', { state: 'queued' }, { expectedVersion: 0 })]);
  const wrong = [change('b', { state: 'queued' }), change('a', { state: 'x' }, { expectedVersion: 0 })];
  await t.rejects(records.write(wrong), { code: 'version-conflict', version: 1 });
  t.equal(records.get('b'), null);
  t.equal(store.events.length, 1);
  await records.write([change('a', { state: 'x' }, { expectedVersion: 1 }), change('a', {}, { expectedVersion: 2 })]);
  t.match(records.get('a'), { version: 3, doc: { state: 'x' } });
});

t.test('the next run has what was open, the newest closed, and the keys', async (t) => {
  let utcUs = 1e15;
  const clock = { utcUs: () => utcUs++ };
  const { records, store } = await memoryRecords<Order>('order', { clock, closedKept: 2 });
  for (const id of ['a', 'b', 'c', 'd']) {
    await records.write([change(id, { state: 'queued' })]);
    if (id !== 'a') await records.write([change(id, { state: 'closed' }, { open: false })]);
  }
  await records.write([change('e', { state: 'queued' }, { key: { key: 'k', hash: 'h' } })]);
  const inMemory = (of: typeof records) => ['a', 'b', 'c', 'd', 'e'].filter((id) => of.get(id) !== null);
  t.same(inMemory(records), ['a', 'c', 'd', 'e'], 'the oldest of the closed is in the store only');
  const { records: next } = await memoryRecords<Order>('order', { store, clock, closedKept: 2 });
  t.same(inMemory(next), ['a', 'c', 'd', 'e']);
  t.same(
    [...next.open()].map(({ id }) => id),
    ['a', 'e'],
  );
  t.match(await next.find('b'), { id: 'b', version: 2, open: false, doc: { state: 'closed' } });
  await next.write([change('b', { drone: 'd9' })]);
  t.match(next.get('b'), { version: 3, open: false, doc: { state: 'closed', drone: 'd9' } });
  t.equal(await next.find('z'), null);
  t.same(
    (await next.list({ limit: 2, before: 'd' })).map(({ id }) => id),
    ['c', 'b'],
  );
  t.same(
    (await next.list({ open: true, limit: 9 })).map(({ id }) => id),
    ['e', 'a'],
    'an open one is found however old it is',
  );
  const repeat = await next.once({ key: 'k', hash: 'h' }, async () => 'again');
  t.same(repeat, { kind: 'same', id: 'e' });
  t.same(await next.once({ key: 'k', hash: 'other' }, async () => 'again'), { kind: 'reused' });
});

t.test('what is not durable yet stays in memory, closed or not', async (t) => {
  const { records, store } = await memoryRecords<Order>('order', { closedKept: 0 });
  store.hold();
  const written = records.write([change('a', { state: 'closed' }, { open: false })]);
  t.match(await records.find('a'), { version: 1 });
  store.release();
  await written;
  t.equal(records.get('a'), null);
  t.match(await records.find('a'), { doc: { state: 'closed' } });
});

t.test('a request made twice at once is run once', async (t) => {
  const { records } = await memoryRecords<Order>('order');
  const key = { key: 'k', hash: 'h' };
  let runs = 0;
  const run = async () => {
    runs++;
    await records.write([change('a', { state: 'queued' }, { key })]);
    return 'made';
  };
  const both = await Promise.all([records.once(key, run), records.once(key, run)]);
  t.same(both, [
    { kind: 'run', answer: 'made' },
    { kind: 'same', id: 'a' },
  ]);
  t.equal(runs, 1);
  const refused = { key: 'other', hash: 'h' };
  t.same(await records.once(refused, async () => 'refused'), { kind: 'run', answer: 'refused' });
  t.same(await records.once(refused, async () => 'asked again'), { kind: 'run', answer: 'asked again' });
});

t.test('listeners hear each change in order, also of those that a listener makes', async (t) => {
  const { records } = await memoryRecords<Order>('order');
  const heard: string[] = [];
  records.onChange((held, before) => {
    if (held.doc.state === 'queued') void records.write([change(held.id, { state: 'assigned' })]);
    heard.push(`first ${held.doc.state} after ${before?.doc.state}`);
  });
  records.onChange((held) => heard.push(`second ${held.doc.state}`));
  await records.write([change('a', { state: 'queued' })]);
  t.same(heard, ['first queued after undefined', 'second queued', 'first assigned after queued', 'second assigned']);
});

t.test('whatever is written, memory is what the store makes of the events', async (t) => {
  const json = fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
  const step = fc.record({ id: fc.constantFrom('a', 'b', 'c'), set: json, open: fc.option(fc.boolean()) });
  await fc.assert(
    fc.asyncProperty(fc.array(step), async (steps) => {
      const { records, store } = await memoryRecords<Record<string, unknown>>('thing');
      for (const { open, ...one } of steps) {
        await records.write([{ ...one, type: 'x', by, ...(open === null ? {} : { open }) }]);
      }
      const { records: next } = await memoryRecords<Record<string, unknown>>('thing', { store });
      const all = (of: typeof records) =>
        ['a', 'b', 'c'].map((id) => {
          const { version, open, createdUtcUs, atUtcUs, doc } = of.get(id) ?? ({} as Partial<Held<object>>);
          return [version, open, createdUtcUs, atUtcUs, JSON.stringify(doc)];
        });
      assert.deepEqual(all(next), all(records));
    }),
    { numRuns: 50 },
  );
  t.pass();
});
