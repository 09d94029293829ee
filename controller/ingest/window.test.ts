import t from 'tap';
import { batch, given, until } from './testkit.ts';
import { MAX_WINDOW_BYTES, windowBytes } from './window.ts';

const load = {
  ...{ depthBytes: 0, budgetBytes: 64e6, drones: 10, historyClosed: false, urgentClosed: false },
  ...{ ageS: 0, slowS: 5 },
};

t.test('room enough: the most anybody needs', (t) => {
  t.equal(windowBytes('history', load), MAX_WINDOW_BYTES);
  t.end();
});

t.test('history gives way before urgent', (t) => {
  const full = { ...load, depthBytes: 32e6 };
  t.equal(windowBytes('history', full), 0);
  t.ok(windowBytes('urgent', full) > 0);
  t.end();
});

t.test('a failing store takes nothing', (t) => {
  t.equal(windowBytes('urgent', { ...load, historyClosed: true, urgentClosed: true }), 0);
  t.end();
});

t.test('a full disk takes no history, and what is urgent out of its reserve', (t) => {
  const full = { ...load, historyClosed: true };
  t.equal(windowBytes('history', full), 0);
  t.equal(windowBytes('urgent', full), MAX_WINDOW_BYTES);
  t.end();
});

t.test('the longer a commit takes, the less history may be sent; urgent as before', (t) => {
  const windows = [0, 1, 2, 3, 4, 4.99, 5, 60].map((ageS) => windowBytes('history', { ...load, drones: 40, ageS }));
  t.same(
    windows,
    [...windows].sort((a, b) => b - a),
    `${windows}`,
  );
  t.equal(windows[0], windows[1], 'a second is no reason');
  t.ok((windows[3] ?? 0) < (windows[1] ?? 0) && (windows[3] ?? 0) > 0, `${windows[3]}`);
  t.same(windows.slice(-2), [0, 0]);
  t.equal(windowBytes('urgent', { ...load, ageS: 60 }), MAX_WINDOW_BYTES);
  t.end();
});

t.test('a large fleet shares, but nobody starves while there is room', (t) => {
  const many = windowBytes('history', { ...load, drones: 10_000 });
  t.ok(many >= 16_384 && many < MAX_WINDOW_BYTES, `${many}`);
  t.end();
});

t.test(
  'a lane is granted little at first, twice as much when it has used that, and little again when it found no room',
  async (t) => {
    const { store, ingest, acks, counts, announce, send, last } = given(t, { budgetBytes: 64e6 });
    await announce();
    const windows = [last()?.window ?? 0];
    let seq = 0;
    const commit = async (size: number) => {
      send(batch(++seq, { size }));
      const groups = store.groups.length;
      await until(() => store.groups.length > groups || store.waiting > 0, 'a commit');
      store.succeed();
      await until(() => last()?.upTo === seq, 'the ack');
    };
    for (let i = 0; i < 6; i++) {
      await commit((windows.at(-1) ?? 0) / 2);
      windows.push(last()?.window ?? 0);
    }
    t.same(
      windows,
      [64, 128, 256, 512, 1024, 1024, 1024].map((kb) => kb << 10),
    );

    while (counts.get('noRoom') === undefined) send(batch(++seq, { size: 1e6 }));
    t.ok(ingest.depthBytes <= 32e6);
    const before = acks.length;
    const timer = setInterval(() => store.succeed(), 2);
    t.teardown(() => clearInterval(timer));
    const open = () => acks.slice(before).find(({ window }) => window > 0);
    await until(() => open() !== undefined, 'an ack with room');
    t.ok((open()?.window ?? 0) <= 128 << 10, `${open()?.window}`);
  },
);

t.test('while a lane is told to wait its grant does not grow, whatever is committed meanwhile', async (t) => {
  let nowUs = 1e6;
  const { store, acks, announce, send, last } = given(t, { budgetBytes: 64e6, monoUs: () => nowUs });
  await announce();
  const waiting = () => until(() => store.waiting > 0, 'a commit');
  const SLOW_US = 60e3;
  send(batch(1, { size: 40e3 }));
  await waiting();
  // Each commit takes longer than the store may: what comes behind it has waited as long when it is acked.
  for (let seq = 2; seq <= 8; seq++) {
    send(batch(seq, { size: 40e3 }));
    nowUs += SLOW_US;
    store.succeed();
    await until(() => last()?.upTo === seq - 1, 'the ack');
    t.equal(last()?.window, 0);
    await waiting();
  }
  store.succeed();
  await until(() => last()?.upTo === 8, 'the ack');
  t.equal(acks.find(({ lane, upTo, window }) => lane === 'history' && upTo > 0 && window > 0)?.window, 128 << 10);
});

t.test('who sends little is not granted much', async (t) => {
  const { store, announce, send, last } = given(t, { budgetBytes: 64e6 });
  await announce();
  const timer = setInterval(() => store.succeed(), 2);
  t.teardown(() => clearInterval(timer));
  for (let seq = 1; seq <= 20; seq++) send(batch(seq));
  await until(() => last()?.upTo === 20, 'the ack');
  t.equal(last()?.window, 64 << 10);
});
